"""Names: rows of text → names, linking, and what must hold for any text."""

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.labels import Role
from workers import runtime
from workers.annotations import Entity
from workers.detectors import entities
from workers.document import Document, Sentence
from workers.morphology import Morphology

ROWS = tomllib.loads((Path(__file__).parents[1] / "corpus" / "entities.toml").read_text("utf-8"))["row"]
ALIASES = runtime.tables(["aliases"])["aliases"]["entity"]


@pytest.fixture(scope="module")
def model() -> entities.Model:
    return entities.Model.load(runtime.MODELS / "ner", runtime.tables(entities.TABLES))


def names(text: str, morphology: Morphology, model: entities.Model) -> tuple[Entity, ...]:
    tokens = morphology.tokenize(text)
    sentences: list[Sentence] = []
    for number in sorted({t.sentence for t in tokens}):
        own = tuple(t for t in tokens if t.sentence == number)
        sentences.append(Sentence(own[0].start, own[-1].end, Role.BODY, own))
    return entities.detect(Document(text, tuple(sentences)), model)


def rows(text: str, found: tuple[Entity, ...]) -> list[list[str]]:
    every = [(m, e) for e in found for m in e.mentions]
    return [[text[m.start : m.end], e.type.value, e.canonical] for m, e in sorted(every, key=lambda pair: pair[0])]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["text"])
def test_rows(row: dict[str, Any], morphology: Morphology, model: entities.Model) -> None:
    assert rows(row["text"], names(row["text"], morphology, model)) == row["names"]


@pytest.mark.parametrize("entry", ALIASES, ids=lambda e: e["canonical"])
def test_every_alias_shows_its_use(entry: dict[str, Any], morphology: Morphology, model: entities.Model) -> None:
    text = entry["example"]
    surfaces = {entry["canonical"], *entry.get("surface", ())}
    assert any(s in text for s in surfaces)
    if not any(s in text for s in entry.get("ask_tagger", ())):
        assert entry["canonical"] in {e.canonical for e in names(text, morphology, model)}


def test_no_surface_has_two_owners() -> None:
    owners: dict[str, str] = {}
    for entry in ALIASES:
        for surface in {entry["canonical"], *entry.get("surface", ())}:
            assert owners.setdefault(surface, entry["canonical"]) == entry["canonical"]


def canonicals(text: str, morphology: Morphology, model: entities.Model) -> dict[str, list[str]]:
    return {e.canonical: [text[m.start : m.end] for m in e.mentions] for e in names(text, morphology, model)}


def test_a_surname_with_a_title_is_the_full_name(morphology: Morphology, model: entities.Model) -> None:
    found = canonicals("김철수 회장은 어제 귀국했다. 김 회장은 공장을 둘러봤다.", morphology, model)
    assert found["김철수"] == ["김철수", "김"]


def test_an_abbreviation_in_brackets_is_the_same_thing(morphology: Morphology, model: entities.Model) -> None:
    found = canonicals("한국로봇진흥협회(KRPA)가 통계를 냈다. KRPA는 내년 전망도 내놨다.", morphology, model)
    assert found["한국로봇진흥협회"] == ["한국로봇진흥협회", "KRPA", "KRPA"]


def test_a_name_is_found_again_without_its_cue(morphology: Morphology, model: entities.Model) -> None:
    text = "이날 박서준 의원은 법안을 냈다. 당 안에서는 박서준 이야기가 많았다."
    assert canonicals(text, morphology, model)["박서준"] == ["박서준", "박서준"]


def test_an_empty_document_names_nothing(model: entities.Model) -> None:
    assert entities.detect(Document("", ()), model) == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from("한미중일김이박씨회장정부은는이가 ·()‘’“”AIGPT-4.\n0319대표국회삼성전자"), max_size=120))
def test_mentions_are_sorted_disjoint_and_inside(text: str, morphology: Morphology, model: entities.Model) -> None:
    found = names(text, morphology, model)
    spans = sorted(m for e in found for m in e.mentions)
    assert all(0 <= m.start < m.end <= len(text) for m in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(list(e.mentions) == sorted(e.mentions) and 0 <= e.score <= 1 for e in found)
    assert [e.mentions[0] for e in found] == sorted(e.mentions[0] for e in found)
    assert found == names(text, morphology, model)


def hostile() -> Iterator[str]:
    yield "한" * 30_000
    yield "·".join(["한미중일"] * 8_000)
    yield "삼성전자(" * 6_000
    yield "‘" * 20_000
    yield "올트먼이" * 8_000


@pytest.mark.parametrize("text", list(hostile()), ids=lambda t: t[:6])
def test_hostile_texts_come_back(text: str, morphology: Morphology, model: entities.Model) -> None:
    assert all(0 <= m.start < m.end <= len(text) for e in names(text, morphology, model) for m in e.mentions)


EXAMPLES = [(name, row) for name in entities.TABLES for row in runtime.tables([name])[name].get("example", ())]


@pytest.mark.parametrize(("name", "row"), EXAMPLES, ids=lambda x: x if isinstance(x, str) else x["text"])
def test_the_examples_of_the_lists(name: str, row: dict[str, Any], morphology: Morphology, model: entities.Model) -> None:
    assert [surface for surface, _, _ in rows(row["text"], names(row["text"], morphology, model))] == row["finds"]


def test_scores_are_calibrated_or_their_rules(model: entities.Model, morphology: Morphology) -> None:
    assert set(model.scales) == {"PS", "LC", "OG", "product", "event", "work", "law"}
    assert all(a > 0 for a, _ in model.scales.values())  # the order of the tagger's own scores stays
    (country,) = names("캐나다는 넓다.", morphology, model)
    assert (country.rule, country.score) == ("nations.name", 0.97)
