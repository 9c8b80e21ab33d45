"""The names that a request brings along, found by an automaton; they go before what the taggers and the lists find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from ahocorasick import Automaton

from schemas.labels import EntityType
from workers.annotations import Entity
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.mentions import REQUEST, Mention
from workers.document import Columns, Span, Token
from workers.spans import longest

BRANCHES = 1_000  # an automaton looks the branches of a node through one by one; Hangul has 11,172
WIDTH = 4  # bytes of a character in UTF-32


def spelled(text: str) -> str:
    """`text` with four letters of 256 for each character, for names that begin in very many ways."""
    return text.encode("utf-32-be", "surrogatepass").decode("latin-1")


@dataclass(frozen=True, slots=True)
class Custom:
    """Of one request: `names` maps surfaces to their canonical name and type, `ignored` are surfaces and canonical names to leave out."""

    names: Mapping[str, tuple[str, EntityType]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entities: Iterable[Mapping[str, Any]], ignored: Iterable[str]) -> "Custom":
        """From `options.entities` and `options.ignore` as their schema gives them."""
        kinds = {str(kind): kind for kind in EntityType}
        names = {s: (e["canonical"], kinds[e["type"]]) for e in entities for s in e["surface"]}
        return cls(names, frozenset(ignored))

    def mentions(self, text: str, sentences: Sequence[Sequence[Token]]) -> tuple[Mention, ...]:
        """Where in the text the names stand as words or at the beginning of words, the longest where they overlap."""
        if not self.names:
            return ()
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}.union(text)
        candidates = [name for name in self.names if name[:2] in pairs and name[-2:] in pairs]
        if not candidates:
            return ()
        branching = len({name[0] for name in candidates}) > BRANCHES
        spell, width = (spelled, WIDTH) if branching else (str, 1)
        automaton = Automaton()
        for name in candidates:
            automaton.add_word(spell(name), len(name))
        automaton.make_automaton()
        boundaries = Boundaries.of(text, Columns.of([*chain.from_iterable(sentences)]))
        may_begin, may_end = cache(boundaries.may_begin), cache(boundaries.may_end)
        longest_at: dict[int, int] = {}
        for last, length in automaton.iter(spell(text)):
            end, rest = divmod(last + 1, width)
            start = end - length
            if not rest and may_begin(start) and may_end(end, length == 1):
                longest_at[start] = end  # ends come in order: the last is the farthest
        return longest(Mention(Span(a, b), *self._of(text[a:b])) for a, b in longest_at.items())

    def _of(self, surface: str) -> tuple[EntityType, float, str, str]:
        canonical, kind = self.names[surface]
        return kind, 1.0, REQUEST, canonical

    def kept(self, text: str, found: Iterable[Entity]) -> tuple[Entity, ...]:
        """The entities without what is to be left out."""
        if not self.ignored:
            return tuple(found)
        return tuple(e for entity in found if (e := self._without(text, entity)))

    def _without(self, text: str, entity: Entity) -> Entity | None:
        if entity.canonical in self.ignored:
            return None
        mentions = tuple(m for m in entity.mentions if text[m.start : m.end] not in self.ignored)
        if not mentions:
            return None
        return (
            entity if len(mentions) == len(entity.mentions) else Entity(entity.type, entity.canonical, mentions, entity.score, entity.rule)
        )


NONE = Custom()
