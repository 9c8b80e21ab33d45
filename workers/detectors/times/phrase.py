"""What an expression says, before anybody knows what day it is."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from schemas.labels import TimeMod


class Atom(NamedTuple):
    """One piece of an expression: `kind` is a rank of `lexicon.RANKS`, or count, edge, vague, anaphor.

    `n` (to `high` in a range) is what a number names or counts, `shift` a distance from the reference. `digits` is the
    count as it goes into an ISO duration (X for several).
    """

    kind: str
    start: int
    end: int
    n: int | None = None
    high: int | None = None
    shift: int | None = None
    code: str = ""
    anaphoric: bool = False
    approx: bool = False
    digits: str = ""
    rule: str = ""
    strict: bool = False
    alone: bool = True


@dataclass(slots=True)
class Phrase:
    """Atoms from the coarse to the fine over [start, end); `until` is the other end of a range."""

    start: int
    end: int
    atoms: dict[str, Atom] = field(default_factory=dict)
    counts: list[Atom] = field(default_factory=list)
    lead: str = ""
    edge: str = ""
    sign: int = 0
    every: bool = False
    approx: bool = False
    limit: TimeMod | None = None
    until: "Phrase | None" = None
    rule: str = ""

    def full_date(self) -> date | None:
        """The day, where year, month and day are all said in figures."""
        if self.rule == "times.named_day":
            return None
        try:
            year, month, day = (self.atoms[kind].n for kind in ("year", "month", "day"))
            return date(year, month, day) if year and month and day else None
        except (KeyError, ValueError):
            return None
