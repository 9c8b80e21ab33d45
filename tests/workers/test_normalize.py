"""Whatever was sent, the way back to its offsets is exact."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.document import Span
from workers.normalize import normalize

# text sent -> text for the detectors
ROWS = [
    ("가격은 3% 올랐다.", "가격은 3% 올랐다."),
    (unicodedata.normalize("NFD", "한국은행"), "한국은행"),
    ("첫 줄\r\n둘째 줄\r셋째 줄", "첫 줄\n둘째 줄\n셋째 줄"),
    ("6\u200b조\u00ad원\ufeff", "6조원"),
    ("탭\t그대로", "탭\t그대로"),
    ("e\u0301", "é"),
    ("\u1100\u200b\u1161", "가"),
    ("e\u200b\u0301", "é"),
    ("❤\ufe0f 좋다", "❤ 좋다"),
    ("", ""),
    ("\u200b\u200b", ""),
]


@pytest.mark.parametrize(("sent", "text"), ROWS)
def test_text_for_the_detectors(sent: str, text: str) -> None:
    assert normalize(sent).text == text


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("👍 6조원이다", "6조원"),
        ("앞\r\n6조원", "6조원"),
        ("\u200b6조원\u200b 투자", "6조원"),
        ("값은 6\u200b조원", "6\u200b조원"),
        (unicodedata.normalize("NFD", "총 6조원이다"), unicodedata.normalize("NFD", "6조원")),
    ],
)
def test_a_span_leads_back_to_what_was_sent(sent: str, found: str) -> None:
    normalized = normalize(sent)
    at = normalized.text.index("6조원")
    start, end = normalized.sent(Span(at, at + 3))
    assert sent[start:end] == found


HOSTILE = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\r\n\u200b\u00ad\ufeff\u1112\u1161\u11ab가각힣é\u0301👍"))
)


@given(HOSTILE)
def test_every_character_comes_from_a_stretch_of_the_text_sent(sent: str) -> None:
    normalized = normalize(sent)
    end_before = 0
    for i in range(len(normalized.text)):
        start, end = normalized.sent(Span(i, i + 1))
        assert 0 <= start < end <= len(sent)
        assert end >= end_before
        end_before = end
        assert normalized.text[i] in normalize(sent[start:end]).text


@given(HOSTILE)
def test_normalizing_twice_changes_nothing(sent: str) -> None:
    once = normalize(sent).text
    assert normalize(once).text == once
    assert unicodedata.is_normalized("NFC", once)


@given(
    st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)),
    st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1),
)
def test_decomposed_hangul_is_read_as_composed(before: str, word: str) -> None:
    sent = unicodedata.normalize("NFD", before + word)
    normalized = normalize(sent)
    assert normalized.text == before + word
    start, end = normalized.sent(Span(len(before), len(before + word)))
    assert unicodedata.normalize("NFC", sent[start:end]) == word
