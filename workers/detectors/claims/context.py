"""What is known of a document before its claims are looked for."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from schemas.labels import EntityType
from workers.annotations import Entity, Number, TimeExpression
from workers.detectors.claims.lexicon import USES, Lexicon
from workers.detectors.claims.patterns import Match, matches
from workers.document import Columns, Document, Span

_TYPES = {kind: str(kind) for kind in EntityType}


class Context(NamedTuple):
    """The morphemes of the sentences that carry claims; among them the places of the listed words with the names of their lists, those
    where a clause may end, those of what claims are compared by, and the patterns by their first morphemes; what the other detectors
    found, by start."""

    document: Document
    lexicon: Lexicon
    columns: Columns
    listed: Sequence[int]
    listed_names: Sequence[Sequence[str]]
    endings: Sequence[int]
    compared: Sequence[int]
    matches: Sequence[Match]
    match_firsts: Sequence[int]
    numbers: Sequence[Number]
    number_starts: Sequence[int]
    times: Sequence[TimeExpression]
    time_starts: Sequence[int]
    mentions: Sequence[tuple[int, int, str]]
    mention_starts: Sequence[int]

    @classmethod
    def of(
        cls,
        document: Document,
        numbers: Sequence[Number],
        times: Sequence[TimeExpression],
        entities: Sequence[Entity],
        lexicon: Lexicon,
    ) -> "Context":
        columns = document.columns
        uses = lexicon.uses.numbers(columns, document.lexemes)
        listed, endings, firsts, compared = ((uses & use).nonzero()[0].tolist() for use in USES)
        forms, tags, words = columns.forms, columns.tags, lexicon.words
        found = matches(columns.forms, columns.tags, firsts, lexicon.patterns)
        numbers = sorted(numbers, key=lambda n: n.span)
        times = sorted(times, key=lambda t: t.span)
        mentions = sorted([(start, end, _TYPES[e.type]) for e in entities for start, end in e.mentions])
        return cls(
            document,
            lexicon,
            columns,
            listed,
            [words[forms[at]][tags[at]] for at in listed],
            lexicon.clause_ends(columns, endings),
            compared,
            found,
            [match[1] for match in found],
            numbers,
            [n.span.start for n in numbers],
            times,
            [t.span.start for t in times],
            mentions,
            [m[0] for m in mentions],
        )

    def morphemes(self, span: Span) -> tuple[int, int]:
        """The half-open range of the morphemes that start in `span`."""
        return bisect_left(self.columns.starts, span.start), bisect_left(self.columns.starts, span.end)
