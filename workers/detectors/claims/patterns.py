"""Short patterns over morphemes, from one line of a table each.

A pattern is steps separated by spaces; a step is `form|form/TAG|TAG`, either side may be `*`, and a trailing `?` makes it
optional. `ㄴ ㄹ ㅁ ㅂ` stand for the final consonants that Kiwi splits off. The first step names its forms: they are the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from workers.document import Token

FINALS = str.maketrans("ㄴㄹㅁㅂ", "ᆫᆯᆷᆸ")


class Step(NamedTuple):
    forms: frozenset[str] | None
    tags: frozenset[str] | None
    optional: bool

    def fits(self, token: Token) -> bool:
        return (self.forms is None or token.form in self.forms) and (self.tags is None or token.tag in self.tags)


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


def index(patterns: Iterable[Pattern]) -> dict[str, tuple[Pattern, ...]]:
    """Patterns by the forms that may begin them."""
    found: dict[str, list[Pattern]] = {}
    for pattern in patterns:
        for form in pattern.steps[0].forms or ():
            found.setdefault(form, []).append(pattern)
    return {form: tuple(rows) for form, rows in found.items()}


def matches(tokens: Sequence[Token], patterns: Mapping[str, tuple[Pattern, ...]]) -> list[tuple[str, int]]:
    """Name and index behind the last token of every match."""
    found: list[tuple[str, int]] = []
    for at, token in enumerate(tokens):
        for pattern in patterns.get(token.form, ()):
            end = _match(tokens, at, pattern.steps)
            if end:
                found.append((pattern.name, end))
    return found


def _match(tokens: Sequence[Token], at: int, steps: Sequence[Step]) -> int:
    """Index behind the match that begins at `at`, 0 where there is none."""
    for step in steps:
        if at < len(tokens) and step.fits(tokens[at]):
            at += 1
        elif not step.optional:
            return 0
    return at
