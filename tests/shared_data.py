"""Where the gold and the training data lie beside the project; tests that need them skip where they are absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "gold" / "seeds.jsonl").exists(), reason="needs the gold data in ../shared, absent here")
