"""A request on its way into the queue."""

import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobstore.record import Callback, JobRecord
from schemas.labels import JobStatus


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose request it is; `request_id` and `traceparent` (W3C) are those of the HTTP request, empty where there is none."""

    owner: str
    request_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A job to be: its record, where it comes from, how long its text is, and the request as it is kept (JSON, compressed)."""

    record: JobRecord
    origin: Origin
    characters: int
    packed: bytes

    @classmethod
    def of(cls, request: Mapping[str, Any], origin: Origin, *, created_at: datetime, ttl_s: int) -> "Submission":
        """Of a validated request, with a new id."""
        record = JobRecord(
            id=str(uuid.uuid4()),
            status=JobStatus.QUEUED,
            created_at=created_at,
            expires_at=created_at + timedelta(seconds=ttl_s),
            owner=origin.owner,
            document_id=(request.get("document") or {}).get("id"),
            callback=Callback(url) if (url := request.get("callback_url")) else None,
        )
        packed = pack(json.dumps(request, ensure_ascii=False).encode())
        return cls(record, origin, len(request["text"]), packed)

    def fields(self) -> dict[Any, Any]:
        """The record as Redis keeps it."""
        known = {
            "status": self.record.status.value,
            "created_at": self.record.created_at.isoformat(),
            "expires_at": self.record.expires_at.isoformat(),
            "owner": self.origin.owner,
            "request_id": self.origin.request_id,
            "traceparent": self.origin.traceparent,
        }
        if self.record.document_id is not None:
            known["document_id"] = self.record.document_id
        if self.record.callback:
            known["callback_url"] = self.record.callback.url
        return known


def pack(data: bytes) -> bytes:
    """Compressed as requests and results are kept; level 1 halves Korean text."""
    return zlib.compress(data, 1)


def unpack(packed: bytes) -> bytes:
    """What was packed."""
    return zlib.decompress(packed)
