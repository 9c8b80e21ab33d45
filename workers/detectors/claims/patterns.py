"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from workers.document import Token

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
    """Patterns by how they begin: (form, next form) where both are named, else by the form alone. Each with the steps left to check."""

    pairs: Mapping[tuple[str, str], tuple[Pattern, ...]]
    singles: Mapping[str, tuple[Pattern, ...]]


def index(patterns: Iterable[Pattern]) -> Index:
    pairs: dict[tuple[str, str], list[Pattern]] = {}
    singles: dict[str, list[Pattern]] = {}
    for name, steps in patterns:
        for fixed in _without_options(steps):
            following = fixed[1].forms if len(fixed) > 1 else None
            for form in fixed[0].forms or ():
                if following is None:
                    singles.setdefault(form, []).append(Pattern(name, fixed))
                for next_form in following or ():
                    pairs.setdefault((form, next_form), []).append(Pattern(name, fixed))
    return Index({key: tuple(rows) for key, rows in pairs.items()}, {key: tuple(rows) for key, rows in singles.items()})


def _without_options(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The sequences that `steps` stand for, each step there or, if it may be, not."""
    found: list[tuple[Step, ...]] = [()]
    for step in steps:
        found = [(*start, step) for start in found] + (found if step.optional else [])
    return found


def matches(tokens: Sequence[Token], patterns: Index) -> list[tuple[str, int]]:
    """Name and index behind the last token of every match."""
    found: list[tuple[str, int]] = []
    singles, pairs = patterns.singles.get, patterns.pairs.get
    forms = [token.form for token in tokens]
    for at, form in enumerate(forms):
        rows = singles(form)
        if rows:
            found += [(name, at + len(steps)) for name, steps in rows if _fits(tokens, at, steps)]
    for at, pair in enumerate(pairwise(forms)):
        rows = pairs(pair)
        if rows:
            found += [(name, at + len(steps)) for name, steps in rows if _fits(tokens, at, steps)]
    return found


def _fits(tokens: Sequence[Token], at: int, steps: Sequence[Step]) -> bool:
    if at + len(steps) > len(tokens):
        return False
    for forms, tags, _ in steps:
        token = tokens[at]
        if (forms is not None and token.form not in forms) or (tags is not None and token.tag not in tags):
            return False
        at += 1
    return True
