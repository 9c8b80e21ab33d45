"""Stands in for a worker where a test wants a certain job begun, whatever waits before it."""

import json
import threading
from typing import Any
from uuid import uuid4

from jobstore.keys import Lane
from jobstore.leases import Leases
from jobstore.record import Attempt
from jobstore.store import JobStore
from jobstore.submission import unpack

_ONE = threading.Lock()  # two threads would put each other's jobs aside


def leases(store: JobStore, **settings: Any) -> Leases:
    """The workers' side of the store, with its time to live."""
    return Leases(store.connection, result_ttl_s=store.ttl_s, **settings)


def begin(store: JobStore, job_id: str) -> Attempt | None:
    """A new attempt at the job, also where another one has begun; None where it has ended or nobody knows it."""
    queue = Lane.SHORT.queue
    with _ONE:
        waiting = store.connection.lpop(queue, 10**6) or []
        store.connection.lpush(queue, job_id)
        attempt = leases(store).take(Lane.SHORT, uuid4().hex)
        if others := [each for each in waiting if each != job_id.encode()]:
            store.connection.lpush(queue, *reversed(others))
    assert attempt is None or attempt.job_id == job_id
    return attempt


def request_of(attempt: Attempt) -> dict[str, Any]:
    """The request as it was validated."""
    assert attempt.packed is not None
    request: dict[str, Any] = json.loads(unpack(attempt.packed))
    return request
