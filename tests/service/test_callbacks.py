"""Callback URLs through HTTP: taken, refused and shown."""

import json
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient

from jobstore.outbox import Outbox
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from schemas.batch import Batch
from schemas.job import Job
from schemas.labels import DeliveryStatus
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver
from webhooks.addresses import AllowList

URL = "https://hooks.example.com/jujang?key=1"


@pytest.fixture
def client(url: str) -> FlaskClient:
    return create_app(Config(StoreSettings(url), log_level="error")).test_client()


@pytest.fixture
def outbox(url: str) -> Outbox:
    return Outbox(redis.Redis.from_url(url))


WAITING = {"url": URL, "status": "pending", "attempts": 0, "attempted_at": None, "problem": None}


def test_a_job_shows_how_telling_goes(client: FlaskClient, outbox: Outbox, url: str) -> None:
    job = client.post("/v1/extractions", json={"text": "가", "callback_url": URL}).get_json()
    assert job["callback"] == WAITING
    assert outbox.take() is None
    Driver(JobStore.connect(url)).succeed(job["id"])
    etag = client.get(job["links"]["self"]).headers["ETag"]
    event = outbox.take()
    assert event is not None
    assert (event.id, event.url) == (job["id"], URL)
    outbox.settle(event, DeliveryStatus.PENDING, "Answered 500.", again_in_s=60)
    shown = client.get(job["links"]["self"], headers={"If-None-Match": etag})
    assert shown.status_code == 200
    assert Job().validate(shown.get_json()) == {}
    callback = shown.get_json()["callback"]
    assert callback.pop("attempted_at")
    assert callback == {"url": URL, "status": "pending", "attempts": 1, "problem": "Answered 500."}


def test_without_one_there_is_none(client: FlaskClient, outbox: Outbox, url: str) -> None:
    for body in ({"text": "가"}, {"text": "가", "callback_url": None}):
        job = client.post("/v1/extractions", json=body).get_json()
        assert job["callback"] is None
        Driver(JobStore.connect(url)).succeed(job["id"])
    assert outbox.take() is None


def test_plain_text_names_it_in_the_query(client: FlaskClient) -> None:
    response = client.post("/v1/extractions", query_string={"callback_url": URL}, data="가", content_type="text/plain")
    assert response.get_json()["callback"] == WAITING


def test_a_canceled_job_is_told_of(client: FlaskClient, outbox: Outbox) -> None:
    path = client.post("/v1/extractions", json={"text": "가", "callback_url": URL}).headers["Location"]
    assert client.delete(path).status_code == 204
    event = outbox.take()
    assert event is not None
    assert event.type == "extraction.canceled"


@pytest.mark.parametrize("lines", [False, True])
def test_a_batch_is_told_of_as_a_whole_and_its_documents_where_they_say_so(
    client: FlaskClient, outbox: Outbox, url: str, lines: bool
) -> None:
    documents: list[dict[str, Any]] = [{"text": "가"}, {"text": "나", "callback_url": f"{URL}&own"}]
    documents += [{"text": "다", "callback_url": "http://10.0.0.1/"}]
    if lines:
        body = "\n".join(json.dumps(each) for each in documents)
        response = client.post("/v1/batches", query_string={"callback_url": URL}, data=body, content_type="application/x-ndjson")
    else:
        response = client.post("/v1/batches", json={"documents": documents, "callback_url": URL})
    batch = response.get_json()
    assert Batch().validate(batch) == {}
    assert batch["callback"] == WAITING
    assert [each["status"] for each in batch["documents"]] == ["queued", "queued", "refused"]
    assert batch["documents"][2]["error"]["errors"][0]["field"] == "callback_url"
    for each in batch["documents"][:2]:
        Driver(JobStore.connect(url)).succeed(each["id"])
    told = {(event.type, event.url) for event in (outbox.take(), outbox.take()) if event}
    assert told == {("extraction.succeeded", f"{URL}&own"), ("batch.finished", URL)}
    assert outbox.take() is None


def test_hosts_that_the_operator_allows(url: str) -> None:
    own = create_app(
        Config(StoreSettings(url), log_level="error", callbacks=AllowList.from_environment({"WEBHOOK_ALLOW": "hooks.intranet"}))
    ).test_client()
    assert own.post("/v1/extractions", json={"text": "가", "callback_url": "http://hooks.intranet/"}).status_code == 202
    refused = own.post("/v1/extractions", json={"text": "가", "callback_url": "http://other.intranet/"})
    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "callback_url")
