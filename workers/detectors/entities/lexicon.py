"""Names and words that are listed: aliases, countries, titles, words that are no names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ahocorasick import Automaton
from babel import Locale

from schemas.labels import EntityType
from workers.document import Span

NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # CLDR codes for unions and none
TABLES = ("aliases", "nations", "titles", "not_names")


@dataclass(frozen=True, slots=True)
class Known:
    """A listed name: what it is and the name that all its spellings share."""

    canonical: str
    type: EntityType
    rule: str


@cache
def countries() -> dict[str, str]:
    """Territory code → its Korean name, from CLDR, without what stands in brackets."""
    named = {code: name.split("(")[0].strip() for code, name in Locale("ko").territories.items() if code.isalpha()}
    return {code: name for code, name in named.items() if code not in NOT_COUNTRIES}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What stands in the lists.

    `known`: surface → what it names; the automaton holds those that are names wherever they stand; `short`: one-syllable or
    Chinese-character country → canonical name; `beside_short`: words before which such a form is a country; `titles`: words after a
    person's name; `government`: words that make a government of a country; `generic`: nouns, by type, that taggers take for names.
    """

    known: Mapping[str, Known]
    automaton: Automaton
    short: Mapping[str, str]
    beside_short: frozenset[str]
    titles: frozenset[str]
    government: frozenset[str]
    generic: Mapping[str, frozenset[str]]
    surnames: frozenset[str]

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        known: dict[str, Known] = {}
        doubtful = set(tables["nations"]["ambiguous"])
        nations, aliases = tables["nations"], tables["aliases"]
        names = countries() | nations["names"]
        for code, name in sorted(countries().items()):
            if len(name) > 1:
                known[name] = Known(names[code], EntityType.LOCATION, "nations.name")
        for code, others in nations["also"].items():
            for name in (names[code], *others):
                known[name] = Known(names[code], EntityType.LOCATION, "nations.name")
        for name, others in nations["regions"].items():
            for surface in (name, *others):
                known[surface] = Known(name, EntityType.LOCATION, "nations.region")
        for entry in aliases["entity"]:
            for surface in (entry["canonical"], *entry.get("surface", ())):
                known[surface] = Known(entry["canonical"], EntityType(entry["type"]), "aliases")
                if entry.get("ask_tagger"):
                    doubtful.add(surface)
        automaton = Automaton()
        for surface in sorted(known.keys() - doubtful):
            automaton.add_word(surface, surface)
        automaton.make_automaton()
        return cls(
            known=known,
            automaton=automaton,
            short={s: names[code] for code, shorts in nations["short"].items() for s in shorts},
            beside_short=frozenset(nations["beside_short"]),
            titles=frozenset(tables["titles"]["title"]),
            government=frozenset(nations["government"]),
            generic={kind: frozenset(words) for kind, words in tables["not_names"]["generic"].items()},
            surnames=frozenset(tables["titles"]["surnames"]),
        )

    def matches(self, text: str) -> Iterator[tuple[Span, Known]]:
        """Every listed name in the text, also inside words and over one another."""
        for last, surface in self.automaton.iter(text):
            yield Span(last + 1 - len(surface), last + 1), self.known[surface]
