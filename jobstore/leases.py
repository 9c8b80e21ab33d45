"""The workers' side of the job store: take a job under a lease, renew the lease, end the job, put back what nobody holds.

A lease stands in RQ's registry of started jobs (`rq:wip:LANE`, `JOB:TOKEN` by the time it lapses on Redis' clock). Taking a job from
the queue, beginning its attempt and noting the lease is one script, so no crash falls between them. Whoever lets a lease lapse may
still end the job, as long as nobody else has begun it anew: the newest attempt's token decides.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import redis

from jobstore import counters, failures, transitions
from jobstore.connection import available
from jobstore.keys import Lane
from jobstore.record import Attempt
from jobstore.submission import pack
from schemas.labels import JobStatus

ATTEMPTS = 3
"""So often a job is begun whose worker dies; then it fails: the document may be what kills them."""

REMEMBERED_TTLS = 2
"""A record outlives its result by as long again, so that 410 can be told from 404."""


class Leases:
    """What workers do with jobs. Every method raises `StoreUnavailable` where Redis does not answer; each may be repeated then."""

    def __init__(self, connection: redis.Redis, *, result_ttl_s: int = 86_400, lease_s: float = 12.0) -> None:
        self._redis = connection
        self._ttl_s = result_ttl_s
        self._lease_s = lease_s
        self._take = connection.register_script(transitions.TAKE)
        self._renew = connection.register_script(transitions.RENEW)
        self._succeed = connection.register_script(transitions.SUCCEED)
        self._fail = connection.register_script(transitions.FAIL)
        self._release = connection.register_script(transitions.RELEASE)
        self._recover = connection.register_script(transitions.RECOVER)

    def take(self, lane: Lane, token: str, *, again: bool = False) -> Attempt | None:
        """Begin an attempt at the job that has waited longest, held under `token`; None where none waits.

        After `StoreUnavailable` repeat it with the same token and `again`: a job may have been taken and the answer lost.
        """
        started = datetime.now(UTC)
        with available():
            taken = self._take(args=[lane.value, token, started.isoformat(), self._lease_s, int(again)])
        if taken is None:
            return None
        *known, packed = cast("list[bytes | None]", taken)
        job_id, created_at, request_id, traceparent = ((value or b"").decode() for value in known)
        return Attempt(job_id, token, packed, datetime.fromisoformat(created_at), started, request_id, traceparent)

    def await_job(self, lane: Lane, timeout_s: float) -> bool:
        """Whether a job waits, now or within `timeout_s`; it is not taken."""
        queue = lane.queue
        with available():  # from the list's head to its head: nothing moves
            return self._redis.blmove(queue, queue, timeout_s, "LEFT", "LEFT") is not None  # type: ignore[arg-type]

    def renew(self, held: Iterable[tuple[Lane, str, str]]) -> set[str]:
        """Prolong the leases of these (lane, job's id, token); the tokens that no longer hold their job: it ended, or was begun anew."""
        flat = [part for lane, job_id, token in held for part in (lane.value, job_id, token)]
        if not flat:
            return set()
        with available():
            return {token.decode() for token in cast("list[bytes]", self._renew(args=[self._lease_s, *flat]))}

    def succeed(self, job_id: str, token: str, result: bytes, observed: counters.Increments | None = None) -> bool:
        """Keep the result and count what was `observed`; False where this attempt is no longer the job's (canceled, begun anew)."""
        counted = counters.ENDED.by(status=JobStatus.SUCCEEDED.value, reason="") | (observed or {})
        with available():
            return bool(self._succeed(args=[job_id, token, *end_times(self._ttl_s), json.dumps(counted), pack(result)]))

    def fail(self, job_id: str, token: str, problem: Mapping[str, Any]) -> bool:
        """End the job with a problem; False where this attempt is no longer the job's."""
        with available():
            return bool(self._fail(args=[job_id, token, *end_times(self._ttl_s), *_failure(problem)]))

    def release(self, token: str, *, handed_back: bool = False) -> bool:
        """Give up an attempt whose worker is gone: its job is the next in its lane, or fails where this was the last of `ATTEMPTS`.

        One that was `handed_back` is not counted. False where the token holds nothing.
        """
        kind = "job_handed_back" if handed_back else "worker_died"
        with available():
            return bool(self._release(args=[token, kind, *self._lost()]))

    def recover(self) -> int:
        """Release every lease that has lapsed; how many there were."""
        with available():
            return int(cast(int, self._recover(args=["lease_expired", *self._lost()])))

    def _lost(self) -> tuple[str | int, ...]:
        return ATTEMPTS, *end_times(self._ttl_s), *_failure(failures.worker_lost(ATTEMPTS))


def end_times(ttl_s: int) -> tuple[str, str, int, int]:
    """When a job that ends now ended, when its result expires, and for how many seconds its result and its record are kept."""
    now = datetime.now(UTC)
    return now.isoformat(), (now + timedelta(seconds=ttl_s)).isoformat(), ttl_s, ttl_s * REMEMBERED_TTLS


def _failure(problem: Mapping[str, Any]) -> tuple[str, str]:
    """What is counted, and the problem as it is kept."""
    counted = counters.ENDED.by(status=JobStatus.FAILED.value, reason=str(problem["type"]).rsplit("/", 1)[-1])
    return json.dumps(counted), json.dumps(problem, ensure_ascii=False)
