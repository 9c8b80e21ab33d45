"""Times: the corpus, the examples of the tables, and what holds of every text."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.labels import Role, TimeType
from tests.shared_data import SHARED, needs_shared
from workers.annotations import TimeExpression
from workers.detectors import sentences, times
from workers.document import Document, Sentence
from workers.morphology import Morphology
from workers.normalize import normalize

CORPUS = Path(__file__).parents[1] / "corpus"
LEXICONS = Path(__file__).parents[2] / "workers" / "lexicons"
TABLES: dict[str, dict[str, Any]] = {name: tomllib.loads((LEXICONS / f"{name}.toml").read_text("utf-8")) for name in times.TABLES}
LEXICON = times.Lexicon.parse(TABLES)
PUBLISHED = date(2024, 2, 12)

Read = Callable[[str, date | None], tuple[TimeExpression, ...]]


@pytest.fixture(scope="module")
def read(morphology: Morphology) -> Read:
    def detect(text: str, published: date | None = None) -> tuple[TimeExpression, ...]:
        parts = []
        for _, group in groupby(morphology.tokenize(text), key=lambda token: token.sentence):
            tokens = tuple(group)
            parts.append(Sentence(tokens[0].start, max(token.end for token in tokens), Role.BODY, tokens))
        return times.detect(Document(text, tuple(parts), published), LEXICON)

    return detect


def bare(text: str, published: date | None = None) -> tuple[TimeExpression, ...]:
    """Without morphemes, which only veto."""
    return times.detect(Document(text, (), published), LEXICON)


def rows() -> Iterator[Any]:
    for path in sorted(CORPUS.glob("times_*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        for row in table["rows"]:
            yield pytest.param(table.get("published_at"), row[0], row[1:], id=f"{path.stem}: {row[0]}")


def examples(field: str) -> Iterator[Any]:
    for name in ("time_words", "time_units", "holidays"):
        for kind in TABLES[name].values():
            for stanza in kind:
                for example in stanza.get(field, ()):
                    yield pytest.param(example, id=example)


def written(text: str, found: tuple[TimeExpression, ...]) -> str:
    """The text with the times in brackets."""
    for time in reversed(found):
        text = f"{text[: time.span.start]}[{text[time.span.start : time.span.end]}]{text[time.span.end :]}"
    return text


@pytest.mark.parametrize(("published", "marked", "expected"), list(rows()))
def test_corpus(read: Read, published: date | None, marked: str, expected: list[str]) -> None:
    text = re.sub(r"[\[\]]", "", marked)
    found = read(text, published)
    assert written(text, found) == marked
    assert [f"{t.type} {t.value} {t.mod or ''}".strip() for t in found] == expected


@pytest.mark.parametrize("example", list(examples("examples")))
def test_examples_of_the_tables(read: Read, example: str) -> None:
    text = re.sub(r"[\[\]]", "", example)
    found = {text[t.span.start : t.span.end] for t in read(text, PUBLISHED)}
    assert set(re.findall(r"\[([^\]]*)\]", example)) <= found


@pytest.mark.parametrize("text", list(examples("not")))
def test_counterexamples_of_the_tables(read: Read, text: str) -> None:
    assert read(text, PUBLISHED) == ()


def test_boilerplate_holds_no_times_but_may_date_the_document(morphology: Morphology) -> None:
    text = "입력 2024.02.12 10:20\n지난달 만났다."
    tokens = morphology.tokenize(text)
    parts = (
        Sentence(0, 19, Role.BOILERPLATE, tuple(t for t in tokens if t.start < 19)),
        Sentence(20, len(text), Role.BODY, tuple(t for t in tokens if t.start >= 20)),
    )
    assert [t.value for t in times.detect(Document(text, parts), LEXICON)] == ["2024-01"]


def test_a_date_that_was_published_wins_over_the_boilerplate(morphology: Morphology) -> None:
    text = "입력 2024.02.12\n지난달 만났다."
    parts = (Sentence(0, 13, Role.BOILERPLATE, ()), Sentence(14, len(text), Role.BODY, ()))
    assert [t.value for t in times.detect(Document(text, parts, date(2020, 5, 1)), LEXICON)] == ["2020-04"]


def test_every_item_names_its_rule(read: Read) -> None:
    found = read("지난해 12월과 올해 2분기, 사흘 전, 매년, 3년간, 오전 9시, 추석, 최근, 당시", PUBLISHED)
    assert len(found) == 9
    assert all(re.fullmatch(r"times(\.\w+)+", t.rule) for t in found), [t.rule for t in found]


SPELLINGS: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.year}년 {d.month}월 {d.day}일",
    lambda d: f"{d.year}년{d.month}월{d.day}일",
    lambda d: f"{d.year}년 {d.month:02d}월 {d.day:02d}일",
    lambda d: d.isoformat(),
    lambda d: f"{d:%Y.%m.%d}",
    lambda d: f"{d.year}. {d.month}. {d.day}.",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}년 {d.month}월 {d.day}일({'월화수목금토일'[d.weekday()]})",
    lambda d: f"{d.year}. {d.month}. {d.day}.({'월화수목금토일'[d.weekday()]})",
    lambda d: f"지난 {d.year}년 {d.month}월 {d.day}일",
    lambda d: f"오는 {d.year}년 {d.month}월 {d.day}일",
)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
SHORT_SPELLINGS: tuple[Callable[[date], str], ...] = (
    lambda d: f"'{d:%y}.{d.month}.{d.day}",
    lambda d: f"’{d:%y}.{d.month}.{d.day}.({'월화수목금토일'[d.weekday()]})",
)


@given(DAYS, st.sampled_from(SPELLINGS), st.none() | DAYS)
def test_every_day_comes_back_from_every_spelling(day: date, spell: Callable[[date], str], published: date | None) -> None:
    spelt = spell(day)
    (found,) = bare(f"그는 {spelt} 왔다", published)
    assert (found.value, found.type) == (day.isoformat(), TimeType.DATE)
    assert found.span == (3, 3 + len(spelt))


@given(st.dates(date(2000, 1, 1), date(2059, 12, 31)), st.sampled_from(SHORT_SPELLINGS))
def test_every_day_comes_back_from_every_short_spelling(day: date, spell: Callable[[date], str]) -> None:
    (found,) = bare(f"그는 {spell(day)} 왔다")
    assert found.value == day.isoformat()


@given(DAYS, st.integers(1, 365))
def test_days_before_and_after(published: date, days: int) -> None:
    assert bare(f"그는 {days}일 전 왔다", published)[0].value == (published - timedelta(days)).isoformat()
    assert bare(f"그는 {days}일 뒤 온다", published)[0].value == (published + timedelta(days)).isoformat()


@given(DAYS, st.integers(1, 12))
def test_a_month_past_is_never_after_the_document(published: date, month: int) -> None:
    value = bare(f"지난 {month}월 열렸다", published)[0].value
    assert value.endswith(f"-{month:02d}")
    assert value < f"{published:%Y-%m}"


@given(DAYS, st.integers(1, 28))
def test_a_day_past_is_never_after_the_document(published: date, day: int) -> None:
    value = bare(f"지난 {day}일 열렸다", published)[0].value
    assert published - timedelta(31) <= date.fromisoformat(value) <= published


@given(
    st.integers(1, 300),
    st.sampled_from([("년", "P{}Y"), ("개월", "P{}M"), ("시간", "PT{}H"), ("분", "PT{}M"), ("일간", "P{}D"), ("주간", "P{}W")]),
)
def test_durations_count(n: int, unit: tuple[str, str]) -> None:
    if unit[0] == "년" and 60 <= n <= 99:
        return  # 90년 may be a year
    (found,) = bare(f"꼬박 {n}{unit[0]} 걸렸다")
    assert (found.type, found.value) == (TimeType.DURATION, unit[1].format(n))


PIECES = st.sampled_from(
    [word for row in (
        ["지난", "오는", "올", "작년", "올해", "지난해", "내년", "전년", "이달", "다음", "달", "주", "12월", "2월", "30일", "9일"],
        ["화요일", "오전", "3시", "30분", "~", "-", "∼", "상반기", "2분기", "말", "초", "중순", "내", "동안", "간", "전", "후", "연속"],
        ["사흘", "이틀", "하루", "두", "세", "수십", "몇", "년", "달", "매년", "매주", "추석", "설", "당시", "최근", "향후", "미래"],
        ["2024년", "1990년대", "21세기", "기원전", "2024-02-30", "18:30", "'24년", "(", ")", "(화)", ".", ",", "\n", "같은 기간", "마다"],
    ) for word in row]
) | st.text(max_size=3)  # fmt: skip
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), max_size=14).map(lambda pairs: "".join(a + b for a, b in pairs))


@given(TEXTS, st.none() | st.dates())
def test_spans_stay_in_the_text_sorted_and_apart(text: str, published: date | None) -> None:
    end = 0
    for time in bare(text, published):
        assert end <= time.span.start < time.span.end <= len(text)
        assert text[time.span.start : time.span.end].strip() == text[time.span.start : time.span.end]
        assert time.value
        end = time.span.end


@given(TEXTS, st.dates())
def test_a_text_before_only_shifts_the_spans(text: str, published: date) -> None:
    before = "아무도 없었다.\n\n"
    shifted = bare(before + text, published)
    assert [(t.span.start - len(before), t.span.end - len(before), t.value) for t in shifted] == [
        (t.span.start, t.span.end, t.value) for t in bare(text, published)
    ]


@needs_shared
def test_gold_seeds(morphology: Morphology) -> None:
    lines = (SHARED / "gold" / "seeds.jsonl").read_text("utf-8").splitlines()
    tables = {name: tomllib.loads((LEXICONS / f"{name}.toml").read_text("utf-8")) for name in sentences.TABLES}
    lexicon = sentences.Lexicon.parse(tables)
    hits = gold = found = 0
    for row in map(json.loads, lines):
        text = normalize(row["text"])
        published = date.fromisoformat(row["published_at"]) if row.get("published_at") else None
        parts = sentences.detect(text.text, morphology.tokenize(text.text), lexicon)
        ours = {(*text.sent(t.span), str(t.type), t.value) for t in times.detect(Document(text.text, parts, published), LEXICON)}
        theirs = {(t["start"], t["end"], t["type"], t["value"]) for t in row["times"]}
        hits, gold, found = hits + len(ours & theirs), gold + len(theirs), found + len(ours)
    assert 2 * hits / (gold + found) >= 0.92


@pytest.mark.parametrize(
    "piece",
    ["1234567890", "만", "일", "2024년", "한", "'\"’", "1만1만", "지난해 12월 ", "1년 ", "수십", "지난", "9~10~", "12:30:", "2024-01-"],
)
def test_hostile_texts_come_to_an_end(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    assert all(time.span.end <= len(text) for time in bare(text, PUBLISHED))
