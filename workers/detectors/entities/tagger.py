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

from workers.detectors.entities.features import CLASSES, COUNTED, PROPERTIES, SINGLE, TEMPLATES, Features, Ints, Vocabulary, features
from workers.detectors.entities.units import Unit

Floats = npt.NDArray[np.float32]

VERBS = ("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA", "VV-I", "VV-R", "VA-I", "VA-R", "VX-I", "VX-R", "XSA-I", "XSA-R")
OUTSIDE = frozenset({*VERBS, "EF", "EC", "EP", "JKO", "JKC", "JKQ", "MAJ", "SF", "SE"})
IN_DATES = frozenset({"지나", "오", "같"})  # 지난 12일, 오는 12일, 같은 날
LONGEST_SEGMENT = 120
SEGMENTS_AT_ONCE = 512


class Chunk(NamedTuple):
    """A labelled stretch of the units [first, last] of one sentence, and the least probability of its labels."""

    sentence: int
    first: int
    last: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Of all taggers side by side: `single[k]` has a row per value of template SINGLE[k], `keys[k]` and `rows[k]` the sorted keys of the
    k-th other template and their weights, with a row of zeros at the end."""

    labels: tuple[tuple[str, ...], ...]
    single: tuple[Floats, ...]
    keys: tuple[Ints, ...]
    rows: tuple[Floats, ...]
    transitions: tuple[Floats, ...]


def load(path: Path) -> tuple[Vocabulary, Weights]:
    """Vocabulary and weights from the file that training wrote."""
    with np.load(path) as file:
        text = {name: bytes(file[name]).decode().split("\n") for name in file.files if name.startswith("text_")}
        values = {p: {v: i for i, v in enumerate(text[f"text_{p}"], 1)} for p in COUNTED}
        classes = dict(zip(text["text_classes"], map(tuple, file["classes"].tolist()), strict=True))
        labels = tuple(tuple(line.split(" ")) for line in text["text_labels"])
        template, key, count = file["template"], file["key"], file["count"]
        column, weight = file["column"], file["weight"].astype(np.float32)
        transitions = tuple(file[f"transitions_{t}"] for t in range(len(labels)))
    vocabulary = Vocabulary.of(values, classes)
    width = sum(map(len, labels))
    ends = np.searchsorted(template, np.arange(len(TEMPLATES) + 1))
    row_of_weight = np.repeat(np.arange(len(count)), count)
    weight_ends = np.append(0, np.cumsum(count))
    class_sizes = np.max(np.array(list(classes.values()), np.int64), axis=0) if classes else np.zeros(len(CLASSES), np.int64)
    sizes = [len(values[p]) for p in COUNTED] + class_sizes.tolist()
    single, keys, rows = [], [], []
    for k in range(len(TEMPLATES)):
        a, b = int(ends[k]), int(ends[k + 1])
        part = slice(int(weight_ends[a]), int(weight_ends[b]))
        if k < len(SINGLE):
            table = np.zeros((sizes[PROPERTIES.index(SINGLE[k][0])] + 1, width), np.float32)
            table[key[row_of_weight[part]], column[part]] = weight[part]
            single.append(table)
        else:
            table = np.zeros((b - a + 1, width), np.float32)
            table[row_of_weight[part] - a, column[part]] = weight[part]
            keys.append(np.append(key[a:b], np.iinfo(np.int64).max))
            rows.append(table)
    return vocabulary, Weights(labels, tuple(single), tuple(keys), tuple(rows), transitions)


def emissions(found: Features, weights: Weights) -> Floats:
    """The weight of every label at every unit."""
    column = {p: i for i, p in enumerate(PROPERTIES)}
    width = weights.single[0].shape[1]
    by_role = {role: np.zeros((len(found.words), width), np.float32) for role in found.roles}
    for (p, role), table in zip(SINGLE, weights.single, strict=True):
        by_role[role] += table[found.words[:, column[p]]]
    total = np.zeros((len(found.keys), width), np.float32)
    for role, index in found.roles.items():
        total += by_role[role][index]
    for k, (keys, rows) in enumerate(zip(weights.keys, weights.rows, strict=True)):
        key = found.keys[:, k]
        at = np.searchsorted(keys, key)
        total += rows[np.where(keys[at] == key, at, len(rows) - 1)]
    return total


def segments(sentences: Sequence[Sequence[Unit]]) -> list[tuple[int, int]]:
    """Half-open stretches of units, counted over all sentences, that may hold names. In quotes and brackets a title may hold verbs."""
    found, at = [], 0
    for sentence in sentences:
        start, quoted = -1, False
        for i, (form, tag, *_) in enumerate(sentence, at):
            if tag == "SSO" or tag == "SSC":
                quoted = tag == "SSO"
            if tag in OUTSIDE and not quoted and form not in IN_DATES:
                if start >= 0:
                    found.append((start, i))
                    start = -1
            elif start < 0:
                start = i
            elif i - start >= LONGEST_SEGMENT:
                found.append((start, i))
                start = i
        at += len(sentence)
        if start >= 0:
            found.append((start, at))
    return found


def marginals(scores: Floats, transitions: Floats, parts: Sequence[tuple[int, int]], outside: int) -> Floats:
    """Probability of each label at each unit of `parts`; units elsewhere are outside for certain."""
    probability = np.zeros_like(scores)
    probability[:, outside] = 1
    ordered = sorted(parts, key=lambda p: p[0] - p[1])
    for k in range(0, len(ordered), SEGMENTS_AT_ONCE):
        batch = np.array(ordered[k : k + SEGMENTS_AT_ONCE], np.int64)
        starts, lengths = batch[:, 0], batch[:, 1] - batch[:, 0]
        longest = int(lengths[0])
        alive = (lengths[:, None] > np.arange(longest)).sum(axis=0)  # segments of at least that length come first
        moves = np.exp(transitions - transitions.max())
        peak = scores.max(axis=1, keepdims=True)
        local = np.exp(scores - peak)
        forward = np.zeros((longest, len(batch), scores.shape[1]), np.float32)
        backward = np.ones_like(forward)
        alpha = moves[outside] * local[starts]
        forward[0] = alpha / alpha.sum(axis=1, keepdims=True)
        for t in range(1, longest):
            m = alive[t]
            alpha = (forward[t - 1, :m] @ moves) * local[starts[:m] + t]
            forward[t, :m] = alpha / alpha.sum(axis=1, keepdims=True)
        into_outside = moves[:, outside]
        backward[lengths - 1, np.arange(len(batch))] = into_outside
        for t in range(longest - 2, -1, -1):
            m = alive[t + 1]
            beta = (backward[t + 1, :m] * local[starts[:m] + t + 1]) @ moves.T
            backward[t, :m] = beta / beta.sum(axis=1, keepdims=True)
        joint = forward * backward
        joint /= joint.sum(axis=2, keepdims=True) + 1e-30
        for t in range(longest):
            m = alive[t]
            probability[starts[:m] + t] = joint[t, :m]
    return probability


def chunks(sentences: Sequence[Sequence[Unit]], vocabulary: Vocabulary, weights: Weights) -> list[list[Chunk]]:
    """What each tagger finds, in order: for every unit its most probable label, then stretches of one type."""
    if not any(sentences):
        return [[] for _ in weights.labels]
    scores = emissions(features(sentences, vocabulary), weights)
    parts = segments(sentences)
    found, left = [], 0
    for labels, transitions in zip(weights.labels, weights.transitions, strict=True):
        own = np.ascontiguousarray(scores[:, left : left + len(labels)])
        left += len(labels)
        found.append(stretches(sentences, marginals(own, transitions, parts, labels.index("O")), labels))
    return found


def stretches(sentences: Sequence[Sequence[Unit]], probability: Floats, labels: Sequence[str]) -> list[Chunk]:
    best = probability.argmax(axis=1)
    outside = labels.index("O")
    sentence_ends = np.cumsum([len(s) for s in sentences]).tolist()
    found: list[Chunk] = []
    sentence, base, last = 0, 0, -2
    for i in np.flatnonzero(best != outside).tolist():
        while i >= sentence_ends[sentence]:
            base = sentence_ends[sentence]
            sentence += 1
        label, p = labels[best[i]], float(probability[i, best[i]])
        before = found[-1] if found else None
        if before and last == i - 1 and before.sentence == sentence and label == f"I-{before.label}":
            found[-1] = Chunk(sentence, before.first, i - base, before.label, min(before.score, p))
        else:
            found.append(Chunk(sentence, i - base, i - base, label[2:], p))
        last = i
    return found
