"""Kiwi's tokens by place in the text: what vetoes a reading."""

import bisect
from collections.abc import Sequence

from workers.document import Document, Token

PARTICLES = ("J", "E", "XSV", "XSA", "VCP", "VCN", "VX")


class TokenIndex:
    """Tokens of a document, looked up by code point."""

    def __init__(self, tokens: Sequence[Token], starts: Sequence[int]) -> None:
        self.tokens = tokens
        self._starts = starts

    @classmethod
    def of(cls, document: Document) -> "TokenIndex":
        return cls(document.tokens, document.token_starts)

    def first_at(self, start: int) -> Token | None:
        """The first token that starts exactly there."""
        at = bisect.bisect_left(self._starts, start)
        return self.tokens[at] if at < len(self.tokens) and self.tokens[at].start == start else None

    def covering(self, place: int) -> Token | None:
        """The last token that starts at or before `place` and reaches beyond it."""
        at = bisect.bisect_right(self._starts, place) - 1
        return self.tokens[at] if at >= 0 and self.tokens[at].end > place else None

    def cuts(self, place: int) -> bool:
        """Whether `place` lies inside a token, not at its edge."""
        token = self.covering(place - 1)
        return token is not None and token.start < place < token.end

    def between(self, start: int, end: int) -> Sequence[Token]:
        """The tokens that start in [start, end)."""
        return self.tokens[bisect.bisect_left(self._starts, start) : bisect.bisect_left(self._starts, end)]

    def before(self, place: int, count: int) -> Sequence[Token]:
        """At most `count` tokens that start before `place`, in order."""
        at = bisect.bisect_left(self._starts, place)
        return self.tokens[max(0, at - count) : at]
