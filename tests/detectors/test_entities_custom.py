"""Names that a request brings along: where they are found, what they displace, hostile sizes."""

import tomllib
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

from schemas.extraction import ExtractionRequest
from workers.extraction import extract
from workers.runtime import Runtime

ROWS = tomllib.loads((Path(__file__).parents[1] / "corpus" / "entities_custom.toml").read_text("utf-8"))["row"]


def read(text: str, runtime: Runtime, **options: Any) -> dict[str, Any]:
    return extract(ExtractionRequest().load({"text": text, "options": options}), runtime)


def names(result: dict[str, Any]) -> list[list[str]]:
    every = [(m["start"], [m["text"], e["type"], e["canonical"]]) for e in result["entities"] for m in e["mentions"]]
    return [row for _, row in sorted(every)]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["text"])
def test_rows(row: dict[str, Any], runtime: Runtime) -> None:
    options = {"entities": row.get("entities", []), "ignore": row.get("ignore", [])}
    assert names(read(row["text"], runtime, **options)) == row["names"]


GARAM = [{"surface": ["가람봇", "GaramBot"], "canonical": "가람봇", "type": "product"}]


def test_custom_entities_are_certain_and_say_whence_they_come(runtime: Runtime) -> None:
    (entity,) = read("가람봇이 나왔다. GaramBot은 무료다.", runtime, entities=GARAM)["entities"]
    assert (entity["score"], entity["rule"], len(entity["mentions"])) == (1.0, "request.entities", 2)


def test_claims_point_to_custom_entities(runtime: Runtime) -> None:
    result = read("가람봇은 지난해 이용자가 3배로 늘었다고 새빛전자가 밝혔다.", runtime, entities=GARAM)
    identity = next(e["id"] for e in result["entities"] if e["canonical"] == "가람봇")
    assert identity in result["claims"][0]["entities"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_normal_forms_match(form: Literal["NFC", "NFD"], runtime: Runtime) -> None:
    text = unicodedata.normalize(form, "어제 가람봇이 나왔다.")
    other = unicodedata.normalize("NFD" if form == "NFC" else "NFC", "가람봇")
    (entity,) = read(text, runtime, entities=[{"surface": [other], "type": "product"}])["entities"]
    (mention,) = entity["mentions"]
    assert text[mention["start"] : mention["end"]] == mention["text"] == unicodedata.normalize(form, "가람봇")


def test_entities_below_a_score_are_left_out(runtime: Runtime) -> None:
    text = "가람봇이 나왔고 이서준 대표는 서울에 갔다."
    every = read(text, runtime, entities=GARAM)["entities"]
    some = read(text, runtime, entities=GARAM, min_entity_score=1)
    assert len(every) > 1
    assert [e["canonical"] for e in some["entities"]] == ["가람봇"]
    assert {i for c in some["claims"] for i in c["entities"]} <= {"e1"}


def test_boilerplate_is_searched_too(runtime: Runtime) -> None:
    result = read(
        "가람일보 이서준 기자 = lee@example.com\n무단 전재 및 재배포 금지",
        runtime,
        entities=[{"surface": ["가람일보"], "type": "organization"}],
    )
    assert ["가람일보", "organization", "가람일보"] in names(result)


# Sizes that would show a loop over names × text, or over names × names.
def many(n: int) -> list[dict[str, Any]]:
    return [{"surface": [f"{chr(0xAC00 + i % 11172)}가람{i}", f"Garam {i}"], "type": "organization"} for i in range(n)]


def test_ten_thousand_entities(runtime: Runtime) -> None:
    result = read("각가람1이 Garam 9999와 만났다. Garam 99는 없다.", runtime, entities=many(10_000))
    assert [row[0] for row in names(result)] == ["각가람1", "Garam 9999", "Garam 99"]


@pytest.mark.parametrize("letter", ["가", "a", "한 "])
def test_names_within_names_all_along_the_text(letter: str, runtime: Runtime) -> None:
    nested = [{"surface": [(letter * i).strip()], "type": "work"} for i in range(1, 50)]
    result = read(letter * 20_000, runtime, entities=nested, include=["entities"])
    spans = sorted((m["start"], m["end"]) for e in result["entities"] for m in e["mentions"])
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_name_at_every_word(runtime: Runtime) -> None:
    (entity,) = read("가람봇은 " * 10_000, runtime, entities=GARAM, include=["entities"])["entities"]
    assert len(entity["mentions"]) == 10_000


def test_ignoring_everything(runtime: Runtime) -> None:
    text = "삼성전자와 LG전자가 서울에서 만났다. " * 200
    found = {m["text"] for e in read(text, runtime)["entities"] for m in e["mentions"]}
    assert read(text, runtime, ignore=[*found, *(f"이름{i}" for i in range(9_000))])["entities"] == []
