"""What people say in broadcast news as it is written down: `[김하늘/가람시 새솔읍 : 물이 허리까지 찼어요.]`, `[김하늘] "물이 찼어요."`"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from schemas.labels import AttributionStyle
from workers.annotations import Attribution
from workers.detectors.attributions.lexicon import SourceWords
from workers.document import Sentence, Span

_NAME = r"(?P<name>[가-힣A-Za-z](?:[가-힣A-Za-z· ]{0,14}[가-힣A-Za-z])?)(?:\s*[/|,(][^\[\]:：\n]{1,40}?)?\s*"
_SAID = re.compile(
    rf"\[\s*{_NAME}(?:(?P<cue>[:：])\s*[\"“]?(?P<inside>[^\[\]\n]{{4,800}}?)[\"”]?\s*\]|(?P<mark>\])\s*[\"“](?P<quoted>[^\"“”\n]{{4,800}})[\"”])"
)
_EDGES = ' \n.,!?…。"“”'


def by_sentence(text: str, sentences: Sequence[Sentence], words: SourceWords) -> dict[int, Attribution]:
    """The attribution of each sentence of a transcript, by its number among `sentences`; the cue is the mark between name and words."""
    if "[" not in text:
        return {}
    starts = [sentence.start for sentence in sentences]
    found: dict[int, Attribution] = {}
    for match in _SAID.finditer(text):
        if match["name"].rsplit(" ", 1)[-1] in words.unspoken:
            continue
        said, cue = ("inside", "cue") if match["cue"] else ("quoted", "mark")
        for at in range(max(0, bisect_right(starts, match.start(said)) - 1), bisect_right(starts, match.end(said) - 1)):
            stated = _stated(text, sentences[at], Span(*match.span(said)))
            if stated is not None:
                found[at] = Attribution(stated, Span(*match.span(cue)), AttributionStyle.DIRECT, "transcript", Span(*match.span("name")))
    return found


def _stated(text: str, sentence: Sentence, said: Span) -> Span | None:
    """What of `said` stands in the sentence; None where that is no statement (`[사진 : 한빛일보]`)."""
    start, end = max(said.start, sentence.start), min(said.end, sentence.end)
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    states = any(token.tag == "EF" and start <= token.start < end for token in sentence.tokens)
    return Span(start, end) if states else None
