"""Where in a text a name may begin and end."""

import re
from itertools import compress
from typing import NamedTuple

from workers.document import Columns, Span

NOT_OPENING = ("J", "E", "VC", "XS", "VX", "NNZ")
NOT_CLOSING = ("E", "VC", "VX")
PARTICLES = re.compile(
    r"(?:씨|측|발|산|식|판|제|은|는|이|가|을|를|의|에|에서|에게|에게서|에는|에도|엔|에선|으로|로|으로는|로는|로선|으로선|와|과|랑|이랑|도|만|까지|부터|"
    r"처럼|보다|이나|나|이라고|라고|이라는|라는|이란|란|인|이다|이며|며|이고|께서|께|한테|조차|마저|뿐|들|들은|들이|야|여|선|서|산이다|이었다|였다|입니다|이자|자)"
    r"(?![가-힣A-Za-z0-9])"
)
LETTER = re.compile(r"[가-힣A-Za-z0-9]")


class Boundaries(NamedTuple):
    """`starts` and `ends` of the units where a name may begin and end, and the text for what Kiwi cut wrongly."""

    text: str
    starts: frozenset[int]
    ends: frozenset[int]

    @classmethod
    def of(cls, text: str, columns: Columns) -> "Boundaries":
        opening, closing = ({tag for tag in set(columns.tags) if not tag.startswith(shut)} for shut in (NOT_OPENING, NOT_CLOSING))
        return cls(
            text,
            frozenset(compress(columns.starts, map(opening.__contains__, columns.tags))),
            frozenset(compress(columns.ends, map(closing.__contains__, columns.tags))),
        )

    def hold(self, span: Span) -> bool:
        """Whether a name may stand at `span`: from a unit's start or a word's, to a unit's end or to particles that end the word."""
        text, (start, end) = self.text, span
        long = end - start > 2
        opens = start in self.starts or (long and (start == 0 or not LETTER.match(text[start - 1])))
        return opens and (end in self.ends or (long and (PARTICLES.match(text, end) is not None or not LETTER.match(text[end : end + 1]))))

    def may_begin(self, at: int) -> bool:
        """Whether a name that is known to be one may begin here: where a unit or word does, but not in the middle of Latin or digits."""
        before = self.text[at - 1 : at]
        return not cuts_latin(before, self.text[at : at + 1]) and (at in self.starts or not LETTER.match(before))

    def may_end(self, at: int, lone: bool) -> bool:
        """Whether it may end here: where a unit or word does or, unless it is a lone syllable, where particles end the word."""
        after = self.text[at : at + 1]
        if cuts_latin(self.text[at - 1 : at], after):
            return False
        return at in self.ends or not LETTER.match(after) or (not lone and PARTICLES.match(self.text, at) is not None)


def cuts_latin(left: str, right: str) -> bool:
    """Whether a Latin word or a number goes on from `left` to `right`, one character each or none."""
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()
