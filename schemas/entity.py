"""A named thing with all its mentions."""

from schemas.fields import Many, One, Probability, StrictSchema, Text, identifier, label
from schemas.labels import EntityType
from schemas.span import Span


class Entity(StrictSchema):
    """A person, organization, place or other named thing, with every mention of it."""

    id = identifier("e")
    type = label(EntityType)
    canonical = Text(required=True, metadata={"description": "The name that stands for all its mentions."})
    mentions = Many(One(Span), required=True, metadata={"description": "Where it is named, in the order of the text."})
    score = Probability(required=True, metadata={"description": "How sure the model is."})
    rule = Text(metadata={"description": "What found it."})
