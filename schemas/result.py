"""What an extraction yields."""

from schemas.claim import Claim
from schemas.entity import Entity
from schemas.fields import Many, One, StrictSchema, Table, Text, Weight, Whole, label
from schemas.labels import OffsetUnit
from schemas.number import Number
from schemas.sentence import Sentence
from schemas.time import Time
from schemas.validators import Pattern

_SHA256 = "[0-9a-f]{64}"


class ResultDocument(StrictSchema):
    """The document as it was read."""

    id = Text(required=True, allow_none=True)
    title = Text(required=True, allow_none=True)
    published_at = Text(
        required=True,
        allow_none=True,
        validate=Pattern(r"\d{4}-\d\d-\d\d", "a date such as 2024-02-12"),
        metadata={"format": "date", "description": "The day that relative times were resolved against."},
    )
    source = Text(allow_none=True)
    url = Text(allow_none=True)
    characters = Whole(required=True, metadata={"description": "Code points of the text as it was sent."})
    sha256 = Text(required=True, validate=Pattern(_SHA256, "a SHA-256 in hexadecimal"), metadata={"description": "Of the text as UTF-8."})


class Engine(StrictSchema):
    """What made the result: equal input, options and engine give an equal result."""

    version = Text(required=True)
    kiwi = Text(required=True)
    models = Table(
        keys=Text(),
        values=Text(validate=Pattern(f"sha256:{_SHA256}", "sha256: and a SHA-256")),
        required=True,
        metadata={"description": "The checksum of every model by its name."},
    )
    elapsed_ms = Weight(required=True, metadata={"description": "The one value that differs between equal extractions.", "minimum": 0})


class Result(StrictSchema):
    """Everything found in one document. A layer is absent where `options.include` leaves it out."""

    document = One(ResultDocument, required=True)
    offset_unit = label(OffsetUnit, metadata={"description": "What `start` and `end` count."})
    sentences = Many(One(Sentence))
    claims = Many(One(Claim))
    numbers = Many(One(Number))
    times = Many(One(Time))
    entities = Many(One(Entity))
    engine = One(Engine, required=True)
