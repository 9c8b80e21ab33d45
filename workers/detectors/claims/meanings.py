"""What words say by their meaning: the places of Kiwi's words along directions that training found in the space of its word vectors.

A word's row holds, in this order: what it adds to the check-worthiness of its sentence; what it adds to each claim type as one of the
words of a clause; and what it adds to each type as the last content word of a clause, the one before it, and so on (`PLACES` of them).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

PLACES = 4  # closing content words of a clause that count by their place
STEPS = 127  # a column is kept in so many steps either way of nought


class Meanings(NamedTuple):
    """`words` (form/TAG), and a row of log-odds each."""

    words: Sequence[str]
    rows: npt.NDArray[np.float32]

    @classmethod
    def rounded(cls, words: Sequence[str], rows: npt.NDArray[np.float64]) -> "Meanings":
        """As `load` will give them back."""
        scale = _scale(rows)
        return cls(words, (np.rint(rows / scale) * scale).astype(np.float32))

    @classmethod
    def load(cls, path: Path) -> "Meanings":
        """Read what `save` wrote."""
        with np.load(path) as file:
            words = bytes(file["words"]).decode().split("\n")
            return cls(words, (file["steps"] * file["scale"]).astype(np.float32))

    def save(self, path: Path) -> None:
        """Write them each column in `STEPS` steps up to its greatest weight; equal meanings give equal bytes."""
        rows = self.rows.astype(np.float64)
        scale = _scale(rows)
        words = np.frombuffer("\n".join(self.words).encode(), np.uint8)
        np.savez_compressed(path, words=words, scale=scale, steps=np.rint(rows / scale).astype(np.int8))


def _scale(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    greatest = np.abs(rows).max(axis=0)
    return np.where(greatest > 0, greatest, 1.0) / STEPS


def closing(tags: Sequence[str], numbers: Sequence[int], first: int, end: int) -> list[int]:
    """The `numbers` of the last content words among the morphemes [first, end), the last first; 0 where there are fewer than `PLACES`."""
    found: list[int] = []
    for at in range(end - 1, first - 1, -1):
        tag = tags[at]
        if tag[0] in "NVX" or tag == "MAG":
            found.append(numbers[at])
            if len(found) == PLACES:
                return found
    return found + [0] * (PLACES - len(found))
