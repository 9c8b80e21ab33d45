"""Names and words that are listed: aliases, countries, titles, words that are no names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ahocorasick import Automaton

from schemas.labels import EntityType
from workers.document import Span

TABLES = ("aliases", "cldr", "name_heads", "nations", "not_names", "titles")


class Known(NamedTuple):
    """A listed name: what it is, the name that all its spellings share, and for a spelling that is also another word the canonical
    names beside which it counts."""

    canonical: str
    type: EntityType
    rule: str
    doubtful: bool = False
    beside: frozenset[str] = frozenset()


class Lexicon(NamedTuple):
    """What stands in the lists.

    `known`: surface → what it names; the automaton holds the certain ones and the heads of companies, events and laws; `short`: one-
    syllable or Chinese-character country → canonical name; `beside_short`: words before which such a form is a country; `talks`: words
    before which 북미 is two countries; `government`: words that make a government of a country; `titles`: words after a person's name,
    `single` those that one person holds; `generic`: nouns, by type, that taggers take for names; `heads`: the lists of
    `name_heads.toml`.
    """

    known: Mapping[str, Known]
    automaton: Automaton
    short: Mapping[str, str]
    beside_short: frozenset[str]
    titles: frozenset[str]
    single: frozenset[str]
    government: frozenset[str]
    talks: frozenset[str]
    generic: Mapping[str, frozenset[str]]
    surnames: frozenset[str]
    native_surnames: frozenset[str]
    heads: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        known: dict[str, Known] = {}
        nations = tables["nations"]
        doubtful = frozenset(nations["ambiguous"])
        countries = tables["cldr"]["countries"]
        names = countries | nations["names"]
        spellings = [(names[code], (name,)) for code, name in countries.items() if len(name) > 1]
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
        generic = {kind: frozenset(words) for kind, words in tables["not_names"]["generic"].items()}
        organization = EntityType.ORGANIZATION.value
        lists = {name: frozenset(words) for name, words in tables["name_heads"].items() if name != "example"}
        heads = {word: kind for kind in ("company", "event", "law") for word in tables["name_heads"][kind]}
        automaton = Automaton()
        for word in sorted(known.keys() | heads.keys()):
            entry = known.get(word)
            if word in heads or (entry and (not entry.doubtful or entry.beside)):
                automaton.add_word(word, (len(word), entry, heads.get(word)))
        automaton.make_automaton()
        return cls(
            known=known,
            automaton=automaton,
            short={s: names[code] for code, shorts in nations["short"].items() for s in shorts},
            beside_short=frozenset(nations["beside_short"]),
            titles=frozenset(tables["titles"]["title"]),
            single=frozenset(tables["titles"]["single"]),
            government=frozenset(nations["government"]),
            talks=frozenset(nations["talks"]),
            generic=generic | {organization: generic[organization].union(tables["name_heads"]["organization_kind"])},
            surnames=frozenset(tables["titles"]["surnames"]),
            native_surnames=frozenset(tables["titles"]["native_surnames"]),
            heads=lists | {"office": lists["office"] | lists["company"]},
        )

    def scan(self, text: str) -> tuple[list[tuple[Span, Known]], list[tuple[Span, str]]]:
        """Every listed name, and every head of a company, event or law with its kind, also inside words and over one another."""
        names, heads = [], []
        for last, (length, name, head) in self.automaton.iter(text):
            span = Span(last + 1 - length, last + 1)
            if name:
                names.append((span, name))
            if head:
                heads.append((span, head))
        return names, heads
