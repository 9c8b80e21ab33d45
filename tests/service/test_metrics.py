"""What Prometheus reads at /metrics."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from rq.worker import Worker

from jobstore import counters, failures
from jobstore.api_keys import ApiKeys
from jobstore.connection import connect_redis
from jobstore.keys import Lane
from jobstore.rq_queue import queue
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config
from tests.begin import begin, leases
from tests.service.driver import Driver
from tests.service.test_gunicorn import gunicorn

TOKEN = "figures-for-prometheus"
Sample = tuple[str, frozenset[tuple[str, str]]]


def samples(text: str) -> dict[Sample, float]:
    """Every sample: its name and labels, and its value."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(name: str, **labels: str) -> Sample:
    return name, frozenset(labels.items())


def scrape(client: FlaskClient) -> dict[Sample, float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return samples(response.get_data(as_text=True))


@pytest.fixture
def empty_url(redis_url: str) -> Iterator[str]:
    url = f"{redis_url}?db=6"
    connection = redis.Redis.from_url(url)
    connection.flushdb()
    yield url
    connection.flushdb()


@pytest.fixture
def client(empty_url: str) -> FlaskClient:
    return create_app(Config(StoreSettings(empty_url), log_level="error")).test_client()


def test_jobs_are_counted_where_they_end(client: FlaskClient, empty_url: str) -> None:
    driver = Driver(JobStore.connect(empty_url))
    done, failed, canceled, _waiting = (client.post("/v1/extractions", json={"text": "버스 3대"}).get_json()["id"] for _ in range(4))
    driver.succeed(done)
    driver.fail(failed, failures.deadline_exceeded(3))
    client.delete(f"/v1/extractions/{canceled}")
    seen = scrape(client)
    assert seen[of("jujang_jobs_accepted_total")] == 4
    assert seen[of("jujang_jobs_ended_total", status="succeeded", reason="")] == 1
    assert seen[of("jujang_jobs_ended_total", status="failed", reason="deadline-exceeded")] == 1
    assert seen[of("jujang_jobs_ended_total", status="canceled", reason="")] == 1
    assert seen[of("jujang_jobs_ended_total", status="failed", reason="worker-lost")] == 0, "a rate needs a zero to start from"
    assert seen[of("jujang_redis_up")] == 1
    assert seen[of("jujang_redis_memory_used_bytes")] > 0


def test_queue_length_and_age(client: FlaskClient) -> None:
    empty = scrape(client)
    assert empty[of("jujang_queue_length", queue="jujang")] == 0
    assert empty[of("jujang_queue_oldest_age_seconds", queue="jujang")] == 0
    for _ in range(3):
        client.post("/v1/extractions", json={"text": "버스 3대"})
    time.sleep(0.05)
    seen = scrape(client)
    assert seen[of("jujang_queue_length", queue="jujang")] == 3
    assert seen[of("jujang_queue_oldest_age_seconds", queue="jujang")] >= 0.05


def test_workers_by_state(client: FlaskClient, empty_url: str) -> None:
    connection = redis.Redis.from_url(empty_url)
    for name, state in (("a", "busy"), ("b", "idle"), ("c", "idle")):
        worker = Worker([queue(connection, Lane.SHORT)], connection=connection, name=name)
        worker.register_birth()  # type: ignore[no-untyped-call]
        worker.set_state(state)
    seen = scrape(client)
    assert seen[of("jujang_workers", queue="jujang", state="idle")] == 2
    assert seen[of("jujang_workers", queue="jujang", state="busy")] == 1


def test_stages_are_histograms_whose_buckets_add_up(client: FlaskClient, empty_url: str) -> None:
    store = JobStore.connect(empty_url)
    for seconds in (0.0004, 0.02, 0.02, 70):
        attempt = begin(store, store.submit({"text": "버스"}).id)
        assert attempt is not None
        observed = counters.STAGE_DURATION.of(seconds, stage="times") | counters.CHARACTERS.by(2)
        assert leases(store).succeed("no-such-job", attempt.token, b"{}", observed) is False
    for seconds in (0.0004, 0.02, 0.02, 70):
        job = store.submit({"text": "버스"}).id
        attempt = begin(store, job)
        assert attempt is not None
        leases(store).succeed(job, attempt.token, b"{}", counters.STAGE_DURATION.of(seconds, stage="times") | counters.CHARACTERS.by(2))
    seen = scrape(client)

    def bucket(bound: str) -> float:
        return seen[of("jujang_stage_duration_seconds_bucket", stage="times", le=bound)]

    assert [bucket(each) for each in ("0.0005", "0.01", "0.025", "60", "+Inf")] == [1, 1, 3, 3, 4]
    assert seen[of("jujang_stage_duration_seconds_count", stage="times")] == 4
    assert seen[of("jujang_stage_duration_seconds_sum", stage="times")] == pytest.approx(70.0404)
    assert seen[of("jujang_characters_extracted_total")] == 8


def test_requests_by_route_never_by_path(client: FlaskClient) -> None:
    before = scrape(client)
    for path in ("/v1/extractions/secret-1", "/v1/extractions/secret-2", "/secret-3", "/v1/secret-4"):
        client.get(path)
    client.open("/v1/extractions", method="SECRET")
    text = client.get("/metrics").get_data(as_text=True)
    assert "secret" not in text.lower()
    after = samples(text)

    def more(sample: Sample) -> float:
        return after[sample] - before.get(sample, 0)

    assert more(of("jujang_http_requests_total", method="GET", route="/v1/extractions/{extraction_id}", status="404")) == 2
    assert more(of("jujang_http_requests_total", method="-", route="-", status="404")) == 2
    duration = of("jujang_http_request_duration_seconds_count", method="GET", route="/v1/extractions/{extraction_id}", held="no")
    assert more(duration) == 2


def test_without_redis_what_this_process_knows_is_served() -> None:
    app: Flask = create_app(Config(StoreSettings("redis://127.0.0.1:1/0"), log_level="error"))
    seen = scrape(app.test_client())
    assert seen[of("jujang_redis_up")] == 0
    assert not [name for name, _ in seen if name.startswith("jujang_queue")]


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({"metrics_token": TOKEN}, {}, 401),
        ({"metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"host": "0.0.0.0"}, {}, 401),
        ({"host": "0.0.0.0"}, {"Authorization": "Bearer 없는키".encode().decode("latin-1")}, 401),
        ({"host": "0.0.0.0", "metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_who_may_read(empty_url: str, settings: dict[str, Any], headers: dict[str, str], status: int) -> None:
    ApiKeys(connect_redis(empty_url, socket_timeout_s=2)).add("newsroom")
    client = create_app(Config(StoreSettings(empty_url), log_level="error", **settings)).test_client()
    assert client.get("/metrics", headers=headers).status_code == status
    assert client.get("/v1/extractions/x", headers=headers).status_code == 401, "the token opens nothing else"


def test_an_api_key_reads_too(empty_url: str) -> None:
    _, secret = ApiKeys(connect_redis(empty_url, socket_timeout_s=2)).add("newsroom")
    client = create_app(Config(StoreSettings(empty_url), host="0.0.0.0", metrics_token=TOKEN, log_level="error")).test_client()
    assert client.get("/metrics", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_web_processes_count_together(own_redis_url: str, tmp_path: Path) -> None:
    with gunicorn(own_redis_url, tmp_path / "log", WEB_PROCESSES="3", TMPDIR=str(tmp_path)) as (address, _):
        for _ in range(40):  # each on a connection of its own: whichever process is free takes it
            httpx.get(f"{address}/openapi.json", headers={"Connection": "close"})
        seen = [samples(httpx.get(f"{address}/metrics").text) for _ in range(6)]
        key = of("jujang_http_requests_total", method="GET", route="/openapi.json", status="200")
        assert [each[key] for each in seen] == [40] * 6
        assert list(tmp_path.glob("jujang-metrics-*"))
    assert not list(tmp_path.glob("jujang-metrics-*"))


def test_names_follow_prometheus_conventions(client: FlaskClient) -> None:
    for family in text_string_to_metric_families(client.get("/metrics").get_data(as_text=True)):
        assert family.name.startswith("jujang_")
        assert family.documentation.endswith("."), family.name
        if family.type == "histogram":
            assert family.name.endswith("_seconds")
        assert not family.name.endswith(("_ms", "_milliseconds", "_kb"))
