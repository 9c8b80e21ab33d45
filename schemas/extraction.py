"""What a client sends to have a document read."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.callback import callback_url
from schemas.fields import Day, Many, One, Probability, StrictSchema, Text
from schemas.labels import CLAIM_TYPES, LAYERS, OffsetUnit
from schemas.validators import AtMost, Distinct, Message, NotBlank, NotEmpty, OneOf, Printable, WebAddress
from schemas.vocabulary import MOST_IGNORED, CustomEntities, Names

NOT_IN_QUERY = ("entities",)  # options that only JSON can hold


class DocumentFields(StrictSchema):
    """What is known about the document besides its text."""

    id = Text(
        load_default=None,
        allow_none=True,
        validate=[NotBlank(), Printable(), AtMost(200)],
        metadata={"minLength": 1, "description": "Your own name for it; job and result carry it."},
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
    claim_types = Many(
        Text(validate=OneOf(CLAIM_TYPES)),
        most=2 * len(CLAIM_TYPES),
        load_default=lambda: list(CLAIM_TYPES),
        validate=[NotEmpty(), Distinct()],
        metadata={"description": "The types of claims to return; all of them unless given.", "default": list(CLAIM_TYPES)},
    )
    min_entity_score = Probability(load_default=0.0, metadata={"description": "Leave out entities with a lower `score`."})
    reference_date = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Resolve relative times against this day instead of `document.published_at`."},
    )
    entities = CustomEntities(
        load_default=list,
        metadata={
            "description": "Things that you know, found wherever one of their surfaces stands as a word or begins one; they go before what "
            "the model finds there, with `score` 1 and `rule` `request.entities`. At most 20,000 surfaces in all, none of them twice."
        },
    )
    ignore = Names(
        most=MOST_IGNORED,
        load_default=list,
        metadata={"description": "Leave out mentions that are written so, and entities with such a `canonical`."},
    )

    @validates_schema
    def refuse_conflicts(self, data: dict[str, Any], **_: Any) -> None:
        """Raise `ValidationError` where loaded options want a name both found and left out."""
        if data["entities"] and data["ignore"]:
            wanted = {name for entity in data["entities"] for name in (*entity["surface"], entity["canonical"])}
            both = {i: [Message("Is the name of a custom entity.", "conflict")] for i, name in enumerate(data["ignore"]) if name in wanted}
            if both:
                raise ValidationError({"ignore": both})


_NO_FIELDS: dict[str, Any] = DocumentFields().load({})
_NO_OPTIONS: dict[str, Any] = Options().load({})


def _fresh(defaults: dict[str, Any]) -> dict[str, Any]:
    """A copy whose lists are nobody else's; loading nothing anew takes ten times as long."""
    return {name: list(value) if isinstance(value, list) else value for name, value in defaults.items()}


class ExtractionRequest(StrictSchema):
    """A document to read."""

    text = Text(
        required=True,
        validate=NotBlank(),
        metadata={
            "description": "The document. Offsets in the result count in it exactly as it is sent, whatever its normal form or line ends. "
            "At most 1,000,000 characters unless the server is set otherwise (MAX_CHARACTERS).",
            "minLength": 1,
        },
    )
    document = One(DocumentFields, load_default=lambda: _fresh(_NO_FIELDS))
    options = One(Options, load_default=lambda: _fresh(_NO_OPTIONS))
    callback_url = callback_url()
