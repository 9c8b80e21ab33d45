"""Numbers: the corpus row by row, every example of the lexicon, properties, and the gold."""

import json
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.labels import Role, TimeType
from tests.detectors.number_rows import LEXICONS, document, lexicon, normal_form, rows
from tests.shared_data import SHARED, needs_shared
from workers.annotations import Number, TimeExpression
from workers.detectors import numbers
from workers.document import Document, Sentence, Span, Token
from workers.morphology import Morphology

LEXICON = lexicon()
COUNTERS = tomllib.loads((LEXICONS / "counters.toml").read_text("utf-8"))
NO_NUMBERS = ("time", "name")
EXAMPLES = [(table, unit, example) for table in COUNTERS if table not in NO_NUMBERS for unit, example in COUNTERS[table].items()]
NOT_COUNTED = [example for table in NO_NUMBERS for example in COUNTERS[table].values()]


def detect(text: str, morphology: Morphology) -> tuple[Number, ...]:
    return numbers.detect(document(text, morphology), LEXICON)


@pytest.mark.parametrize(("text", "forms"), list(rows()))
def test_row(text: str, forms: list[str], morphology: Morphology) -> None:
    assert [normal_form(number, text) for number in detect(text, morphology)] == forms


@pytest.mark.parametrize(("table", "unit", "example"), EXAMPLES)
def test_every_counter_is_found_in_its_example(table: str, unit: str, example: str, morphology: Morphology) -> None:
    found = [(n.kind.value, n.unit, example[n.span.start : n.span.end]) for n in detect(example, morphology)]
    assert any(kind == table and text.endswith(unit) and code == (unit if table == "count" else None) for kind, code, text in found), found


def test_a_bare_figure_behind_a_time_is_what_something_was_then(morphology: Morphology) -> None:
    text = "올해 300이 됐다"
    then = TimeExpression(Span(0, 2), TimeType.DATE, "2026", "times.year.this")
    assert [n.span for n in numbers.detect(document(text, morphology), LEXICON, [then])] == [Span(3, 6)]
    assert numbers.detect(document(text, morphology), LEXICON) == ()


@pytest.mark.parametrize("example", NOT_COUNTED)
def test_times_and_names_are_no_numbers(example: str, morphology: Morphology) -> None:
    assert detect(example, morphology) == ()


def test_there_are_many_counters() -> None:
    assert len(COUNTERS["count"]) >= 250


def test_nothing_is_found_in_boilerplate(morphology: Morphology) -> None:
    text = "칼럼 5편을 받아 보세요"
    boilerplate = Document(text, (Sentence(0, len(text), Role.BOILERPLATE, morphology.tokenize(text)),))
    assert numbers.detect(boilerplate, LEXICON) == ()


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("GPU 1만 장을 들였다", "GPU"),
        ("1.8만 장의 GPU", "GPU"),
        ("일자리 30만 개를 만든다", "일자리"),
        ("학생 35명이 모였다", "학생"),
        ("총 35명이 모였다", None),
    ],
)
def test_thing_counted(text: str, thing: str | None, morphology: Morphology) -> None:
    (number,) = detect(text, morphology)
    assert (text[number.of.start : number.of.end] if number.of else None) == thing


SCRAPS = (
    "3|12|1,234|0.5|만|억|조|천|수십|두|세 번째|원|달러|명|개|%|%p|대|~|∼|-| |, |(|)|약 |최대 |이상|여|분의 |제|$|영하 |에서 |"
    "사과|김|GPT-|\n|.|:|/|년|일이삼|절반|１２|三"
)
PIECES = st.sampled_from(SCRAPS.split("|"))
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def bare_document(text: str) -> Document:
    """Each character a token: what Kiwi might say does not matter to these properties."""
    tokens = tuple(Token(c, "SN" if c.isdecimal() else "NR", i, i + 1, 0, 0) for i, c in enumerate(text) if not c.isspace())
    return Document(text, (Sentence(0, len(text), Role.BODY, tokens),))


@settings(max_examples=400)
@given(TEXTS)
def test_spans_are_sorted_disjoint_and_inside_the_text(text: str) -> None:
    found = numbers.detect(bare_document(text), LEXICON)
    end = 0
    for number in found:
        assert end <= number.span.start < number.span.end <= len(text)
        assert not text[number.span.start].isspace()
        assert not text[number.span.end - 1].isspace()
        assert (number.value is None) == (number.low is not None or number.high is not None)
        end = number.span.end


@settings(max_examples=150)
@given(TEXTS, TEXTS)
def test_concatenating_documents_only_shifts_spans(first: str, second: str) -> None:
    wall = "\n가나다라마바사아자차카타파하 그리고 다른 이야기로 넘어간다 이제부터는 전혀 다른 글이다\n"
    joined = first + wall + second
    shift = len(first) + len(wall)
    alone = [n.span for n in numbers.detect(bare_document(wall + second), LEXICON)]
    together = [n.span for n in numbers.detect(bare_document(joined), LEXICON) if n.span.start >= shift]
    assert [(s.start + len(first), s.end + len(first)) for s in alone] == [(s.start, s.end) for s in together]


UNITS = st.sampled_from(
    [
        ("원", "money", "KRW"),
        ("달러", "money", "USD"),
        ("명", "count", "명"),
        ("%", "percent", "%"),
        ("㎞", "measure", "km"),
        ("배", "multiple", None),
    ]
)


@settings(max_examples=200)
@given(st.integers(1, 10**12), st.integers(1, 10**12), st.sampled_from("~∼"), UNITS)
def test_ranges_round_trip(a: int, b: int, sign: str, unit: tuple[str, str, str | None]) -> None:
    low, high = sorted((a, b))
    if low == high:
        return
    text = f"{low:,}{sign}{high:,}{unit[0]}"
    (number,) = numbers.detect(bare_document(text), LEXICON)
    assert (number.low, number.high, number.kind.value, number.unit) == (Decimal(low), Decimal(high), unit[1], unit[2])
    assert text[number.span.start : number.span.end] == text


@pytest.mark.parametrize(
    "piece", ["1234567890", "만", "1만", "1,", "3분의", "일이삼사", "1~", "수십", "$1 ", "1 만", "“1”", "김(", "10여", "1-", "1억 1만 "]
)
def test_hostile_text_is_survived(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    for number in numbers.detect(bare_document(text), LEXICON):
        assert number.span.end <= len(text)


def exact(row: dict[str, object], key: str) -> Decimal | None:
    return None if row.get(key) is None else Decimal(str(row[key]))


@needs_shared
def test_gold_seeds(morphology: Morphology) -> None:
    right = found = wanted = 0
    for line in (SHARED / "gold" / "seeds.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        times = [(t["start"], t["end"]) for t in gold["times"]]
        mine = [n for n in detect(gold["text"], morphology) if not any(s < n.span.end and n.span.start < e for s, e in times)]
        keys = {(n.span.start, n.span.end, n.kind.value, n.value, n.low, n.high, n.unit) for n in mine}
        marked = {
            (g["start"], g["end"], g["kind"], *(exact(g, key) for key in ("value", "low", "high")), g.get("unit")) for g in gold["numbers"]
        }
        right, found, wanted = right + len(keys & marked), found + len(keys), wanted + len(marked)
    assert 2 * right / (found + wanted) >= 0.97


MEASURES = tomllib.loads((LEXICONS / "units.toml").read_text("utf-8"))
CURRENCIES = tomllib.loads((LEXICONS / "currencies.toml").read_text("utf-8"))
AMBIGUOUS = {"m", "도", "기가", "정보", "리", "평"}  # their rows stand in the corpus


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        (name, code, kind)
        for kind in ("measure", "percent", "percentage_point")
        for code, names in MEASURES[kind].items()
        for name in names
        if name not in AMBIGUOUS
    ],
)
def test_every_unit_name_yields_its_code(name: str, code: str, kind: str) -> None:
    text = f"값은 37{name}, 그리고"
    (number,) = numbers.detect(bare_document(text), LEXICON)
    assert (number.kind.value, number.unit, number.value) == (kind, code, Decimal(37))
    assert text[number.span.start : number.span.end] == f"37{name}"


@pytest.mark.parametrize(("name", "code"), CURRENCIES["names"].items())
def test_every_currency_name_yields_its_code(name: str, code: str) -> None:
    (number,) = numbers.detect(bare_document(f"모두 9천만 {name}, 그리고"), LEXICON)
    assert (number.kind.value, number.value, number.unit) == ("money", Decimal(90_000_000), code)


@pytest.mark.parametrize(("sign", "code"), CURRENCIES["signs"].items())
def test_every_currency_sign_yields_its_code(sign: str, code: str) -> None:
    (number,) = numbers.detect(bare_document(f"모두 {sign}500, 그리고"), LEXICON)
    assert (number.kind.value, number.value, number.unit) == ("money", Decimal(500), code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("500 멕시코 페소", "MXN"),
        ("500 아르헨티나페소", "ARS"),
        ("500 체코 코루나", "CZK"),
        ("500 이집트 파운드", "EGP"),
        ("500 몽골 투그릭", "MNT"),
    ],
)
def test_the_currencies_of_the_world_by_their_korean_names(text: str, code: str) -> None:
    (number,) = numbers.detect(bare_document(text), LEXICON)
    assert (number.kind.value, number.unit) == ("money", code)
