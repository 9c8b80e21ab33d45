"""What the store knows of one job, without its text or result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.labels import DeliveryStatus, JobStatus


@dataclass(frozen=True, slots=True)
class Callback:
    """The URL that is to be told of an end, and how that goes: attempts made, when the last was, and why it came to nothing."""

    url: str
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    attempted_at: datetime | None = None
    problem: str | None = None

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Callback | None":
        """Of a record as Redis keeps it."""
        if "callback_url" not in fields:
            return None
        if "callback_status" not in fields:
            return cls(fields["callback_url"])
        return cls(
            url=fields["callback_url"],
            status=DeliveryStatus(fields["callback_status"]),
            attempts=int(fields["callback_attempts"]),
            attempted_at=datetime.fromisoformat(fields["callback_attempted_at"]),
            problem=fields["callback_problem"] or None,
        )


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
    callback: Callback | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A worker's go at a job. Only the newest attempt's `token` may end the job.

    `packed` is the request as it is kept; None where it has expired. `request_id` and `traceparent` (W3C) are those of the HTTP request
    that brought it, empty where there is none.
    """

    job_id: str
    token: str
    packed: bytes | None = field(repr=False)  # a text must not come into a log
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
