"""One extraction from POST to DELETE."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobstore import failures, keys
from jobstore.settings import StoreSettings
from schemas.job import Job
from schemas.labels import CLAIM_TYPES, LAYERS, JobStatus
from schemas.problem import Problem
from service import examples
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver

TEXT = "새빛시는 지난해 출생아가 늘었다고 밝혔다."


def post(client: FlaskClient, **body: Any) -> TestResponse:
    return client.post("/v1/extractions", json={"text": TEXT, **body})


def problem_of(response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert Problem().validate(body) == {}
    assert body["status"] == response.status_code
    assert isinstance(body, dict)
    return body


def test_post_answers_with_a_queued_job(client: FlaskClient) -> None:
    response = post(client, document={"id": "기사-1"})
    assert response.status_code == 202
    job = response.get_json()
    assert Job().validate(job) == {}
    assert job["status"] == "queued"
    assert job["document"] == {"id": "기사-1"}
    assert response.headers["Location"] == job["links"]["self"] == f"/v1/extractions/{job['id']}"
    assert job["links"]["result"] == job["links"]["self"] + "/result"
    assert int(response.headers["Retry-After"]) >= 1
    assert "기사-1" in response.get_data(as_text=True)  # UTF-8, not escaped


def test_worker_gets_the_whole_request_with_its_defaults(client: FlaskClient, driver: Driver) -> None:
    body = {"document": {"published_at": "2024-02-12T20:00:00Z"}, "options": {"include": ["claims"]}}
    _, request = driver.start(post(client, **body).get_json()["id"])
    assert request == {
        "text": TEXT,
        "document": {"id": None, "title": None, "published_at": "2024-02-13", "source": None, "url": None},
        "options": {
            "offset_unit": "code_point",
            "include": ["claims"],
            "claim_types": list(CLAIM_TYPES),
            "min_checkworthiness": 0.0,
            "min_entity_score": 0.0,
            "reference_date": None,
            "entities": [],
            "ignore": [],
        },
    }


def test_plain_text_takes_its_fields_from_the_query(client: FlaskClient, driver: Driver) -> None:
    response = client.post(
        "/v1/extractions?id=a&published_at=2024-02-12&include=claims,numbers&include=times&min_checkworthiness=0.5&claim_types=quantity,event",
        data="\r\n" + TEXT,
        content_type="text/plain; charset=UTF-8",
    )
    assert response.status_code == 202
    _, request = driver.start(response.get_json()["id"])
    assert request["text"] == "\r\n" + TEXT  # as sent: offsets count in it
    assert request["document"]["id"] == "a"
    assert request["document"]["published_at"] == "2024-02-12"
    assert request["options"]["include"] == ["claims", "numbers", "times"]
    assert request["options"]["min_checkworthiness"] == 0.5
    assert request["options"]["claim_types"] == ["quantity", "event"]


def test_plain_text_without_anything_else(client: FlaskClient, driver: Driver) -> None:
    response = client.post("/v1/extractions", data=TEXT, content_type="text/plain")
    _, request = driver.start(response.get_json()["id"])
    assert request["options"]["include"] == list(LAYERS)


def test_job_goes_from_queued_to_succeeded(client: FlaskClient, driver: Driver) -> None:
    location = post(client).headers["Location"]
    queued = client.get(location)
    assert queued.status_code == 200
    assert queued.get_json()["queue_position"] >= 1
    assert "Retry-After" in queued.headers
    driver.succeed(queued.get_json()["id"])
    done = client.get(location).get_json()
    assert Job().validate(done) == {}
    assert done["status"] == "succeeded"
    assert done["queue_position"] is None
    assert done["finished_at"] >= done["started_at"] >= done["created_at"]


def test_etag_changes_with_the_job_only(client: FlaskClient, driver: Driver) -> None:
    location = post(client).headers["Location"]
    first = client.get(location)
    held = {"If-None-Match": first.headers["ETag"]}
    unchanged = client.get(location, headers=held)
    assert unchanged.status_code == 304
    assert unchanged.get_data() == b""
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    driver.succeed(first.get_json()["id"])
    assert client.get(location, headers=held).status_code == 200


def test_result_is_what_the_worker_stored(client: FlaskClient, driver: Driver) -> None:
    job = post(client).get_json()
    driver.succeed(job["id"])
    response = client.get(job["links"]["result"])
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.get_json() == examples.RESULT
    assert "새빛시" in response.get_data(as_text=True)
    assert client.get(job["links"]["result"], headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_result_that_is_not_ready(client: FlaskClient, driver: Driver) -> None:
    job = post(client).get_json()
    for prepare in (lambda: None, lambda: driver.start(job["id"])):
        prepare()
        response = client.get(job["links"]["result"])
        assert response.status_code == 409
        assert problem_of(response)["type"] == "/problems/extraction-not-ready"
        assert int(response.headers["Retry-After"]) >= 1


def test_failed_job_says_why_in_job_and_result(client: FlaskClient, driver: Driver) -> None:
    job = post(client).get_json()
    driver.fail(job["id"], failures.worker_lost(3))
    failed = client.get(job["links"]["self"]).get_json()
    assert failed["status"] == "failed"
    assert failed["error"]["type"] == "/problems/worker-lost"
    response = client.get(job["links"]["result"])
    assert response.status_code == 500
    assert problem_of(response) == {**failed["error"], "instance": job["links"]["result"]}


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*;q=0.5", "text/html, */*;q=0.1", ""])
def test_result_for_whoever_takes_json(client: FlaskClient, driver: Driver, accept: str) -> None:
    job = post(client).get_json()
    driver.succeed(job["id"])
    assert client.get(job["links"]["result"], headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("accept", ["application/xml", "application/json;q=0", "image/*"])
def test_result_in_no_other_form(client: FlaskClient, driver: Driver, accept: str) -> None:
    job = post(client).get_json()
    driver.succeed(job["id"])
    response = client.get(job["links"]["result"], headers={"Accept": accept})
    assert response.status_code == 406
    assert "application/json" in problem_of(response)["detail"]


@pytest.mark.parametrize("state", [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.SUCCEEDED, JobStatus.FAILED])
def test_delete_erases_in_every_state(client: FlaskClient, driver: Driver, state: JobStatus) -> None:
    job = post(client).get_json()
    if state is JobStatus.RUNNING:
        driver.start(job["id"])
    elif state is JobStatus.SUCCEEDED:
        driver.succeed(job["id"])
    elif state is JobStatus.FAILED:
        driver.fail(job["id"], failures.worker_lost(3))
    response = client.delete(job["links"]["self"])
    assert response.status_code == 204
    assert "Content-Type" not in response.headers
    assert response.get_data() == b""
    assert "Content-Type" not in response.headers
    gone = client.get(job["links"]["result"])
    assert gone.status_code == 410
    assert problem_of(gone)["type"] == "/problems/extraction-gone"
    after = client.get(job["links"]["self"])
    if state.ended:
        assert after.status_code == 410
    else:  # canceled is an end that can be seen
        assert after.get_json()["status"] == "canceled"
    assert client.delete(job["links"]["self"]).status_code == 204  # once more is no error


def test_expired_job_is_gone(client: FlaskClient, driver: Driver, own_redis_url: str) -> None:
    job = post(client).get_json()
    driver.succeed(job["id"])
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    redis.Redis.from_url(own_redis_url).hset(keys.record(job["id"]), "expires_at", past)
    assert client.get(job["links"]["self"]).status_code == 410
    assert client.get(job["links"]["result"]).status_code == 410


def test_result_whose_time_ran_out_between_two_reads_is_gone(client: FlaskClient, driver: Driver, own_redis_url: str) -> None:
    job = post(client).get_json()
    driver.succeed(job["id"])
    redis.Redis.from_url(own_redis_url).delete(keys.result(job["id"]))
    assert client.get(job["links"]["result"]).status_code == 410


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    location = post(client).headers["Location"]
    response = client.head(location)
    assert response.status_code == 200
    assert response.get_data() == b""


def test_post_waits_until_the_job_has_ended(client: FlaskClient, driver: Driver, app: Flask, own_redis_url: str) -> None:
    answers: list[TestResponse] = []

    def wait() -> None:
        answers.append(app.test_client().post("/v1/extractions", json={"text": TEXT}, headers={"Prefer": "respond-async, wait=25"}))

    connection = redis.Redis.from_url(own_redis_url)
    connection.flushdb()
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not (ids := connection.keys(keys.record("*"))):
        time.sleep(0.01)
    driver.succeed(ids[0].decode().removeprefix(keys.record("")))  # type: ignore[union-attr]
    waiting.join(20)
    assert not waiting.is_alive()
    (response,) = answers
    assert response.status_code == 200
    assert response.get_json()["status"] == "succeeded"
    assert response.headers["Preference-Applied"] == "wait=25"
    assert "Retry-After" not in response.headers


def test_wait_that_is_too_short_answers_as_it_stands(client: FlaskClient) -> None:
    response = client.post("/v1/extractions", json={"text": TEXT}, headers={"Prefer": "wait=1"})
    assert response.status_code == 202
    assert response.headers["Preference-Applied"] == "wait=1"
    location = response.headers["Location"]
    assert client.get(location, headers={"Prefer": "wait=1"}).headers["Preference-Applied"] == "wait=1"


@pytest.mark.parametrize("prefer", ["wait", "wait=", "wait=soon", "wait=-1", "wait=0", "wait=1.5", "return=minimal", "wait = x", ",;,"])
def test_preference_that_cannot_be_read_is_ignored(client: FlaskClient, prefer: str) -> None:
    response = client.post("/v1/extractions", json={"text": TEXT}, headers={"Prefer": prefer})
    assert response.status_code == 202
    assert "Preference-Applied" not in response.headers


def test_who_finds_no_seat_to_wait_in_is_answered_at_once(own_redis_url: str) -> None:
    app = create_app(Config(StoreSettings(own_redis_url), waiters=0, log_level="error"))
    response = app.test_client().post("/v1/extractions", json={"text": TEXT}, headers={"Prefer": "wait=30"})
    assert response.status_code == 202
    assert "Preference-Applied" not in response.headers


OPERATIONS = [("POST", "/v1/extractions"), ("GET", "/readyz")]
OPERATIONS += [(method, f"/v1/extractions/{examples.JOB_ID}{tail}") for method, tail in [("GET", ""), ("GET", "/result"), ("DELETE", "")]]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_redis_the_answer_is_503(method: str, path: str) -> None:
    app = create_app(Config(StoreSettings("unix:///nowhere/redis.sock"), log_level="error"))
    response = app.test_client().open(path, method=method, json={"text": TEXT} if method == "POST" else None)
    assert response.status_code == 503
    assert problem_of(response)["type"] == "/problems/store-unavailable"
    assert int(response.headers["Retry-After"]) >= 1


def test_text_in_other_normal_forms_and_with_odd_characters_is_taken_as_it_is(client: FlaskClient, driver: Driver) -> None:
    text = "\u1100\u1161\u11a8 \U0001f680 \u200b탭\t줄\r\n \x00 끝"
    _, request = driver.start(client.post("/v1/extractions", json={"text": text}).get_json()["id"])
    assert request["text"] == text
