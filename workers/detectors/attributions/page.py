"""A document as the detector goes through it: which sentences can report anything, and each sentence read once it is asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schemas.labels import EntityType, Role
from workers.detectors.attributions import frames, prefixes, quotations
from workers.detectors.attributions.lexicon import Lexicon
from workers.detectors.attributions.reading import Mentions, Reading, quoted_tokens
from workers.document import Document, Span


class Page:
    """The sentences of `document` that carry claims; `mentions` are those of its entities, sorted.

    Most sentences report nothing and hold none of the cues, prefixes and quotation marks that are looked for in the whole text at once:
    these are not read at all.
    """

    def __init__(self, document: Document, mentions: Sequence[tuple[Span, EntityType]], lexicon: Lexicon) -> None:
        text = document.text
        numbered = [(number, s) for number, s in enumerate(document.sentences) if s.carries_claims and s.tokens]
        self.sentences = [sentence for _, sentence in numbered]
        self.numbers = [number for number, _ in numbered]
        self.ends = [sentence.end for sentence in self.sentences]
        self._text, self._mentions, self._lexicon = text, mentions, lexicon
        self._mention_starts = [span.start for span, _ in mentions]
        self._surnames = frozenset(text[span.start] for span, kind in mentions if kind is EntityType.PERSON and span.end - span.start > 1)
        positions = quotations.marks(text)
        self._closed = quotations.pairs(text, positions) if positions else {}
        self._opened = {start: end for end, start in self._closed.items()}
        self._outer = quotations.outermost(self._closed)
        self._outer_ends = [span.end for span in self._outer]
        self._cues = frames.marks(document, [sentence.tokens for sentence in self.sentences])
        self._readings: dict[int, Reading] = {}
        self._prefixed = {bisect_right(self.ends, at) for at in prefixes.possible(text, lexicon.sources)}
        looked_at = self._prefixed.union([bisect_right(self.ends, at) for at in positions])
        self.telling = [
            at
            for at, (cues, sentence) in enumerate(zip(self._cues, self.sentences, strict=True))
            if cues or at in looked_at or sentence.role is Role.HEADING
        ]
        """Numbers among `sentences` of those that may report."""

    def read(self, at: int) -> Reading:
        """Sentence number `at` of `sentences`."""
        if at not in self._readings:
            sentence = self.sentences[at]
            first, end = bisect_left(self._mention_starts, sentence.start), bisect_left(self._mention_starts, sentence.end)
            self._readings[at] = Reading(
                self._text,
                sentence,
                sentence.tokens,
                quoted_tokens(sentence.tokens, self._outer, self._outer_ends),
                self._cues[at],
                at in self._prefixed,
                self._closed,
                self._opened,
                Mentions(self._mentions[first:end], self._surnames),
                self._lexicon,
            )
        return self._readings[at]
