"""The tables of reporting words, parsed for look-up by dictionary form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TABLES = ("reporting_verbs", "reporting_frames", "source_words")


@dataclass(frozen=True, slots=True)
class Predicate:
    """A reporting predicate. `takes`: complements besides the quotative (`것으로`, `것을`, `음을`, `로`)."""

    lemma: str
    stance: str
    takes: frozenset[str]
    hedged: bool
    agentless: bool


@dataclass(frozen=True, slots=True)
class ReportNoun:
    """A noun that carries content (`다는 우려`). `speaker`: it is the topic's own (`입장이다`); `vow`: only with 겠 (`하겠다는 복안`);
    `surfaces`: it may come up without a speaker (`주장이 나온다`)."""

    form: str
    speaker: bool
    vow: bool
    surfaces: bool


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What may speak and what is left out of a source's span; the names are those of source_words.toml."""

    titles: frozenset[str]
    honorifics: frozenset[str]
    anonymous: frozenset[str]
    collective: frozenset[str]
    institution_endings: tuple[str, ...]
    person_endings: tuple[str, ...]
    mute: frozenset[str]
    leading: frozenset[str]
    kinds: frozenset[str]
    media_endings: tuple[str, ...]
    reports: frozenset[str]
    documents: frozenset[str]
    pronouns: frozenset[str]
    first_person: frozenset[str]
    surnames: frozenset[str]
    venues: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Reporting predicates by dictionary form, report nouns by form, and the words of sources."""

    predicates: Mapping[str, Predicate]
    nouns: Mapping[str, ReportNoun]
    burdens: frozenset[str]
    surfacing: frozenset[str]
    undergoing: frozenset[str]
    uttering: frozenset[str]
    noun_verbs: frozenset[str]
    sources: SourceWords

    @classmethod
    def parse(cls, tables: Mapping[str, Mapping[str, Any]]) -> "Lexicon":
        """From the parsed TOML files named in `TABLES`."""
        predicates: dict[str, Predicate] = {}
        for row in tables["reporting_verbs"]["verbs"]:
            predicate = Predicate(
                row["lemma"], row["stance"], frozenset(row.get("takes", ())), row.get("hedged", False), row.get("agentless", False)
            )
            for form in (row["lemma"], *row.get("analysed", ())):
                predicates[_key(form)] = predicate
        frames = tables["reporting_frames"]
        nouns = {
            row.get("head", row["form"]): ReportNoun(
                row["form"], row["owner"] == "speaker", row.get("vow", False), row["owner"] != "speaker" or row.get("surfaces", False)
            )
            for row in frames["nouns"]
        }
        words = tables["source_words"]
        sources = SourceWords(
            **{
                name: tuple(words[name]) if name in ("institution_endings", "person_endings", "media_endings") else frozenset(words[name])
                for name in SourceWords.__dataclass_fields__
            }
        )
        surfacing = frozenset(_key(form) for form in frames["surfacing"])
        uttering = frozenset(_key(form) for form in frames["uttering"])
        return cls(
            predicates,
            nouns,
            frozenset(frames["burdens"]),
            surfacing,
            frozenset(frames["undergoing"]),
            uttering,
            surfacing | uttering | frozenset(frames["undergoing"]),
            sources,
        )


def _key(form: str) -> str:
    """A dictionary form as tokens give it: the object without its particle (`뜻을 밝히다` -> `뜻 밝히다`)."""
    first, space, rest = form.partition(" ")
    return first[:-1] + space + rest if space and first[-1] in "을를" else form
