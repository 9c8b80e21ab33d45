"""The units that the tagger labels: Kiwi's morphemes, cut further where a name may end inside one.

Kiwi keeps some names in one morpheme with what is not part of them (`박씨`, `올트먼이`, `한미`, `어메이징 스파이더맨`): 2 % of all names.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, compress, pairwise, repeat
from operator import ge
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workers.document import Columns, Token

NATIONS = frozenset("한미중일북러영독불호남여야")
ALWAYS_APART = frozenset(
    {"여야", "남북", "남북한", "한중일", "한미일", "남북미", "한일중", "북중러", "한미중", "한미", "미중", "한일", "미일", "북미", "한중"}
)
AFTER_SURNAME = frozenset("씨모군양옹")
TAILS = (
    *(
        "이라는",
        "에게",
        "에서",
        "으로",
        "이랑",
        "이나",
        "까지",
        "부터",
        "처럼",
        "보다",
        "이가",
        "이는",
        "이의",
        "씨가",
        "씨는",
        "씨",
        "역",
        "님",
        "군",
        "양",
    ),
    *"이가의은는을를랑과와도에나만로",
)
JOINTS = frozenset(" ·ᆞ・/,~…")
NOUN_TAGS = ("NNP", "NNG")
NEW, CUT, WHOLE = range(3)
Numbers = npt.NDArray[np.int32]
TAIL_TAG = "NNZ"  # what stays in a noun behind a name: no tag of Kiwi's


def cuts(form: str, tag: str, known: bool) -> list[int]:
    """Where inside the noun `form` a name may end; `known`: Kiwi has the noun in its dictionary."""
    found: list[int] = []
    if not JOINTS.isdisjoint(form):
        found = [k for i, c in enumerate(form) if c in JOINTS for k in (i, i + 1)]
    last = found[-1] if found else 0
    rest = form[last:]
    if form in ALWAYS_APART or (not known and len(form) <= 3 and NATIONS.issuperset(form)):
        found += range(1, len(form))
    elif len(rest) == 2 and rest[1] in AFTER_SURNAME and tag == "NNP":
        found.append(last + 1)
    elif not known and len(rest) >= 3:
        for tail in TAILS:
            if rest.endswith(tail) and len(rest) - len(tail) >= 2:
                found.append(len(form) - len(tail))
                break
    return sorted({k for k in found if 0 < k < len(form)}) if found else found


def piece_tag(form: str, a: int, b: int, tag: str) -> str:
    """The tag of the piece [a, b) of a noun: a joint, the noun's own, or that of a tail."""
    if form[a:b] in JOINTS:
        return "SP"
    if a == 0 or form[a - 1] in JOINTS or (b - a == 1 and form[a] in NATIONS):
        return tag
    return TAIL_TAG


def state(form: str, tag: str) -> int:
    """What to do with a word of Kiwi's dictionary."""
    if tag not in NOUN_TAGS:
        return NEW
    return CUT if cuts(form, tag, True) else WHOLE


class Nouns(NamedTuple):
    """The nouns that Kiwi has in its dictionary: `numbers` by tag (of NOUN_TAGS) and form, and the state of each number, 0 for none: NEW
    where it is of no such noun, CUT where `cuts` finds a place in it, WHOLE where it does not; words of other tags are WHOLE."""

    numbers: Mapping[str, Mapping[str, int]]
    states: bytes

    @classmethod
    def among(cls, by_tag: Mapping[str, Mapping[str, int]], states: bytes) -> "Nouns":
        """Those among numbered words, whose states those of other tags need not have."""
        numbers = {tag: by_tag.get(tag, {}) for tag in NOUN_TAGS}
        found = bytearray([NEW, *repeat(WHOLE, len(states) - 1)])
        for number in chain.from_iterable(words.values() for words in numbers.values()):
            found[number] = states[number]
        return cls(numbers, bytes(found))

    @classmethod
    def of(cls, words: Iterable[str]) -> "Nouns":
        """From words as form/tag; those that are no nouns are passed over."""
        numbers: dict[str, dict[str, int]] = {tag: {} for tag in NOUN_TAGS}
        states = [NEW]
        for word in words:
            form, _, tag = word.rpartition("/")
            if tag in numbers:
                numbers[tag][form] = len(states)
                states.append(state(form, tag))
        return cls(numbers, bytes(states))

    def look_up(self, words: Columns) -> Numbers:
        """The number of each word, 0 where it is none of them."""
        known, pairs = self.numbers, zip(words.forms, words.tags, strict=True)
        return np.array([known[tag].get(form, 0) if tag in known else 0 for form, tag in pairs], np.int32)


LookUp = Callable[[Columns], Numbers]
"""Morphemes → the number of each, 0 where it has none."""


class Units(NamedTuple):
    """The units of some sentences: by sentence, one after the other, and by column; `ends` counts those up to the end of each sentence,
    `numbers` are those of their words where they were looked up."""

    sentences: Sequence[Sequence[Token]]
    flat: Sequence[Token]
    columns: Columns
    ends: Sequence[int]
    numbers: Numbers | None = None

    @classmethod
    def of(cls, sentences: Sequence[Sequence[Token]]) -> "Units":
        flat = [*chain.from_iterable(sentences)]
        return cls(sentences, flat, Columns.of(flat), [*accumulate(map(len, sentences))])

    @classmethod
    def cut(cls, sentences: Sequence[Sequence[Token]], columns: Columns, nouns: Nouns, look_up: LookUp) -> "Units":
        """Those of sentences of tokens, whose `columns` are known: few tokens are cut or, where they are empty, left out. `look_up` finds
        the numbers that `nouns` has, and those of other words."""
        ends = [*accumulate(map(len, sentences))]
        numbers = look_up(columns)
        whole: tuple[list[Any], ...] = ([*chain.from_iterable(sentences)], *columns)
        other = [(at, pieces) for at in unlike(columns, numbers, nouns) if len(pieces := units_of(whole[0][at], nouns)) != 1]
        if not other:
            return cls(sentences, whole[0], columns, ends, numbers)
        made = [*chain.from_iterable(pieces for _, pieces in other)]
        new: tuple[list[Any], ...] = (made, *(new_columns := Columns.of(made)))
        new_numbers = look_up(new_columns)
        found: tuple[list[Any], ...] = tuple([] for _ in whole)
        found_numbers: list[Numbers] = []
        done = placed = 0
        for at, pieces in other:
            stop = placed + len(pieces)
            for column, old, more in zip(found, whole, new, strict=True):
                column += old[done:at]
                column += more[placed:stop]
            found_numbers += (numbers[done:at], new_numbers[placed:stop])
            done, placed = at + 1, stop
        for column, old in zip(found, whole, strict=True):
            column += old[done:]
        grown = [0, *accumulate(len(pieces) - 1 for _, pieces in other)]
        ends = [end + grown[bisect_left(other, (end,))] for end in ends]
        flat, *cut = found
        return cls(
            [flat[a:b] for a, b in pairwise((0, *ends))], flat, Columns(*cut), ends, np.concatenate([*found_numbers, numbers[done:]])
        )

    def parts(self, most: int) -> Iterator[tuple[int, "Units"]]:
        """All sentences in parts of at most `most` units (or of one longer sentence), each with the number of its first sentence."""
        first = begun = 0
        for at, end in enumerate(self.ends):
            if end - begun > most and at > first:
                yield first, Units.of(self.sentences[first:at])
                first, begun = at, self.ends[at - 1]
        yield first, Units.of(self.sentences[first:])

    def place(self, at: int) -> tuple[Sequence[Token], int]:
        """The sentence of unit number `at`, and its number there."""
        sentence = self.sentences[bisect_right(self.ends, at)]
        return sentence, at - self.ends[bisect_right(self.ends, at)] + len(sentence)


def unlike(columns: Columns, numbers: Numbers, nouns: Nouns) -> list[int]:
    """The tokens that may be no units as they are, in order: empty ones, and nouns but those that stay whole."""
    empty = compress(range(len(numbers)), map(ge, columns.starts, columns.ends))
    (doubtful,) = (np.frombuffer(nouns.states, np.uint8)[numbers] != WHOLE).nonzero()
    return sorted({*empty, *(i for i in doubtful.tolist() if columns.tags[i] in nouns.numbers)})


def units_of(token: Token, nouns: Nouns) -> list[Token]:
    """The units of one token: none where it is empty, itself where `cuts` finds no place in it."""
    form, tag, start, end, word, sentence, _ = token
    if end <= start:
        return []
    known = nouns.states[nouns.numbers[tag].get(form, 0)] == CUT
    if not end - start == len(form) > 1 or not (places := cuts(form, tag, known)):
        return [token]
    spans = pairwise((0, *places, len(form)))
    return [Token(form[a:b], piece_tag(form, a, b, tag), start + a, start + b, word, sentence) for a, b in spans]


def units(tokens: Sequence[Token], nouns: Nouns) -> list[Token]:
    """The units of one sentence's tokens, in order."""
    return [*Units.cut([tokens], Columns.of(tokens), nouns, nouns.look_up).flat]
