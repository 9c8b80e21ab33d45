"""What was acknowledged, and what became of it: nothing may be lost, and every job has one end, seen once."""

import contextlib
import time
from dataclasses import dataclass, field
from typing import cast

from jobstore import counters, keys
from jobstore.connection import StoreUnavailable
from jobstore.record import JobRecord
from jobstore.store import JobStore
from schemas.labels import JobStatus

PATIENCE_S = 120


@dataclass
class Ledger:
    """The ids of every job that was acknowledged, in order."""

    store: JobStore
    ids: list[str] = field(default_factory=list)

    def submit(self, *texts: str) -> list[str]:
        """Submit these; their ids are noted."""
        new = [self.store.submit({"text": text}).id for text in texts]
        self.ids += new
        return new

    def record(self, job_id: str) -> JobRecord:
        """The job's record. Fails where it is lost."""
        record = self.store.fetch(job_id)
        assert record is not None, f"{job_id} is lost"
        return record

    def until(self, job_id: str, *statuses: JobStatus) -> JobRecord:
        """The job's record once it has one of these statuses."""
        begun = time.monotonic()
        while (record := self.record(job_id)).status not in statuses:
            assert time.monotonic() < begun + PATIENCE_S, record
            time.sleep(0.01)
        return record

    def settle(self) -> float:
        """Wait until every job has ended; how many seconds that took."""
        begun, open_ids = time.monotonic(), list(self.ids)
        while open_ids:
            with contextlib.suppress(StoreUnavailable):
                open_ids = [job_id for job_id in open_ids if not self.record(job_id).status.ended]
            assert time.monotonic() < begun + PATIENCE_S, [self.record(job_id) for job_id in open_ids[:5]]
            time.sleep(0.02)
        return time.monotonic() - begun

    def check(self, *, failed: int = 0) -> int:
        """Every job has ended, once, all but `failed` with their result; how many executions there were beyond one a job."""
        records = [self.record(job_id) for job_id in self.ids]
        assert [record for record in records if not record.status.ended] == []
        assert sum(record.status is JobStatus.FAILED for record in records) == failed
        for record in records:
            assert (self.store.result(record.id) is not None) == (record.status is JobStatus.SUCCEEDED)
        ends = dict(counters.counts(counters.ENDED, self.store.counted()))
        assert sum(ends.values()) == len(self.ids), ends
        assert self.store.health().queued == 0
        return sum(self.attempts(job_id) for job_id in self.ids) - len(self.ids)

    def attempts(self, job_id: str) -> int:
        """How often the job was begun."""
        return int(cast("bytes | None", self.store.connection.hget(keys.record(job_id), "attempts")) or 0)

    def begun_anew(self, job_id: str) -> float:
        """Wait until the job is begun for a second time; how many seconds that took."""
        begun = time.monotonic()
        while self.attempts(job_id) < 2:
            assert time.monotonic() < begun + PATIENCE_S
            time.sleep(0.02)
        return time.monotonic() - begun
