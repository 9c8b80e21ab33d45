"""The only import of kiwipiepy: text in, tokens out.

Kiwi is superlinear on one long string, so the text goes in pieces of at most `PIECE_CHARACTERS`, cut at line ends,
else at spaces, else hard. `tokenize` takes single strings only: lists hang for ever in a forked child.
"""

import warnings
from collections.abc import Iterator

from kiwipiepy import Kiwi

from workers.document import LEXEMES, Token

PIECE_CHARACTERS = 1_000  # Kiwi slows down with length: 5 % faster at this size than on a page, 1.6 times than on 100 k

_FIRST_LEXEME = 100  # below it Kiwi numbers what is in no dictionary, by its tag; a test holds that the others name form and tag
_TAGS_OF_MARKS = {".": "SF", "?": "SF", "!": "SF", ",": "SP", "·": "SP", ":": "SP", "/": "SP", "…": "SE", "%": "SW"} | {
    **dict.fromkeys("“‘(「『《〈[<", "SSO"),
    **dict.fromkeys("”’)」』》〉]>", "SSC"),
    **dict.fromkeys("~-∼", "SO"),
}
_MARKS = {mark: lexeme for lexeme, mark in enumerate(_TAGS_OF_MARKS.items(), 1)}  # frequent: so they have numbers too


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield half-open [start, end) pieces that cover `text`, each at most `PIECE_CHARACTERS` code points."""
    start = 0
    while start < len(text):
        end = min(start + PIECE_CHARACTERS, len(text))
        if end < len(text):
            for boundary in ("\n", ". ", " "):
                cut = text.rfind(boundary, start, end)
                if cut > start:
                    end = cut + len(boundary)
                    break
        yield start, end
        start = end


class Morphology:
    """A loaded Kiwi. Loading takes 2-4 s and 520 MB: do it once, before forking."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 0 changed its meaning in 0.21; the new one is wanted
            self._kiwi = Kiwi(num_workers=0)
        self._kiwi.tokenize("준비가 되었다.")  # the first call builds tables lazily
        self._known: dict[int, tuple[str, str]] = {}

    @property
    def kiwi(self) -> Kiwi:
        """Kiwi itself, for training and benchmarks."""
        return self._kiwi

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Morphemes of `text` in order; offsets are code points of `text`."""
        tokens: list[Token] = []
        append, new = tokens.append, tuple.__new__  # Token(...) costs a call more, a thousand times a page
        known, get, marks = self._known, self._known.get, _MARKS
        sentences = 0
        word, word_within, sentence_within = -1, -1, -1
        for start, end in pieces(text):
            piece = self._kiwi.tokenize(text[start:end])
            for t in piece:
                sentence, at = t.sent_position, t.word_position
                if at != word_within or sentence != sentence_within:  # Kiwi counts words anew in each sentence
                    word, word_within, sentence_within = word + 1, at, sentence
                lexeme = t.id
                if lexeme < _FIRST_LEXEME or lexeme >= LEXEMES:
                    form, tag = t.form, t.tag
                    lexeme = marks.get((form, tag), 0)
                elif (both := get(lexeme)) is None:
                    known[lexeme] = form, tag = t.form, t.tag
                else:
                    form, tag = both
                append(new(Token, (form, tag, start + t.start, start + t.end, word, sentences + sentence, lexeme)))
            if piece:
                sentences += sentence_within + 1
                word_within = -1
        return tuple(tokens)
