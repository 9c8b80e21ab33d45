"""From spans of the normalized text to offsets of the text as it was sent, in the unit asked for."""

from bisect import bisect_left
from itertools import accumulate

from schemas.labels import OffsetUnit
from workers.document import Span
from workers.normalize import NormalizedText


class Offsets:
    """Maps spans of `normalized` to (start, end) in `unit`s of `sent`, and to the stretch of `sent` they stand for."""

    def __init__(self, sent: str, normalized: NormalizedText, unit: OffsetUnit) -> None:
        self._sent = sent
        self._normalized = normalized
        self._astral: list[int] = []  # code points that take two UTF-16 units
        self._bytes: list[int] = []  # UTF-8 bytes before each code point
        self._plain = normalized.starts is None and (unit is OffsetUnit.CODE_POINT or sent.isascii())
        if unit is OffsetUnit.UTF16 and not sent.isascii():
            self._astral = [i for i, c in enumerate(sent) if c > "\uffff"]
        elif unit is OffsetUnit.UTF8 and not sent.isascii():
            self._bytes = list(accumulate((_utf8_length(c) for c in sent), initial=0))

    def place(self, span: Span) -> tuple[int, int, str]:
        """Start and end in the unit asked for, and the text between them."""
        if self._plain:
            start, end = span
            return start, end, self._sent[start:end]
        start, end = self._normalized.sent(span)
        return self._unit(start), self._unit(end), self._sent[start:end]

    def _unit(self, offset: int) -> int:
        if self._bytes:
            return self._bytes[offset]
        if self._astral:
            return offset + bisect_left(self._astral, offset)
        return offset


def _utf8_length(character: str) -> int:
    point = ord(character)
    return 1 if point < 0x80 else 2 if point < 0x800 else 3 if point < 0x10000 else 4
