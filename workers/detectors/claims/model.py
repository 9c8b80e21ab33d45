"""Logistic regression at run time: the weights of all that is seen in a document are looked up and added up at once."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from schemas.labels import ClaimType, Modality
from workers import model_card
from workers.annotations import Reason
from workers.detectors.claims import coordination
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.words import Floats, Ints, Meanings, Words
from workers.document import Columns

LEAST_REASON = 0.1  # log-odds
WORTH_REASONS, TYPE_REASONS = 3, 2  # at most
FILE = "weights.npz"


class Seen(NamedTuple):
    """What the model is given of one clause: features (`Model.numbered`), its morphemes [first, end), its sentence's place among those
    given."""

    features: Sequence[int]
    first: int
    end: int
    sentence: int


class Judgement(NamedTuple):
    """What the model thinks of one clause: `checkworthy` are the log-odds of its own, `topic` what its sentence adds; `reasons` is what
    moved check-worthiness most, then what spoke most for the type, the strongest first."""

    kind: ClaimType
    modality: Modality
    negated: bool
    checkworthy: float
    topic: float
    reasons: tuple[Reason, ...]


class Calibration(NamedTuple):
    """Log-odds to probability (Platt): strictly rising, so that no two claims tie."""

    slope: float
    intercept: float

    def probability(self, score: float) -> float:
        return sigmoid(self.slope * score + self.intercept)


class Reasons(dict[tuple[int, int], Reason]):
    """The reason that each weight is: by feature and column of `rows`, made when it is first given; columns of types name theirs."""

    def __init__(self, names: Sequence[str], rows: Floats, kinds: Sequence[ClaimType]) -> None:
        self._names, self._rows = names, rows
        self._heads = (*(f"{kind}: " for kind in kinds), *[""] * (rows.shape[1] - len(kinds)))

    def __missing__(self, place: tuple[int, int]) -> Reason:
        feature, column = place
        self[place] = reason = Reason(self._heads[column] + self._names[feature], round(float(self._rows[place]), 3))
        return reason


@dataclass(frozen=True, slots=True)
class Model:
    """Lexicon and weights of every decision about claims.

    `names` are the features; `rows` has a row each, and a column for each of kinds, modalities, negated and check-worthy. Feature 0 is the
    unknown one: "", zeros.
    """

    lexicon: Lexicon
    split_bias: float
    split: Mapping[str, float]
    kinds: tuple[ClaimType, ...]
    modalities: tuple[Modality, ...]
    bias: Floats
    names: Sequence[str]
    rows: Floats
    words: Words
    calibration: Calibration
    numbers: Mapping[str, int] = field(init=False)
    reasons: Reasons = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", {name: number for number, name in enumerate(self.names)})
        object.__setattr__(self, "reasons", Reasons(self.names, self.rows, self.kinds))

    def numbered(self, features: Iterable[str]) -> list[int]:
        """The number of each feature, 0 where it has no weights."""
        get = self.numbers.get
        return [get(name, 0) for name in features]

    def splits(self, columns: Columns, at: int, low: int, high: int) -> bool:
        """Whether the connective ending `at` ends a main clause of the region [low, high) (indices of `columns`)."""
        get = self.split.get
        return self.split_bias + sum([get(name, 0.0) for name in coordination.features(columns, at, low, high)]) > 0

    def judge(self, columns: Columns, lexemes: Ints, clauses: Sequence[Seen], sentences: Sequence[tuple[int, int]]) -> list[Judgement]:
        """The labels of the clauses of a document with these morphemes; `sentences` are those, [first, end), of the sentences that the
        clauses point to."""
        if not clauses:
            return []
        count = len(self.kinds)
        sizes = np.array([len(clause.features) for clause in clauses])
        seen = np.fromiter(chain.from_iterable([clause.features for clause in clauses]), np.intp, int(sizes.sum()))
        rows = self.rows[seen]
        scores = np.add.reduceat(rows, sizes.cumsum() - sizes) + self.bias
        numbers = self.words.numbered(columns, lexemes)
        firsts, ends = np.array([clause[1:3] for clause in clauses] + [*sentences], np.intp).T
        by_word = self.words.sums(numbers, firsts, ends)
        topics = by_word[len(clauses) :, -1].tolist()
        by_word = by_word[: len(clauses)]
        last = self.words.closing(numbers, firsts[: len(clauses)], ends[: len(clauses)])
        kinds = (scores[:, :count] + by_word[:, :count] + last).argmax(axis=1)
        modal = scores[:, count:-2].argmax(axis=1).tolist()
        negated = (scores[:, -2] > 0).tolist()
        checkworthy = (scores[:, -1] + by_word[:, count]).tolist()
        owners = np.arange(len(sizes)).repeat(sizes)
        typed = kinds.repeat(sizes)
        worth = _strongest(owners, np.abs(rows[:, -1]), WORTH_REASONS)
        spoken = _strongest(owners, rows[np.arange(len(rows)), typed], TYPE_REASONS)
        places = np.concatenate((worth, spoken))
        weighed = np.concatenate((np.full(len(worth), rows.shape[1] - 1), typed[spoken]))
        reasons: list[list[Reason]] = [[] for _ in clauses]
        for owner, feature, column in zip(owners[places].tolist(), seen[places].tolist(), weighed.tolist(), strict=True):
            reasons[owner].append(self.reasons[feature, column])
        return [
            Judgement(self.kinds[kind], self.modalities[modal[i]], negated[i], checkworthy[i], topics[clause.sentence], tuple(reasons[i]))
            for i, (kind, clause) in enumerate(zip(kinds.tolist(), clauses, strict=True))
        ]

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, dict[str, Any]]) -> "Model":
        """Read what `save` wrote in `folder`; raises `model_card.ModelMismatch` where the card does not fit."""
        from workers.detectors.claims.probe import fingerprint

        lexicon = Lexicon.parse(tables)
        model_card.verified(folder, fingerprint(lexicon))
        with np.load(folder / FILE) as file:
            head = json.loads(bytes(file["head"]))
            split, names, forms = (bytes(file[name]).decode().split("\n") for name in ("split_names", "names", "forms"))
            return cls(
                lexicon=lexicon,
                split_bias=head["split_bias"],
                split=dict(zip(split, file["split"].tolist(), strict=True)),
                kinds=tuple(map(ClaimType, head["kinds"])),
                modalities=tuple(map(Modality, head["modalities"])),
                bias=file["bias"],
                names=names,
                rows=file["rows"],
                words=Words.of(forms, head["tags"], file["learned"], file["weights"], file["steps"], file["scale"]),
                calibration=Calibration(**head["calibration"]),
            )

    def save(self, folder: Path) -> None:
        """Write all but the lexicon; equal models give equal bytes. Not compressed: it is read each time a worker starts."""
        head = {
            "kinds": self.kinds,
            "modalities": self.modalities,
            "split_bias": self.split_bias,
            "calibration": {"slope": self.calibration.slope, "intercept": self.calibration.intercept},
            "tags": self.words.counts,
        }
        np.savez(
            folder / FILE,
            head=_bytes(json.dumps(head)),
            split_names=_bytes("\n".join(self.split)),
            split=np.array([*self.split.values()]),
            names=_bytes("\n".join(self.names)),
            bias=self.bias,
            rows=self.rows,
            forms=_bytes("\n".join(self.words.forms)),
            learned=self.words.learned,
            weights=self.words.weights,
            steps=self.words.steps,
            scale=self.words.scale,
        )

    @classmethod
    def of(cls, lexicon: Lexicon, weights: Mapping[str, Any], meanings: Meanings) -> "Model":
        """From what training fitted: regressions as {"bias": …, "weights": {feature: [[class, weight], …]}, "words": …}."""
        kind, modality, negated, worth = (weights[name] for name in ("type", "modality", "negated", "checkworthy"))
        features = _side_by_side([(part["weights"], len(part["bias"])) for part in (kind, modality, negated, worth)])
        topic = {word: [[0, weight]] for word, weight in weights["topic"].items()}
        learned = _side_by_side([(kind["words"], len(kind["bias"])), (worth["words"], 1), (topic, 1)])
        rows = np.array([[0.0] * len(next(iter(features.values()))), *features.values()], np.float32)
        return cls(
            lexicon=lexicon,
            split_bias=weights["split"]["bias"][0],
            split={name: weight for name, ((_, weight),) in weights["split"]["weights"].items()},
            kinds=tuple(map(ClaimType, kind["classes"])),
            modalities=tuple(map(Modality, modality["classes"])),
            bias=np.array([b for part in (kind, modality, negated, worth) for b in part["bias"]], np.float32),
            names=["", *features],
            rows=rows,
            words=Words.joined(learned, len(kind["bias"]) + 2, meanings),
            calibration=Calibration(weights["calibration"]["slope"], weights["calibration"]["intercept"]),
        )


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


def _side_by_side(parts: Sequence[tuple[Mapping[str, Sequence[Sequence[float]]], int]]) -> dict[str, list[float]]:
    """The regressions `parts`, each {input: [[class, weight], …]} and its number of classes, as one: a row of weights an input."""
    width = sum(classes for _, classes in parts)
    rows = {name: [0.0] * width for name in chain.from_iterable(pairs for pairs, _ in parts)}
    first = 0
    for pairs, classes in parts:
        for name, row in pairs.items():
            for column, weight in row:
                rows[name][first + int(column)] = weight
        first += classes
    return rows


def _strongest(owners: Ints, strength: Floats, most: int) -> Ints:
    """The places of the strongest of each owner, at most `most`, from LEAST_REASON on; by owner, the strongest first, then the first.

    `owners` (ascending) and `strength` run side by side.
    """
    (strong,) = (strength >= LEAST_REASON).nonzero()
    strong = strong[np.lexsort((-strength[strong], owners[strong]))]
    mine = owners[strong]
    return strong[np.arange(len(mine)) - mine.searchsorted(mine) < most]


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
