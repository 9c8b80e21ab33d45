"""What the tagger sees of each unit: one function for training and for serving.

A *word* (form/tag) has properties (its own form, its last characters, its shape, its classes …), each a small integer, 0 for none.
A *template* looks at one property of the word in some role (the unit itself, a neighbour, the last noun of its run of nouns …), or at
two properties together, or at the unit's place. `features` gives all of them as arrays; training writes them out with `written`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.detectors.entities.units import NEW, Nouns, Numbers, Units, state
from workers.document import Columns, Token
from workers.lexemes import Remembered

Ints = npt.NDArray[np.int64]

SPELLED = ("tag", "last1", "last2", "last3", "first1", "first2", "shape")
COUNTED = ("word", *SPELLED)
CLASSES = ("coarse", "middle", "fine", "kind")
PROPERTIES = COUNTED + CLASSES
COLUMN = {p: i for i, p in enumerate(PROPERTIES)}
NO_CLASSES = (0,) * len(CLASSES)
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
# the (property, role) that PAIRS look at, each once; which of them are a pair's left and right
CELLS = tuple(dict.fromkeys(cell for pair in PAIRS for cell in pair))
CELL_PROPERTIES = np.array([[COLUMN[p]] for p, _ in CELLS])
CELL_ROLES = np.array([ROLES.index(r) for _, r in CELLS])
LEFT, RIGHT = (np.array([CELLS.index(pair[side]) for pair in PAIRS]) for side in (0, 1))
FLAGS = len(PROPERTIES)  # a last column of the words' rows: RUNS | APART | quote mark << 2
RUNS, APART = 1, 2
VERBS = ("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA", "VV-I", "VV-R", "VA-I", "VA-R", "VX-I", "VX-R", "XSA-I", "XSA-R")
OUTSIDE = frozenset({*VERBS, "EF", "EC", "EP", "JKO", "JKC", "JKQ", "MAJ", "SF", "SE"})
IN_DATES = frozenset({"지나", "오", "같"})  # 지난 12일, 오는 12일, 같은 날
PACK = 20  # bits of the second number of a pair
MARKS = {
    **dict.fromkeys("‘“", 1),
    **dict.fromkeys("『「《〈<", 2),
    **dict.fromkeys("([【", 3),
    **dict.fromkeys("'\"", 4),
    **dict.fromkeys("’”』」》〉>)]】", 5),
}
EITHER, CLOSING = 4, 5
SORTS = str.maketrans(dict.fromkeys(ascii_uppercase, "A") | dict.fromkeys(ascii_lowercase, "a") | dict.fromkeys(digits, "9"))
LONG_RUN = re.compile(r"(.)\1\1+")


def flags(form: str, tag: str) -> int:
    """Whether the word goes on a run of nouns, whether no name holds it outside quotes, which quotation mark or bracket it is."""
    mark = MARKS.get(form[:1], 0) if tag[0] == "S" else 0
    return RUNS * (tag in RUN) | APART * (tag in OUTSIDE and form not in IN_DATES) | mark << 2


def shape(form: str, tag: str) -> str:
    """Script and length: h3NN for a noun of three Hangul syllables; Latin and digits by pattern, runs shortened (`Aaa`, `AA-9`)."""
    if "가" <= form[:1] <= "힣":
        return f"h{min(len(form), 6)}{tag[:2]}"
    return LONG_RUN.sub(r"\1\1", form.translate(SORTS))[:8] + tag


def split(word: str) -> tuple[str, str]:
    """Form and tag of a word form/tag."""
    form, _, tag = word.rpartition("/")
    return form, tag


def values_of(word: str) -> dict[str, str]:
    """The counted properties of a word form/tag, as text."""
    form, tag = split(word)
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


class Vocabulary(NamedTuple):
    """Numbers of words and of property values: `by_tag` finds the number of a word by tag and form; `table` has the row of word number i
    at i (its properties in the order of PROPERTIES, then its flags), and zeros at 0. `values[p]` maps a value of SPELLED property p to its
    number from 1 up; `nouns` are those that Kiwi has in its dictionary.

    A word that has a number need not have the property `word`: one of which only the classes are known has 0 there.
    """

    values: Mapping[str, Mapping[str, int]]
    by_tag: Mapping[str, Mapping[str, int]]
    table: npt.NDArray[np.int16]
    nouns: Nouns
    remembered: Remembered

    @classmethod
    def of(cls, values: Mapping[str, Mapping[str, int]], classes: Mapping[str, tuple[int, ...]]) -> "Vocabulary":
        """From the numbers of the values of each COUNTED property, and form/tag → the numbers of its classes in the order of CLASSES."""
        words = dict.fromkeys([*values["word"], *classes])
        by_tag: dict[str, dict[str, int]] = {}
        for number, word in enumerate(words, 1):
            form, tag = split(word)
            by_tag.setdefault(tag, {})[form] = number
        rows = [(0,) * (FLAGS + 1), *(row(w, values, values["word"].get(w, 0), classes.get(w, NO_CLASSES)) for w in words)]
        states = bytes([NEW, *(state(*split(word)) if word in classes else NEW for word in words)])
        return cls.stored({p: values[p] for p in SPELLED}, by_tag, np.array(rows, np.int16), states)

    @classmethod
    def stored(
        cls,
        values: Mapping[str, Mapping[str, int]],
        by_tag: Mapping[str, Mapping[str, int]],
        table: npt.NDArray[np.int16],
        states: bytes,
    ) -> "Vocabulary":
        """From what lies in a file; `states` are the words' own, by number."""
        nothing = dict[str, int]()

        def look_up(forms: Sequence[str], tags: Sequence[str]) -> list[int]:
            return [by_tag.get(tag, nothing).get(form, 0) for form, tag in zip(forms, tags, strict=True)]

        return cls(values, by_tag, table, Nouns.among(by_tag, states), Remembered(look_up))

    def numbers(self, columns: Columns) -> Numbers:
        """The number of each word, 0 where it is new."""
        return self.remembered.numbers(columns, np.array(columns.lexemes, np.intp))


def row(word: str, values: Mapping[str, Mapping[str, int]], number: int = 0, classes: tuple[int, ...] = NO_CLASSES) -> tuple[int, ...]:
    """The numbers of the word's properties, in the order of PROPERTIES, and its flags; `number` is that of the property `word`."""
    found = values_of(word)
    spelled = [values[p].get(found[p], 0) if p in found else 0 for p in SPELLED]
    return (number, *spelled, *classes, flags(*split(word)))


class Features(NamedTuple):
    """Of n units: `values[p]` holds property p of each, and 0 for the unit n that stands for none; `roles[r]` says which unit stands in
    role r of each; `place` and `quoted` what PLACES look at; `inside[i]` whether unit i may belong to a name."""

    values: Ints
    roles: Ints
    place: Ints
    quoted: Ints
    inside: npt.NDArray[np.bool_]

    def keys(self, at: Ints) -> Ints:
        """The keys of the units of the indices `at`: a row per template of PAIRS and PLACES, 0 where it is silent."""
        cells = self.values[CELL_PROPERTIES, self.roles[CELL_ROLES][:, at]]
        a, b = cells[LEFT], cells[RIGHT]
        keys = np.empty((len(PAIRS) + len(PLACES), len(at)), np.int64)
        keys[: len(PAIRS)] = ((a << PACK) | b) * ((a > 0) & (b > 0))
        tag, place, quoted = self.values[COLUMN["tag"], at], self.place[at], self.quoted[at]
        keys[-3] = place
        keys[-2] = (place << PACK) | tag
        keys[-1] = ((quoted << PACK) | tag) * (quoted > 0)
        return keys


def features(units: Units, vocabulary: Vocabulary) -> Features:
    """The features of all units, one after the other."""
    forms, tags = units.columns.forms, units.columns.tags
    n = len(forms)
    numbers = vocabulary.numbers(units.columns) if units.numbers is None else units.numbers
    rows = vocabulary.table[np.append(numbers, 0)]
    new: dict[str, list[int]] = {}
    for i in np.flatnonzero(numbers == 0).tolist():
        new.setdefault(f"{forms[i]}/{tags[i]}", []).append(i)
    for word, places in new.items():
        rows[places] = row(word, vocabulary.values)
    values = rows.T.astype(np.int64, order="C")
    ends = np.array(units.ends)
    opens = np.zeros(n + 1, bool)  # unit i is the first of its sentence
    opens[ends] = opens[0] = True
    sentence_of, same_sentence = np.cumsum(opens[:n]), ~opens[1:n]
    position = np.arange(n)
    before, after = np.arange(-1, n), np.arange(1, n + 2)
    before[opens] = n
    after[ends - 1] = after[n] = n
    flag = values[FLAGS, :n]
    nominal = (flag & RUNS).astype(bool)
    goes_on = np.zeros(n + 1, bool)  # unit i continues the run of nouns of unit i - 1
    goes_on[1:n] = nominal[1:] & nominal[:-1] & same_sentence
    run_first = np.flatnonzero(~goes_on[:n])
    run = np.cumsum(~goes_on[:n]) - 1
    first_at = run_first[run]
    last_at = (np.append(run_first[1:], n) - 1)[run]
    roles = {
        "here": position,
        "before": before[:n],
        "after": after[:n],
        "before2": before[before[:n]],
        "after2": after[after[:n]],
        "run_last": last_at,
        "run_next": after[last_at],
        "run_before": before[first_at],
    }
    word_of = np.array(units.columns.words, np.int64)
    spaced = np.ones(n + 1, np.int64)
    spaced[1:n] = (word_of[1:] != word_of[:-1]) | ~same_sentence
    place = 1 + spaced[:n] + 2 * spaced[1:] + 4 * (position == first_at) + 8 * (position == last_at)
    quoted = quotes(flag >> 2, sentence_of)
    inside = ((flag & APART) == 0) | (quoted > 0)
    return Features(values, np.array([roles[r] for r in ROLES]), place, quoted, inside)


def quotes(marks: Ints, sentence_of: Ints) -> Ints:
    """Which kind of quotation or bracket each unit stands in, 0 for none; a sentence's end closes what is open."""
    found = np.zeros(len(marks), np.int64)
    at = np.flatnonzero(marks)
    state, sentence = 0, -1
    ends = [*at[1:].tolist(), len(marks)]
    for i, mark, number, end in zip(at.tolist(), marks[at].tolist(), sentence_of[at].tolist(), ends, strict=False):
        if number != sentence:
            state, sentence = 0, number
        if mark == CLOSING or (mark == EITHER and state):
            state = 0
        else:
            state = mark
        if state:
            found[i : min(end, int(np.searchsorted(sentence_of, number, "right")))] = state
    return found


def written(found: Features) -> Iterator[list[str]]:
    """For training: the attributes of each unit as text, `template=number`."""
    single = [found.values[COLUMN[p], found.roles[ROLES.index(r)]] for p, r in SINGLE]
    table = np.column_stack([*single, found.keys(np.arange(len(found.inside))).T])
    for row in table.tolist():
        yield [f"{template}={key}" for template, key in enumerate(row) if key]


def words_of(sentences: Iterable[Sequence[Token]]) -> Iterator[str]:
    """Every word (form/tag), as often as it stands."""
    return (f"{u.form}/{u.tag}" for sentence in sentences for u in sentence)
