"""Jobs as RQ knows them: what `rq info`, its dashboards and `jujang status` see."""

from datetime import UTC, datetime

import redis
from rq.job import Job
from rq.job import JobStatus as RqStatus
from rq.serializers import JSONSerializer
from rq.utils import utcformat

from jobstore import keys
from jobstore.idempotency import Command
from jobstore.keys import Lane

_ID = "00000000-0000-0000-0000-000000000000"


class RqEntries:
    """Writes jobs into a lane as RQ does: RQ itself makes one, and the others are it but for their ids and times.

    RQ's own enqueue takes five commands and as long as all the rest of a request.
    """

    def __init__(self, lane: Lane, *, deadline_s: int, failure_ttl_s: int) -> None:
        job = Job.create(
            keys.TASK,
            args=(_ID,),
            id=_ID,
            description=_ID,  # RQ's own description would put the arguments into logs
            status=RqStatus.QUEUED,
            connection=redis.Redis(),  # it is not asked
            serializer=JSONSerializer,
            timeout=deadline_s,
            result_ttl=0,
            failure_ttl=failure_ttl_s,
            origin=lane.value,
        )
        self._queue = lane.queue
        self._data: bytes = job.data
        varying = ("data", "description", "created_at", "enqueued_at")
        self._fields = [part for name, value in job.to_dict().items() if name not in varying and value != "" for part in (name, value)]

    def commands(self, job_id: str, at: datetime) -> list[Command]:
        """What queues a job."""
        written = utcformat(at.astimezone(UTC))
        varying = ("data", self._data.replace(_ID.encode(), job_id.encode()), "description", job_id, "created_at", written)
        return [
            ("HSET", keys.rq_job(job_id), *self._fields, *varying, "enqueued_at", written),
            ("SADD", keys.RQ_QUEUES, self._queue),
            ("RPUSH", self._queue, job_id),
        ]
