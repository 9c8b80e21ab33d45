"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, count, pairwise
from operator import itemgetter
from typing import NamedTuple

FINALS = str.maketrans("ㄴㄹㅁㅂ", "ᆫᆯᆷᆸ")


class Step(NamedTuple):
    forms: frozenset[str] | None
    tags: frozenset[str] | None
    optional: bool


class Pattern(NamedTuple):
    name: str
    steps: tuple[Step, ...]


def parse(name: str, source: str) -> Pattern:
    """Raises `ValueError` where the first step names no form or is optional."""
    steps = tuple(_step(part) for part in source.split())
    if not steps or steps[0].forms is None or steps[0].optional:
        raise ValueError(f"{name}: the first step of {source!r} must name its forms")
    return Pattern(name, steps)


def _step(part: str) -> Step:
    optional = part.endswith("?")
    forms, _, tags = part.removesuffix("?").partition("/")
    return Step(
        None if forms == "*" else frozenset(forms.translate(FINALS).split("|")),
        None if tags in ("", "*") else frozenset(tag + kind for tag in tags.split("|") for kind in ("", "-R", "-I")),
        optional,
    )


# which morpheme from the first on, its forms and its tags
Check = tuple[int, frozenset[str] | None, frozenset[str] | None]


class Row(NamedTuple):
    """A pattern as its index holds it: its length, and what the index does not tell."""

    name: str
    length: int
    checks: tuple[Check, ...]


class Index(NamedTuple):
    """Patterns by how they begin: by their first form where only that is named, by it and the next form where both are."""

    alone: Mapping[str, tuple[Row, ...]]
    paired: Mapping[tuple[str, str], tuple[Row, ...]]


class Match(NamedTuple):
    """The pattern `name` at the morphemes [first, end)."""

    name: str
    first: int
    end: int


def index(patterns: Iterable[Pattern]) -> Index:
    alone: dict[str, list[Row]] = {}
    paired: dict[tuple[str, str], list[Row]] = {}
    for name, steps in patterns:
        for fixed in _without_options(steps):
            following = fixed[1].forms if len(fixed) > 1 else None
            known = 1 if following is None else 2
            checks = [(at, None if at < known else forms, tags) for at, (forms, tags, _) in enumerate(fixed)]
            row = Row(name, len(fixed), tuple(check for check in checks if check[1:] != (None, None)))
            for form in fixed[0].forms or ():
                if following is None:
                    alone.setdefault(form, []).append(row)
                for next_form in following or ():
                    paired.setdefault((form, next_form), []).append(row)
    return Index({form: tuple(rows) for form, rows in alone.items()}, {pair: tuple(rows) for pair, rows in paired.items()})


def _without_options(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The sequences that `steps` stand for, each step there or, if it may be, not."""
    found: list[tuple[Step, ...]] = [()]
    for step in steps:
        found = [(*start, step) for start in found] + (found if step.optional else [])
    return found


def matches(forms: Sequence[str], tags: Sequence[str], patterns: Index) -> list[Match]:
    """Every match in the morphemes of these forms and tags, in order of its first."""
    alone, paired = patterns
    pairs = [*pairwise(forms)]
    places = [(at, alone[forms[at]]) for at in compress(count(), map(alone.__contains__, forms))]
    places += [(at, paired[pairs[at]]) for at in compress(count(), map(paired.__contains__, pairs))]
    found: list[Match] = []
    for first, rows in sorted(places, key=itemgetter(0)):
        for name, length, checks in rows:
            end = first + length
            if end > len(forms):
                continue
            for ahead, wanted, kinds in checks:
                at = first + ahead
                if (kinds is not None and tags[at] not in kinds) or (wanted is not None and forms[at] not in wanted):
                    break
            else:
                found.append(Match(name, first, end))
    return found
