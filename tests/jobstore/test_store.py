"""The job store against a real Redis: what was acknowledged is there, every end is reached once, everything expires."""

import random
import threading
from collections.abc import Iterator

import pytest
import redis

from jobstore import failures, keys
from jobstore.connection import StoreUnavailable
from jobstore.store import JobStore
from jujang.embedded_redis import EmbeddedRedis
from schemas.labels import JobStatus
from tests.begin import begin, leases, request_of

REQUEST = {"text": "한빛시는 버스를 늘린다.", "document": {"id": "a-1"}}


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(redis_url)
    yield connection
    connection.flushall()


@pytest.fixture
def store(connection: redis.Redis) -> JobStore:
    return JobStore(connection, result_ttl_s=100)


def start(store: JobStore, job_id: str) -> str:
    attempt = begin(store, job_id)
    assert attempt is not None
    return attempt.token


def test_a_job_lives_from_queued_to_succeeded(store: JobStore) -> None:
    first, second = store.submit(REQUEST), store.submit(REQUEST)
    queued = store.fetch(second.id)
    assert queued is not None
    assert (queued.status, queued.queue_position, queued.document_id) == (JobStatus.QUEUED, 2, "a-1")
    begun = begin(store, first.id)
    assert begun is not None
    assert request_of(begun) == REQUEST
    token = begun.token
    running = store.fetch(first.id)
    assert running is not None
    assert running.status is JobStatus.RUNNING
    assert running.started_at is not None
    assert store.result(first.id) is None
    assert leases(store).succeed(first.id, token, b'{"claims": []}')
    done = store.fetch(first.id)
    assert done is not None
    assert (done.status, done.error) == (JobStatus.SUCCEEDED, None)
    assert done.created_at <= running.started_at <= (done.finished_at or done.created_at) < done.expires_at
    assert store.result(first.id) == b'{"claims": []}'


def test_a_failure_says_why(store: JobStore) -> None:
    job = store.submit(REQUEST)
    assert leases(store).fail(job.id, start(store, job.id), failures.deadline_exceeded(5))
    failed = store.fetch(job.id)
    assert failed is not None
    assert failed.status is JobStatus.FAILED
    assert failed.error is not None
    assert failed.error["type"] == "/problems/deadline-exceeded"
    assert "5 s" in failed.error["detail"]


def test_a_result_of_an_attempt_that_was_overtaken_is_refused(store: JobStore) -> None:
    job = store.submit(REQUEST)
    slow, fast = start(store, job.id), start(store, job.id)
    assert not leases(store).succeed(job.id, slow, b'"slow"')
    assert not leases(store).fail(job.id, slow, failures.worker_lost(1))
    assert leases(store).succeed(job.id, fast, b'"fast"')
    assert not leases(store).succeed(job.id, fast, b'"again"')
    assert not leases(store).fail(job.id, fast, failures.worker_lost(1))
    assert store.result(job.id) == b'"fast"'


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_erasing_leaves_neither_text_nor_result(store: JobStore, connection: redis.Redis, state: str) -> None:
    job = store.submit(REQUEST)
    token = start(store, job.id) if state != "queued" else ""
    if state == "succeeded":
        leases(store).succeed(job.id, token, b"{}")
    assert store.erase(job.id)
    record = store.fetch(job.id)
    assert record is not None
    assert record.erased
    assert record.status is (JobStatus.SUCCEEDED if state == "succeeded" else JobStatus.CANCELED)
    assert store.result(job.id) is None
    assert not connection.exists(keys.request(job.id), keys.result(job.id))
    assert begin(store, job.id) is None
    assert not leases(store).succeed(job.id, token, b"{}")
    assert store.health().queued == 0 or state != "queued"


def test_what_nobody_knows(store: JobStore) -> None:
    assert store.fetch("no-such-job") is None
    assert store.result("no-such-job") is None
    assert not store.erase("no-such-job")
    assert begin(store, "no-such-job") is None
    assert store.wait("no-such-job", 5) is None


def test_waiting_ends_with_the_job_and_with_the_time(store: JobStore) -> None:
    job = store.submit(REQUEST)
    still = store.wait(job.id, 0.05)
    assert still is not None
    assert still.status is JobStatus.QUEUED
    token = start(store, job.id)
    timer = threading.Timer(0.05, leases(store).succeed, (job.id, token, b"{}"))
    timer.start()
    done = store.wait(job.id, 30)
    timer.join()
    assert done is not None
    assert done.status is JobStatus.SUCCEEDED


def test_everything_of_an_ended_job_expires(store: JobStore, connection: redis.Redis) -> None:
    done, failed, canceled = (store.submit(REQUEST) for _ in range(3))
    leases(store).succeed(done.id, start(store, done.id), b"{}")
    leases(store).fail(failed.id, start(store, failed.id), failures.worker_lost(3))
    store.erase(canceled.id)
    ours = [key for key in connection.keys(f"{keys.PREFIX}*") if key != keys.COUNTERS.encode()]  # of no job: they stay
    assert len(ours) == 6
    assert all(0 < int(connection.ttl(key)) <= 200 for key in ours)


def test_a_job_that_waits_is_kept_however_short_results_are(connection: redis.Redis) -> None:
    store = JobStore(connection, result_ttl_s=1)
    job = store.submit(REQUEST)
    assert int(connection.ttl(keys.record(job.id))) > int(connection.ttl(keys.request(job.id))) - 1 > 3600
    assert leases(store).succeed(job.id, start(store, job.id), b"{}")
    assert int(connection.ttl(keys.result(job.id))) <= 1


def test_a_worker_that_fell_silent_does_not_count(store: JobStore, connection: redis.Redis) -> None:
    connection.sadd("rq:workers:jujang", "rq:worker:gone")
    assert store.health().workers == 0
    connection.hset("rq:worker:gone", "birth", "now")
    assert store.health().workers == 1


def test_the_text_stands_nowhere_in_rq(store: JobStore, connection: redis.Redis) -> None:
    job = store.submit({"text": "SECRET-TEXT"})
    stored = connection.hgetall(f"rq:job:{job.id}")
    assert stored
    assert b"SECRET" not in repr(stored).encode()
    assert job.id in str(stored)


def test_no_redis_is_said(tmp_path: object) -> None:
    store = JobStore.connect("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable):
        store.submit(REQUEST)
    with pytest.raises(StoreUnavailable):
        store.health()


def test_a_full_redis_acknowledges_nothing() -> None:
    with EmbeddedRedis(options=("--maxmemory", "3mb")) as server:
        store = JobStore.connect(server.url)
        accepted = 0
        try:
            while accepted < 1000:
                store.submit({"text": random.Random(accepted).randbytes(20_000).hex()})
                accepted += 1
        except StoreUnavailable:
            pass
        assert 0 < accepted < 1000
        assert store.health().queued == accepted
