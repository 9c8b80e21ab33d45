"""Sentences and roles: rows of tests/corpus/sentences.toml, the lexicon's own examples, and what holds for any text."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shared_data import SHARED, needs_shared
from workers.detectors import sentences
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


@pytest.mark.parametrize("row", LAYOUT["layout"]["boilerplate"], ids=lambda row: row["name"])
def test_boilerplate_patterns_match_their_examples_only(row: dict[str, Any]) -> None:
    pattern = re.compile(row["pattern"])
    assert [e for e in row["examples"] if not pattern.search(e)] == []
    assert [e for e in row.get("not", []) if pattern.search(e)] == []


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
