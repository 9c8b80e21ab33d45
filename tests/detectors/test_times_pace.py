"""Hostile texts cost no more a character when they are long."""

from collections.abc import Callable

import pytest

from tests.detectors.pace import growth
from tests.detectors.test_times import LEXICON, PUBLISHED
from workers.detectors import times
from workers.document import Document


def _work(text: str) -> Callable[[], object]:
    document = Document(text, (), PUBLISHED)
    return lambda: times.detect(document, LEXICON)


@pytest.mark.parametrize(
    "piece",
    [
        "1234567890", "만", "일", "2024년", "한", "'\"’", "1만1만", "지난해 12월 ", "1년 ", "수십", "지난", "9~10~", "12:30:", "2024-01-",
        "가나다라마바사", "이틀", "같은 해", "당시 ", "오전 ", "3시 30분 ", "월요일",
    ],
)  # fmt: skip
def test_a_long_text_costs_no_more_a_character(piece: str) -> None:
    assert growth(piece, _work, 2) <= 2
