"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
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


# patterns by how they begin, first form → (those where only that is named, those where the next form is named too, by that)
Index = Mapping[str, tuple[tuple[Row, ...], Mapping[str, tuple[Row, ...]]]]


class Match(NamedTuple):
    """The pattern `name` at the morphemes [first, end)."""

    name: str
    first: int
    end: int


def index(patterns: Iterable[Pattern]) -> Index:
    found: dict[str, tuple[list[Row], dict[str, list[Row]]]] = {}
    for name, steps in patterns:
        for fixed in _without_options(steps):
            following = fixed[1].forms if len(fixed) > 1 else None
            known = 1 if following is None else 2
            checks = [(at, None if at < known else forms, tags) for at, (forms, tags, _) in enumerate(fixed)]
            row = Row(name, len(fixed), tuple(check for check in checks if check[1:] != (None, None)))
            for form in fixed[0].forms or ():
                alone, paired = found.setdefault(form, ([], {}))
                if following is None:
                    alone.append(row)
                for next_form in following or ():
                    paired.setdefault(next_form, []).append(row)
    return {form: (tuple(alone), {then: tuple(rows) for then, rows in paired.items()}) for form, (alone, paired) in found.items()}


def _without_options(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The sequences that `steps` stand for, each step there or, if it may be, not."""
    found: list[tuple[Step, ...]] = [()]
    for step in steps:
        found = [(*start, step) for start in found] + (found if step.optional else [])
    return found


def begins(form: str, tag: str, patterns: Index) -> bool:
    """Whether a pattern may begin with the morpheme."""
    if form not in patterns:
        return False
    rows, paired = patterns[form]
    every = chain(rows, *paired.values())
    return any(all(ahead or kinds is None or tag in kinds for ahead, _, kinds in row.checks) for row in every)


def matches(forms: Sequence[str], tags: Sequence[str], firsts: Iterable[int], patterns: Index) -> list[Match]:
    """Every match in the morphemes of these forms and tags, in order of its first; `firsts` are the places where one `begins`."""
    found: list[Match] = []
    last = len(forms) - 1
    for first in firsts:
        rows, paired = patterns[forms[first]]
        if first < last and (then := paired.get(forms[first + 1])) is not None:
            rows += then
        for name, length, checks in rows:
            end = first + length
            if end > last + 1:
                continue
            for ahead, wanted, kinds in checks:
                at = first + ahead
                if (kinds is not None and tags[at] not in kinds) or (wanted is not None and forms[at] not in wanted):
                    break
            else:
                found.append(Match(name, first, end))
    return found
