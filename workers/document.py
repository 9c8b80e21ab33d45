"""What a document is made of inside the pipeline: spans, tokens, sentences.

Every offset counts code points of the *normalized* text (see `normalize`), half open [start, end).
`result` maps them back to the text as it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.labels import Role


class Span(NamedTuple):
    """Half-open stretch [start, end) of the normalized text, in code points."""

    start: int
    end: int

    def contains(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


LEXEMES = 1 << 20
"""More than Kiwi's dictionary has entries."""


class Token(NamedTuple):
    """One morpheme as Kiwi gives it.

    `form` may differ from `text[start:end]` (하 + ᆫ share one syllable), tokens may overlap or be empty.
    `word` numbers the space-separated words (eojeol) of the document; `sentence` Kiwi's sentences. `lexeme` is a number
    below `LEXEMES` that is form and tag's own, 0 where they have none: unknown nouns, figures, other scripts, rare marks.
    """

    form: str
    tag: str
    start: int
    end: int
    word: int
    sentence: int
    lexeme: int = 0

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a line that stands for one, with its role; `tokens` are those that start inside it."""

    start: int
    end: int
    role: Role
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def carries_claims(self) -> bool:
        return self.role is not Role.BOILERPLATE


_TRANSPOSED = 200  # tokens at once: as many as stay in the fastest cache


class Columns(NamedTuple):
    """The morphemes of some sentences, one after the other, a column each for what is asked of all of them; `starts` ascend.

    Columns are made, scanned and sliced without a step of Python a morpheme, which rows are not.
    """

    forms: list[str]
    tags: list[str]
    starts: list[int]
    ends: list[int]
    words: list[int]
    lexemes: list[int]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> "Columns":
        """Of `tokens` in order."""
        columns = cls([], [], [], [], [], [])
        each: tuple[list[Any], ...] = (*columns[:-1], [], columns.lexemes)  # a token tells its sentence too
        for at in range(0, len(tokens), _TRANSPOSED):
            for column, values in zip(each, zip(*tokens[at : at + _TRANSPOSED], strict=True), strict=True):
                column += values
        return columns


@dataclass(frozen=True)
class Document:
    """A normalized text, its sentences in order, and the day it was published, where that is known."""

    text: str
    sentences: tuple[Sentence, ...]
    published_at: date | None = None

    @cached_property
    def tokens(self) -> list[Token]:
        """The morphemes of all sentences."""
        return [*chain.from_iterable([s.tokens for s in self.sentences])]

    @cached_property
    def token_starts(self) -> list[int]:
        """Where each of `tokens` starts."""
        return [token[2] for token in self.tokens]

    @cached_property
    def columns(self) -> Columns:
        """The morphemes of the sentences that carry claims."""
        return Columns.of([*chain.from_iterable([s.tokens for s in self.sentences if s.carries_claims])])

    @cached_property
    def lexemes(self) -> npt.NDArray[np.intp]:
        """Those of `columns`."""
        return np.array(self.columns.lexemes, np.intp)
