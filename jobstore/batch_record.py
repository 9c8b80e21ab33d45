"""What the store knows of a batch and of its documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobstore.record import Callback, JobRecord
from schemas.labels import BatchStatus, DocumentStatus, JobStatus

COUNTED = (*(str(status) for status in JobStatus), str(DocumentStatus.REFUSED))
"""Where documents are counted: each in one of these at any time."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that no job was made of, and why (a problem, RFC 9457)."""

    document_id: str | None
    problem: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch as its `owner` may see it. Times are aware UTC; `counts` by `COUNTED` are how many of its documents stand where.

    `canceled`: on request, before all had ended. `erased`: texts and results are gone on request. `version` grows with every change.
    """

    id: str
    owner: str
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    version: int
    canceled: bool
    erased: bool
    callback: Callback | None = None

    @property
    def documents(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())

    @property
    def status(self) -> BatchStatus:
        """Where the batch as a whole stands."""
        if self.canceled:
            return BatchStatus.CANCELED
        if self.finished_at:
            return BatchStatus.FINISHED
        begun = self.counts["queued"] + self.counts["refused"] < self.documents
        return BatchStatus.RUNNING if begun else BatchStatus.QUEUED


@dataclass(frozen=True, slots=True)
class BatchDocument:
    """One document of a batch: its place among the others, counted from 0, and its job, or the problem it was refused with.

    `job_id` without `job`: the job is forgotten, long after its end.
    """

    index: int
    job_id: str | None = None
    job: JobRecord | None = None
    refused: Refused | None = None

    def status(self, at: datetime) -> DocumentStatus:
        """Where it stands at this moment."""
        if self.refused:
            return DocumentStatus.REFUSED
        if self.job is None:
            return DocumentStatus.GONE
        expired = self.job.status.ended and self.job.expires_at <= at
        erased = self.job.erased and self.job.status is not JobStatus.CANCELED
        return DocumentStatus.GONE if expired or erased else DocumentStatus(self.job.status.value)
