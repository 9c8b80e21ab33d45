"""The regressions of the claims model, fitted with scikit-learn; what comes out is plain numbers."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from workers.detectors.claims.words import PLACES, Meanings
from workers.morphology import Morphology
from workers.training import word_classes
from workers.training.claim_rows import Example, Row

# inverse strength of the L2 penalty and how strongly features count beside words, chosen by cross-validation
PENALTIES = {"split": 0.5, "type": 2.0, "modality": 2.0, "negated": 0.5, "checkworthy": 1.0}
FEATURES = {"split": 1.0, "type": 0.5, "modality": 1.0, "negated": 1.0, "checkworthy": 0.3}
# how strongly word vectors count: the mean of a sentence's words, of a clause's, and the closing content words, the last first
TOPIC, MEAN, CLOSING = 5.0, 1.5, (1.0, 1.0, 0.7, 0.5)
DIMENSIONS = 64  # principal ones of the word vectors
LEAST_COUNT = 2
SMALLEST_WEIGHT = 0.02

Matrix = npt.NDArray[np.float64]


class Vectors:
    """Kiwi's words in the principal dimensions of its language model's space, to learn directions in."""

    def __init__(self, morphology: Morphology) -> None:
        self.names, full = word_classes.vectors(morphology)
        self.at = {name: i for i, name in enumerate(self.names)}
        centred = full - full.mean(axis=0)
        _, basis = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
        self.rows = centred.astype(np.float64) @ basis[:, : -DIMENSIONS - 1 : -1]

    def mean(self, words: Iterable[str]) -> Matrix:
        """The mean vector of those of the distinct `words` that have one, else zeros."""
        known = sorted(self.at[word] for word in words if word in self.at)
        return self.rows[known].mean(axis=0) if known else np.zeros(DIMENSIONS)

    def means(self, groups: Iterable[Iterable[str]], strength: float) -> csr_matrix:
        """Mean vectors of groups of words, a row each, times `strength`."""
        return csr_matrix(np.array([self.mean(words) for words in groups]) * strength)


def fit(rows: Sequence[Row], vectors: Vectors) -> tuple[dict[str, Any], Meanings]:
    """The weights of all decisions as `Model.of` takes them, and what words say by their meaning."""
    splits = [example for row in rows for example in row.splits]
    examples = [example for row in rows for example in row.claims]
    seen = [example.features for example in examples]

    def gold(key: str) -> list[Any]:
        return [example.gold[key] for example in examples]

    kinds, kind_meanings = _kinds(examples, vectors)
    checkworthy, topic, topic_meaning = _checkworthy(examples, vectors)
    weights = {
        "split": _binary("split", [names for names, _ in splits], [label for _, label in splits]),
        "type": kinds,
        "modality": _multiclass("modality", seen, gold("modality")),
        "negated": _binary("negated", seen, gold("negated")),
        "checkworthy": checkworthy,
        "topic": topic,
    }
    return weights, Meanings.rounded(vectors.names, np.hstack([topic_meaning, kind_meanings]))


class _Block:
    """A part of the inputs: binary features, or words weighted by rarity and divided by the root of their number.

    Of the words those count that are learned here or that Kiwi has a vector of, as in service.
    """

    def __init__(self, rows: Sequence[Collection[str]], words: Collection[str] | None = None) -> None:
        self.words = words is not None
        counts = Counter(name for row in rows for name in row)
        self.names = sorted(name for name, count in counts.items() if count >= LEAST_COUNT)
        columns = {name: at for at, name in enumerate(self.names)}
        rarity = [math.log((1 + len(rows)) / (1 + counts[name])) + 1 if self.words else 1.0 for name in self.names]
        self.scale = np.array(rarity) / 4 if self.words else np.ones(len(self.names))
        indices, values, pointers = [], [], [0]
        for row in rows:
            found = sorted({columns[name] for name in row if name in columns})
            indices += found
            known = sum(name in columns or name in words for name in row) if words is not None else 1
            values += [self.scale[at] / math.sqrt(known) for at in found]
            pointers.append(len(indices))
        self.matrix = csr_matrix((values, indices, pointers), shape=(len(rows), len(self.names)))


def _regression(
    task: str, blocks: Sequence[_Block], labels: Sequence[Any], means: Sequence[csr_matrix] = ()
) -> tuple[Any, list[Matrix], list[Matrix]]:
    """The fitted regression and its coefficients (classes × inputs), block by block, as they apply to unscaled features, and those of
    `means` as they are."""
    strengths = [1.0 if block.words else FEATURES[task] for block in blocks]
    parts = [block.matrix * strength for block, strength in zip(blocks, strengths, strict=True)]
    fitted = LogisticRegression(C=PENALTIES[task], max_iter=1000, tol=1e-4).fit(hstack([*parts, *means]).tocsr(), labels)
    coefficients = np.split(fitted.coef_, np.cumsum([part.shape[1] for part in [*parts, *means]])[:-1], axis=1)
    scaled = [c * s * block.scale for c, s, block in zip(coefficients, strengths, blocks, strict=False)]
    return fitted, scaled, coefficients[len(blocks) :]


def _plain(names: Sequence[str], weights: Any) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True) if abs(w) >= SMALLEST_WEIGHT}


def _binary(task: str, rows: Sequence[Collection[str]], labels: Sequence[bool]) -> dict[str, Any]:
    block = _Block(rows)
    fitted, (weights,), _ = _regression(task, [block], labels)
    return {"bias": _bias(fitted), "weights": _pairs(block.names, weights)}


def _multiclass(task: str, rows: Sequence[Collection[str]], labels: Sequence[str]) -> dict[str, Any]:
    block = _Block(rows)
    fitted, (weights,), _ = _regression(task, [block], labels)
    return {"classes": [str(c) for c in fitted.classes_], "bias": _bias(fitted), "weights": _pairs(block.names, weights)}


def _kinds(examples: Sequence[Example], vectors: Vectors) -> tuple[dict[str, Any], Matrix]:
    """The weights of the types, and of every word of `vectors` its part as any word of a clause, then in each closing place."""
    blocks = [_Block([example.features for example in examples]), _Block([example.words for example in examples], vectors.at)]
    means = [vectors.means([example.words for example in examples], MEAN)]
    means += [vectors.means([[example.closing[place]] for example in examples], CLOSING[place]) for place in range(PLACES)]
    fitted, (features_, words), directions = _regression("type", blocks, [example.gold["type"] for example in examples], means)
    meanings = [vectors.rows @ (d.T * strength) for d, strength in zip(directions, (MEAN, *CLOSING), strict=True)]
    found = {"classes": [str(c) for c in fitted.classes_], "bias": _bias(fitted)}
    return found | {"weights": _pairs(blocks[0].names, features_), "words": _pairs(blocks[1].names, words)}, np.hstack(meanings)


def _checkworthy(examples: Sequence[Example], vectors: Vectors) -> tuple[dict[str, Any], dict[str, float], Matrix]:
    """The weights of a clause, those of the words of its sentence, and of every word of `vectors` its part by meaning."""
    blocks = [
        _Block([example.features for example in examples]),
        _Block([example.words for example in examples], vectors.at),
        _Block([example.sentence for example in examples], vectors.at),
    ]
    means = [vectors.means([example.sentence for example in examples], TOPIC)]
    labels = [example.gold["checkworthy"] == 2 for example in examples]
    fitted, (features_, words, sentence), (direction,) = _regression("checkworthy", blocks, labels, means)
    weights = {"bias": _bias(fitted), "weights": _pairs(blocks[0].names, features_), "words": _pairs(blocks[1].names, words)}
    return weights, _plain(blocks[2].names, sentence[0]), vectors.rows @ (direction.T * TOPIC)


def _bias(fitted: Any) -> list[float]:
    return [round(float(b), 4) for b in fitted.intercept_]


def _pairs(names: Sequence[str], weights: Any) -> dict[str, list[list[float]]]:
    """{name: [[class, weight], …]} without the weights near nought."""
    rows = {
        name: [[at, round(float(w), 3)] for at, w in enumerate(weights[:, column]) if abs(w) >= SMALLEST_WEIGHT]
        for column, name in enumerate(names)
    }
    return {name: row for name, row in rows.items() if row}
