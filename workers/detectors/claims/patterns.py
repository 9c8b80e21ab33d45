"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Sequence
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


Index = dict[str, tuple[tuple[str, frozenset[str] | None, tuple[Step, ...]], ...]]


def index(patterns: Iterable[Pattern]) -> Index:
    """Name, tags of the first step and the steps after it, by the forms that may begin a match."""
    found: dict[str, list[tuple[str, frozenset[str] | None, tuple[Step, ...]]]] = {}
    for pattern in patterns:
        first = pattern.steps[0]
        for form in first.forms or ():
            found.setdefault(form, []).append((pattern.name, first.tags, pattern.steps[1:]))
    return {form: tuple(rows) for form, rows in found.items()}


def matches(tokens: Sequence[Token], patterns: Index) -> list[tuple[str, int]]:
    """Name and index behind the last token of every match."""
    found: list[tuple[str, int]] = []
    get = patterns.get
    for at, token in enumerate(tokens):
        rows = get(token.form)
        if rows is None:
            continue
        for name, tags, rest in rows:
            if tags is None or token.tag in tags:
                end = _match(tokens, at + 1, rest) if rest else at + 1
                if end:
                    found.append((name, end))
    return found


def _match(tokens: Sequence[Token], at: int, steps: Sequence[Step]) -> int:
    """Index behind the match of `steps` that begins at `at`, 0 where there is none."""
    size = len(tokens)
    for forms, tags, optional in steps:
        if at < size and (forms is None or tokens[at].form in forms) and (tags is None or tokens[at].tag in tags):
            at += 1
        elif not optional:
            return 0
    return at
