"""What `score` says: how likely a name is right, from the tagger's calibrated probability or from how often its rule is right."""

from collections.abc import Mapping
from math import exp, log

from schemas.labels import EntityType

Scale = tuple[float, float]  # of the log-odds: times the first, plus the second
LEAST, MOST = 1e-3, 1 - 1e-3
LABELS = {EntityType.PERSON: "PS", EntityType.LOCATION: "LC", EntityType.ORGANIZATION: "OG"}


def odds(score: float) -> float:
    """Log-odds of a probability, which is kept off 0 and 1."""
    p = min(max(score, LEAST), MOST)
    return log(p / (1 - p))


def calibrated(score: float, kind: EntityType, scales: Mapping[str, Scale]) -> float:
    """How likely a name is right that a tagger gives this probability; `scales` by the taggers' labels."""
    a, b = scales.get(LABELS.get(kind, kind.value), (1.0, 0.0))
    return 1 / (1 + exp(-(a * odds(score) + b)))
