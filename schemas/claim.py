"""A proposition that the text puts forward."""

from schemas.attribution import Attribution
from schemas.fields import Flag, Many, One, Probability, StrictSchema, Text, Weight, Whole, identifier, identifiers, label
from schemas.labels import ClaimType, Modality
from schemas.span import Span


class Reason(StrictSchema):
    """A feature that moved the decision, and by how much."""

    feature = Text(required=True)
    weight = Weight(required=True, metadata={"description": "Log-odds."})


class Claim(Span):
    """A proposition that the text puts forward, without the frame that reports it."""

    id = identifier("c")
    sentence = identifier("s", metadata={"description": "The sentence it stands in."})
    type = label(ClaimType)
    checkworthy = Probability(required=True, metadata={"description": "The probability that a fact-checker would take it up."})
    rank = Whole(
        required=True,
        least=1,
        metadata={"description": "Its place in this result by check-worthiness; what only repeats another claim comes last."},
    )
    repeats = identifier("c", allow_none=True, metadata={"description": "The claim that says the same and ranks higher."})
    modality = label(Modality)
    negated = Flag(required=True)
    numbers = identifiers("n", "The numbers inside it.")
    times = identifiers("t", "The times inside it.")
    entities = identifiers("e", "The entities named inside it.")
    reasons = Many(One(Reason), required=True, metadata={"description": "Why it is check-worthy or not, the weightiest first."})
    attribution = One(Attribution, required=True, allow_none=True, metadata={"description": "Who says it; null where the author does."})
    rule = Text(metadata={"description": "What found it."})
