"""Sentences and their roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from schemas.labels import Role
from workers.document import Sentence, Token

TABLES: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What tells one role from another."""

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        return cls()


def detect(text: str, tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences of `text` in order."""

    def unit(token: Token) -> tuple[int, int]:
        return token.sentence, text.count("\n", 0, token.start)

    sentences = []
    for _, group in groupby(tokens, key=unit):
        inside = tuple(group)
        sentences.append(Sentence(inside[0].start, max(t.end for t in inside), Role.BODY, inside))
    return tuple(sentences)
