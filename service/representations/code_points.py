"""From offsets in whichever unit a result counts in to code points."""

from bisect import bisect_left
from itertools import accumulate

from schemas.labels import OffsetUnit


class CodePoints:
    """How many code points of `text` come before an offset in `unit`s of it."""

    def __init__(self, text: str, unit: str) -> None:
        self._starts: list[int] = []  # of each code point; left empty where that is its own number
        if unit != OffsetUnit.CODE_POINT and not text.isascii():
            encoding, size = ("utf-16-le", 2) if unit == OffsetUnit.UTF16 else ("utf-8", 1)
            self._starts = list(accumulate((len(c.encode(encoding)) // size for c in text), initial=0))

    def before(self, offset: int) -> int:
        return bisect_left(self._starts, offset) if self._starts else offset
