"""One sentence as the detector reads it: tokens, quotations, entities, and the content between source and cue."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.labels import AttributionStyle, EntityType
from workers.detectors.attributions.lexicon import Lexicon
from workers.document import Sentence, Span, Token

_SPOKEN = ("다", "요", "까", "자", "라", "것", "죠", "냐", "가", "네", "군", "지", "오")


class Mentions:
    """Entity mentions of a sentence by the offset where they end, for phrases read from the right.

    `surnames` are the first letters of the persons whom the document names in full.
    """

    def __init__(self, found: Sequence[tuple[Span, EntityType]], surnames: frozenset[str]) -> None:
        self._by_end = {span.end: (span, kind) for span, kind in found}
        self.surnames = surnames

    def ending_at(self, end: int) -> tuple[Span, EntityType] | None:
        return self._by_end.get(end)

    def last_person(self, start: int, end: int) -> Span | None:
        """The last person named wholly in [start, end)."""
        if not self._by_end:
            return None
        for at in range(end, start, -1):
            found = self._by_end.get(at)
            if found is not None and found[1] is EntityType.PERSON and found[0].start >= start:
                return found[0]
        return None


class Reading(NamedTuple):
    """One sentence with what of its tokens is quoted, which of them may be cues, whether a prefix may stand in it, and which marks pair.

    `closed`: the opening mark by the closing one, `opened`: the other way.
    """

    text: str
    sentence: Sentence
    tokens: tuple[Token, ...]
    quoted: Sequence[bool]
    cues: Sequence[int]
    prefixed: bool
    closed: Mapping[int, int]
    opened: Mapping[int, int]
    mentions: Mentions
    lexicon: Lexicon

    @property
    def final(self) -> int:
        """Offset where the sentence's words end, its last punctuation left out."""
        end = self.sentence.end
        while end > self.sentence.start and self.text[end - 1] in " \n.!?…。":
            end -= 1
        return end


def content(reading: Reading, start: int, end: int) -> tuple[Span | None, AttributionStyle]:
    """The reported words in [start, end) without what belongs to neither source nor content, and whether they are quoted."""
    text = reading.text
    closing = end - 1
    while closing > start and text[closing] in " \n":
        closing -= 1
    if closing in reading.closed:
        opening = reading.closed[closing]
        between = skip(reading, start, opening)
        inside = text[opening + 1 : closing]
        whole = between >= opening
        if whole or len(inside) >= 15 or inside.rstrip(" .!?…").endswith(_SPOKEN):
            return trimmed(reading, opening + 1, closing), AttributionStyle.DIRECT
    return trimmed(reading, skip(reading, start, end), end), AttributionStyle.INDIRECT


def skip(reading: Reading, start: int, end: int) -> int:
    """Over dates, connectives and `…에 대해` between source and content."""
    text = reading.text
    while True:
        found = reading.lexicon.skipped.match(text, start, end)
        if found is None or found.end() <= start:
            break
        start = found.end()
    while start < end and text[start] in " ,\n":
        start += 1
    return start


def trimmed(reading: Reading, start: int, end: int) -> Span | None:
    """[start, end) without spaces and marks at its edges; None where nothing is left."""
    text = reading.text
    while start < end and text[start] in " \n,":
        start += 1
    while end > start and text[end - 1] in " \n.,!?…。":
        end -= 1
    return Span(start, end) if end > start else None


def offset(tokens: Sequence[Token], index: int) -> int:
    """Where the token at `index` starts; the end of the last one where there is none."""
    return tokens[index].start if index < len(tokens) else tokens[-1].end


def quoted_tokens(tokens: Sequence[Token], outer: Sequence[Span], ends: Sequence[int]) -> list[bool]:
    """For each token: does it stand inside one of the quotations `outer` (in order, marks included), whose ends are `ends`?"""
    at = bisect_right(ends, tokens[0].start)
    if at == len(outer) or outer[at].start >= tokens[-1].end:
        return [False] * len(tokens)
    starts = [token[2] for token in tokens]
    quoted = [False] * len(tokens)
    while at < len(outer) and outer[at].start <= starts[-1]:
        first, stop = bisect_left(starts, outer[at].start), bisect_left(starts, ends[at])
        quoted[first:stop] = [True] * (stop - first)
        at += 1
    return quoted
