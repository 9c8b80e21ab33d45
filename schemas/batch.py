"""Many documents in one request, and how they fare."""

from collections.abc import Mapping
from typing import Any

from schemas.callback import Callback, callback_url
from schemas.extraction import ExtractionRequest, Options
from schemas.fields import Instant, Many, One, StrictSchema, Text, Whole, label
from schemas.job import JobDocument, JobLinks
from schemas.labels import BatchStatus, DocumentStatus
from schemas.problem import Problem
from schemas.result import Result

MOST_DOCUMENTS = 1000


class Unjudged(Many):
    """A JSON array whose items are looked at one by one later on."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:  # noqa: ARG002
        return self._counted(value)


class BatchRequest(StrictSchema):
    """Documents to read, each with fields of its own; `options` are for those that do not say otherwise."""

    documents = Unjudged(
        One(ExtractionRequest),
        most=MOST_DOCUMENTS,
        required=True,
        metadata={
            "description": "Each is judged alone: one that is wrong is refused with its problem, the others are queued.",
            "minItems": 1,
        },
    )
    options = One(Options, metadata={"description": "For all documents; what a document's own `options` name goes before it."})
    callback_url = callback_url()


class BatchDocument(StrictSchema):
    """One document of a batch."""

    index = Whole(required=True, metadata={"description": "Its place in the request, counted from 0."})
    id = Text(
        required=True,
        allow_none=True,
        metadata={"format": "uuid", "description": "Of its job, a resource under /v1/extractions; null where it was refused."},
    )
    status = label(
        DocumentStatus,
        metadata={"description": "As its job's; `refused`: there is none, `error` says why; `gone`: text and result are erased."},
    )
    document = One(JobDocument, required=True)
    error = One(Problem, required=True, allow_none=True, metadata={"description": "Why it was refused or failed; else null."})
    links = One(JobLinks, required=True, allow_none=True, metadata={"description": "To its job; null where it was refused."})


class Counts(StrictSchema):
    """How many documents stand where."""

    documents = Whole(required=True, metadata={"description": "All of them."})
    queued = Whole(required=True)
    running = Whole(required=True)
    succeeded = Whole(required=True)
    failed = Whole(required=True)
    canceled = Whole(required=True)
    refused = Whole(required=True, metadata={"description": "Those that no job was made of."})


class BatchLinks(StrictSchema):
    """Where to go from here."""

    self = Text(required=True, metadata={"format": "uri-reference"})
    results = Text(required=True, metadata={"format": "uri-reference"})
    cancel = Text(required=True, metadata={"format": "uri-reference"})


class Batch(StrictSchema):
    """Many documents: how they fare together and one by one."""

    id = Text(required=True, metadata={"format": "uuid"})
    status = label(
        BatchStatus, metadata={"description": "`finished` when the last document has ended, however; `canceled` where that was asked for."}
    )
    created_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, metadata={"description": "When the batch is erased; each document is, as long after its own end."})
    counts = One(Counts, required=True)
    documents = Many(One(BatchDocument), required=True, metadata={"description": "In the order of the request."})
    callback = One(Callback, required=True, allow_none=True, metadata={"description": "Null where the request had no `callback_url`."})
    links = One(BatchLinks, required=True)


class BatchResult(BatchDocument):
    """A line of the results: one document that has ended, with what was found in it."""

    result = One(Result, required=True, allow_none=True, metadata={"description": "What was found; null where `error` is not."})
