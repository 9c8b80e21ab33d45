"""Logistic regression at run time: sums of weights in plain dicts, nothing else."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers import model_card
from workers.detectors.claims import coordination
from workers.detectors.claims.lexicon import Lexicon
from workers.document import Token


@dataclass(frozen=True, slots=True)
class Binary:
    """Log-odds of yes."""

    bias: float
    weights: Mapping[str, float]

    def score(self, features: Iterable[str]) -> float:
        get = self.weights.get
        total = self.bias
        for feature in features:
            total += get(feature, 0.0)
        return total


@dataclass(frozen=True, slots=True)
class Multiclass:
    """One sum a class; `weights` hold (class, weight) pairs, those near nought left out."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[tuple[int, float], ...]]

    def scores(self, features: Iterable[str]) -> list[float]:
        totals = list(self.bias)
        get = self.weights.get
        for feature in features:
            for at, weight in get(feature, ()):
                totals[at] += weight
        return totals

    def best(self, features: Iterable[str]) -> str:
        totals = self.scores(features)
        return self.classes[totals.index(max(totals))]

    def weight(self, feature: str, name: str) -> float:
        """What `feature` adds to the class `name`."""
        at = self.classes.index(name)
        return next((weight for i, weight in self.weights.get(feature, ()) if i == at), 0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds to probability (Platt): strictly rising, so that no two claims tie."""

    slope: float
    intercept: float

    def probability(self, score: float) -> float:
        return sigmoid(self.slope * score + self.intercept)


@dataclass(frozen=True, slots=True)
class Model:
    """Lexicon and weights of every decision about claims."""

    lexicon: Lexicon
    split: Binary
    kind: Multiclass
    modality: Multiclass
    negated: Binary
    checkworthy: Binary
    calibration: Calibration

    def splits(self, tokens: Sequence[Token], at: int, low: int, high: int) -> bool:
        """Whether the connective ending `tokens[at]` ends a main clause of the region [low, high) (indices)."""
        return self.split.score(coordination.features(tokens, at, low, high)) > 0

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, dict[str, Any]]) -> "Model":
        """Read `weights.json` in `folder`; raises `model_card.ModelMismatch` where the card does not fit."""
        from workers.detectors.claims.probe import fingerprint

        lexicon = Lexicon.parse(tables)
        model_card.verified(folder, fingerprint(lexicon))
        return cls.of(lexicon, json.loads((folder / "weights.json").read_text("utf-8")))

    @classmethod
    def of(cls, lexicon: Lexicon, weights: Mapping[str, Any]) -> "Model":
        """From the parsed content of `weights.json`."""
        return cls(
            lexicon=lexicon,
            split=_binary(weights["split"]),
            kind=_multiclass(weights["type"]),
            modality=_multiclass(weights["modality"]),
            negated=_binary(weights["negated"]),
            checkworthy=_binary(weights["checkworthy"]),
            calibration=Calibration(weights["calibration"]["slope"], weights["calibration"]["intercept"]),
        )


def _binary(row: Mapping[str, Any]) -> Binary:
    return Binary(row["bias"], row["weights"])


def _multiclass(row: Mapping[str, Any]) -> Multiclass:
    return Multiclass(
        tuple(row["classes"]), tuple(row["bias"]), {feature: tuple((at, weight) for at, weight in pairs) for feature, pairs in row["weights"].items()}
    )


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
