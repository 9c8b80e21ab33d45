"""Numerals: what they are worth in any spelling."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers import numerals
from workers.numerals import parse, value

DIGITS = "영일이삼사오육칠팔구"
HANJA = "零一二三四五六七八九"
NATIVE_TENS = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"]
NATIVE_UNITS = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
WHOLE = st.integers(1, 10**16) | st.integers(1, 10**20 - 1) | st.integers(1, 99_999)


def group(number: int, digits: str, magnitudes: str, *, ones: bool) -> str:
    """Below 10,000 in words; `ones`: 일천 rather than 천."""
    out = ""
    for power, name in ((3, magnitudes[0]), (2, magnitudes[1]), (1, magnitudes[2]), (0, "")):
        digit = number // 10**power % 10
        if digit:
            out += (digits[digit] if digit > 1 or power == 0 or ones else "") + name
    return out


def spelled(number: int, small: str, big: str, gap: str, *, ones: bool, digits: str = DIGITS) -> str:
    parts = []
    for index in range(4, -1, -1):
        part = number // 10_000**index % 10_000
        if part:
            name = big[index - 1] if index else ""
            parts.append(group(part, digits, small, ones=ones) + name)
    return gap.join(parts)


def mixed(number: int, gap: str, *, commas: bool) -> str:
    parts = []
    for index in range(4, -1, -1):
        part = number // 10_000**index % 10_000
        if part:
            parts.append((f"{part:,}" if commas else str(part)) + ("만억조경"[index - 1] if index else ""))
    return gap.join(parts)


@given(WHOLE, st.booleans(), st.sampled_from(["", " "]))
def test_every_integer_in_words_comes_back(number: int, ones: bool, gap: str) -> None:
    assert value(spelled(number, "천백십", "만억조경", gap, ones=ones)) == number


@given(WHOLE, st.booleans())
def test_every_integer_in_hanja_comes_back(number: int, ones: bool) -> None:
    assert value(spelled(number, "千百十", "萬億兆京", "", ones=ones, digits=HANJA)) == number


@given(WHOLE, st.sampled_from(["", " "]), st.booleans())
def test_every_integer_in_figures_and_magnitudes_comes_back(number: int, gap: str, commas: bool) -> None:
    assert value(mixed(number, gap, commas=commas)) == number


@given(WHOLE)
def test_every_integer_in_figures_comes_back(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert value(str(number)) == value(f"{number:,}") == value(wide) == number


@given(st.integers(1, 99))
def test_native_numerals_come_back(number: int) -> None:
    assert value(NATIVE_TENS[number // 10] + NATIVE_UNITS[number % 10]) == number


@given(WHOLE, st.sampled_from(["천백십"]), st.booleans())
def test_the_regex_takes_the_whole_numeral(number: int, small: str, ones: bool) -> None:
    for text in (spelled(number, small, "만억조경", "", ones=ones), mixed(number, "", commas=False), f"{number:,}"):
        assert re.fullmatch(numerals.NUMERAL, text), text


@given(st.decimals(0, 10**6, places=3))
def test_decimals_with_magnitudes_are_exact(number: Decimal) -> None:
    assert parse(f"{number}만") == numerals.Numeral(numerals.whole(number * 10_000))


@given(st.text("일이삼십백천만억조한두세열스물수몇여분의점반 0123456789,.-/~", max_size=30))
def test_anything_is_parsed_or_refused(text: str) -> None:
    numeral = parse(text)
    assert numeral is None or numeral.least <= numeral.most


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("1,234.5", "1234.5"),
        ("이천칠백삼십오만", "27350000"),
        ("쉰두", "52"),
        ("스물세", "23"),
        ("백스물세", "123"),
        ("스무", "20"),
        ("6조6000억", "6600000000000"),
        ("3조 2천억", "3200000000000"),
        ("1만5천", "15000"),
        ("54만5천366", "545366"),
        ("3천5백", "3500"),
        ("1천628억", "162800000000"),
        ("1.8만", "18000"),
        ("1.5천", "1500"),
        ("1만억", "1000000000000"),
        ("만이천", "12000"),
        ("三", "3"),
        ("1萬", "10000"),
        ("三百五十", "350"),
        ("절반", "0.5"),
        ("4분의 1", "0.25"),
        ("5분의2", "0.4"),
        ("삼분의 일", str(Decimal(1) / 3)),
        ("½", "0.5"),
        ("일점오", "1.5"),
        ("삼점일사", "3.14"),
        ("영점영오", "0.05"),
        ("영", "0"),
        ("마이너스 3", "-3"),
        ("-2.1", "-2.1"),
        ("△3.2", "-3.2"),
        ("영하 10", "-10"),
        ("+7", "7"),
        ("9999경", "99990000000000000000"),
        ("1해", "100000000000000000000"),
    ],
)
def test_worth(text: str, worth: str) -> None:
    numeral = parse(text)
    assert numeral is not None
    assert numeral.value == Decimal(worth)
    assert not numeral.approx


@pytest.mark.parametrize(
    ("text", "low", "high", "approx"),
    [
        ("수십", "20", "90", True),
        ("수백만", "2000000", "9000000", True),
        ("수 십억", "2000000000", "9000000000", True),
        ("몇천", "2000", "9000", True),
        ("십수", "12", "19", True),
        ("10여", "10", "19", True),
        ("300여", "300", "399", True),
        ("1500여", "1500", "1599", True),
        ("3만여", "30000", "39999", True),
        ("10여만", "100000", "190000", True),
        ("1억6천400여만", "164000000", "164990000", True),
        ("수백여", "200", "900", True),
        ("서너", "3", "4", False),
        ("한두", "1", "2", False),
        ("두세", "2", "3", False),
        ("네댓", "4", "5", False),
        ("열두세", "12", "13", False),
        ("이삼십", "20", "30", False),
        ("오륙백만", "5000000", "6000000", False),
        ("여남은", "10", "19", False),
    ],
)
def test_vague_worth(text: str, low: str, high: str, approx: bool) -> None:
    assert parse(text) == numerals.Numeral(low=Decimal(low), high=Decimal(high), approx=approx)


@pytest.mark.parametrize(
    "text", ["", " ", "가", "10만 20만", "천백천", "십백", "두천", "이공", "3 5", "여", "만여여", "1" * 40, "분의 1", "3분의", "점오"]
)
def test_no_numerals(text: str) -> None:
    assert parse(text) is None
