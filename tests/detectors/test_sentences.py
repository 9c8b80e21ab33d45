"""Sentences and roles: rows of tests/corpus/sentences.toml, the lexicon's own examples, and what holds for any text."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shared_data import SHARED, needs_shared
from workers.detectors import sentences
from workers.detectors.sentences.lexicon import alternatives
from workers.document import Sentence
from workers.morphology import Morphology
from workers.runtime import tables

ROWS: dict[str, Any] = tomllib.loads((Path(__file__).parents[1] / "corpus" / "sentences.toml").read_text("utf-8"))
LAYOUT = tables(sentences.TABLES)
LEXICON = sentences.Lexicon.parse(LAYOUT)


def read(morphology: Morphology, text: str) -> tuple[Sentence, ...]:
    return sentences.detect(text, morphology.tokenize(text), LEXICON)


@pytest.mark.parametrize(("text", "parts"), ROWS["split"])
def test_sentences_end_where_a_reader_would_stop(morphology: Morphology, text: str, parts: list[str]) -> None:
    assert [text[s.start : s.end] for s in read(morphology, text)] == parts


@pytest.mark.parametrize("page", ROWS["pages"], ids=lambda page: page["name"])
def test_roles_follow_layout_and_content(morphology: Morphology, page: dict[str, Any]) -> None:
    text = page["text"]
    assert [f"{s.role} {text[s.start : s.end]}" for s in read(morphology, text)] == page["roles"]


PARAGRAPHS = """
동네 도서관이 하나둘 문을 닫고 있다. 지난해 전국에서 사라진 작은 도서관은 212곳으로, 5년 전의 두 배다. \
문체부 관계자는 “인건비가 오른 데다 이용자가 줄었다. 그렇다고 손을 놓을 수는 없다”고 말했다.

살아남은 곳에는 공통점이 있었다. 한빛시 다온동의 ‘느린도서관’은 주민 30명이 돌아가며 운영하고, 밤 11시까지 불을 켠다. \
운영비는 한 달에 150만원 남짓이다. 전기료와 난방비를 빼면 대부분 책값으로 쓴다.

전문가들은 정부 지원이 시설이 아니라 사람에게 가야 한다고 지적한다. \
건물은 남았지만 사서가 없는 곳이 열에 넷이기 때문이다. 이바다 교수는 “책을 고르고 권하는 사람이 도서관”이라고 했다.
"""


def columns(row: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in row)


@pytest.mark.parametrize("measure", [len, columns])
@pytest.mark.parametrize("width", range(30, 100, 5))
def test_wrapping_at_any_width_changes_no_sentence(morphology: Morphology, width: int, measure: Callable[[str], int]) -> None:
    rows = [""]
    for word in re.split(r"(?<=\s)(?=\S)", PARAGRAPHS):
        if rows[-1] and measure((rows[-1] + word).rstrip()) > width:
            rows.append("")
        rows[-1] += word
        if word.endswith("\n"):
            rows.append("")
    wrapped = "".join(row if row.endswith("\n") else row[:-1] + "\n" for row in rows if row)
    assert len(wrapped) == len(PARAGRAPHS)
    assert [(s.start, s.end, s.role) for s in read(morphology, wrapped)] == [(s.start, s.end, s.role) for s in read(morphology, PARAGRAPHS)]


@pytest.mark.parametrize("row", LAYOUT["layout"]["boilerplate"], ids=lambda row: row["name"])
def test_boilerplate_patterns_match_their_examples_only(row: dict[str, Any]) -> None:
    pattern = re.compile(row["pattern"])
    assert [e for e in row["examples"] if not pattern.search(e)] == []
    assert [e for e in row.get("not", []) if pattern.search(e)] == []


@pytest.mark.parametrize("row", LAYOUT["layout"]["boilerplate"], ids=lambda row: row["name"])
def test_what_a_pattern_needs_stands_in_all_it_matches(row: dict[str, Any]) -> None:
    anywhere = [part for part in alternatives(row["pattern"]) if not part.startswith("^")]
    assert bool(anywhere) == bool(row.get("needs"))

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.one_of([st.from_regex(part) for part in anywhere]).filter(lambda text: any(re.search(part, text) for part in anywhere)))
    def check_needs(text: str) -> None:
        found = next(match for part in anywhere if (match := re.search(part, text)))
        assert any(word in found.group() for word in row["needs"])

    if anywhere:
        check_needs()


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t \n\u3000\n"])
def test_space_holds_no_sentence(morphology: Morphology, text: str) -> None:
    assert read(morphology, text) == ()


def check(text: str, found: tuple[Sentence, ...]) -> None:
    end = 0
    for sentence in found:
        assert end <= sentence.start < sentence.end <= len(text)
        assert not text[sentence.start].isspace()
        assert not text[sentence.end - 1].isspace()
        assert text[end : sentence.start].strip() == ""
        assert all(sentence.start <= token.start < sentence.end for token in sentence.tokens)
        end = sentence.end
    assert text[end:].strip() == ""


PIECES = ["비가 왔다.", "라고", "말했다", "3.5", "- ", "ㅋㅋ", "A.", *"“”\"'() \n…?"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_visible_character_stands_in_one_sentence(morphology: Morphology, pieces: list[str]) -> None:
    text = "".join(pieces)
    check(text, read(morphology, text))


@pytest.mark.parametrize("unit", ["“", "다. ", "\"'", "(", "가\n", "1. ", "- ", "비가 왔다.", "…", "하라고 "])
def test_long_hostile_text_is_read_whole(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    check(text, sentences.detect(text, (), LEXICON))


@needs_shared
def test_seeds(morphology: Morphology) -> None:
    hits = gold_count = found_count = same_role = 0
    for line in (SHARED / "gold" / "seeds.jsonl").read_text("utf-8").splitlines():
        document = json.loads(line)
        gold = {(s["start"], s["end"]): s["role"] for s in document["sentences"]}
        found = {(s.start, s.end): str(s.role) for s in read(morphology, document["text"])}
        both = gold.keys() & found.keys()
        hits, gold_count, found_count = hits + len(both), gold_count + len(gold), found_count + len(found)
        same_role += sum(gold[span] == found[span] for span in both)
    assert 2 * hits / (gold_count + found_count) >= 0.98
    assert same_role / hits >= 0.97
