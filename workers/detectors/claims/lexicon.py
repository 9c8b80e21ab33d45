"""The tables about claims, compiled."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from workers.detectors.claims import patterns
from workers.detectors.claims.repetition import CONTENT
from workers.document import Columns
from workers.lexemes import Remembered

TABLES: tuple[str, ...] = ("clauses", "claim_markers", "claim_words")

# Kiwi's tags by their first letter, as the tables name them
_TAGS = {
    "N": ("NNG", "NNP", "NNB", "NP", "NR"),
    "V": ("VV", "VA", "VX", "VCN", "VV-R", "VV-I", "VA-R", "VA-I", "VX-R", "VX-I"),
    "X": ("XR", "XSN", "XPN"),
    "M": ("MAG", "MAJ", "MM"),
}

# bits of what a morpheme may be by itself: a listed word, what ends a clause, the first of a pattern, a word that claims are compared by
USES = LISTED, ENDING, FIRST, COMPARED = 1, 2, 4, 8


class Lexicon(NamedTuple):
    """`markers`: what is cut off in front of a claim; `patterns`, `words`: features, the latter by form and tag; `uses`: what each
    morpheme may be, of USES."""

    lead: re.Pattern[str]
    markers: re.Pattern[str]
    label_heads: frozenset[str]
    question_words: frozenset[str]
    greeting: re.Pattern[str]
    figure: re.Pattern[str]
    patterns: patterns.Index
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    names: tuple[str, ...]
    uses: Remembered

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        """Raises `KeyError`, `ValueError` or `re.error` where a table is malformed."""
        clauses, markers, words = (tables[name] for name in TABLES)
        rows = [patterns.parse(name, source) for name, row in markers.items() for source in row["patterns"]]
        by_word: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, row in words.items():
            for word in row["words"]:
                for tag in _TAGS[row["tag"]]:
                    by_tag = by_word.setdefault(word, {})
                    by_tag[tag] = (*by_tag.get(tag, ()), name)
        heads = sorted(clauses["discourse"]["markers"], key=lambda head: (head[0], -len(head)))
        # alternatives are tried one by one: those that begin alike share a branch
        branches = [
            f"{re.escape(first)}(?:{'|'.join(re.escape(head[1:]) for head in same)})" for first, same in groupby(heads, itemgetter(0))
        ]
        endings = frozenset(form.translate(patterns.FINALS) for form in clauses["coordination"]["endings"])
        closing_nouns = frozenset(clauses["coordination"]["nouns"])
        index = patterns.index(rows)

        def uses(form: str, tag: str) -> int:
            listed, ends = tag in by_word.get(form, ()), _may_end(form, tag, endings, closing_nouns)
            return LISTED * listed | ENDING * ends | FIRST * patterns.begins(form, tag, index) | COMPARED * (tag in CONTENT)

        return cls(
            lead=re.compile(clauses["lead"]["pattern"]),
            markers=re.compile(r"(?:(?:" + "|".join(branches) + r")(?=[\s,]),?\s*|" + clauses["discourse"]["pattern"] + ")"),
            label_heads=frozenset(clauses["headings"]["nouns"]),
            question_words=frozenset(clauses["questions"]["words"]),
            greeting=re.compile(clauses["greetings"]["pattern"]),
            figure=re.compile(clauses["figures"]["pattern"]),
            patterns=index,
            words=by_word,
            names=tuple(sorted({*markers, *words})),
            uses=Remembered(lambda forms, tags: [*map(uses, forms, tags)]),
        )

    def clause_ends(self, columns: Columns, places: Iterable[int]) -> list[int]:
        """Those of the `places` of ENDING where a coordinate clause may end; another morpheme follows."""
        tags, last = columns.tags, len(columns.tags) - 1
        return [at for at in places if at < last and self._closes(tags[at], tags[at + 1])]

    @staticmethod
    def _closes(tag: str, following: str) -> bool:
        if tag == "EC":
            return following[:2] != "VX"
        return tag[0] != "N" or following[0] not in "VJ"


def _may_end(form: str, tag: str, endings: AbstractSet[str], nouns: AbstractSet[str]) -> bool:
    """Whether the morpheme may end a coordinate clause."""
    if tag == "EC":
        return form in endings
    return tag == "EF" or (tag == "SP" and form == ";") or (form in nouns and tag in _TAGS["N"])
