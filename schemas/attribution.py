"""Who says a claim."""

from schemas.fields import One, StrictSchema, Text, identifier, label
from schemas.labels import AttributionStyle, Transparency
from schemas.span import Span


class Source(Span):
    """Whoever or whatever says it."""

    entity = identifier("e", allow_none=True, metadata={"description": "The entity that the source is, where it is one."})


class Attribution(StrictSchema):
    """Who says a claim, when it is not the author."""

    source = One(Source, required=True, allow_none=True, metadata={"description": "Null where the text names nobody."})
    cue = One(Span, required=True, metadata={"description": "The words that report: 강조했다, 에 따르면."})
    via = One(Source, required=True, allow_none=True, metadata={"description": "Whom the source quotes in its turn."})
    style = label(AttributionStyle, metadata={"description": "direct: in quoted words."})
    transparency = label(
        Transparency,
        metadata={
            "description": "How openly the source is named. named: a person, institution or document by name; role: an unnamed person of a "
            "named institution; anonymous: 관계자, 전문가들, 업계; none: the text names nobody."
        },
    )
    rule = Text(metadata={"description": "What found it."})
