"""The second pass: a name that the tagger is sure of somewhere is the same name wherever its letters stand."""

import re
from collections.abc import Iterator, Sequence

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.mentions import Mention
from workers.document import Span

SURE = 0.8
LEAST_LETTERS = 2


def repeated(found: Sequence[Mention], boundaries: Boundaries) -> Iterator[Mention]:
    """Mentions of names of `found` elsewhere in the text, where a name may stand; names of one letter are left out."""
    text = boundaries.text
    sure: dict[str, Mention] = {}
    for m in found:
        surface = text[m.span.start : m.span.end]
        if m.score >= SURE and len(surface) >= LEAST_LETTERS:
            parts = [surface]
            if m.type is EntityType.PERSON and " " in surface and len(surface.split(" ")[-1]) > 1:
                parts.append(surface.split(" ")[-1])
            for part in parts:
                if part not in sure or m.score > sure[part].score:
                    sure[part] = m
    if not sure:
        return
    taken = {m.span for m in found}
    pattern = re.compile("|".join(re.escape(s) for s in sorted(sure, key=len, reverse=True)))
    for match in pattern.finditer(text):
        span = Span(*match.span())
        if span not in taken and boundaries.hold(span):
            m = sure[match[0]]
            yield Mention(span, m.type, min(m.score, 0.9), "repeat", m.canonical)
