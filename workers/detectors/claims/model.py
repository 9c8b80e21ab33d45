"""Logistic regression at run time: the weights of all that is seen in a document are looked up and added up at once.

Besides the inputs it was taught, the model knows what every word of Kiwi's language model says by its meaning: training learns
directions in the space of Kiwi's word vectors, and `meanings.npz` holds each word's place along them.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.labels import ClaimType, Modality
from workers import model_card
from workers.detectors.claims import coordination
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.meanings import PLACES, Meanings
from workers.document import Columns

LEAST_REASON = 0.1  # log-odds
WORTH_REASONS, TYPE_REASONS = 3, 2  # at most

Floats = npt.NDArray[np.float32]  # half the memory to gather from


@dataclass(frozen=True, slots=True)
class Weights:
    """Several regressions over the same inputs at once: a row of `rows` an input, a column a class. Input 0 is the unknown one: zeros."""

    numbers: Mapping[str, int]
    rows: Floats

    def numbered(self, names: Iterable[str]) -> list[int]:
        """The number of each name, 0 where it has no weights."""
        get = self.numbers.get
        return [get(name, 0) for name in names]

    def sums(self, groups: Sequence[Collection[int]]) -> tuple[Floats, Floats]:
        """The sum of the rows of each group (groups × columns), and the rows one after the other; no group may be empty."""
        firsts = [0, *accumulate(map(len, groups))][:-1]
        rows = self.rows[[*chain.from_iterable(groups)]]
        return np.add.reduceat(rows, firsts), rows


class Seen(NamedTuple):
    """What the model is given of one clause: names of features, the distinct morphemes (numbers of `Model.words`, 0 among them), its
    last content words (`closing`), and the place of its sentence among those given."""

    features: Sequence[str]
    words: Collection[int]
    closing: Sequence[int]
    sentence: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model thinks of one clause: `checkworthy` are the log-odds of its own, `topic` what its sentence adds. `worth` are the
    features that moved check-worthiness most, `typed` those that spoke most for the type, with their weights, the strongest first."""

    kind: ClaimType
    modality: Modality
    negated: bool
    checkworthy: float
    topic: float
    worth: Sequence[tuple[str, float]]
    typed: Sequence[tuple[str, float]]


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
    split_bias: float
    split: Mapping[str, float]
    kinds: tuple[ClaimType, ...]
    modalities: tuple[Modality, ...]
    bias: Floats  # of the columns of `features`
    features: Weights  # columns: kinds, modalities, negated, checkworthy
    words: Weights  # columns: kinds, checkworthy, topic, then of the meaning: 1 where there is one, topic, kinds
    closing: Floats  # number of `words` × place among the closing words × kinds
    by_tag: Mapping[str, Mapping[str, int]]  # tag → form → number of `words`
    calibration: Calibration

    def numbered(self, columns: Columns) -> list[int]:
        """The number in `words` of every morpheme, 0 where it has no weights."""
        by_tag, nothing = self.by_tag, dict[str, int]()
        return [by_tag.get(tag, nothing).get(form, 0) for form, tag in zip(columns.forms, columns.tags, strict=True)]

    def splits(self, columns: Columns, at: int, low: int, high: int) -> bool:
        """Whether the connective ending `at` ends a main clause of the region [low, high) (indices of `columns`)."""
        get = self.split.get
        return self.split_bias + sum([get(name, 0.0) for name in coordination.features(columns, at, low, high)]) > 0

    def judge(self, clauses: Sequence[Seen], sentences: Sequence[Collection[int]]) -> list[Judgement]:
        """The labels of the clauses of a document; `sentences` are the distinct morphemes of the sentences they point to, 0 among them."""
        if not clauses:
            return []
        names = [*chain.from_iterable([clause.features for clause in clauses])]
        scores, rows = self.features.sums([self.features.numbered(clause.features) for clause in clauses])
        scores += self.bias
        by_word, _ = self.words.sums([clause.words for clause in clauses])
        by_word[:, : self.known] /= np.sqrt([max(1, len(clause.words) - 1) for clause in clauses])[:, None]
        by_word[:, self.known + 1 :] /= np.maximum(1, by_word[:, self.known, None])
        by_place = self.closing[[clause.closing for clause in clauses], range(PLACES)].sum(axis=1)
        count = len(self.kinds)
        kinds = (scores[:, :count] + by_word[:, :count] + by_word[:, -count:] + by_place).argmax(axis=1)
        modal = scores[:, count : count + len(self.modalities)].argmax(axis=1).tolist()
        negated = (scores[:, -2] > 0).tolist()
        checkworthy = (scores[:, -1] + by_word[:, count]).tolist()
        topics = self._topics(sentences)
        sizes = [len(clause.features) for clause in clauses]
        owners = np.repeat(np.arange(len(sizes)), sizes)
        worth = _strongest(names, owners, rows[:, -1], np.abs(rows[:, -1]), len(sizes), WORTH_REASONS)
        spoken = rows[np.arange(len(rows)), kinds[owners]]
        typed = _strongest(names, owners, spoken, spoken, len(sizes), TYPE_REASONS)
        return [
            Judgement(self.kinds[kind], self.modalities[modal[i]], negated[i], checkworthy[i], topics[clause.sentence], worth[i], typed[i])
            for i, (kind, clause) in enumerate(zip(kinds.tolist(), clauses, strict=True))
        ]

    def _topics(self, sentences: Sequence[Collection[int]]) -> list[float]:
        """Log-odds of check-worthiness that each sentence adds to each of its claims, by learned words and by meaning."""
        sums, _ = self.words.sums(sentences)
        known = self.known
        learned = sums[:, known - 1] / np.sqrt([max(1, len(words) - 1) for words in sentences])
        return list((learned + sums[:, known + 1] / np.maximum(1, sums[:, known])).tolist())

    @property
    def known(self) -> int:
        """The column of `words` that counts known meanings."""
        return len(self.kinds) + 2

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, dict[str, Any]]) -> "Model":
        """Read `weights.json` and `meanings.npz` in `folder`; raises `model_card.ModelMismatch` where the card does not fit."""
        from workers.detectors.claims.probe import fingerprint

        lexicon = Lexicon.parse(tables)
        model_card.verified(folder, fingerprint(lexicon))
        weights = json.loads((folder / "weights.json").read_text("utf-8"))
        return cls.of(lexicon, weights, Meanings.load(folder / "meanings.npz"))

    @classmethod
    def of(cls, lexicon: Lexicon, weights: Mapping[str, Any], meanings: Meanings) -> "Model":
        """From the parsed content of `weights.json` and from `meanings.npz`."""
        kind, modality, negated, worth = (weights[name] for name in ("type", "modality", "negated", "checkworthy"))
        count = len(kind["bias"])
        topic = {word: [[0, weight]] for word, weight in weights["topic"].items()}
        learned = _side_by_side([(kind["words"], count), (worth["words"], 1), (topic, 1)])
        numbers = dict(learned.numbers)
        for word in meanings.words:
            numbers.setdefault(word, len(numbers) + 1)
        rows: Floats = np.zeros((len(numbers) + 1, learned.rows.shape[1] + 2 + count), np.float32)
        rows[: len(learned.rows), : learned.rows.shape[1]] = learned.rows
        at = [numbers[word] for word in meanings.words]
        rows[at, learned.rows.shape[1]] = 1
        rows[at, learned.rows.shape[1] + 1 :] = meanings.rows[:, : 1 + count]
        closing: Floats = np.zeros((len(rows), PLACES, count), np.float32)
        closing[at] = meanings.rows[:, 1 + count :].reshape(-1, PLACES, count)
        words = Weights(numbers, rows)
        by_tag: dict[str, dict[str, int]] = {}
        for word, number in words.numbers.items():
            form, _, tag = word.rpartition("/")
            if tag[0] != "S":  # digits and punctuation count for nothing
                by_tag.setdefault(tag, {})[form] = number
        return cls(
            lexicon=lexicon,
            split_bias=weights["split"]["bias"][0],
            split={name: weight for name, ((_, weight),) in weights["split"]["weights"].items()},
            kinds=tuple(map(ClaimType, kind["classes"])),
            modalities=tuple(map(Modality, modality["classes"])),
            bias=np.array([b for part in (kind, modality, negated, worth) for b in part["bias"]], np.float32),
            features=_side_by_side([(part["weights"], len(part["bias"])) for part in (kind, modality, negated, worth)]),
            words=words,
            closing=closing,
            by_tag=by_tag,
            calibration=Calibration(weights["calibration"]["slope"], weights["calibration"]["intercept"]),
        )


def _side_by_side(parts: Sequence[tuple[Mapping[str, Sequence[Sequence[float]]], int]]) -> Weights:
    """The regressions `parts`, each {input: [[class, weight], …]} and its number of classes, as one."""
    numbers = {name: at for at, name in enumerate(dict.fromkeys(chain.from_iterable(pairs for pairs, _ in parts)), 1)}
    rows: Floats = np.zeros((len(numbers) + 1, sum(width for _, width in parts)), np.float32)
    first = 0
    for pairs, width in parts:
        at = [numbers[name] for name, row in pairs.items() for _ in row]
        rows[at, [first + int(column) for row in pairs.values() for column, _ in row]] = [w for row in pairs.values() for _, w in row]
        first += width
    return Weights(numbers, rows)


def _strongest(
    names: Sequence[str], owners: npt.NDArray[np.intp], weights: Floats, strength: Floats, count: int, most: int
) -> list[list[tuple[str, float]]]:
    """For each of `count` owners its features of the greatest strength, at most `most`, from LEAST_REASON on: name and weight.

    `names`, `owners` (ascending), `weights` and `strength` run side by side; of equal strength the first comes first.
    """
    found: list[list[tuple[str, float]]] = [[] for _ in range(count)]
    strong = np.flatnonzero(strength >= LEAST_REASON)
    strong = strong[np.lexsort((-strength[strong], owners[strong]))]
    for owner, at, weight in zip(owners[strong].tolist(), strong.tolist(), weights[strong].tolist(), strict=True):
        if len(found[owner]) < most:
            found[owner].append((names[at], weight))
    return found


def sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
