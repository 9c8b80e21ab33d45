"""The tables about claims, compiled."""

import re
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from workers.detectors.claims import patterns
from workers.document import Columns

TABLES: tuple[str, ...] = ("clauses", "claim_markers", "claim_words")

# Kiwi's tags by their first letter, as the tables name them
_TAGS = {
    "N": ("NNG", "NNP", "NNB", "NP", "NR"),
    "V": ("VV", "VA", "VX", "VCN", "VV-R", "VV-I", "VA-R", "VA-I", "VX-R", "VX-I"),
    "X": ("XR", "XSN", "XPN"),
    "M": ("MAG", "MAJ", "MM"),
}

_ENDINGS = frozenset(("EC", "EF", "SP"))


class Lexicon(NamedTuple):
    """`markers`: what is cut off in front of a claim; `endings`: where a clause may end; `patterns`, `words`: features, the latter by
    form and tag."""

    lead: re.Pattern[str]
    markers: re.Pattern[str]
    endings: frozenset[str]
    closing_nouns: frozenset[str]
    label_heads: frozenset[str]
    question_words: frozenset[str]
    greeting: re.Pattern[str]
    figure: re.Pattern[str]
    patterns: patterns.Index
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    names: tuple[str, ...]

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
        return cls(
            lead=re.compile(clauses["lead"]["pattern"]),
            markers=re.compile(r"(?:(?:" + "|".join(branches) + r")(?=[\s,]),?\s*|" + clauses["discourse"]["pattern"] + ")"),
            endings=frozenset(form.translate(patterns.FINALS) for form in clauses["coordination"]["endings"]),
            closing_nouns=frozenset(clauses["coordination"]["nouns"]),
            label_heads=frozenset(clauses["headings"]["nouns"]),
            question_words=frozenset(clauses["questions"]["words"]),
            greeting=re.compile(clauses["greetings"]["pattern"]),
            figure=re.compile(clauses["figures"]["pattern"]),
            patterns=patterns.index(rows),
            words=by_word,
            names=tuple(sorted({*markers, *words})),
        )

    def listed(self, columns: Columns) -> list[int]:
        """The places of the listed words among the morphemes."""
        words, tags = self.words, columns.tags
        return [at for at, form in enumerate(columns.forms) if form in words and tags[at] in words[form]]

    def clause_ends(self, columns: Columns) -> list[int]:
        """The places of the morphemes that may end a coordinate clause; another follows."""
        forms, tags, nouns = columns.forms, columns.tags, self.closing_nouns
        likely = [at for at, (form, tag) in enumerate(zip(forms[:-1], tags, strict=False)) if tag in _ENDINGS or form in nouns]
        return [at for at in likely if self._ends_clause(forms[at], tags[at], tags[at + 1])]

    def _ends_clause(self, form: str, tag: str, following: str) -> bool:
        if tag == "EC":
            return form in self.endings and following[:2] != "VX"
        if tag == "SP":
            return form == ";"
        return tag == "EF" or (form in self.closing_nouns and tag in _TAGS["N"] and following[0] not in "VJ")
