"""What `score` says: how likely a name is right, from the tagger's calibrated probability or from how often its rule is right."""

from collections.abc import Mapping
from math import exp, log

from schemas.labels import EntityType
from workers.detectors.entities.mentions import REQUEST, Mention

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


# How often a rule is right: on the gold documents and konec-dev where it is met often enough there (lists, countries, quoted titles), else
# a careful guess.
RIGHT = {
    REQUEST: 1.0,
    "nations.name": 0.97,
    "nations.region": 0.95,
    "nations.government": 0.95,
    "nations.short": 0.9,
    "nations.joint": 0.95,
    "nations.institution": 0.85,
    "aliases": 0.93,
    "cues.title_marks": 0.9,
    "cues.quoted": 0.88,
    "cues.shortened": 0.9,
    "cues.office": 0.85,
    "cues.company": 0.95,
    "cues.company_head": 0.85,
    "cues.station": 0.9,
    "cues.held": 0.8,
    "cues.version": 0.9,
    "cues.year": 0.9,
    "cues.model": 0.8,
    "cues.list": 0.8,
    "cues.event_head": 0.75,
    "cues.law_head": 0.8,
    "repeat.surname": 0.85,
}
REPEATED = 0.95  # of the first mention's score


def chance(m: Mention, scales: Mapping[str, Scale]) -> float:
    """How likely the mention is right."""
    known = RIGHT.get(m.rule)
    if known is not None:
        return known
    found = calibrated(m.score, m.type, scales)
    return found * REPEATED if m.rule == "repeat" else found
