"""A job: one extraction on its way."""

from schemas.callback import Callback
from schemas.fields import Instant, One, StrictSchema, Text, Whole, label
from schemas.labels import JobStatus
from schemas.problem import Problem


class JobDocument(StrictSchema):
    """The document that the job is about."""

    id = Text(required=True, allow_none=True, metadata={"description": "As the client named it."})


class JobLinks(StrictSchema):
    """Where to go from here."""

    self = Text(required=True, metadata={"format": "uri-reference"})
    result = Text(required=True, metadata={"format": "uri-reference"})


class Job(StrictSchema):
    """One extraction: where it stands, and where its result is or will be."""

    id = Text(required=True, metadata={"format": "uuid"})
    status = label(JobStatus)
    created_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True, metadata={"description": "When text, result and job are erased."})
    queue_position = Whole(
        required=True, allow_none=True, least=1, metadata={"description": "1 is next; null unless it waits and was asked."}
    )
    document = One(JobDocument, required=True)
    error = One(Problem, required=True, allow_none=True, metadata={"description": "Why it failed; null unless it did."})
    callback = One(Callback, required=True, allow_none=True, metadata={"description": "Null where the request had no `callback_url`."})
    links = One(JobLinks, required=True)
