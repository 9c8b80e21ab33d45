"""The pieces of a time expression at one place of the text: words of the tables, dates in figures, numbers with their units."""

import re
from collections.abc import Iterator
from typing import Final

from workers.detectors.times import figures
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import RANKS, Lexicon, Word
from workers.detectors.times.numbering import Numbering
from workers.detectors.times.phrase import Atom

_JOSA: Final = ("J", "VC", "EP", "EF", "EC", "ETM", "S")
_SUFFIXES: Final = ("들", "내", "간", "쯤", "께", "경", "동안")
_HANGUL: Final = re.compile("[가-힣]")


class Lexer:
    """Reads pieces of `text`. Positions are code points."""

    def __init__(self, text: str, lexicon: Lexicon, boundaries: Boundaries) -> None:
        self.text = text
        self.lexicon = lexicon
        self.boundaries = boundaries
        self._numbering = Numbering(text, lexicon, boundaries)

    def atoms(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        """The readings of what starts at `at`, the likeliest first; `before` is the piece it would continue."""
        if at >= len(self.text):
            return
        letter = self.text[at]
        if letter.isdigit() or letter in "'’‘":
            if letter in self.lexicon.word_at:  # 3·1절
                yield from self._words(at, before)
            if before is None and letter.isdigit() and (named := figures.named_day(self.text, at, self.lexicon)):
                yield named
            elif written := figures.read(self.text, at, before):
                if letter.isdigit() or len(written) > 1 or not self._numbering.marked(written[0].end):
                    yield written
            elif letter.isdigit() and (atom := self._numbering.figures(at, before)):
                yield (atom,)
            return
        seconds = self.lexicon.second_letters.get(letter)
        if seconds is not None and self.text[at + 1 : at + 2] not in seconds:
            return
        if letter in self.lexicon.word_at:
            yield from self._words(at, before)
        if (
            letter in self.lexicon.number_letters
            and self.text[at + 1 : at + 2] in self.lexicon.after_number
            and (atom := self._numbering.words(at, before))
        ):
            yield (atom,)

    def ends(self, end: int, *, strict: bool = False) -> bool:
        """An expression may end at `end`: no morpheme goes on there; `strict`: nor a compound."""
        if end >= len(self.text) or not _HANGUL.match(self.text, end):
            return True
        if not self.boundaries.cut(end):
            return self.text.startswith(("자 ", "자로 ", "자에 "), end)
        tag = self.boundaries.tag(end)
        return not strict or tag is None or tag.startswith(_JOSA) or self.text.startswith(_SUFFIXES, end)

    def _words(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        pattern, limit = self.lexicon.word_at[self.text[at]], len(self.text)
        while m := pattern.match(self.text, at, limit):
            for word in self.lexicon.words[m[0].replace(" ", "")]:
                if self._fits(word, at, m.end(), before):
                    atom = Atom(
                        word.kind, at, m.end(), word.n, word.high, shift=word.shift, code=word.code, anaphoric=word.anaphoric,
                        digits=str(word.n or "X"), rule=word.rule, strict=word.strict, alone=word.alone,
                    )  # fmt: skip
                    if word.kind == "day" and word.code:  # 어젯밤 is a day and a part of it
                        yield atom, Atom("daypart", m.end(), m.end(), code=word.code, rule=word.rule, strict=word.strict)
                    elif word.kind == "month" and word.code:
                        yield atom, Atom("edge", m.end(), m.end(), code=word.code, rule=word.rule, strict=word.strict)
                    else:
                        yield (atom,)
            limit = m.end() - 1

    def _fits(self, word: Word, start: int, end: int, before: Atom | None) -> bool:
        head = before is None or before.kind == "lead"
        if before is not None and (word.kind not in RANKS and word.kind not in ("edge", "count")):
            return False
        if (head and before is None) or word.kind == "edge":
            if word.before and not word.before.match(self.text, end):
                return False
            if word.tags and not self.boundaries.tagged(start, word.tags):
                return False
        if word.unless_before and word.unless_before.match(self.text, end):
            return False
        if word.unless_after and word.unless_after.search(self.text, max(0, start - 12), start):
            return False
        if head and word.kind == "edge":
            return False
        return head is False or not self.boundaries.tokens(start)[0] or self.boundaries.cut(start)
