"""Stands in for a worker: moves jobs through the store as workers do."""

import json
from typing import Any

from jobstore import keys
from jobstore.store import JobStore
from jobstore.submission import unpack
from service import examples
from tests.begin import begin, leases, request_of


class Driver:
    """Starts, finishes and fails jobs."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._leases = leases(store)

    def start(self, job_id: str) -> tuple[str, dict[str, Any]]:
        """The attempt's token and the request as workers get it."""
        attempt = begin(self._store, job_id)
        assert attempt is not None
        return attempt.token, request_of(attempt)

    def succeed(self, job_id: str, result: dict[str, Any] = examples.RESULT) -> None:
        token, _ = self.start(job_id)
        assert self._leases.succeed(job_id, token, json.dumps(result, ensure_ascii=False).encode())

    def fail(self, job_id: str, problem: dict[str, Any]) -> None:
        token, _ = self.start(job_id)
        assert self._leases.fail(job_id, token, problem)

    def refused(self, job_id: str) -> bool:
        """Whether a worker that takes the job finds nothing to do."""
        return begin(self._store, job_id) is None

    def request(self, job_id: str) -> dict[str, Any]:
        """What the job is to be made of; the job is not started."""
        packed = self._store.connection.get(keys.request(job_id))
        assert isinstance(packed, bytes)
        request: dict[str, Any] = json.loads(unpack(packed))
        return request

    def text(self, job_id: str) -> bytes:
        return str(self.request(job_id)["text"]).encode()
