"""What stands in RQ's keys is what RQ itself would have written."""

from collections.abc import Iterator

import pytest
import redis
from rq.job import Job
from rq.serializers import JSONSerializer

from jobstore import keys
from jobstore.keys import Lane
from jobstore.rq_queue import queue
from jobstore.store import JobStore


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(redis_url)
    yield connection
    connection.flushall()


@pytest.mark.parametrize(("characters", "lane"), [(3, Lane.SHORT), (50_000, Lane.LONG)])
def test_rq_finds_what_it_would_have_written(connection: redis.Redis, characters: int, lane: Lane) -> None:
    submitted = JobStore(connection, result_ttl_s=100, deadline_s=7).submit({"text": "가" * characters})
    found = Job.fetch(submitted.id, connection=connection, serializer=JSONSerializer)
    assert connection.smembers(keys.RQ_QUEUES) == {lane.queue.encode()}
    assert queue(connection, lane).job_ids == [submitted.id]
    assert found.enqueued_at == submitted.created_at
    connection.flushall()
    own = queue(connection, lane).enqueue_job(
        Job.create(
            keys.TASK,
            args=(submitted.id,),
            id=submitted.id,
            description=submitted.id,
            connection=connection,
            serializer=JSONSerializer,
            timeout=7,
            result_ttl=0,
            failure_ttl=100,
            origin=lane.value,
        )
    )
    written = Job.fetch(own.id, connection=connection, serializer=JSONSerializer).to_dict()
    times = {"created_at", "enqueued_at"}
    assert {name: value for name, value in found.to_dict().items() if name not in times} == {
        name: value for name, value in written.items() if name not in times
    }
