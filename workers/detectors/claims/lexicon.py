"""The tables about claims, compiled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Lexicon:
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
        heads = sorted(clauses["discourse"]["markers"], key=len, reverse=True)
        return cls(
            lead=re.compile(clauses["lead"]["pattern"]),
            markers=re.compile(r"(?:(?:" + "|".join(map(re.escape, heads)) + r")(?=[\s,]),?\s*|" + clauses["discourse"]["pattern"] + ")"),
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
