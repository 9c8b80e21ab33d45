"""The gold documents beside the project: how well they are read, and that nothing of them stands in here."""

import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.result import Result
from tests.shared_data import SHARED, needs_shared
from workers.extraction import extract
from workers.runtime import Runtime

ROOT = Path(__file__).parents[1]
FLOORS = {
    "number spans": 0.80,
    "time spans": 0.70,
    "entities": 0.60,
    "sentences": 0.90,
    "claims": 0.60,
    "attribution": 0.40,
}
QUOTED_CHARACTERS = 25


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SHARED / "gold" / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def results(runtime: Runtime) -> dict[str, dict[str, Any]]:
    def read(row: dict[str, Any]) -> dict[str, Any]:
        return extract({"text": row["text"], "document": {"id": row["id"], "published_at": row.get("published_at")}}, runtime)

    return {row["id"]: read(row) for row in rows("seeds.jsonl")}


@needs_shared
@pytest.mark.parametrize("layer", FLOORS)
def test_scores_stay_above_their_floors(results: dict[str, dict[str, Any]], layer: str) -> None:
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    scores, _ = scorer.score(rows("seeds.jsonl"), results)
    assert scores[layer]["f1"] >= FLOORS[layer], scores


@needs_shared
def test_results_keep_the_contract(results: dict[str, dict[str, Any]]) -> None:
    for row in rows("seeds.jsonl"):
        result = results[row["id"]]
        assert Result().validate(result) == {}
        spans = [*result["claims"], *result["numbers"], *result["times"], *(m for e in result["entities"] for m in e["mentions"])]
        assert all(row["text"][s["start"] : s["end"]] == s["text"] for s in spans)


@needs_shared
def test_no_sentence_of_the_gold_stands_in_the_project() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    written = {name: (ROOT / name).read_bytes().decode("utf-8", "ignore") for name in tracked if (ROOT / name).is_file()}
    for row in rows("seeds.jsonl") + rows("claims_train.jsonl"):
        for s in row["sentences"]:
            sentence = row["text"][s["start"] : s["end"]]
            if len(sentence) >= QUOTED_CHARACTERS:
                assert not [name for name, text in written.items() if sentence in text], sentence
