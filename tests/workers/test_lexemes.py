"""What is remembered of words by their lexemes is what looking them up would say."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.document import LEXEMES, Columns, Token
from workers.lexemes import Remembered

# each lexeme is one word; words of lexeme 0 may be any
WORDS = st.one_of(
    st.integers(1, 30).map(lambda lexeme: Token(f"말{lexeme}", "NNG", 0, 1, 0, 0, lexeme)),
    st.just(Token("끝말", "VV", 0, 1, 0, 0, LEXEMES - 1)),
    st.integers(0, 5).map(lambda figure: Token(str(figure), "SN", 0, 1, 0, 0)),
)


def _columns(words: Sequence[Token]) -> tuple[Columns, "np.ndarray[tuple[int], np.dtype[np.intp]]"]:
    columns = Columns.of(words)
    return columns, np.array(columns.lexemes, np.intp)


@given(st.lists(st.lists(WORDS)))
def test_remembered_or_looked_up_the_number_is_the_same(texts: list[list[Token]]) -> None:
    def look_up(forms: Sequence[str], tags: Sequence[str]) -> list[int]:
        return [len(form) * 10 + len(tag) if tag != "VV" else 0 for form, tag in zip(forms, tags, strict=True)]

    remembered = Remembered(look_up)
    for words in texts:
        expected = look_up([word.form for word in words], [word.tag for word in words])
        assert remembered.numbers(*_columns(words)).tolist() == expected


def test_a_lexeme_is_looked_up_once_what_has_none_each_time() -> None:
    asked: list[str] = []

    def look_up(forms: Sequence[str], tags: Sequence[str]) -> list[int]:
        asked.extend(forms)
        return [0 for _ in tags]

    remembered = Remembered(look_up)
    for _ in range(2):
        remembered.numbers(*_columns([Token("말", "NNG", 0, 1, 0, 0, 7), Token("12", "SN", 1, 3, 0, 0)]))
    assert asked == ["말", "12", "12"]
