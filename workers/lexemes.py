"""Numbers that a word (form and tag) has in some vocabulary, remembered by Kiwi's own number of the word."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from workers.document import LEXEMES, Columns

LookUp = Callable[[Sequence[str], Sequence[str]], list[int]]
"""Forms and tags → the number of each word, 0 or more."""


class Remembered:
    """What `look_up` says of the morphemes of a text; it is asked once for each lexeme, and each time for what has none.

    Looking words up costs more than Kiwi's number tells: each has to be hashed and compared with one that lies anywhere in memory.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._known = np.zeros(LEXEMES, np.int32)  # the number + 1; pages that nobody touches take no memory

    def numbers(self, columns: Columns, lexemes: npt.NDArray[np.intp]) -> npt.NDArray[np.int32]:
        """The number of every morpheme of `columns`; `lexemes` are theirs."""
        found: npt.NDArray[np.int32] = self._known[lexemes]
        (new,) = (found == 0).nonzero()
        if len(new):
            at = new.tolist()
            forms, tags = columns.forms, columns.tags
            found[new] = np.array(self._look_up([forms[i] for i in at], [tags[i] for i in at]), np.int32) + 1
            self._known[lexemes[new]] = found[new]
            self._known[0] = 0
        found -= 1
        return found
