"""Logistic regression at run time: sums of weights in plain dicts, nothing else."""

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers import model_card
from workers.detectors.claims import coordination
from workers.detectors.claims.lexicon import Lexicon
from workers.document import Token


@dataclass(frozen=True, slots=True)
class Binary:
    """Log-odds of yes: weights of the features, and of the words divided by the root of their number."""

    bias: float
    weights: Mapping[str, float]
    words: Mapping[str, float]

    def score(self, features: Iterable[str], words: Collection[str] = ()) -> float:
        get = self.weights.get
        total = self.bias
        for feature in features:
            total += get(feature, 0.0)
        if words and self.words:
            get = self.words.get
            total += sum([get(word, 0.0) for word in words]) / math.sqrt(len(words))
        return total


@dataclass(frozen=True, slots=True)
class Multiclass:
    """One such sum a class; weights are (class, weight) pairs, those near nought left out."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[tuple[int, float], ...]]
    words: Mapping[str, tuple[tuple[int, float], ...]]

    def best(self, features: Iterable[str], words: Collection[str] = ()) -> str:
        totals = list(self.bias)
        get = self.weights.get
        for feature in features:
            for at, weight in get(feature, ()):
                totals[at] += weight
        if words and self.words:
            get = self.words.get
            scale = 1 / math.sqrt(len(words))
            for word in words:
                for at, weight in get(word, ()):
                    totals[at] += weight * scale
        return self.classes[totals.index(max(totals))]

    def weight(self, feature: str, name: str) -> float:
        """What `feature` adds to the class `name`."""
        at = self.classes.index(name)
        return next((weight for i, weight in self.weights.get(feature, ()) if i == at), 0.0)


@dataclass(frozen=True, slots=True)
class Topic:
    """What the words of a sentence say about its being a public matter: learned `words`, and for every word that Kiwi knows its
    `meaning`, the learned direction in the space of Kiwi's word vectors, so that words never trained on count as well."""

    words: Mapping[str, float]
    meaning: Mapping[str, float]

    def score(self, words: Collection[str]) -> float:
        """Log-odds that a sentence of these distinct `words` adds to each of its claims."""
        if not words:
            return 0.0
        get = self.words.get
        total = sum([get(word, 0.0) for word in words]) / math.sqrt(len(words))
        known = [self.meaning[word] for word in words if word in self.meaning]
        return total + (sum(known) / len(known) if known else 0.0)


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
    topic: Topic
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
        weights = json.loads((folder / "weights.json").read_text("utf-8"))
        return cls.of(lexicon, weights, dict(_meaning(folder / "meaning.tsv")))

    @classmethod
    def of(cls, lexicon: Lexicon, weights: Mapping[str, Any], meaning: Mapping[str, float]) -> "Model":
        """From the parsed content of `weights.json` and `meaning.tsv`."""
        return cls(
            lexicon=lexicon,
            split=_binary(weights["split"]),
            kind=_multiclass(weights["type"]),
            modality=_multiclass(weights["modality"]),
            negated=_binary(weights["negated"]),
            checkworthy=_binary(weights["checkworthy"]),
            topic=Topic(weights["topic"], meaning),
            calibration=Calibration(weights["calibration"]["slope"], weights["calibration"]["intercept"]),
        )


def _meaning(path: Path) -> Iterator[tuple[str, float]]:
    for line in path.read_text("utf-8").splitlines():
        word, _, value = line.partition("\t")
        yield word, int(value) / 1000


def _binary(row: Mapping[str, Any]) -> Binary:
    return Binary(row["bias"], row["weights"], row.get("words", {}))


def _multiclass(row: Mapping[str, Any]) -> Multiclass:
    return Multiclass(tuple(row["classes"]), tuple(row["bias"]), _pairs(row["weights"]), _pairs(row.get("words", {})))


def _pairs(weights: Mapping[str, list[tuple[int, float]]]) -> dict[str, tuple[tuple[int, float], ...]]:
    return {name: tuple((at, weight) for at, weight in row) for name, row in weights.items()}


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
