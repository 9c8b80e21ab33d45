"""Jobs in Redis: how they are kept, and what the service does with them.

A job is a small record, its request and its result under keys of their own, all with a time to live, and an id in RQ's queue.
Record, request and queue entry are written by one script: what was acknowledged is queued.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, cast

import redis
from rq import Worker

from jobstore import counters, keys, transitions, vitals
from jobstore.api_keys import ANONYMOUS
from jobstore.connection import available, connect_redis
from jobstore.idempotency import Command, IdempotencyKey, RunOnce
from jobstore.keys import Lane
from jobstore.leases import end_times
from jobstore.record import Callback, Health, JobRecord, Recovery
from jobstore.rq_entry import RqEntries
from jobstore.rq_queue import queue
from jobstore.submission import Origin, Submission, unpack
from schemas.labels import JobStatus

_AT_ONCE = 200  # jobs that are erased in one round trip
PENDING_S = 7 * 86_400  # so long a job may wait and run, however short its result is kept


class JobStore:
    """The service's side: submit, fetch, wait for, read and erase jobs; what happened. The workers' is `leases`.

    Every method raises `StoreUnavailable` where Redis does not answer.
    """

    def __init__(self, connection: redis.Redis, *, result_ttl_s: int = 86_400, deadline_s: int = 120) -> None:
        self._redis = connection
        self._ttl_s = result_ttl_s
        self._queues = {lane: queue(connection, lane) for lane in Lane}
        self._entries = {lane: RqEntries(lane, deadline_s=deadline_s, failure_ttl_s=result_ttl_s) for lane in Lane}
        self.run_once = RunOnce(connection)
        self._erase = connection.register_script(transitions.ERASE)

    @classmethod
    def connect(cls, url: str, *, result_ttl_s: int = 86_400, deadline_s: int = 120, socket_timeout_s: float = 2.0) -> "JobStore":
        """A store on the Redis at `url`; connects on first use."""
        return cls(connect_redis(url, socket_timeout_s=socket_timeout_s), result_ttl_s=result_ttl_s, deadline_s=deadline_s)

    def submit(
        self,
        request: Mapping[str, Any],
        *,
        owner: str = ANONYMOUS,
        request_id: str = "",
        traceparent: str = "",
        key: IdempotencyKey | None = None,
    ) -> JobRecord:
        """Keep a validated request of `owner` and queue it; when this returns it is queued.

        Where a request with the same `key` made a job before, that job is the answer; raises `KeyReused` where it was another request.
        `request_id` is for the workers' logs, `traceparent` (W3C) for their traces.
        """
        submission = self.prepare(request, Origin(owner, request_id, traceparent))
        job_id = submission.record.id
        commands = [
            ("SET", keys.request(job_id), submission.packed, "EX", self.pending_s),
            *self.enqueuing(submission, {} if key is None else {"idempotency_key": key.name}),
            *counting(counters.ACCEPTED.by()),
        ]
        with available():
            made = self.run_once(key, keys.record(job_id), self.kept_s, commands)
        if made == keys.record(job_id):
            return submission.record
        earlier = self.fetch(made.removeprefix(keys.record("")), owner)
        if earlier is None:  # it was forgotten this very moment
            return self.submit(request, owner=owner, request_id=request_id, traceparent=traceparent, key=key)
        return earlier

    def prepare(self, request: Mapping[str, Any], origin: Origin) -> Submission:
        """A job to be queued by what `enqueuing` says; nothing of it is in Redis."""
        return Submission.of(request, origin, created_at=now(), ttl_s=self._ttl_s)

    def enqueuing(self, submission: Submission, fields: Mapping[str, str]) -> list[Command]:
        """What writes a job's record, with more `fields`, and its place in the queue; its request is kept already, or beside it."""
        record = submission.record
        name = keys.record(record.id)
        known = submission.fields() | dict(fields)
        return [
            *self._entries[Lane.of(submission.characters)].commands(record.id, record.created_at),
            ("HSET", name, *chain.from_iterable(known.items())),
            ("EXPIRE", name, self.kept_s),
        ]

    @property
    def connection(self) -> redis.Redis:
        """To what keeps the jobs."""
        return self._redis

    @property
    def ttl_s(self) -> int:
        """So long results are kept."""
        return self._ttl_s

    @property
    def pending_s(self) -> int:
        """So long a request may wait and be worked on."""
        return max(PENDING_S, self._ttl_s)

    @property
    def kept_s(self) -> int:
        """So long whatever belongs to a job is kept unless the job's end says otherwise."""
        return self.pending_s + self._ttl_s

    def fetch(self, job_id: str, owner: str = ANONYMOUS) -> JobRecord | None:
        """The job's record; None where `owner` has none of this id (any more)."""
        with available():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(keys.record(job_id)))
            if not fields:
                return None
            record = job_record(job_id, fields)
            if record.owner != owner:
                return None
            if record.status is JobStatus.QUEUED:
                record = replace(record, queue_position=self._position(job_id))
        return record

    def _position(self, job_id: str) -> int | None:
        positions = (cast("int | None", self._redis.lpos(lane.queue, job_id)) for lane in Lane)
        return next((position + 1 for position in positions if position is not None), None)

    def wait(self, job_id: str, timeout_s: float, owner: str = ANONYMOUS) -> JobRecord | None:
        """The record of a job of `owner` as soon as it has ended, or as it is after `timeout_s`."""
        until = time.monotonic() + timeout_s
        pause_s = 0.005
        while time.monotonic() + pause_s < until:
            with available():
                status = cast("bytes | None", self._redis.hget(keys.record(job_id), "status"))
            if status is None or JobStatus(status.decode()).ended:
                break
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.3, 0.1)
        return self.fetch(job_id, owner)

    def result(self, job_id: str) -> bytes | None:
        """The result as JSON in UTF-8; None where there is none (yet, or any more). Ask `fetch` first whose it is."""
        with available():
            packed = cast("bytes | None", self._redis.get(keys.result(job_id)))
        return None if packed is None else unpack(packed)

    def request(self, job_id: str) -> dict[str, Any] | None:
        """The request as it is kept, for as long as its result; None where it is gone. Ask `fetch` first whose it is."""
        with available():
            packed = cast("bytes | None", self._redis.get(keys.request(job_id)))
        return None if packed is None else json.loads(unpack(packed))

    def erase(self, job_id: str, owner: str = ANONYMOUS) -> bool:
        """Cancel the job where it has not ended, erase its text and result; False where `owner` has no such job."""
        return self.erase_all([job_id], owner) == 1

    def erase_all(self, job_ids: Sequence[str], owner: str = ANONYMOUS, *, ended_too: bool = True) -> int:
        """Erase these jobs, or only those that have not ended, which cancels them; how many of them `owner` has."""
        canceled = json.dumps(counters.ENDED.by(status=JobStatus.CANCELED.value, reason=""))
        ending, found = (*end_times(self._ttl_s), canceled), 0
        newest_first = job_ids[::-1]  # as they stand in the queue from behind, where the script looks for them
        for begin in range(0, len(newest_first), _AT_ONCE):
            with available(), self._redis.pipeline(transaction=False) as pipe:
                for job_id in newest_first[begin : begin + _AT_ONCE]:
                    self._erase(args=[job_id, owner, int(ended_too), *ending], client=pipe)
                found += sum(status is not None for status in pipe.execute())
        return found

    def health(self) -> Health:
        """How many workers are registered and how many jobs wait."""
        with available():
            registered = Worker.all_keys(queue=self._queues[Lane.SHORT])  # the dead stay in it until a worker strikes them off
            alive = self._redis.exists(*registered) if registered else 0
            return Health(workers=alive, queued=sum(len(queue) for queue in self._queues.values()))

    def count_recovery(self, kind: str, job_id: str = "") -> None:
        """Note that a fault of this kind (`like_this`) was made good, for the metrics and `jujang status`."""
        with available(), self._redis.pipeline(transaction=False) as pipe:
            for field, amount in counters.RECOVERIES.by(kind=kind).items():
                pipe.hincrbyfloat(keys.COUNTERS, field, amount)
            pipe.lpush(keys.RECOVERIES, f"{now().isoformat()} {kind} {job_id}")
            pipe.ltrim(keys.RECOVERIES, 0, 99)
            pipe.execute()

    # what happened

    def counted(self) -> dict[str, float]:
        """All counters, as `counters` reads them."""
        with available():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(keys.COUNTERS))
        return {name.decode(): float(value) for name, value in fields.items()}

    def vitals(self) -> vitals.Vitals:
        """How queues, workers and Redis stand just now."""
        return vitals.read(self._redis)

    def recoveries(self) -> list[Recovery]:
        """The newest recoveries, at most 100, the newest first."""
        with available():
            lines = cast("list[bytes]", self._redis.lrange(keys.RECOVERIES, 0, -1))
        parts = (line.decode().split(" ") for line in lines)
        return [Recovery(datetime.fromisoformat(at), kind, job_id) for at, kind, job_id in parts]


def counting(increments: counters.Increments) -> list[Command]:
    """What adds to the counters."""
    return [("HINCRBYFLOAT", keys.COUNTERS, field, amount) for field, amount in increments.items()]


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def job_record(job_id: str, kept: Mapping[bytes, bytes]) -> JobRecord:
    """A job as its hash in Redis has it."""
    fields = {name.decode(): value.decode() for name, value in kept.items()}

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(fields[name]) if name in fields else None

    return JobRecord(
        id=job_id,
        status=JobStatus(fields["status"]),
        created_at=datetime.fromisoformat(fields["created_at"]),
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        owner=fields.get("owner", ANONYMOUS),
        started_at=moment("started_at"),
        finished_at=moment("finished_at"),
        document_id=fields.get("document_id"),
        error=json.loads(fields["error"]) if "error" in fields else None,
        erased="erased" in fields,
        callback=Callback.of(fields),
    )
