"""Events that wait to be told: written with the end they tell of, taken by one at a time, lost with nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis

from jobstore import failures, keys
from jobstore.batch_record import Refused
from jobstore.batches import BatchStore
from jobstore.leases import ATTEMPTS
from jobstore.outbox import Event, Outbox
from jobstore.record import Callback
from jobstore.store import JobStore
from jobstore.submission import Origin
from schemas.labels import DeliveryStatus
from tests.begin import begin, leases

URL = "https://hooks.example.org/jujang"
REQUEST = {"text": "가", "document": {"id": "a"}, "callback_url": URL}


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(f"{redis_url}?db=13")
    client.flushdb()
    yield client
    client.flushdb()


@pytest.fixture
def store(connection: redis.Redis) -> JobStore:
    return JobStore(connection)


@pytest.fixture
def outbox(connection: redis.Redis) -> Outbox:
    return Outbox(connection)


def taken(outbox: Outbox) -> Event:
    event = outbox.take()
    assert event is not None
    return event


def end(store: JobStore, how: str) -> str:
    job_id = store.submit(REQUEST, owner="newsroom", request_id="r1").id
    if how == "canceled":
        store.erase(job_id, "newsroom")
        return job_id
    attempt = begin(store, job_id)
    assert attempt is not None
    if how == "succeeded":
        leases(store).succeed(job_id, attempt.token, b"{}")
    else:
        leases(store).fail(job_id, attempt.token, failures.extraction_failed(ValueError()))
    return job_id


def test_a_job_whose_workers_died_is_told_of(store: JobStore, outbox: Outbox) -> None:
    job_id = store.submit(REQUEST).id
    for _ in range(ATTEMPTS):
        assert outbox.take() is None
        attempt = begin(store, job_id)
        assert attempt is not None
        assert leases(store).release(attempt.token)
    event = taken(outbox)
    assert (event.id, event.type) == (job_id, "extraction.failed")


@pytest.mark.parametrize("how", ["succeeded", "failed", "canceled"])
def test_every_end_is_told_once(store: JobStore, outbox: Outbox, how: str) -> None:
    job_id = end(store, how)
    event = taken(outbox)
    assert (event.id, event.type, event.url) == (job_id, f"extraction.{how}", URL)
    assert (event.owner, event.document_id, event.request_id, event.attempts) == ("newsroom", "a", "r1", 0)
    assert outbox.take() is None, "it is taken"
    store.erase(job_id, "newsroom")
    leases(store).fail(job_id, "", failures.worker_lost(3))
    assert [each.id for each in outbox.waiting()] == [job_id], "a second end is none"


def test_without_an_address_nothing_is_told(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    job_id = store.submit({"text": "가"}).id
    store.erase(job_id)
    assert outbox.take() is None
    assert not connection.exists(keys.OUTBOX)
    record = store.fetch(job_id)
    assert record is not None
    assert record.callback is None


def test_a_late_worker_tells_nothing(store: JobStore, outbox: Outbox) -> None:
    job_id = store.submit(REQUEST).id
    first = begin(store, job_id)
    second = begin(store, job_id)
    assert first is not None
    assert second is not None
    assert not leases(store).succeed(job_id, first.token, b"{}")
    assert outbox.take() is None
    assert leases(store).succeed(job_id, second.token, b"{}")
    assert taken(outbox).type == "extraction.succeeded"


def test_how_it_goes_stands_in_the_job(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    job_id = end(store, "succeeded")

    def callback() -> Callback:
        record = store.fetch(job_id, "newsroom")
        assert record is not None
        assert record.callback is not None
        return record.callback

    assert callback() == Callback(URL)
    assert outbox.settle(taken(outbox), DeliveryStatus.PENDING, "Answered 500.", again_in_s=0.0)
    assert (callback().status, callback().attempts, callback().problem) == (DeliveryStatus.PENDING, 1, "Answered 500.")
    event = taken(outbox)
    assert event.attempts == 1
    assert outbox.settle(event, DeliveryStatus.DELIVERED)
    assert (callback().status, callback().attempts, callback().problem) == (DeliveryStatus.DELIVERED, 2, None)
    assert outbox.waiting() == []
    assert not connection.exists(keys.event(job_id))
    assert {name: count for name, count in store.counted().items() if "webhook" in name} == {
        "jujang_webhook_attempts|failed": 1,
        "jujang_webhook_attempts|delivered": 1,
    }


def test_it_is_due_again_when_its_time_has_come(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    job_id = end(store, "succeeded")
    outbox.settle(taken(outbox), DeliveryStatus.PENDING, "x", again_in_s=600)
    assert outbox.take() is None
    (waiting,) = outbox.waiting()
    assert 500 < (waiting.due_at - datetime.now(UTC)).total_seconds() <= 600
    connection.zincrby(keys.OUTBOX, -600, job_id)  # its time has come
    event = taken(outbox)
    outbox.put_back(event, 0.0)
    assert taken(outbox).attempts == 1, "what was put back was no attempt"


def test_a_lost_taker_loses_its_event_to_the_next(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    job_id = end(store, "succeeded")
    lost = taken(outbox)
    connection.zadd(keys.OUTBOX, {job_id: 0})  # its lease is over
    found = taken(outbox)
    assert found.taken_by != lost.taken_by
    assert not outbox.settle(lost, DeliveryStatus.DELIVERED), "fenced: it woke too late"
    assert outbox.settle(found, DeliveryStatus.DELIVERED)


def test_events_outlive_their_jobs(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    job_id = end(store, "succeeded")
    connection.delete(keys.record(job_id))
    assert outbox.settle(taken(outbox), DeliveryStatus.DELIVERED)
    assert not connection.exists(keys.record(job_id)), "no record comes into being again, to stay for ever"


def test_an_event_whose_time_is_over_is_passed_by(store: JobStore, outbox: Outbox, connection: redis.Redis) -> None:
    first, second = end(store, "succeeded"), end(store, "failed")
    connection.delete(keys.event(first))
    assert taken(outbox).id == second
    assert [each.id for each in outbox.waiting()] == [second]


@pytest.mark.parametrize("how", ["documents end", "all refused", "canceled"])
def test_a_batch_tells_once_at_its_end(store: JobStore, outbox: Outbox, how: str) -> None:
    batches = BatchStore(store)
    with batches.intake(Origin("newsroom", "r1")) as intake:
        intake.callback_url = URL
        intake.refuse(Refused(None, {"type": "/problems/invalid-field"}))
        if how != "all refused":
            intake.add({"text": "가"})
            intake.add({"text": "나"})
        batch_id = intake.submit()
    if how == "documents end":
        for document in batches.documents(batches.fetch(batch_id, "newsroom") or pytest.fail("it is there")):
            if document.job_id:
                assert outbox.take() is None
                attempt = begin(store, document.job_id)
                assert attempt is not None
                leases(store).succeed(document.job_id, attempt.token, b"{}")
    elif how == "canceled":
        batches.cancel(batch_id, "newsroom")
    event = taken(outbox)
    assert (event.id, event.type) == (batch_id, "batch.canceled" if how == "canceled" else "batch.finished")
    assert (event.owner, event.request_id) == ("newsroom", "r1")
    assert outbox.take() is None
    before = batches.fetch(batch_id, "newsroom")
    outbox.settle(event, DeliveryStatus.DELIVERED)
    after = batches.fetch(batch_id, "newsroom")
    assert before is not None
    assert after is not None
    assert after.version > before.version, "its ETag changes"
