"""What a callback URL is told (Standard Webhooks): thin, so that who may read a result asks for it."""

from schemas.fields import Instant, One, StrictSchema, Text, label
from schemas.job import JobDocument, JobLinks
from schemas.labels import BatchEventType, ExtractionEventType


class ExtractionEventData(StrictSchema):
    """The extraction that has ended."""

    id = Text(required=True, metadata={"format": "uuid"})
    status = Text(required=True, metadata={"description": "`succeeded`, `failed` or `canceled`."})
    document = One(JobDocument, required=True)
    links = One(JobLinks, required=True)


class ExtractionEvent(StrictSchema):
    """An extraction has ended."""

    type = label(ExtractionEventType)
    timestamp = Instant(required=True, metadata={"description": "When it ended."})
    data = One(ExtractionEventData, required=True)


class BatchEventLinks(StrictSchema):
    """Where to go from here."""

    self = Text(required=True, metadata={"format": "uri-reference"})
    results = Text(required=True, metadata={"format": "uri-reference"})


class BatchEventData(StrictSchema):
    """The batch whose last document has ended."""

    id = Text(required=True, metadata={"format": "uuid"})
    status = Text(required=True, metadata={"description": "`finished` or `canceled`."})
    links = One(BatchEventLinks, required=True)


class BatchEvent(StrictSchema):
    """The last document of a batch has ended."""

    type = label(BatchEventType)
    timestamp = Instant(required=True, metadata={"description": "When it ended."})
    data = One(BatchEventData, required=True)
