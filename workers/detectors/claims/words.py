"""What the words of a document say of its claims: by weights that training gave them, and by their meaning.

A meaning is the place of one of Kiwi's words along directions that training found in the space of its word vectors: what the word adds
to the check-worthiness of its sentence; what to each claim type as one of the words of a clause; and what to each type as the last
content word of a clause, the one before it, and so on (`PLACES` of them).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.document import Columns
from workers.lexemes import Remembered

PLACES = 4  # closing content words of a clause that count by their place
UNKNOWN = 1  # number of a content word that has none of its own
STEPS = 127  # a column of meanings is kept in so many steps either way of nought

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

_CONTENT = frozenset(
    tag + kind
    for tag in ("NNG", "NNP", "NNB", "NR", "NP", "VV", "VA", "VX", "VCP", "VCN", "XPN", "XSN", "XSV", "XSA", "XSM", "XR", "MAG")
    for kind in ("", "-R", "-I")
)


class Meanings(NamedTuple):
    """`words` (form/TAG), a row each of `steps`, and how much a step is worth in each column (log-odds)."""

    words: Sequence[str]
    steps: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float64]

    @classmethod
    def rounded(cls, words: Sequence[str], rows: npt.NDArray[np.float64]) -> "Meanings":
        """Of `rows` of log-odds: each column in `STEPS` steps up to its greatest weight."""
        greatest = np.abs(rows).max(axis=0)
        scale = np.where(greatest > 0, greatest, 1.0) / STEPS
        return cls(words, np.rint(rows / scale).astype(np.int8), scale)


class Words(NamedTuple):
    """The words that say something, by number. Numbers 0 and `UNKNOWN` stand for the others and say nothing.

    `forms` and `counts` are the words' forms tag by tag, in the order of their numbers: content words up to number `content`, then the
    rest; `remembered` has their numbers, and that of the other words of each tag. Word i has row `learned[i]` of `weights` (a column
    a claim type, then check-worthiness, then that of the sentence; row 0 is nought) and row i of `steps` (whether its meaning is known;
    then the columns of `Meanings`, each step worth its `scale`).
    """

    forms: Sequence[str]
    counts: Mapping[str, int]
    remembered: Remembered
    content: int
    learned: npt.NDArray[np.int32]
    weights: Floats
    steps: npt.NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(
        cls,
        forms: Sequence[str],
        counts: Mapping[str, int],
        learned: npt.NDArray[np.int32],
        weights: Floats,
        steps: npt.NDArray[np.int8],
        scale: Floats,
    ) -> "Words":
        by_tag = {tag: (dict[str, int](), UNKNOWN) for tag in _CONTENT}
        for tag, (first, end) in zip(counts, pairwise(accumulate(counts.values(), initial=0)), strict=True):
            numbers = dict(zip(forms[first:end], range(first + 1 + UNKNOWN, end + 1 + UNKNOWN), strict=True))
            by_tag[tag] = (numbers, UNKNOWN if tag in _CONTENT else 0)
        content = UNKNOWN + sum(count for tag, count in counts.items() if tag in _CONTENT)
        return cls(forms, counts, Remembered(partial(_numbers, by_tag)), content, learned, weights, steps, scale)

    @classmethod
    def joined(cls, learned: Mapping[str, Sequence[float]], columns: int, meanings: Meanings) -> "Words":
        """From the `columns` weights of each word (form/TAG) and from the meanings; digits and punctuation count for nothing."""
        found = [word.rpartition("/") for word in {*learned, *meanings.words}]
        # tag by tag, in each those of training first, which are the frequent ones: memory that is read often lies together
        order = sorted([(tag not in _CONTENT, tag, f"{form}/{tag}" not in learned, form) for form, _, tag in found if tag[0] != "S"])
        tagged = [(tag, form) for _, tag, _, form in order]
        counts: dict[str, int] = {}
        for tag, _ in tagged:
            counts[tag] = counts.get(tag, 0) + 1
        names = [f"{form}/{tag}" for tag, form in tagged]
        rows = {name: row for row, name in enumerate((name for name in names if name in learned), 1)}
        weights = np.zeros((len(rows) + 1, columns), np.float32)
        weights[1:] = [learned[name] for name in rows]
        steps = np.zeros((len(names) + 1 + UNKNOWN, 1 + meanings.steps.shape[1]), np.int8)
        numbers = {name: number for number, name in enumerate(names, 1 + UNKNOWN)}
        known = [(numbers[word], at) for at, word in enumerate(meanings.words) if word in numbers]
        steps[[number for number, _ in known], 0] = 1
        steps[[number for number, _ in known], 1:] = meanings.steps[[at for _, at in known]]
        places = np.array([*[0] * (1 + UNKNOWN), *(rows.get(name, 0) for name in names)], np.int32)
        return cls.of([form for _, form in tagged], counts, places, weights, steps, np.array([1.0, *meanings.scale], np.float32))

    def numbered(self, columns: Columns, lexemes: Ints) -> Ints:
        """The number of every morpheme, and a 0 behind the last."""
        return np.concatenate((self.remembered.numbers(columns, lexemes), [0]))

    def sums(self, numbers: Ints, firsts: Ints, ends: Ints) -> Floats:
        """What the words of each half-open range of `numbers` add: types, check-worthiness, check-worthiness of the sentence.

        Weights by the root of how many distinct words say anything, meanings on average over those that have one.
        """
        sizes = ends - firsts
        owners = np.arange(len(sizes)).repeat(sizes)
        places = np.arange(len(owners)) + (firsts - sizes.cumsum() + sizes).repeat(sizes)
        here = numbers[places]
        counted = (here > UNKNOWN) & (_before(numbers)[places] < firsts[owners])
        words = here[counted]
        counts = np.bincount(owners[counted], minlength=len(sizes))
        (some,) = counts.nonzero()
        begins = (counts.cumsum() - counts)[some]
        learned = self.weights.shape[1]
        total, meant = np.zeros((2, len(sizes), learned), np.float32)
        if len(some):
            total[some] = np.add.reduceat(self.weights[self.learned[words]], begins) / np.sqrt(counts[some, None])
            meant[some] = np.add.reduceat(self.steps[words, :learned] * self.scale[:learned], begins)
        meant /= np.maximum(1, meant[:, :1])
        total[:, :-2] += meant[:, 2:]
        total[:, -1] += meant[:, 1]
        return total

    def closing(self, numbers: Ints, firsts: Ints, ends: Ints) -> Floats:
        """What the closing words of each half-open range of `numbers` add to each type."""
        kinds = self.weights.shape[1] - 2
        last = numbers[closing((numbers >= UNKNOWN) & (numbers <= self.content), firsts, ends)]
        steps = self.steps[:, -kinds * PLACES :].reshape(-1, PLACES, kinds)[last, range(PLACES)]
        added: Floats = (steps * self.scale[-kinds * PLACES :].reshape(PLACES, kinds)).sum(axis=1)
        return added


def _numbers(by_tag: Mapping[str, tuple[Mapping[str, int], int]], forms: Sequence[str], tags: Sequence[str]) -> list[int]:
    """The number of each word by tag and form, that of the tag's other words where it has none."""
    others = (dict[str, int](), 0)
    found = [by_tag.get(tag, others) for tag in tags]
    return [known.get(form, other) for form, (known, other) in zip(forms, found, strict=True)]


def content(tags: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which morphemes are content words."""
    return np.array([tag in _CONTENT for tag in tags], np.bool_)


def closing(content: npt.NDArray[np.bool_], firsts: Ints, ends: Ints) -> Ints:
    """Where the last content words of each range of morphemes stand, the last first; -1 where there are fewer than `PLACES`."""
    found = np.concatenate(([-1], content.nonzero()[0]))
    last = found.searchsorted(ends)[:, None] - 1 - np.arange(PLACES)
    places = found[np.maximum(last, 0)]
    return np.where(places >= firsts[:, None], places, -1)


def _before(numbers: Ints) -> Ints:
    """For each number the place of the same one before it, -1 where there is none."""
    order = numbers.argsort(kind="stable")
    ordered = numbers[order]
    before = np.full(len(numbers), -1)
    before[order[1:]] = np.where(ordered[1:] == ordered[:-1], order[:-1], -1)
    return before
