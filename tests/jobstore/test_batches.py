"""Batches against a real Redis: all queued or none, counts that add up, one end, everything expires."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from jobstore import failures, keys
from jobstore.batch_record import BatchRecord, Refused
from jobstore.batches import BatchStore
from jobstore.connection import StoreUnavailable
from jobstore.idempotency import IdempotencyKey, KeyReused
from jobstore.store import JobStore
from jobstore.submission import Origin
from jujang.embedded_redis import EmbeddedRedis
from schemas.labels import BatchStatus, DocumentStatus, JobStatus
from tests.begin import begin, leases
from tests.service.driver import Driver

TTL_S = 100
PROBLEM = {"type": "/problems/invalid-field", "title": "", "status": 422, "detail": ""}


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(redis_url)
    yield connection
    connection.flushall()


@pytest.fixture
def jobs(connection: redis.Redis) -> JobStore:
    return JobStore(connection, result_ttl_s=TTL_S)


@pytest.fixture
def batches(jobs: JobStore) -> BatchStore:
    return BatchStore(jobs)


@pytest.fixture
def driver(jobs: JobStore) -> Driver:
    return Driver(jobs)


def submit(batches: BatchStore, documents: str, owner: str = "desk", key: IdempotencyKey | None = None) -> BatchRecord:
    """A batch with a document for each letter; `x` is refused."""
    with batches.intake(Origin(owner)) as intake:
        for letter in documents:
            if letter == "x":
                intake.refuse(Refused("x", PROBLEM))
            else:
                intake.add({"text": letter, "document": {"id": letter}})
        return again(batches, intake.submit(key), owner)


def again(batches: BatchStore, batch: BatchRecord | str, owner: str = "desk") -> BatchRecord:
    found = batches.fetch(batch if isinstance(batch, str) else batch.id, owner)
    assert found is not None
    return found


def ids(batches: BatchStore, batch: BatchRecord) -> list[str]:
    return [document.job_id or "" for document in batches.documents(batch)]


def counts(batch: BatchRecord) -> dict[str, int]:
    return {status: number for status, number in batch.counts.items() if number}


def test_documents_keep_their_order_and_the_refused_stand_between(batches: BatchStore, jobs: JobStore) -> None:
    batch = submit(batches, "axbc")
    assert (batch.status, batch.documents, counts(batch)) == (BatchStatus.QUEUED, 4, {"queued": 3, "refused": 1})
    documents = batches.documents(batch)
    assert [document.index for document in documents] == [0, 1, 2, 3]
    assert [document.job.document_id for document in documents if document.job] == ["a", "b", "c"]
    assert documents[1].refused == Refused("x", PROBLEM)
    assert documents[1].status(batch.created_at) is DocumentStatus.REFUSED
    assert all(document.job.owner == "desk" for document in documents if document.job)
    assert jobs.health().queued == 3


def test_counts_follow_the_jobs_to_their_ends(batches: BatchStore, jobs: JobStore, driver: Driver) -> None:
    batch = submit(batches, "abcdx")
    first, second, third, fourth, _ = ids(batches, batch)
    driver.start(first)
    driver.start(first)  # begun anew: still one that runs
    running = again(batches, batch)
    assert (running.status, counts(running)) == (BatchStatus.RUNNING, {"running": 1, "queued": 3, "refused": 1})
    assert running.version > batch.version
    driver.succeed(first)
    driver.fail(second, failures.worker_lost(3))
    jobs.erase(third, "desk")
    still = again(batches, batch)
    assert (still.status, still.finished_at) == (BatchStatus.RUNNING, None)
    driver.succeed(fourth)
    done = again(batches, batch)
    assert (done.status, counts(done)) == (BatchStatus.FINISHED, {"succeeded": 2, "failed": 1, "canceled": 1, "refused": 1})
    assert done.finished_at is not None
    assert (done.expires_at - done.finished_at).total_seconds() == pytest.approx(TTL_S)


def test_late_and_repeated_ends_are_not_counted_again(batches: BatchStore, jobs: JobStore, driver: Driver) -> None:
    batch = submit(batches, "ab")
    first, _ = ids(batches, batch)
    driver.succeed(first)
    assert not leases(jobs).fail(first, "", failures.worker_lost(3))
    assert jobs.erase(first, "desk")
    assert jobs.erase(first, "desk")
    assert counts(again(batches, batch)) == {"succeeded": 1, "queued": 1}
    assert [d.status(batch.created_at) for d in batches.documents(batch)] == [DocumentStatus.GONE, DocumentStatus.QUEUED]


def test_a_batch_of_refused_documents_is_finished_at_once(batches: BatchStore, jobs: JobStore) -> None:
    batch = submit(batches, "xx")
    assert (batch.status, batch.finished_at is not None, counts(batch)) == (BatchStatus.FINISHED, True, {"refused": 2})
    assert jobs.health().queued == 0


def test_the_end_of_the_last_of_many_is_seen_once_however_they_race(batches: BatchStore, driver: Driver, connection: redis.Redis) -> None:
    batch = submit(batches, "a" * 60)
    with ThreadPoolExecutor(12) as workers:
        list(workers.map(driver.succeed, ids(batches, batch)))
    done = again(batches, batch)
    assert (done.status, counts(done)) == (BatchStatus.FINISHED, {"succeeded": 60})
    assert done.version == 1 + 2 * 60


def test_results_come_in_order_as_far_as_they_go(batches: BatchStore, driver: Driver) -> None:
    batch = submit(batches, "axbc")
    first, _, second, third = ids(batches, batch)

    def seen(start: int = 0) -> list[tuple[int, bool]]:
        return [(document.index, result is not None) for document, result in batches.ended(batch, start, lambda: False)]

    assert seen() == []
    driver.succeed(third)
    driver.succeed(first)
    assert seen() == [(0, True), (1, False)]
    assert seen(1) == [(1, False)]
    driver.fail(second, failures.worker_lost(3))
    assert seen() == [(0, True), (1, False), (2, False), (3, True)]
    assert seen(4) == []


def test_results_are_waited_for_while_patience_lasts(batches: BatchStore, driver: Driver) -> None:
    batch = submit(batches, "a" * 40)
    finishing = threading.Thread(target=lambda: list(map(driver.succeed, reversed(ids(batches, batch)))))
    finishing.start()
    until = time.monotonic() + 30
    found = [document.index for document, _ in batches.ended(batch, 0, lambda: time.monotonic() < until)]
    finishing.join()
    assert found == list(range(40))


@pytest.mark.parametrize("erase", [True, False], ids=["erase", "cancel"])
def test_stopping_half_way(batches: BatchStore, jobs: JobStore, driver: Driver, connection: redis.Redis, erase: bool) -> None:
    batch = submit(batches, "abcdx")
    other = jobs.submit({"text": "other"}, owner="desk")
    done, running, *waiting, _ = ids(batches, batch)
    driver.succeed(done)
    token, _ = driver.start(running)
    assert (batches.erase if erase else batches.cancel)(batch.id, "desk")
    stopped = again(batches, batch)
    assert (stopped.status, stopped.erased, stopped.finished_at is not None) == (BatchStatus.CANCELED, erase, True)
    assert counts(stopped) == {"succeeded": 1, "canceled": 3, "refused": 1}
    assert not leases(jobs).succeed(running, token, b"{}")
    assert all(begin(jobs, job) is None for job in waiting)
    assert (jobs.result(done) is None) == erase
    assert connection.lrange("rq:queue:jujang", 0, -1) == [other.id.encode()], "others stay"
    assert not connection.exists(*(f"rq:job:{job}" for job in waiting))
    assert not connection.exists(*(keys.request(job) for job in [running, *waiting]))
    assert (batches.erase if erase else batches.cancel)(batch.id, "desk")  # once more is no error


def test_stopping_what_has_ended_only_erases(batches: BatchStore, driver: Driver) -> None:
    batch = submit(batches, "a")
    driver.succeed(ids(batches, batch)[0])
    assert batches.cancel(batch.id, "desk")
    assert again(batches, batch).status is BatchStatus.FINISHED
    assert batches.erase(batch.id, "desk")
    assert (again(batches, batch).status, again(batches, batch).erased) == (BatchStatus.FINISHED, True)
    assert batches.documents(batch)[0].status(batch.created_at) is DocumentStatus.GONE


def test_another_owner_sees_and_stops_nothing(batches: BatchStore, jobs: JobStore) -> None:
    batch = submit(batches, "a", owner="desk")
    assert batches.fetch(batch.id, "lab") is None
    assert batches.wait(batch.id, 0.01, "lab") is None
    assert not batches.erase(batch.id, "lab")
    assert not batches.cancel(batch.id, "lab")
    assert jobs.health().queued == 1


def test_waiting_ends_with_the_batch_and_with_the_time(batches: BatchStore, driver: Driver) -> None:
    batch = submit(batches, "a")
    still = batches.wait(batch.id, 0.05, "desk")
    assert still is not None
    assert still.status is BatchStatus.QUEUED
    timer = threading.Timer(0.05, driver.succeed, ids(batches, batch))
    timer.start()
    done = batches.wait(batch.id, 30, "desk")
    timer.join()
    assert done is not None
    assert done.status is BatchStatus.FINISHED


def test_everything_expires(batches: BatchStore, driver: Driver, connection: redis.Redis) -> None:
    key = IdempotencyKey("k", "desk", "1")
    batch = submit(batches, "abx", key=key)
    pending = [connection.ttl(name) for name in connection.keys(f"{keys.PREFIX}*") if name != keys.COUNTERS.encode()]
    assert len(pending) == 3 + 2 * 2
    assert all(ttl > 3600 for ttl in pending)
    for job in ids(batches, batch)[:2]:
        driver.succeed(job)
    ours = [name for name in connection.keys(f"{keys.PREFIX}*") if name not in (keys.COUNTERS.encode(), keys.RECOVERIES.encode())]
    assert len(ours) == 3 + 2 * 3
    assert all(0 < connection.ttl(name) <= 2 * TTL_S for name in ours)
    assert connection.ttl(key.name) == pytest.approx(connection.ttl(keys.batch(batch.id)), abs=1)


def test_a_batch_that_is_not_submitted_leaves_nothing(batches: BatchStore, connection: redis.Redis) -> None:
    with batches.intake(Origin("desk")) as intake:
        for i in range(30):
            intake.add({"text": f"{i} " + "".join(chr(0xAC00 + (i * 997 + j * 7919) % 11172) for j in range(30_000))})
        assert connection.keys(f"{keys.PREFIX}request:*"), "large ones are sent as they come"
        assert connection.llen("rq:queue:jujang") == 0
    assert connection.keys("*") == []


def test_equal_batches_at_once_make_one(batches: BatchStore, jobs: JobStore, connection: redis.Redis) -> None:
    key = IdempotencyKey("k", "desk", "1")
    with ThreadPoolExecutor(20) as clients:
        made = list(clients.map(lambda _: submit(batches, "abc", key=key).id, range(20)))
    assert len(set(made)) == 1
    assert jobs.health().queued == len(connection.keys(keys.request("*"))) == 3
    with pytest.raises(KeyReused):
        submit(batches, "ab", key=IdempotencyKey("k", "desk", "2"))
    assert submit(batches, "ab", owner="lab", key=IdempotencyKey("k", "lab", "2")).id != made[0]
    assert jobs.health().queued == len(connection.keys(keys.request("*"))) == 5


def test_a_thousand_are_queued_as_one(batches: BatchStore, jobs: JobStore, connection: redis.Redis) -> None:
    batch = submit(batches, "a" * 1000)
    assert connection.lrange("rq:queue:jujang", 0, -1) == [job.encode() for job in ids(batches, batch)]
    batches.erase(batch.id, "desk")
    assert jobs.health().queued == 0
    assert {document.job.status for document in batches.documents(batch) if document.job} == {JobStatus.CANCELED}


def test_a_full_redis_takes_the_whole_batch_or_nothing() -> None:
    with EmbeddedRedis(options=("--maxmemory", "4mb")) as server:
        jobs = JobStore.connect(server.url)
        batches = BatchStore(jobs)
        taken = 0
        try:
            while taken < 10_000:
                submit(batches, "a" * 100)
                taken += 100
        except StoreUnavailable:
            pass
        assert 0 < taken < 10_000
        assert jobs.health().queued == taken
