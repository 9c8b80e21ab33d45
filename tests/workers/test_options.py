"""What the options of a request leave of its result."""

from typing import Any

import pytest

from schemas.extraction import ExtractionRequest
from schemas.labels import CLAIM_TYPES, LAYERS
from workers.extraction import extract
from workers.runtime import Runtime

TEXT = (
    "한빛시는 지난해 전기버스 이용객이 18만4천명으로 전년보다 12.5% 늘었다고 밝혔다. "
    "시는 내년까지 버스를 480대로 늘릴 계획이다. 요금은 올리지 말아야 한다. 윤도경 국장은 “이용객이 더 늘 것”이라고 전망했다."
)


def read(runtime: Runtime, **options: Any) -> dict[str, Any]:
    return extract(ExtractionRequest().load({"text": TEXT, "options": options}), runtime)


def places(claims: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(claim["start"], claim["end"]) for claim in claims]


def test_only_claims_of_the_types_asked_for(runtime: Runtime) -> None:
    every = read(runtime)["claims"]
    there = {claim["type"] for claim in every}
    assert len(there) >= 3
    for kind in CLAIM_TYPES:
        assert places(read(runtime, claim_types=[kind])["claims"]) == places([c for c in every if c["type"] == kind])
    two = sorted(there)[:2]
    got = read(runtime, claim_types=two)["claims"]
    assert places(got) == places([c for c in every if c["type"] in two])
    assert [c["id"] for c in got] == [f"c{i}" for i in range(1, len(got) + 1)]


def test_only_claims_worth_checking(runtime: Runtime) -> None:
    every = read(runtime)["claims"]
    bar = sorted(claim["checkworthy"] for claim in every)[1]
    got = read(runtime, min_checkworthiness=bar)["claims"]
    assert places(got) == places([c for c in every if c["checkworthy"] >= bar])
    assert len(got) < len(every)


@pytest.mark.parametrize("layer", LAYERS)
def test_only_the_layers_asked_for(runtime: Runtime, layer: str) -> None:
    got, every = read(runtime, include=[layer]), read(runtime)
    assert got.keys() == {"document", "offset_unit", layer, "engine"}
    assert got[layer] == every[layer] != []


def test_leaving_claims_out_leaves_their_sentences_worth_checking(runtime: Runtime) -> None:
    assert read(runtime, claim_types=["personal"])["sentences"] == read(runtime)["sentences"]
