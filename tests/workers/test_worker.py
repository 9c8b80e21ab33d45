"""A real worker with its children on a real Redis: every job comes to one visible end, and says why when that is a failure."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from jobstore import keys
from jobstore.record import JobRecord
from jobstore.store import JobStore
from schemas.labels import JobStatus

DEADLINE_S = 2
WAIT_S = 60


@pytest.fixture
def store(redis_url: str) -> Iterator[JobStore]:
    connection = redis.Redis.from_url(redis_url)
    connection.flushall()
    yield JobStore(connection, deadline_s=DEADLINE_S)
    connection.flushall()


@pytest.fixture
def worker(store: JobStore, redis_url: str) -> Iterator[subprocess.Popen[str]]:
    environ = os.environ | {"REDIS_URL": redis_url, "JOB_DEADLINE": str(DEADLINE_S), "JOB_LEASE": "2"}
    command = [sys.executable, "-m", "tests.workers.faulty_worker"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def submit(store: JobStore, text: str) -> str:
    return store.submit({"text": text}).id


def ended(store: JobStore, job_id: str) -> JobRecord:
    record = store.wait(job_id, WAIT_S)
    assert record is not None
    assert record.status.ended, record
    return record


def error_type(record: JobRecord) -> str:
    assert record.error is not None
    return str(record.error["type"])


@pytest.mark.usefixtures("worker")
def test_jobs_succeed_in_order(store: JobStore) -> None:
    jobs = [submit(store, "가" * n) for n in range(1, 6)]
    records = [ended(store, job) for job in jobs]
    assert [store.result(job) for job in jobs] == [b'{"characters": %d}' % n for n in range(1, 6)]
    begun = [record.started_at for record in records]
    assert begun == sorted(begun, key=lambda moment: moment or records[0].created_at)


def test_a_fault_of_ours_fails_the_job_and_leaks_no_text(store: JobStore, worker: subprocess.Popen[str]) -> None:
    record = ended(store, submit(store, "raise SECRET"))
    assert error_type(record) == "/problems/extraction-failed"
    assert "ValueError" in str(record.error)
    assert "SECRET" not in str(record.error)
    assert ended(store, submit(store, "next")).status is JobStatus.SUCCEEDED
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=WAIT_S)
    assert "ValueError" in said
    assert "SECRET" not in said


@pytest.mark.usefixtures("worker")
def test_a_document_that_kills_its_process_fails_after_some_tries(store: JobStore) -> None:
    poison, next_one = submit(store, "die"), submit(store, "next")
    assert error_type(ended(store, poison)) == "/problems/worker-lost"
    assert ended(store, next_one).status is JobStatus.SUCCEEDED


@pytest.mark.usefixtures("worker")
def test_a_request_that_cannot_be_read_comes_to_an_end(store: JobStore, redis_url: str) -> None:
    connection = redis.Redis.from_url(redis_url)
    blocker, broken = submit(store, "sleep 1"), submit(store, "next")
    connection.set(keys.request(broken), b"not what was kept")
    assert ended(store, blocker).status is JobStatus.SUCCEEDED
    assert error_type(ended(store, broken)) == "/problems/extraction-failed"


@pytest.mark.usefixtures("worker")
def test_a_request_that_expired_in_the_queue_ends_with_a_reason(store: JobStore, redis_url: str) -> None:
    blocker, expired = submit(store, "sleep 1"), submit(store, "next")
    redis.Redis.from_url(redis_url).delete(keys.request(expired))
    assert ended(store, blocker).status is JobStatus.SUCCEEDED
    assert error_type(ended(store, expired)) == "/problems/request-expired"


@pytest.mark.usefixtures("worker")
def test_a_process_that_dies_once_costs_no_job(store: JobStore, tmp_path: Path) -> None:
    assert ended(store, submit(store, f"die-once {tmp_path / 'mark'}")).status is JobStatus.SUCCEEDED


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("text", ["sleep 600", "spin", "hang"])
def test_the_deadline_ends_a_job_wherever_it_hangs(store: JobStore, text: str) -> None:
    slow, next_one = submit(store, text), submit(store, "next")
    assert error_type(ended(store, slow)) == "/problems/deadline-exceeded"
    assert ended(store, next_one).status is JobStatus.SUCCEEDED


@pytest.mark.usefixtures("worker")
def test_canceling_stops_the_process(store: JobStore) -> None:
    job = submit(store, "sleep 1.5")
    while (record := store.fetch(job)) and record.status is JobStatus.QUEUED:
        time.sleep(0.01)
    time.sleep(0.2)
    assert store.erase(job)
    assert ended(store, job).status is JobStatus.CANCELED
    assert ended(store, submit(store, "next")).status is JobStatus.SUCCEEDED
    assert store.result(job) is None


def test_a_stopping_worker_finishes_what_it_has_in_hand(store: JobStore, worker: subprocess.Popen[str]) -> None:
    job = submit(store, "sleep 1")
    while (record := store.fetch(job)) and record.status is JobStatus.QUEUED:
        time.sleep(0.01)
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=WAIT_S)
    assert worker.returncode == 0
    assert ended(store, job).status is JobStatus.SUCCEEDED
    assert store.health().workers == 0


def test_a_killed_worker_leaves_no_process_and_loses_no_job(
    store: JobStore, worker: subprocess.Popen[str], redis_url: str, tmp_path: Path
) -> None:
    job = submit(store, "sleep 1.9")
    while (record := store.fetch(job)) and record.status is JobStatus.QUEUED:
        time.sleep(0.01)
    children = psutil.Process(worker.pid).children(recursive=True)
    assert children
    worker.kill()
    assert psutil.wait_procs(children, timeout=WAIT_S)[1] == []
    environ = os.environ | {"REDIS_URL": redis_url, "JOB_DEADLINE": str(DEADLINE_S), "JOB_LEASE": "2"}
    with subprocess.Popen([sys.executable, "-m", "tests.workers.faulty_worker"], env=environ, cwd=Path(__file__).parents[2]) as second:
        try:
            assert ended(store, job).status is JobStatus.SUCCEEDED
        finally:
            second.kill()


@pytest.mark.usefixtures("worker")
def test_a_worker_that_was_killed_is_struck_off(store: JobStore, redis_url: str) -> None:
    connection = redis.Redis.from_url(redis_url)
    connection.sadd("rq:workers:jujang", "rq:worker:gone")
    connection.sadd("rq:workers", "rq:worker:gone")
    until = time.monotonic() + WAIT_S
    while connection.sismember("rq:workers:jujang", "rq:worker:gone") and time.monotonic() < until:
        time.sleep(0.1)
    assert not connection.sismember("rq:workers", "rq:worker:gone")
    assert store.health().workers == 1
