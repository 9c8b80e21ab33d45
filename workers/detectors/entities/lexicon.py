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
TABLES = ("aliases", "name_heads", "nations", "not_names", "titles")


@dataclass(frozen=True, slots=True)
class Known:
    """A listed name: what it is, the name that all its spellings share, and for a spelling that is also another word the canonical
    names beside which it counts."""

    canonical: str
    type: EntityType
    rule: str
    doubtful: bool = False
    beside: frozenset[str] = frozenset()


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
    person's name; `government`: words that make a government of a country; `generic`: nouns, by type, that taggers take for names; `heads`: the
    lists of `name_heads.toml`.
    """

    known: Mapping[str, Known]
    automaton: Automaton
    short: Mapping[str, str]
    beside_short: frozenset[str]
    titles: frozenset[str]
    government: frozenset[str]
    generic: Mapping[str, frozenset[str]]
    surnames: frozenset[str]
    heads: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        known: dict[str, Known] = {}
        nations = tables["nations"]
        doubtful = frozenset(nations["ambiguous"])
        names = countries() | nations["names"]
        spellings = [(names[code], (name,)) for code, name in sorted(countries().items()) if len(name) > 1]
        spellings += [(names[code], (names[code], *others)) for code, others in nations["also"].items()]
        for canonical, surfaces in spellings:
            for name in surfaces:
                known[name] = Known(canonical, EntityType.LOCATION, "nations.name", name in doubtful)
        for canonical, others in nations["regions"].items():
            for name in (canonical, *others):
                known[name] = Known(canonical, EntityType.LOCATION, "nations.region")
        for entry in tables["aliases"]["entity"]:
            canonical, kind, beside = entry["canonical"], EntityType(entry["type"]), frozenset(entry.get("beside", ()))
            for name in (canonical, *entry.get("surface", ())):
                unsure = name in entry.get("ask_tagger", ())
                known[name] = Known(canonical, kind, "aliases", unsure, beside if unsure else frozenset())
        automaton = Automaton()
        for name in sorted(known):
            if not known[name].doubtful or known[name].beside:
                automaton.add_word(name, name)
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
            heads={name: frozenset(words) for name, words in tables["name_heads"].items() if name != "example"},
        )

    def matches(self, text: str) -> Iterator[tuple[Span, Known]]:
        """Every listed name in the text, also inside words and over one another."""
        for last, surface in self.automaton.iter(text):
            yield Span(last + 1 - len(surface), last + 1), self.known[surface]
