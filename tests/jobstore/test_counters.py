"""What happened is counted once: with the move itself, whoever repeats it."""

from collections.abc import Iterator

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from jobstore import counters, failures
from jobstore.store import JobStore
from tests.begin import begin, leases

REQUEST = {"text": "한빛시는 버스를 늘린다."}


@pytest.fixture(scope="module")
def connection(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(f"{redis_url}?db=5")
    yield connection
    connection.flushdb()


@pytest.fixture
def store(connection: redis.Redis) -> JobStore:
    connection.flushdb()
    return JobStore(connection)


def ended(store: JobStore) -> dict[tuple[str, ...], float]:
    return dict(counters.counts(counters.ENDED, store.counted()))


def test_every_end_is_counted_once_with_its_reason(store: JobStore) -> None:
    done, failed, canceled, erased = (store.submit(REQUEST).id for _ in range(4))
    for job in (done, failed, erased):
        attempt = begin(store, job)
        assert attempt is not None
        if job == failed:
            for _ in range(2):
                leases(store).fail(job, attempt.token, failures.deadline_exceeded(5))
        else:
            for _ in range(2):
                leases(store).succeed(job, attempt.token, b"{}")
    for _ in range(2):
        store.erase(canceled)
        store.erase(erased)
    assert ended(store) == {("succeeded", ""): 2, ("failed", "deadline-exceeded"): 1, ("canceled", ""): 1}
    assert store.counted()["jujang_jobs_accepted"] == 4
    assert store.recoveries() == []


MOVES = st.lists(st.sampled_from(["start", "succeed", "succeed_late", "fail", "fail_late", "release", "erase"]), max_size=12)


@given(MOVES)
@settings(max_examples=40)
def test_no_order_of_moves_counts_a_job_twice(connection: redis.Redis, moves: list[str]) -> None:
    connection.flushdb()
    store = JobStore(connection)
    job, tokens = store.submit(REQUEST).id, [""]
    for move in moves:
        if move == "start" and (attempt := begin(store, job)):
            tokens.append(attempt.token)
        elif move.startswith("succeed"):
            leases(store).succeed(job, tokens[0 if move == "succeed_late" else -1], b"{}")
        elif move.startswith("fail"):
            leases(store).fail(job, tokens[0 if move == "fail_late" else -1], failures.worker_lost(1))
        elif move == "release":
            leases(store).release(tokens[-1])
        elif move == "erase":
            store.erase(job)
    record = store.fetch(job)
    assert record is not None
    assert sum(ended(store).values()) == (1 if record.status.ended else 0)
    assert [status for (status, _), count in ended(store).items() if count] == ([record.status.value] if record.status.ended else [])


def test_what_a_success_observed_is_counted_with_it(store: JobStore) -> None:
    job = store.submit(REQUEST).id
    late, valid = begin(store, job), begin(store, job)
    assert late is not None
    assert valid is not None
    observed = counters.CHARACTERS.by(13) | counters.STAGE_DURATION.of(0.25, stage="times") | counters.STAGE_DURATION.of(99, stage="claims")
    assert not leases(store).succeed(job, late.token, b"{}", observed)
    assert leases(store).succeed(job, valid.token, b"{}", observed)
    fields = store.counted()
    assert dict(counters.counts(counters.CHARACTERS, fields)) == {(): 13}
    seen = dict(counters.observations(counters.STAGE_DURATION, fields))
    assert dict(seen["times",].buckets) | {"0.1": 0, "0.25": 1, "+Inf": 1} == dict(seen["times",].buckets)
    assert dict(seen["claims",].buckets) | {"60": 0, "+Inf": 1} == dict(seen["claims",].buckets)
    assert seen["times",].sum_s == pytest.approx(0.25)
    assert [(each.kind, each.job_id) for each in store.recoveries()] == [("late_result_refused", job)]
    assert dict(counters.counts(counters.RECOVERIES, fields)) == {("late_result_refused",): 1}


def test_recoveries_are_listed_newest_first_and_not_for_ever(store: JobStore) -> None:
    for number in range(120):
        store.count_recovery("orphan_requeued", f"job-{number}")
    listed = store.recoveries()
    assert (len(listed), listed[0].job_id, listed[-1].job_id) == (100, "job-119", "job-20")
    assert dict(counters.counts(counters.RECOVERIES, store.counted())) == {("orphan_requeued",): 120}


def test_where_it_came_from_goes_with_the_job(store: JobStore) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    traced = begin(store, store.submit(REQUEST, request_id="req-1", traceparent=traceparent).id)
    plain = begin(store, store.submit(REQUEST).id)
    assert traced is not None
    assert plain is not None
    assert (traced.request_id, traced.traceparent) == ("req-1", traceparent)
    assert (plain.request_id, plain.traceparent) == ("", "")
    assert traced.created_at <= traced.started_at
    assert "버스" not in repr(traced)
