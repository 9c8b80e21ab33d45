"""The trained CRFs at work: weights of the feature templates added up, then forward-backward over all sentences at once.

The weights are python-crfsuite's; decoding is done here with numpy because writing features out as text, as crfsuite needs them,
costs more than Kiwi does. Units that cannot belong to a name (verbs, endings) are taken as outside; they cut the sentences into short
segments that are decoded side by side, which the chain of a CRF allows.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.detectors.entities.features import COLUMN, PAIRS, PLACES, ROLES, Features, Ints, Vocabulary, features
from workers.detectors.entities.units import Units
from workers.detectors.entities.weights import TEMPLATE, Floats, Weights

PART = 2_048  # units that are tagged at once, more where one sentence has more
BLOCK = 1_024  # units whose weights are looked up at once: those of a long text would not stay in the processor's cache
LONGEST_SEGMENT = 60  # probabilities are not rescaled on the way: 60 steps stay far from what a double cannot hold


class Chunk(NamedTuple):
    """A labelled stretch of the units [first, last] of one sentence, and the least probability of its labels."""

    sentence: int
    first: int
    last: int
    label: str
    score: float


def emissions(found: Features, weights: Weights, at: Ints) -> Floats:
    """The weight of every label at the units of the indices `at`."""
    width = weights.known.shape[1]
    roles = found.roles[:, at]
    numbers = found.values[COLUMN["word"]]
    parts = np.empty((len(ROLES) + len(PAIRS) + len(PLACES), len(at), width), np.float32)
    by_word, by_key = parts[: len(ROLES)], parts[len(ROLES) :]
    np.take(weights.known, (numbers[roles] * len(ROLES) + np.arange(len(ROLES))[:, None]), axis=0, out=by_word, mode="clip")
    new = np.flatnonzero(numbers[:-1] == 0)
    if len(new):
        brought = weights.of_words(found.values[:, new])
        nth = np.full(len(numbers), -1)
        nth[new] = np.arange(len(new))
        role, unit = np.nonzero(nth[roles] >= 0)
        by_word[role, unit] = brought[role, nth[roles[role, unit]]]
    keys = found.keys(at) | (np.arange(len(by_key)) << TEMPLATE)[:, None]
    places = weights.keyed.find(keys.ravel())
    np.take(weights.keyed.rows, places.reshape(by_key.shape[:2]), axis=0, out=by_key, mode="clip")
    return np.asarray(parts.sum(axis=0))


def segments(sentence_ends: Sequence[int], inside: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Starts and lengths of the stretches of units, counted over all sentences, that may hold names."""
    first = np.zeros(len(inside) + 1, bool)
    first[[0, *sentence_ends]] = True
    opens = inside & (first[:-1] | ~np.append(False, inside[:-1]))
    closes = inside & (first[1:] | ~np.append(inside[1:], False))
    starts, lengths = np.flatnonzero(opens), np.flatnonzero(closes) + 1
    lengths -= starts
    if len(lengths) and lengths.max() > LONGEST_SEGMENT:
        pieces = -(-lengths // LONGEST_SEGMENT)
        nth = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        starts = np.repeat(starts, pieces) + nth * LONGEST_SEGMENT
        lengths = np.minimum(np.repeat(lengths, pieces) - nth * LONGEST_SEGMENT, LONGEST_SEGMENT)
    return starts, lengths


def marginals(scores: npt.NDArray[np.float64], moves: npt.NDArray[np.float64], lengths: Ints) -> npt.NDArray[np.float64]:
    """Probability of each label (taggers × units × labels) in segments of those lengths that lie one after the other in `scores`; before
    and after a segment stands O, label 0. Forward-backward over segments of like place, longest first."""
    local = np.exp(scores - scores.max(axis=2, keepdims=True))
    order = np.argsort(-lengths, kind="stable")
    sizes = lengths[order]
    starts = (np.cumsum(lengths) - lengths)[order]
    alive = (sizes[:, None] > np.arange(int(sizes[0]))).sum(axis=0)
    # step by step, and of one step segment by segment: the units from the left and, side by side with them, from the right
    step = np.repeat(np.arange(len(alive)), alive)
    segment = np.arange(len(step)) - np.repeat(np.cumsum(alive) - alive, alive)
    ahead, back = starts[segment] + step, (starts + sizes - 1)[segment] - step
    here = np.concatenate([local[:, ahead], local[:, back]])
    both = np.concatenate([moves, moves.transpose(0, 2, 1)])
    reached = np.empty_like(here)  # from all that lies on the one side, without the unit itself
    first = int(alive[0])
    reached[:, :first] = both[:, :1]
    done = 0
    for count, following in pairwise([*alive.tolist(), 0]):
        behind = reached[:, done : done + following] * here[:, done : done + following]
        done += count
        np.matmul(behind, both, out=reached[:, done : done + following])
    forward, backward = np.empty_like(local), np.empty_like(local)
    forward[:, ahead], backward[:, back] = reached[: len(moves)] * here[: len(moves)], reached[len(moves) :]
    joint = forward * backward
    return np.asarray(joint / (joint.sum(axis=2, keepdims=True) + 1e-300))


def chunks(units: Units, vocabulary: Vocabulary, weights: Weights) -> list[list[Chunk]]:
    """What each tagger finds, in order: for every unit its most probable label, then stretches of one type.

    Long texts go part by part: arrays of a whole book are memory that is new each time, which costs more than what is done with it.
    """
    if len(units.flat) <= PART:
        return _chunks(units, vocabulary, weights)
    found: list[list[Chunk]] = [[] for _ in weights.labels]
    for first, part in units.parts(PART):
        for layer, more in zip(found, _chunks(part, vocabulary, weights), strict=True):
            layer += [chunk._replace(sentence=first + chunk.sentence) for chunk in more]
    return found


def _chunks(units: Units, vocabulary: Vocabulary, weights: Weights) -> list[list[Chunk]]:
    if not units.flat:
        return [[] for _ in weights.labels]
    found = features(units, vocabulary)
    starts, lengths = segments(units.ends, found.inside)
    if not len(starts):
        return [[] for _ in weights.labels]
    at = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    flat = np.concatenate([emissions(found, weights, at[i : i + BLOCK]) for i in range(0, len(at), BLOCK)])
    scores = np.full((len(weights.labels), len(at), weights.moves.shape[1]), -np.inf)
    left = 0
    for t, labels in enumerate(weights.labels):
        scores[t, :, : len(labels)] = flat[:, left : left + len(labels)]
        left += len(labels)
    probability = marginals(scores, weights.moves, lengths)
    return [stretches(units.ends, at, p, labels) for p, labels in zip(probability, weights.labels, strict=True)]


def stretches(sentence_ends: Sequence[int], at: Ints, probability: npt.NDArray[np.float64], labels: Sequence[str]) -> list[Chunk]:
    """Units in a row whose most probable labels make one name; `at` gives the units that the rows of `probability` are about,
    `sentence_ends` how many stand up to the end of each sentence."""
    best = probability.argmax(axis=1)
    named = np.flatnonzero(best)
    found: list[Chunk] = []
    sentence, base, last = 0, 0, -2
    rows = zip(at[named].tolist(), best[named].tolist(), probability[named, best[named]].tolist(), strict=True)
    for i, number, p in rows:
        while i >= sentence_ends[sentence]:
            base = sentence_ends[sentence]
            sentence += 1
        label = labels[number]
        before = found[-1] if found else None
        if before and last == i - 1 and before.sentence == sentence and label == f"I-{before.label}":
            found[-1] = Chunk(sentence, before.first, i - base, before.label, min(before.score, p))
        else:
            found.append(Chunk(sentence, i - base, i - base, label[2:], p))
        last = i
    return found
