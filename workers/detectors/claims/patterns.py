"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Mapping, Sequence
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


class Index(NamedTuple):
    """Patterns by how they begin: by their first form where only that is named, by it and the next form where both are."""

    alone: Mapping[str, tuple[Pattern, ...]]
    paired: Mapping[str, Mapping[str, tuple[Pattern, ...]]]
    first: frozenset[str]


class Match(NamedTuple):
    """The pattern `name` at the morphemes [first, end)."""

    name: str
    first: int
    end: int


def index(patterns: Iterable[Pattern]) -> Index:
    alone: dict[str, list[Pattern]] = {}
    paired: dict[str, dict[str, list[Pattern]]] = {}
    for name, steps in patterns:
        for fixed in _without_options(steps):
            following = fixed[1].forms if len(fixed) > 1 else None
            for form in fixed[0].forms or ():
                if following is None:
                    alone.setdefault(form, []).append(Pattern(name, fixed))
                for next_form in following or ():
                    paired.setdefault(form, {}).setdefault(next_form, []).append(Pattern(name, fixed))
    return Index(
        {form: tuple(rows) for form, rows in alone.items()},
        {form: {after: tuple(rows) for after, rows in by_next.items()} for form, by_next in paired.items()},
        frozenset(alone.keys() | paired.keys()),
    )


def _without_options(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The sequences that `steps` stand for, each step there or, if it may be, not."""
    found: list[tuple[Step, ...]] = [()]
    for step in steps:
        found = [(*start, step) for start in found] + (found if step.optional else [])
    return found


def matches(forms: Sequence[str], tags: Sequence[str], patterns: Index) -> list[Match]:
    """Every match in the morphemes of these forms and tags, in order of its first."""
    alone, paired, first = patterns
    found: list[Match] = []
    after = (*forms[1:], "")
    for at in [at for at, form in enumerate(forms) if form in first]:
        form = forms[at]
        rows = alone.get(form, ())
        if form in paired:
            rows += paired[form].get(after[at], ())
        found += [Match(name, at, at + len(steps)) for name, steps in rows if _fits(forms, tags, at, steps)]
    return found


def _fits(forms: Sequence[str], tags: Sequence[str], at: int, steps: Sequence[Step]) -> bool:
    if at + len(steps) > len(forms):
        return False
    for wanted, kinds, _ in steps:
        if (wanted is not None and forms[at] not in wanted) or (kinds is not None and tags[at] not in kinds):
            return False
        at += 1
    return True
