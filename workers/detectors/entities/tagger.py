"""The trained CRFs at work: weights of the feature templates added up, then forward-backward over all sentences at once.

The weights are python-crfsuite's; decoding is done here with numpy because writing features out as text, as crfsuite needs them,
costs more than Kiwi does. Units that cannot belong to a name (verbs, endings) are taken as outside; they cut the sentences into short
segments that are decoded side by side, which the chain of a CRF allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.detectors.entities.features import (
    CLASSES,
    COLUMN,
    COUNTED,
    PACK,
    PAIRS,
    PLACE_VALUES,
    PROPERTIES,
    ROLES,
    SINGLE,
    TEMPLATES,
    Features,
    Ints,
    Vocabulary,
    features,
)
from workers.document import Token

Floats = npt.NDArray[np.float32]

DENSE = 1 << 18
MASK = (1 << PACK) - 1
LONGEST_SEGMENT = 60  # probabilities are not rescaled on the way: 60 steps stay far from what a double cannot hold


class Chunk(NamedTuple):
    """A labelled stretch of the units [first, last] of one sentence, and the least probability of its labels."""

    sentence: int
    first: int
    last: int
    label: str
    score: float


class Slots(NamedTuple):
    """For a template of few possible keys: where the weights of the pair (a, b) stand, at `row[a * breadth + b]`."""

    breadth: int
    row: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of all taggers side by side, O first among each one's labels: `single[k]` has a row per value of template SINGLE[k]; `keys[k]` and
    `rows[k]` the sorted keys of the k-th other template and their weights, with a row of zeros at the end, `slots[k]` a direct way to
    them; `moves[t]` the exponentials of
    the transitions of tagger t, zeros where it has fewer labels than another; `known[i]` the weights that word number i brings to the unit
    in each of ROLES, all its properties added up."""

    labels: tuple[tuple[str, ...], ...]
    single: tuple[Floats, ...]
    keys: tuple[Ints, ...]
    rows: tuple[Floats, ...]
    slots: tuple[Slots | None, ...]
    moves: npt.NDArray[np.float64]
    known: Floats


def load(path: Path) -> tuple[Vocabulary, Weights]:
    """Vocabulary and weights from the file that training wrote."""
    with np.load(path) as file:
        text = {name: bytes(file[name]).decode().split("\n") for name in file.files if name.startswith("text_")}
        values = {p: {v: i for i, v in enumerate(text[f"text_{p}"], 1)} for p in COUNTED}
        classes = dict(zip(text["text_classes"], map(tuple, file["classes"].tolist()), strict=True))
        labels = tuple(tuple(line.split(" ")) for line in text["text_labels"])
        template, key, count = file["template"], file["key"], file["count"]
        column, weight = file["column"], file["weight"].astype(np.float32)
        transitions = [file[f"transitions_{t}"].astype(np.float64) for t in range(len(labels))]
    vocabulary = Vocabulary.of(values, classes)
    width = sum(map(len, labels))
    ends = np.searchsorted(template, np.arange(len(TEMPLATES) + 1))
    row_of_weight = np.repeat(np.arange(len(count)), count)
    weight_ends = np.append(0, np.cumsum(count))
    class_sizes = np.max(np.array(list(classes.values()), np.int64), axis=0) if classes else np.zeros(len(CLASSES), np.int64)
    sizes = [len(values[p]) for p in COUNTED] + class_sizes.tolist()
    size = {p: n + 1 for p, n in zip(PROPERTIES, sizes, strict=True)}
    spans = [(size[p], size[q]) for (p, _), (q, _) in PAIRS] + [(1, PLACE_VALUES), (PLACE_VALUES, size["tag"]), (PLACE_VALUES, size["tag"])]
    single, keys, rows = [], [], []
    slots: list[Slots | None] = []
    for k in range(len(TEMPLATES)):
        a, b = int(ends[k]), int(ends[k + 1])
        part = slice(int(weight_ends[a]), int(weight_ends[b]))
        if k < len(SINGLE):
            table = np.zeros((sizes[COLUMN[SINGLE[k][0]]] + 1, width), np.float32)
            table[key[row_of_weight[part]], column[part]] = weight[part]
            single.append(table)
        else:
            table = np.zeros((b - a + 1, width), np.float32)
            table[row_of_weight[part] - a, column[part]] = weight[part]
            found_keys = key[a:b]
            height, breadth = spans[k - len(SINGLE)]
            if height * breadth <= DENSE:
                slot = np.full(height * breadth, len(table) - 1, np.int32)
                slot[(found_keys >> PACK) * breadth + (found_keys & MASK)] = np.arange(b - a)
                slots.append(Slots(breadth, slot))
            else:
                slots.append(None)
            keys.append(np.append(found_keys, np.iinfo(np.int64).max))
            rows.append(table)
    most = max(map(len, labels))
    moves = np.zeros((len(labels), most, most))
    for t, table in enumerate(transitions):
        moves[t, : len(table), : len(table)] = np.exp(table - table.max())
    known = added(vocabulary.table.T, single)
    return vocabulary, Weights(labels, tuple(single), tuple(keys), tuple(rows), tuple(slots), moves, known)


def added(words: Ints, single: Sequence[Floats]) -> Floats:
    """The weights that words bring to a unit in each role (words × roles × labels); `words[p]` holds property p of each."""
    total = np.zeros((len(ROLES), words.shape[1], single[0].shape[1]), np.float32)
    for (p, role), table in zip(SINGLE, single, strict=True):
        total[ROLES.index(role)] += table[words[COLUMN[p]]]
    return np.ascontiguousarray(total.transpose(1, 0, 2))


def emissions(found: Features, weights: Weights, at: Ints) -> Floats:
    """The weight of every label at the units of the indices `at`."""
    numbers = found.words[COLUMN["word"]]
    by_word = weights.known[numbers]
    new = np.flatnonzero(numbers == 0)
    by_word[new] = added(found.words[:, new], weights.single)
    total = np.zeros((len(at), by_word.shape[2]), np.float32)
    for r, role in enumerate(ROLES):
        total += by_word[found.roles[role][at], r]
    for key, keys, rows, slots in zip(found.keys[:, at], weights.keys, weights.rows, weights.slots, strict=True):
        if slots:
            total += rows[slots.row[(key >> PACK) * slots.breadth + (key & MASK)]]
        else:
            place = np.searchsorted(keys, key)
            hit = np.flatnonzero(keys[place] == key)
            total[hit] += rows[place[hit]]
    return total


def segments(sentences: Sequence[Sequence[Token]], inside: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Starts and lengths of the stretches of units, counted over all sentences, that may hold names."""
    first = np.zeros(len(inside) + 1, bool)
    first[np.cumsum([0, *map(len, sentences)])] = True
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
    starts = (np.cumsum(lengths) - lengths)[order]
    sizes = lengths[order]
    longest = int(sizes[0])
    alive = (sizes[:, None] > np.arange(longest)).sum(axis=0)
    steps = [starts[: alive[t]] + t for t in range(longest)]
    forward, backward = np.empty_like(local), np.empty_like(local)
    here = moves[:, :1, :] * local[:, steps[0]]
    forward[:, steps[0]] = here
    for at in steps[1:]:
        here = (here[:, : len(at)] @ moves) * local[:, at]
        forward[:, at] = here
    back, last = moves.transpose(0, 2, 1), moves[:, :, :1].transpose(0, 2, 1)
    behind = np.broadcast_to(last, (len(moves), int(alive[-1]), moves.shape[1]))
    backward[:, steps[-1]] = behind
    for t in range(longest - 2, -1, -1):
        after, at = steps[t + 1], steps[t]
        ending = np.broadcast_to(last, (len(moves), len(at) - len(after), last.shape[2]))
        behind = np.concatenate([(behind * local[:, after]) @ back, ending], axis=1)
        backward[:, at] = behind
    joint = forward * backward
    return np.asarray(joint / (joint.sum(axis=2, keepdims=True) + 1e-300))


def chunks(sentences: Sequence[Sequence[Token]], vocabulary: Vocabulary, weights: Weights) -> list[list[Chunk]]:
    """What each tagger finds, in order: for every unit its most probable label, then stretches of one type."""
    if not any(sentences):
        return [[] for _ in weights.labels]
    found = features(sentences, vocabulary)
    starts, lengths = segments(sentences, found.inside)
    if not len(starts):
        return [[] for _ in weights.labels]
    at = np.arange(int(lengths.sum())) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    flat = emissions(found, weights, at)
    scores = np.full((len(weights.labels), len(at), weights.moves.shape[1]), -np.inf)
    left = 0
    for t, labels in enumerate(weights.labels):
        scores[t, :, : len(labels)] = flat[:, left : left + len(labels)]
        left += len(labels)
    probability = marginals(scores, weights.moves, lengths)
    return [stretches(sentences, at, p, labels) for p, labels in zip(probability, weights.labels, strict=True)]


def stretches(sentences: Sequence[Sequence[Token]], at: Ints, probability: npt.NDArray[np.float64], labels: Sequence[str]) -> list[Chunk]:
    """Units in a row whose most probable labels make one name; `at` gives the units that the rows of `probability` are about."""
    best = probability.argmax(axis=1)
    named = np.flatnonzero(best)
    sentence_ends = np.cumsum([len(s) for s in sentences]).tolist()
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
