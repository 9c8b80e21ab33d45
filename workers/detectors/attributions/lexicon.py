"""The tables of reporting words, parsed for look-up by dictionary form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

TABLES = ("reporting_verbs", "reporting_frames", "source_words")


class Predicate(NamedTuple):
    """A reporting predicate. `takes`: complements besides the quotative (`것으로`, `것을`, `음을`, `로`)."""

    lemma: str
    stance: str
    takes: frozenset[str]
    hedged: bool
    agentless: bool


class ReportNoun(NamedTuple):
    """A noun that carries content (`다는 우려`). `speaker`: it is the topic's own (`입장이다`); `vow`: only with 겠 (`하겠다는 복안`);
    `surfaces`: it may come up without a speaker (`주장이 나온다`)."""

    form: str
    speaker: bool
    vow: bool
    surfaces: bool


class SourceWords(NamedTuple):
    """What may speak and what is left out of a source's span; the names are those of source_words.toml.

    `speaking`: the unnamed persons and bodies that speak; `diffuse` are ends of words, `diffuse_words` whole ones.
    """

    titles: frozenset[str]
    honorifics: frozenset[str]
    mute: frozenset[str]
    leading: frozenset[str]
    kinds: frozenset[str]
    reports: frozenset[str]
    documents: frozenset[str]
    pronouns: frozenset[str]
    first_person: frozenset[str]
    inquiries: frozenset[str]
    asking: Mapping[str, Sequence[str]]
    unspoken: frozenset[str]
    surnames: frozenset[str]
    countries: frozenset[str]
    countries_short: frozenset[str]
    speaking: frozenset[str]
    anonymous: frozenset[str]
    collective: frozenset[str]
    public: frozenset[str]
    officials: frozenset[str]
    groups: frozenset[str]
    companies: tuple[str, ...]
    indefinite: frozenset[str]
    demonstratives: frozenset[str]
    offices: frozenset[str]
    diffuse: tuple[str, ...]
    diffuse_words: frozenset[str]
    institution_endings: tuple[str, ...]
    person_endings: tuple[str, ...]
    media_endings: tuple[str, ...]
    title_endings: tuple[str, ...]
    kind_endings: tuple[str, ...]

    @classmethod
    def parse(cls, words: Mapping[str, Any]) -> "SourceWords":
        """From the parsed table."""
        return cls(
            titles=frozenset(words["titles"]),
            honorifics=frozenset(words["honorifics"]),
            mute=frozenset(words["mute"]),
            leading=frozenset(words["leading"]),
            kinds=frozenset(words["kinds"]),
            reports=frozenset(words["reports"]),
            documents=frozenset(words["documents"]),
            pronouns=frozenset(words["pronouns"]),
            first_person=frozenset(words["first_person"]),
            inquiries=frozenset(words["inquiries"]),
            asking=words["asking"],
            unspoken=frozenset(words["unspoken"]),
            surnames=frozenset(words["surnames"]),
            countries=frozenset(words["countries"]),
            countries_short=frozenset(words["countries_short"]),
            speaking=frozenset([*words["anonymous"], *words["collective"], *words["public"], *words["diffuse"]]),
            anonymous=frozenset(words["anonymous"]),
            collective=frozenset(words["collective"]),
            public=frozenset(words["public"]),
            officials=frozenset(words["officials"]),
            groups=frozenset(words["groups"]),
            companies=tuple(words["companies"]),
            indefinite=frozenset(words["indefinite"]),
            demonstratives=frozenset(words["demonstratives"]),
            offices=frozenset(words["offices"]),
            diffuse=tuple(words["diffuse"]),
            diffuse_words=frozenset(words["diffuse"]),
            institution_endings=tuple(words["institution_endings"]),
            person_endings=tuple(words["person_endings"]),
            media_endings=tuple(words["media_endings"]),
            title_endings=tuple(words["title_endings"]),
            kind_endings=tuple(words["kind_endings"]),
        )


class Lexicon(NamedTuple):
    """Reporting predicates by dictionary form, report nouns by form, and the words of sources."""

    predicates: Mapping[str, Predicate]
    nouns: Mapping[str, ReportNoun]
    burdens: frozenset[str]
    surfacing: frozenset[str]
    undergoing: frozenset[str]
    uttering: frozenset[str]
    noun_verbs: frozenset[str]
    sources: SourceWords
    skipped: re.Pattern[str]

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
            SourceWords.parse(tables["source_words"]),
            _skipped(tables["source_words"]),
        )


def _skipped(words: Mapping[str, Any]) -> re.Pattern[str]:
    """What stands between a source and its content and belongs to neither: connectives, dates, `…에 대해`, where it was said."""
    places = "|".join(sorted(words["venues"], key=len, reverse=True))
    clock = r"(?:\s(?:오전|오후))?(?:\s\d{1,2}시(?:\s?\d{1,2}분)?\s?(?:께|쯤|경)?)?"
    return re.compile(
        rf"[\s,]*(?:(?:{'|'.join(words['connectives'])})(?=[\s,])"
        r"|이날(?= (?!오전|오후|낮|밤|새벽|저녁|아침|\d))"
        rf"|(?:지난|오는)?\s?(?:\d{{1,2}}월\s?)?\d{{1,2}}일(?:\s?\([^()]{{1,12}}\))?(?=[\s,]){clock}"
        r"|[^,\"“”'‘’]{1,30}?[을를] 인용(?:해|하여|하며)?"
        r"|(?:[^\s,\"“”'‘’]{0,11}[^\s,\"“”'‘’이가은는을를] )?[^\s,\"“”'‘’]{1,20}[을를] (?:토대로|근거로|바탕으로)"
        r"|[^\"“”'‘’]{1,90}? 점(?: 등)?을 (?:토대로|근거로|바탕으로|들어|감안해|고려해)"
        r"|[^\s,\"“”'‘’]{1,20}(?:[을를] (?:두고|향해|통해)|에 대해|[와과] 관련해)"
        rf"|[^\"“”'‘’]{{1,60}}?(?:다|라|냐|자)는 (?:{'|'.join(words['raised'])})(?:에 대해(?:서는?)?|[와과] 관련해|에)"
        rf"|[^,\"“”'‘’]{{1,40}}?(?:열린|가진) [^,\"“”'‘’]{{0,25}}?(?:{places})에서"
        r"|(?:[^,\"“”'‘’]{1,25}? )?(?:펴낸|낸|내놓은|발표한|공개한|발간한|배포한|제출한|올린) [^,\"“”'‘’「『《<]{0,25}?"
        rf"(?:{places})(?: ?[「『《<‘'“][^」』》>’'”]{{1,40}}[」』》>’'”])?(?:에서|을 통해|를 통해)"
        rf"|(?:[^\s,\"“”'‘’]{{0,11}}[^\s,\"“”'‘’이가은는을를] ){{0,3}}?[^\s,\"“”'‘’]{{0,10}}?(?:{places})"
        r"(?:에서도?|에|[을를] 통해|[을를] 내고|으?로)"
        r")(?=[\s,])[\s,]*"
    )


def _key(form: str) -> str:
    """A dictionary form as tokens give it: the object without its particle (`뜻을 밝히다` -> `뜻 밝히다`)."""
    first, space, rest = form.partition(" ")
    return first[:-1] + space + rest if space and first[-1] in "을를" else form
