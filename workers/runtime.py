"""Everything that is loaded once: Kiwi, lexicons, models. The only reader of those files."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import rtoml

from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.model_card import sha256
from workers.morphology import Morphology

LEXICONS = Path(__file__).parent / "lexicons"
MODELS = Path(__file__).parent / "models"


class Runtime(NamedTuple):
    """What the pipeline needs besides the text; build it before forking."""

    morphology: Morphology
    sentences: sentences.Lexicon
    numbers: numbers.Lexicon
    times: times.Lexicon
    entities: entities.Model
    attributions: attributions.Lexicon
    claims: claims.Model
    engine: dict[str, Any]


def load(morphology: Morphology | None = None) -> Runtime:
    """Read every lexicon and model and, unless given a warm one, load Kiwi; takes seconds.

    Raises `model_card.ModelMismatch` where a model's file, features or Kiwi differ from its card.
    """
    return Runtime(
        morphology=morphology or Morphology(),
        sentences=sentences.Lexicon.parse(tables(sentences.TABLES)),
        numbers=numbers.Lexicon.parse(tables(numbers.TABLES)),
        times=times.Lexicon.parse(tables(times.TABLES)),
        entities=entities.Model.load(MODELS / "ner", tables(entities.TABLES)),
        attributions=attributions.Lexicon.parse(tables(attributions.TABLES)),
        claims=claims.Model.load(MODELS / "claims", tables(claims.TABLES)),
        engine={
            "version": version("jujang"),
            "kiwi": version("kiwipiepy"),
            "models": {name: f"sha256:{sha256(MODELS / name / 'card.json')}" for name in ("ner", "claims")},
        },
    )


def tables(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The lexicon files of those names, parsed: {name: table}."""
    return {name: rtoml.loads((LEXICONS / f"{name}.toml").read_text("utf-8")) for name in names}
