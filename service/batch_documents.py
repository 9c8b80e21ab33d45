"""The documents of a batch as they are answered: each with how it stands, as lines of JSON with results, as outcomes to export."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from jobstore.batch_record import BatchDocument, BatchRecord
from jobstore.batches import BatchStore
from jobstore.connection import StoreUnavailable
from jobstore.store import JobStore
from schemas.fields import written_instant
from schemas.labels import DocumentStatus
from schemas.problem_types import TYPES
from service import callbacks
from service.representations.outcome import Outcome
from service.waiting import STOPPING

EXTRACTIONS = "/v1/extractions"
log = logging.getLogger("jujang.service")


def batch_body(batch: BatchRecord, path: str) -> dict[str, Any]:
    """A batch whose resource is at `path`, without its documents, as `schemas.batch.Batch` describes it; a test holds it against that."""
    return {
        "id": batch.id,
        "status": batch.status.value,
        "created_at": written_instant(batch.created_at),
        "finished_at": batch.finished_at and written_instant(batch.finished_at),
        "expires_at": written_instant(batch.expires_at),
        "counts": {"documents": batch.documents, **batch.counts},
        "callback": callbacks.body(batch.callback),
        "links": {"self": path, "results": f"{path}/results", "cancel": f"{path}/cancel"},
    }


def document_body(document: BatchDocument) -> dict[str, Any]:
    """One of its documents. Written without its schema, which a thousand of them would wait for; a test holds it against that."""
    status = document.status(datetime.now(UTC))
    if document.refused:
        known = {"document": {"id": document.refused.document_id}, "error": document.refused.problem, "links": None}
    else:
        path = f"{EXTRACTIONS}/{document.job_id}"
        job = document.job
        known = {
            "document": {"id": job.document_id if job else None},
            "error": job.error if job else None,
            "links": {"self": path, "result": f"{path}/result"},
        }
    return {"index": document.index, "id": document.job_id, "status": status.value, **known}


def lines(batches: BatchStore, batch: BatchRecord, first: int, seconds: int) -> Iterator[bytes]:
    """A line of JSON for each document from the index `first` on that has ended, or that ends in the `seconds` to come."""
    until = monotonic() + seconds
    try:
        for document, result in batches.ended(batch, first, lambda: monotonic() < until and not STOPPING.is_set()):
            yield _line(document, result)
    except StoreUnavailable:  # the answer has begun; who asks on is told
        log.warning("results broke off: the store is unavailable", extra={"event": "store_unavailable"})


def outcomes(batches: BatchStore, jobs: JobStore, batch: BatchRecord) -> Iterator[Outcome]:
    """What became of each document of a batch that has finished.

    Where the store fails the answer breaks off, so that nobody takes it for whole.
    """
    for document, result in batches.ended(batch, 0, lambda: False):
        body, result = _told(document, result)
        sent = jobs.request(document.job_id or "") if result else None
        if result and sent:
            yield Outcome(sent["text"], json.loads(result))
        else:
            yield Outcome("", {"document": body["document"], "error": body["error"] or _erased("Its text is erased.")})


def _line(document: BatchDocument, result: bytes | None) -> bytes:
    body, result = _told(document, result)
    return json.dumps(body, ensure_ascii=False)[:-1].encode() + b',"result":' + (result or b"null") + b"}\n"


def _told(document: BatchDocument, result: bytes | None) -> tuple[dict[str, Any], bytes | None]:
    """A document that has ended, and its result where it has one; its `error` says why where not."""
    body = document_body(document)
    if body["status"] != DocumentStatus.SUCCEEDED:
        result = None
    if result is None and body["error"] is None:
        canceled = body["status"] == DocumentStatus.CANCELED
        body["error"] = _erased("It was canceled before it had a result." if canceled else "Its result is erased.")
    return body, result


def _erased(detail: str) -> dict[str, Any]:
    return TYPES["extraction-gone"].body(detail)
