"""What the store knows of one job, without its text or result."""

from dataclasses import dataclass, field
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
class Attempt:
    """A worker's go at a job. Only the newest attempt's `token` may end the job.

    `request_id` and `traceparent` (W3C) are those of the HTTP request that brought it, empty where there is none.
    """

    token: str
    request: dict[str, Any] = field(repr=False)  # a text must not come into a log
    created_at: datetime
    started_at: datetime
    request_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A fault that was made good: when, which kind, and whose job it was ('' where it was none's)."""

    at: datetime
    kind: str
    job_id: str


@dataclass(frozen=True, slots=True)
class Health:
    """Whether work gets done: how many workers are registered and how many jobs wait for them."""

    workers: int
    queued: int
