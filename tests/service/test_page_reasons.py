"""The page calls by a Korean name whatever feature may be told as a reason."""

import json
from pathlib import Path
from typing import Any

import service
from workers.detectors import claims
from workers.runtime import MODELS, tables

TABLE: dict[str, Any] = json.loads((Path(service.__file__).parent / "static/page/reasons.json").read_text("utf-8"))


def named(feature: str) -> bool:
    """As `reason` of words.js looks it up."""
    feature = feature.removesuffix(" at the end")
    parts = feature.split(" ")
    return feature in TABLE["whole"] or any(" ".join(parts[:count]) in TABLE["before"] for count in range(len(parts) - 1, 0, -1))


def test_every_feature_of_the_model_has_one() -> None:
    model = claims.Model.load(MODELS / "claims", tables(claims.TABLES))
    assert not [name for name in model.names if name and not named(name)]


def test_one_that_is_unknown_is_noticed() -> None:
    assert not named("phase of the moon")
