"""The text as the detectors see it, with the way back to the offsets of the text as it was sent.

NFC (Kiwi does not analyse NFD), CR and CRLF as LF, without invisible characters (Kiwi makes phantom tokens of them).
"""

import re
import unicodedata
from array import array
from typing import NamedTuple

from workers.document import Span

# soft hyphen, zero-width space and joiners, direction marks, word joiner, variation selectors, byte order mark
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_DROPPED = re.compile(f"[{_INVISIBLE}]")
_REWRITTEN = re.compile(f"[\r{_INVISIBLE}]")
UNIT_CODE_POINTS = 64  # putting marks in order takes the square of their number: longer runs are cut
# Hangul vowels and finals compose with the letter before them, though they are no combining marks
_JOINING_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")


class NormalizedText(NamedTuple):
    """`text` for the detectors; code point i of it stands for [starts[i], ends[i]) of the text sent (None: for [i, i + 1))."""

    text: str
    starts: "array[int] | None" = None
    ends: "array[int] | None" = None

    def sent(self, span: Span) -> Span:
        """The span in code points of the text as it was sent; what was dropped at its edges stays outside."""
        if self.starts is None or self.ends is None:
            return span
        if span.start == span.end:
            at = self.starts[span.start] if span.start < len(self.starts) else self.ends[-1] if self.ends else 0
            return Span(at, at)
        return Span(self.starts[span.start], self.ends[span.end - 1])


def normalize(sent: str) -> NormalizedText:
    """Normalize `sent`; linear in its length, and free where there is nothing to do."""
    if not _REWRITTEN.search(sent) and unicodedata.is_normalized("NFC", sent):
        return NormalizedText(sent)
    out: list[str] = []
    starts, ends = array("l"), array("l")
    start = 0
    while start < len(sent):
        end = _unit_end(sent, start)
        unit = sent[start:end]
        written = "\n" if unit[0] == "\r" else unicodedata.normalize("NFC", _DROPPED.sub("", unit))
        if written == unit:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(written))
            ends.extend([end] * len(written))
        out.append(written)
        start = end
    return NormalizedText("".join(out), starts, ends)


def _unit_end(text: str, start: int) -> int:
    """End of the unit at `start`: CRLF, one dropped code point, or one code point and what composes with it: marks, Hangul jamo,
    whatever is dropped between them."""
    end = start + 1
    if text[start] == "\r":
        return end + text.startswith("\n", end)
    if _DROPPED.match(text[start]):
        return end
    while end - start < UNIT_CODE_POINTS:
        at = end
        while at < len(text) and _DROPPED.match(text[at]):  # what is dropped does not keep marks and jamo from composing
            at += 1
        if at == len(text) or not (_JOINING_JAMO.match(text[at]) or unicodedata.category(text[at])[0] == "M"):
            return end
        end = at + 1
    return end
