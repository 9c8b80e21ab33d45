"""The trained weights: how they lie in memory, and in the file that training writes.

What takes long to make (numbers of words, rows of their properties, keys in the order of their hashes) is stored as it is used; of the
weights only those that are not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workers.detectors.entities.features import COLUMN, PACK, ROLES, SINGLE, SPELLED, Ints, Vocabulary

Floats = npt.NDArray[np.float32]

TEMPLATE = 2 * PACK  # the bit of a key of `Keyed` where the number of its template begins, counted from the first after SINGLE
BUCKET_BITS, PLACE_BITS = 15, 17
BUCKETS, PLACES = 1 << BUCKET_BITS, 1 << PLACE_BITS
MOST_KEYS = PLACES * 9 // 10
MULTIPLIERS = [0x9E3779B97F4A7C15 * odd % (1 << 64) for odd in range(1, 200, 2)]
EMPTY = -1
BLOCK = 1_024  # words whose weights are added up at once: they stay in the processor's cache
# the templates of SINGLE that look at another property than the word itself, role by role
BROUGHT = tuple((p, role) for role in ROLES for p, r in SINGLE if r == role and p != "word")
BROUGHT_COLUMNS = np.array([COLUMN[p] for p, _ in BROUGHT])
BROUGHT_ENDS = [0, *accumulate(sum(r == role for _, r in BROUGHT) for role in ROLES)]
TEXTS = ("words", "tags", "labels", *SPELLED)
Row = Mapping[int, float]
"""The weights of a template's key: label → weight."""


class Keyed(NamedTuple):
    """Weights by (template, key), found by perfect hashing: the `shifts` of the buckets that keys fall into are such that each key has a
    place of its own among `keys` (EMPTY where there is none) and `rows`; the last row is zeros."""

    multiplier: np.uint64
    shifts: npt.NDArray[np.int32]
    keys: Ints
    rows: Floats

    def find(self, keys: Ints) -> Ints:
        """Which of `rows` each key has, the last where it has none."""
        buckets, places = hashed(keys, self.multiplier)
        places ^= self.shifts[buckets]
        return np.where(self.keys[places] == keys, places, len(self.keys))


def hashed(keys: Ints, multiplier: np.uint64) -> tuple[Ints, Ints]:
    """The bucket of each key, and its place before the bucket's shift."""
    product = (keys.astype(np.uint64) * multiplier).view(np.int64)
    return (product >> (64 - BUCKET_BITS)) & (BUCKETS - 1), (product >> (64 - BUCKET_BITS - PLACE_BITS)) & (PLACES - 1)


def perfectly_placed(keys: Ints) -> tuple[np.uint64, npt.NDArray[np.int32], Ints]:
    """Multiplier, shifts and the keys at their places. Raises ValueError where there are too many keys."""
    if len(keys) > MOST_KEYS:
        raise ValueError(f"{len(keys)} keys are too many for {PLACES} places: raise PLACE_BITS")
    for multiplier in map(np.uint64, MULTIPLIERS):
        buckets, places = hashed(keys, multiplier)
        if len(np.unique(buckets * PLACES + places)) == len(keys):  # no shift parts two that are alike in both
            break
    else:
        raise ValueError("no multiplier parts the keys: add some")
    shifts, placed = np.zeros(BUCKETS, np.int32), np.full(PLACES, EMPTY)
    order = np.argsort(buckets, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(buckets, minlength=BUCKETS))[:-1])
    for bucket in sorted(range(BUCKETS), key=lambda bucket: -len(members[bucket])):
        own = places[members[bucket]]
        shifts[bucket] = shift = next(shift for shift in range(PLACES) if (placed[own ^ shift] == EMPTY).all())
        placed[own ^ shift] = keys[members[bucket]]
    return multiplier, shifts, placed


class Weights(NamedTuple):
    """Of all taggers side by side, O first among each one's labels: `brought` has the rows of the templates BROUGHT, those of BROUGHT[k]
    from `begins[k]` on; `keyed` those of PAIRS and PLACES; `moves[t]` the exponentials of the transitions of tagger t, zeros where it has
    fewer labels than another; `known` what word number i brings to the unit in role r, all its properties added up, at
    i * len(ROLES) + r."""

    labels: tuple[tuple[str, ...], ...]
    brought: Floats
    begins: Ints
    keyed: Keyed
    moves: npt.NDArray[np.float64]
    known: Floats

    def of_words(self, words: npt.NDArray[np.integer[Any]]) -> Floats:
        """The weights that words without a number bring to a unit in each role (roles × words × labels); `words[p]` holds property p of
        each."""
        rows = self.brought.take(words[BROUGHT_COLUMNS] + self.begins[:, None], axis=0, mode="clip")
        return np.stack([rows[first:end].sum(axis=0) for first, end in pairwise(BROUGHT_ENDS)])


def add(onto: Floats, words: npt.NDArray[np.integer[Any]], brought: Floats, begins: Ints) -> None:
    """Add to `onto` (words × roles × labels) the weights of BROUGHT that the properties of the words bring."""
    places = words[BROUGHT_COLUMNS] + begins[:, None]
    for role, (first, end) in enumerate(pairwise(BROUGHT_ENDS)):
        total = onto[:, role].copy()  # side by side, which the rows of `onto` are not
        for place in places[first:end]:
            total += brought.take(place, axis=0, mode="clip")
        onto[:, role] = total


def sizes(values: Mapping[str, Mapping[str, int]], table: npt.NDArray[np.int16]) -> list[int]:
    """How many rows the words have in all roles, and how many each of BROUGHT."""
    most = table.max(axis=0)
    return [
        (int(most[COLUMN["word"]]) + 1) * len(ROLES),
        *((len(values[p]) if p in values else int(most[COLUMN[p]])) + 1 for p, _ in BROUGHT),
    ]


def stored(
    vocabulary: Vocabulary,
    labels: Iterable[Sequence[str]],
    rows: Mapping[tuple[int, int], Row],
    transitions: Iterable[npt.NDArray[np.float32]],
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the file. `rows` are by (template, key), their labels counted over all taggers."""
    begins = [0, *accumulate(sizes(vocabulary.values, vocabulary.table))]
    placed: dict[int, Row] = {}
    keyed: dict[int, Row] = {}
    for (template, key), row in rows.items():
        if template >= len(SINGLE):
            keyed[key | (template - len(SINGLE)) << TEMPLATE] = row
        elif SINGLE[template][0] == "word":
            placed[key * len(ROLES) + ROLES.index(SINGLE[template][1])] = row
        else:
            placed[begins[1 + BROUGHT.index(SINGLE[template])] + key] = row
    multiplier, shifts, keys = perfectly_placed(np.array(sorted(keyed), np.int64))
    placed |= {begins[-1] + i: keyed[key] for i, key in enumerate(keys.tolist()) if key != EMPTY}
    ordered = [sorted(placed[i].items()) for i in sorted(placed)]
    count = np.zeros(begins[-1] + len(keys) + 1, np.uint8)
    count[sorted(placed)] = [len(row) for row in ordered]
    by_tag = vocabulary.by_tag
    text = {
        "words": [form for tag in by_tag for form in by_tag[tag]],
        "tags": [*by_tag],
        "labels": [" ".join(names) for names in labels],
        **{p: [*vocabulary.values[p]] for p in SPELLED},
    }
    return {
        **{f"text_{name}": np.frombuffer("\n".join(text[name]).encode(), np.uint8) for name in TEXTS},
        "words_of_tag": np.array([len(forms) for forms in by_tag.values()], np.int32),
        "numbers": np.array([number for forms in by_tag.values() for number in forms.values()], np.int32),
        "table": vocabulary.table,
        "states": np.frombuffer(vocabulary.nouns.states, np.uint8),
        "multiplier": np.array(multiplier),
        "shifts": shifts,
        "keys": keys,
        "count": count,
        "column": np.array([column for row in ordered for column, _ in row], np.uint8),
        "weight": np.array([weight for row in ordered for _, weight in row], np.float16),
        **{f"transitions_{t}": table for t, table in enumerate(transitions)},
    }


def load(path: Path) -> tuple[Vocabulary, Weights]:
    """Vocabulary and weights from the file that training wrote."""
    with np.load(path) as file:
        array = {name: file[name] for name in file.files}
    text = {name: bytes(array[f"text_{name}"]).decode().split("\n") for name in TEXTS}
    labels = tuple(tuple(line.split(" ")) for line in text["labels"])
    return (vocabulary := _vocabulary(array, text)), _weights(array, labels, vocabulary)


def _vocabulary(array: Mapping[str, npt.NDArray[Any]], text: Mapping[str, list[str]]) -> Vocabulary:
    values = {p: dict(zip(text[p], range(1, len(text[p]) + 1), strict=True)) for p in SPELLED}
    numbers = array["numbers"].tolist()
    ends = [0, *accumulate(array["words_of_tag"].tolist())]
    by_tag = {
        tag: dict(zip(text["words"][a:b], numbers[a:b], strict=True)) for tag, (a, b) in zip(text["tags"], pairwise(ends), strict=True)
    }
    return Vocabulary.stored(values, by_tag, array["table"], array["states"].tobytes())


def _weights(array: Mapping[str, npt.NDArray[Any]], labels: tuple[tuple[str, ...], ...], vocabulary: Vocabulary) -> Weights:
    count, width = array["count"], sum(map(len, labels))
    rows = np.zeros((len(count), width), np.float32)
    rows.ravel()[np.repeat(np.arange(len(count)) * width, count) + array["column"]] = array["weight"]
    known, *begins, end = accumulate(sizes(vocabulary.values, vocabulary.table))
    brought, begins_of = rows[known:end], np.array([known, *begins]) - known
    words = rows[:known].reshape(-1, len(ROLES), width)
    for a in range(0, len(words), BLOCK):
        part = words[a : a + BLOCK]
        add(part, vocabulary.table[a : a + len(part)].T, brought, begins_of)
    most = max(map(len, labels))
    moves = np.zeros((len(labels), most, most))
    for t in range(len(labels)):
        table = array[f"transitions_{t}"].astype(np.float64)
        moves[t, : len(table), : len(table)] = np.exp(table - table.max())
    keyed = Keyed(np.uint64(array["multiplier"]), array["shifts"], array["keys"], rows[end:])
    return Weights(labels, brought, begins_of, keyed, moves, rows[:known])
