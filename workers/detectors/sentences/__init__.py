"""Sentences and their roles: lines first, then the sentences in each line, then what each line is for."""

from bisect import bisect_left

from schemas.labels import Role
from workers.detectors.sentences import boundaries, lines, roles
from workers.detectors.sentences.lexicon import TABLES, Lexicon
from workers.document import Sentence, Span, Token

__all__ = ["TABLES", "Lexicon", "detect"]


def detect(text: str, tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences of `text` in order, from their first visible character to their last; nothing for a text of spaces.

    `tokens` are Kiwi's for the whole text. A sentence's tokens are those that start inside it.
    """
    starts = [token[2] for token in tokens]
    joined = lines.join(text, lines.read(text), tokens, starts, lexicon)
    parts = [boundaries.ends(text, Span(line.start, line.end), tokens, starts, lexicon) for line in joined]
    found: list[Sentence] = []
    for spans, role in zip(parts, roles.assign(text, joined, parts, tokens, starts, lexicon), strict=True):
        for span in _captions(text, spans) if role is Role.BOILERPLATE else spans:
            inside = tokens[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
            found.append(Sentence(span.start, span.end, role, inside))
    return tuple(found)


def _captions(text: str, spans: list[Span]) -> list[Span]:
    """A caption and its credit are one (`… CEO. AFP`); boilerplate in whole sentences is several."""
    joined = spans[:1]
    for span in spans[1:]:
        if text[joined[-1].end - 2] in "다요죠까오" or text[joined[-1].end - 1] in "?!":
            joined.append(span)
        else:
            joined[-1] = Span(joined[-1].start, span.end)
    return joined
