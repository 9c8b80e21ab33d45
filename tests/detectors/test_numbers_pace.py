"""Hostile texts cost no more a character when they are long."""

from collections.abc import Callable

import pytest

from tests.detectors.pace import growth
from tests.detectors.test_numbers import LEXICON, bare_document
from workers.detectors import numbers


def _work(text: str) -> Callable[[], object]:
    document = bare_document(text)
    return lambda: numbers.detect(document, LEXICON)


@pytest.mark.parametrize(
    "piece",
    [
        "1234567890", "만", "1만", "1,", "3분의", "일이삼사", "1~", "수십", "$1 ", "1 만", "“1”", "김(", "10여", "1-", "1억 1만 ",
        "가나다라마바사", "3명 12명 345명 ", "5%(", "이", "1:", "제1", "1/2", "1㎞",
    ],
)  # fmt: skip
def test_a_long_text_costs_no_more_a_character(piece: str) -> None:
    assert growth(piece, _work, 2) <= 2
