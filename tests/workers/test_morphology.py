"""Kiwi's tokens in pieces: every offset is one of the whole text."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.document import LEXEMES
from workers.morphology import PIECE_CHARACTERS, Morphology, pieces


@given(st.text(st.sampled_from("가나. \n👍"), max_size=3 * PIECE_CHARACTERS).filter(bool), st.integers(1, 9))
def test_pieces_cover_the_text_and_are_short(text: str, times: int) -> None:
    text *= times
    cut = list(pieces(text))
    assert "".join(text[a:b] for a, b in cut) == text
    assert all(0 < b - a <= PIECE_CHARACTERS for a, b in cut)


def test_lines_are_not_cut_where_a_line_end_is_near() -> None:
    text = "\n".join(["한 줄이다."] * 1000)
    assert all(text[a:b].endswith("\n") for a, b in list(pieces(text))[:-1])


@pytest.mark.parametrize("filler", ["한국은행이 금리를 내렸다. ", "한국은행이 금리를 내렸다.\n", "한국은행"])
def test_tokens_of_a_long_text_lie_where_their_words_are(morphology: Morphology, filler: str) -> None:
    text = filler * (3 * PIECE_CHARACTERS // len(filler))
    tokens = morphology.tokenize(text)
    assert all(0 <= t.start <= t.end <= len(text) for t in tokens)
    assert all(t.form == text[t.start : t.end] for t in tokens if t.form == "은행")
    assert all(a.word <= b.word and a.sentence <= b.sentence for a, b in pairwise(tokens))
    assert tokens[-1].end >= len(text.rstrip()) - 1


def _own_texts() -> list[str]:
    """The rows of the tests' tables, some a text."""
    rows = [
        line
        for path in sorted((Path(__file__).parents[1] / "corpus").glob("*.toml"))
        for line in path.read_text("utf-8").splitlines()
        if not line.startswith("[")
    ]
    return ["\n".join(rows[at : at + 20])[:PIECE_CHARACTERS] for at in range(0, len(rows), 20)]


def test_what_is_remembered_of_a_word_is_what_kiwi_says(morphology: Morphology) -> None:
    words = defaultdict(set)
    for text in _own_texts():
        tokens = morphology.tokenize(text)
        assert [(t.form, t.tag) for t in tokens] == [(t.form, t.tag) for t in morphology.kiwi.tokenize(text)]
        for token in tokens:
            words[token.lexeme].add((token.form, token.tag))
    del words[0]
    assert {len(same) for same in words.values()} == {1}
    assert len(words) > 3000
    assert max(words) < LEXEMES
