"""What the store knows of one job, without its text or result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.labels import JobStatus


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as its `owner` (the name of an API key) may see it. Times are aware UTC; `error` is a problem (RFC 9457) where it failed.

    `erased`: text and result are gone on request. `queue_position` counts from 1, None unless queued.
    """

    id: str
    status: JobStatus
    created_at: datetime
    expires_at: datetime
    owner: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    document_id: str | None = None
    error: dict[str, Any] | None = None
    queue_position: int | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Whether work gets done: how many workers are registered and how many jobs wait for them."""

    workers: int
    queued: int
