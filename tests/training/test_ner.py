"""Training the names tagger, on few sentences: it runs from end to end, and twice to the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.shared_data import needs_shared
from workers.detectors.entities import probe
from workers.model_card import fingerprint, sha256


def trained(folder: Path, seed: int) -> dict[str, bytes]:
    """In a process of its own, since sets are in another order in each."""
    command = [sys.executable, "-m", "workers.training.ner", "--quick", "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": str(seed)})
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@needs_shared
def test_the_same_data_give_the_same_model_and_card(tmp_path: Path) -> None:
    first, second = (trained(tmp_path / str(seed), seed) for seed in (1, 2))
    assert first == second
    card = json.loads(first["card.json"])
    assert card["files"]["weights.npz"] == sha256(tmp_path / "1" / "weights.npz")
    assert card["features"] == fingerprint(probe())
    assert {"klue-dev", "konec-dev"} <= card["scores"].keys()
    assert set(card["calibration"]) <= {"PS", "LC", "OG", "product", "event", "work", "law"}
