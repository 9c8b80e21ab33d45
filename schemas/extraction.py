"""What a client sends to have a document read."""

from schemas.fields import Day, Many, One, Probability, StrictSchema, Text
from schemas.labels import OffsetUnit
from schemas.validators import AtMost, Distinct, NotBlank, NotEmpty, OneOf, Printable, WebAddress

LAYERS = ("sentences", "claims", "numbers", "times", "entities")


class DocumentFields(StrictSchema):
    """What is known about the document besides its text."""

    id = Text(
        load_default=None,
        allow_none=True,
        validate=[NotBlank(), Printable(), AtMost(200)],
        metadata={"description": "Your own name for it; job and result carry it."},
    )
    title = Text(load_default=None, allow_none=True, validate=AtMost(1000))
    published_at = Day(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The day that relative times (어제, 지난해) are resolved against. "
            "A date and time with an offset counts as the day it is in Korea.",
        },
    )
    source = Text(load_default=None, allow_none=True, validate=AtMost(500), metadata={"description": "Who published it."})
    url = Text(load_default=None, allow_none=True, validate=[AtMost(2000), WebAddress()], metadata={"format": "uri"})


class Options(StrictSchema):
    """How to read the document and what to return."""

    offset_unit = Text(
        load_default=OffsetUnit.CODE_POINT.value,
        validate=OneOf(tuple(OffsetUnit)),
        metadata={
            "description": "What `start` and `end` count: code points (Python), "
            "`utf16` units (JavaScript, Java, C#) or `utf8` bytes (Go, Rust)."
        },
    )
    include = Many(
        Text(validate=OneOf(LAYERS)),
        most=2 * len(LAYERS),  # enough to be told of one that stands twice
        load_default=lambda: list(LAYERS),
        validate=[NotEmpty(), Distinct()],
        metadata={"description": "The layers to return; all of them unless given.", "default": list(LAYERS)},
    )
    min_checkworthiness = Probability(load_default=0.0, metadata={"description": "Leave out claims with a lower `checkworthy`."})
    reference_date = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Resolve relative times against this day instead of `document.published_at`."},
    )


_DOCUMENT = DocumentFields()
_OPTIONS = Options()


class ExtractionRequest(StrictSchema):
    """A document to read."""

    NOT_YET = {  # noqa: RUF012 - a constant
        "callback_url": "Is not supported yet. Leave it out; follow the job at Location, or wait for it with `Prefer: wait=30`."
    }

    text = Text(
        required=True,
        validate=NotBlank(),
        metadata={
            "description": "The document. Offsets in the result count in it exactly as it is sent, whatever its normal form or line ends. "
            "At most 1,000,000 characters unless the server is set otherwise (MAX_CHARACTERS).",
            "minLength": 1,
        },
    )
    document = One(DocumentFields, load_default=lambda: _DOCUMENT.load({}))
    options = One(Options, load_default=lambda: _OPTIONS.load({}))
