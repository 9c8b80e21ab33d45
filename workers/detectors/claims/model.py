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

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Several regressions over the same features at once: a row of weights a feature, one column a class.

    A claim's scores are the sums of its features' rows: `zip` and `sum` do that without a loop in Python.
    """

    bias: Row
    weights: Mapping[str, Row]

    def rows(self, features: Iterable[str]) -> dict[str, Row]:
        """The features that count, with their weights."""
        get = self.weights.get
        return {feature: row for feature in features if (row := get(feature)) is not None}

    def scores(self, rows: Collection[Row], share: float = 1.0) -> list[float]:
        """Bias plus the sum of `rows` times `share`, column by column."""
        if not rows:
            return list(self.bias)
        return [bias + share * sum(column) for bias, column in zip(self.bias, zip(*rows, strict=True), strict=True)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model thinks of one clause; `rows` are the features that counted."""

    kind: str
    modality: str
    negated: bool
    checkworthy: float
    rows: Mapping[str, Row]


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
    split: Sums
    kinds: tuple[str, ...]
    modalities: tuple[str, ...]
    features: Sums  # columns: kinds, modalities, negated, checkworthy
    words: Sums  # columns: kinds, checkworthy, topic, meaning
    calibration: Calibration

    def splits(self, tokens: Sequence[Token], at: int, low: int, high: int) -> bool:
        """Whether the connective ending `tokens[at]` ends a main clause of the region [low, high) (indices)."""
        return self.split.scores(self.split.rows(coordination.features(tokens, at, low, high)).values())[0] > 0

    def topic(self, words: Mapping[str, Row]) -> float:
        """Log-odds of check-worthiness that a sentence with the distinct, known morphemes `words` adds to each of its claims.

        Learned words, and for every word that Kiwi knows its meaning: the learned direction in the space of Kiwi's word
        vectors, so that words never trained on count as well.
        """
        if not words:
            return 0.0
        learned = sum([row[-2] for row in words.values()]) / math.sqrt(len(words))
        meanings = [meaning for row in words.values() if (meaning := row[-1])]
        return learned + (sum(meanings) / len(meanings) if meanings else 0.0)

    def judge(self, features: Iterable[str], words: Collection[Row]) -> Judgement:
        """`features` and the rows of the distinct morphemes of a clause to its labels; `checkworthy` are log-odds without the topic."""
        rows = self.features.rows(features)
        scores = self.features.scores(rows.values())
        by_word = self.words.scores(words, 1 / math.sqrt(len(words)) if words else 0.0)
        kinds = [a + b for a, b in zip(scores, by_word[:-3], strict=False)]
        modal = scores[len(kinds) : len(kinds) + len(self.modalities)]
        return Judgement(
            self.kinds[kinds.index(max(kinds))],
            self.modalities[modal.index(max(modal))],
            scores[-2] > 0,
            scores[-1] + by_word[-3],
            rows,
        )

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
        kind, modality, negated, worth = (weights[name] for name in ("type", "modality", "negated", "checkworthy"))
        return cls(
            lexicon=lexicon,
            split=_sums([weights["split"]], "weights"),
            kinds=tuple(kind["classes"]),
            modalities=tuple(modality["classes"]),
            features=_sums([kind, modality, negated, worth], "weights"),
            words=_sums(
                [
                    {"bias": [0.0] * len(kind["bias"]), "words": kind["words"]},
                    {"bias": [0.0], "words": worth["words"]},
                    {"bias": [0.0], "words": {word: [[0, weight]] for word, weight in weights["topic"].items()}},
                    {"bias": [0.0], "words": {word: [[0, weight]] for word, weight in meaning.items()}},
                ],
                "words",
            ),
            calibration=Calibration(weights["calibration"]["slope"], weights["calibration"]["intercept"]),
        )


def _sums(parts: Sequence[Mapping[str, Any]], key: str) -> Sums:
    """The regressions `parts` side by side; each has `bias` and, under `key`, {feature: [[class, weight], …]}."""
    bias = [float(b) for part in parts for b in part["bias"]]
    rows: dict[str, list[float]] = {}
    first = 0
    for part in parts:
        for name, pairs in part[key].items():
            row = rows.setdefault(name, [0.0] * len(bias))
            for at, weight in pairs:
                row[first + at] = weight
        first += len(part["bias"])
    return Sums(tuple(bias), {name: tuple(row) for name, row in rows.items()})


def _meaning(path: Path) -> Iterator[tuple[str, float]]:
    for line in path.read_text("utf-8").splitlines():
        word, _, value = line.partition("\t")
        yield word, int(value) / 1000


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
