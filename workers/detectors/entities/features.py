"""What the tagger sees of each unit: one function for training and for serving.

A *word* (form/tag) has properties (its own form, its last characters, its shape, its classes …), each a small integer, 0 for none.
A *template* looks at one property of the word in some role (the unit itself, a neighbour, the last noun of its run of nouns …), or at
two properties together, or at the unit's place. `features` gives all of them as arrays; training writes them out with `written`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.document import Token

Ints = npt.NDArray[np.int64]

COUNTED = ("word", "tag", "last1", "last2", "last3", "first1", "first2", "shape")
CLASSES = ("coarse", "middle", "fine", "kind")
PROPERTIES = COUNTED + CLASSES
NOMINAL = frozenset({"NNP", "NNG", "SL", "SH", "SN", "NNB", "XPN", "XSN", "NNZ", "NR", "W_SERIAL"})
RUN = frozenset({"NNP", "NNG", "SL", "SH", "XPN", "XSN", "SN", "NR"})

ROLES = ("here", "before", "after", "before2", "after2", "run_last", "run_next", "run_before")
# (property, role)
SINGLE: tuple[tuple[str, str], ...] = (
    *(("word", r) for r in ROLES),
    *(("tag", r) for r in ("here", "before", "after", "before2", "after2")),
    *(("last1", r) for r in ("here", "before", "after", "run_last")),
    *(("last2", r) for r in ("here", "before", "after", "run_last")),
    ("last3", "here"),
    ("first1", "here"),
    ("first1", "after"),
    ("first2", "here"),
    *(("shape", r) for r in ("here", "before", "after")),
    *(("coarse", r) for r in ROLES),
    *(("middle", r) for r in ("here", "before", "after", "run_last", "run_next")),
    *(("fine", r) for r in ("here", "before", "after", "run_last", "run_next")),
    *(("kind", r) for r in ("here", "before", "after", "before2", "after2", "run_last", "run_next")),
)
# ((property, role), (property, role))
PAIRS: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = (
    (("word", "before"), ("word", "here")),
    (("word", "here"), ("word", "after")),
    (("tag", "before"), ("tag", "here")),
    (("tag", "here"), ("tag", "after")),
    (("coarse", "before"), ("coarse", "here")),
    (("coarse", "here"), ("coarse", "after")),
    (("word", "here"), ("word", "run_next")),
    (("word", "here"), ("word", "run_last")),
    (("middle", "here"), ("last2", "run_last")),
    (("kind", "here"), ("tag", "after")),
    (("kind", "here"), ("kind", "run_last")),
    (("kind", "before"), ("kind", "here")),
    (("kind", "here"), ("kind", "after")),
    (("shape", "here"), ("word", "after")),
    (("shape", "here"), ("word", "run_next")),
    (("first1", "here"), ("shape", "here")),
    (("last1", "here"), ("word", "after")),
)
PLACES = ("place", "place+tag", "quote+tag")
TEMPLATES: tuple[str, ...] = (
    *(f"{p}@{r}" for p, r in SINGLE),
    *(f"{p}@{r}+{q}@{s}" for (p, r), (q, s) in PAIRS),
    *PLACES,
)
PACK = 20  # bits of the second number of a pair
OPENING = {**dict.fromkeys("‘“", 1), **dict.fromkeys("『「《〈<", 2), **dict.fromkeys("([【", 3)}
CLOSING = frozenset("’”』」》〉>)]】")
EITHER = frozenset("'\"")


def shape(form: str, tag: str) -> str:
    """Script and length: h3NN for a noun of three Hangul syllables; Latin and digits by pattern, runs shortened (`Aaa`, `AA-9`)."""
    if "가" <= form[:1] <= "힣":
        return f"h{min(len(form), 6)}{tag[:2]}"
    pattern = re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", re.sub(r"[0-9]", "9", form)))
    return re.sub(r"(.)\1+", r"\1\1", pattern)[:8] + tag


def values_of(word: str) -> dict[str, str]:
    """The counted properties of a word form/tag, as text."""
    form, _, tag = word.rpartition("/")
    found = {"word": word, "tag": tag, "shape": shape(form, tag)}
    if form and tag in NOMINAL:
        found["last1"] = form[-1]
        if len(form) > 1:
            found["first1"] = form[0]
        if len(form) > 2:
            found["last2"], found["first2"] = form[-2:], form[:2]
        if len(form) > 3:
            found["last3"] = form[-3:]
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Numbers of property values: `values[p]` maps a value of the counted property p to its number from 1 up, `classes` maps form/tag to
    the numbers of its classes in the order of CLASSES. `rows` holds the rows of the words that training counted, ready made."""

    values: Mapping[str, Mapping[str, int]]
    classes: Mapping[str, tuple[int, ...]]
    rows: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, values: Mapping[str, Mapping[str, int]], classes: Mapping[str, tuple[int, ...]]) -> "Vocabulary":
        bare = cls(values, classes, {})
        return cls(values, classes, {word: bare.row(word) for word in values["word"]})

    def row(self, word: str) -> tuple[int, ...]:
        """The numbers of the word's properties, in the order of PROPERTIES."""
        values, found = self.values, values_of(word)
        counted = [values[p].get(found[p], 0) if p in found else 0 for p in COUNTED]
        return (*counted, *self.classes.get(word, (0,) * len(CLASSES)))


@dataclass(frozen=True, slots=True)
class Features:
    """Of n units: `words` has a row per distinct word (row 0: no word) and a column per property, `roles[r][i]` is the row of the word
    in role r of unit i, `keys` has a column per template of PAIRS and PLACES (0: silent)."""

    words: Ints
    roles: Mapping[str, Ints]
    keys: Ints


def features(sentences: Sequence[Sequence[Token]], vocabulary: Vocabulary) -> Features:
    """The features of all units of `sentences`, one after the other."""
    known, index, rows = vocabulary.rows, dict[str, int](), [(0,) * len(PROPERTIES)]
    here_list: list[int] = []
    sentence_list: list[int] = []
    run_list: list[bool] = []
    word_list: list[int] = []
    quote_list: list[int] = []
    for number, sentence in enumerate(sentences):
        quote = 0
        for form, tag, _, _, word, _ in sentence:
            key = f"{form}/{tag}"
            at = index.get(key)
            if at is None:
                at = index[key] = len(rows)
                rows.append(known.get(key) or vocabulary.row(key))
            here_list.append(at)
            run_list.append(tag in RUN)
            word_list.append(word)
            if tag[0] == "S":
                first = form[:1]
                if first in OPENING:
                    quote = OPENING[first]
                elif first in CLOSING:
                    quote = 0
                elif first in EITHER:
                    quote = 0 if quote else 4
            quote_list.append(quote)
        sentence_list += [number] * len(sentence)
    words = np.array(rows, np.int64)
    n = len(here_list)
    # two silent units on either side spare the bounds checks
    here = np.zeros(n + 4, np.int64)
    here[2 : n + 2] = here_list
    sentence_of = np.full(n + 4, -1, np.int64)
    sentence_of[2 : n + 2] = sentence_list
    own = sentence_of[2 : n + 2]

    def shifted(by: int) -> Ints:
        part = slice(2 + by, n + 2 + by)
        return np.where(sentence_of[part] == own, here[part], 0)

    nominal = np.array(run_list, bool)
    goes_on = np.zeros(n + 1, bool)  # unit i continues the run of nouns of unit i - 1
    goes_on[1:n] = nominal[1:] & nominal[:-1] & (own[1:] == own[:-1])
    run_first = np.flatnonzero(~goes_on[:n])
    run = np.cumsum(~goes_on[:n]) - 1
    first_at = run_first[run]
    last_at = (np.append(run_first[1:], n) - 1)[run]
    unit, before, after = here[2 : n + 2], shifted(-1), shifted(1)
    roles = {
        "here": unit,
        "before": before,
        "after": after,
        "before2": shifted(-2),
        "after2": shifted(2),
        "run_last": unit[last_at],
        "run_next": after[last_at],
        "run_before": before[first_at],
    }
    word_of = np.array(word_list, np.int64)
    spaced = np.ones(n + 1, np.int64)
    spaced[1:n] = (word_of[1:] != word_of[:-1]) | (own[1:] != own[:-1])
    position = np.arange(n)
    place = 1 + spaced[:n] + 2 * spaced[1:] + 4 * (position == first_at) + 8 * (position == last_at)
    tag = words[unit, PROPERTIES.index("tag")]
    quoted = np.array(quote_list, np.int64)
    keys = np.zeros((n, len(PAIRS) + len(PLACES)), np.int64)
    column = {p: i for i, p in enumerate(PROPERTIES)}
    cells: dict[tuple[str, str], Ints] = {}
    for pair in PAIRS:
        for p, r in pair:
            if (p, r) not in cells:
                cells[p, r] = words[:, column[p]][roles[r]]
    for k, (left, right) in enumerate(PAIRS):
        a, b = cells[left], cells[right]
        keys[:, k] = ((a << PACK) | b) * ((a > 0) & (b > 0))
    keys[:, -3] = place
    keys[:, -2] = (place << PACK) | tag
    keys[:, -1] = ((quoted << PACK) | tag) * (quoted > 0)
    return Features(words, roles, keys)


def written(found: Features) -> Iterator[list[str]]:
    """For training: the attributes of each unit as text, `template=number`."""
    column = {p: i for i, p in enumerate(PROPERTIES)}
    single = [found.words[:, column[p]][found.roles[r]] for p, r in SINGLE]
    table = np.column_stack([*single, found.keys])
    for row in table.tolist():
        yield [f"{template}={key}" for template, key in enumerate(row) if key]


def words_of(sentences: Iterable[Sequence[Token]]) -> Iterator[str]:
    """Every word (form/tag), as often as it stands."""
    return (f"{u.form}/{u.tag}" for sentence in sentences for u in sentence)
