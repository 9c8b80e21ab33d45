"""How openly a source is named: by name, by its institution, or not at all."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.labels import EntityType, Transparency
from workers.annotations import Attribution
from workers.detectors.attributions import names, sources
from workers.detectors.attributions.lexicon import Lexicon, SourceWords
from workers.document import Document, Sentence, Span, Token

_MASKED = re.compile(r"[OXＯ○◯△□*]{2,}|[○◯△□]")  # `정OO`, `○○은행`
_LETTER = re.compile(r"(?:^|\s)[A-Z](?:\s?(?:씨|군|양|사|교수|의원|업체|기업|은행|병원|대|대표|변호사|경위)|$)")  # `A씨`, `B사`
_FAMILY = re.compile(r"[가-힣]\s?모(?:\s?씨|\(|$)")  # `이모(48)씨`
_ADDRESSED = re.compile(r"\s?씨(?![가-힣]{2})")
_MARKS = tuple("'\"‘“「『《<")
_SPEAKING = frozenset([EntityType.ORGANIZATION, EntityType.LOCATION])


def disclosed(
    document: Document, attributions: Iterable[Attribution], mentions: Sequence[tuple[Span, EntityType]], lexicon: Lexicon
) -> list[Attribution]:
    """The attributions, in order, each with its transparency. `mentions`: those of the document's entities, sorted."""
    judge = _Judge(document, mentions, lexicon.sources)
    out = []
    for a in attributions:
        judge.of(a.via)  # whom a later `이 소식통은` may mean
        out.append(a._replace(transparency=judge.of(a.source)))
    return out


class _Source(NamedTuple):
    """A source already judged: where, its head word, whether it is a person."""

    start: int
    head: str
    person: bool
    transparency: Transparency


class _Judge:
    """Judges sources in the order of the text, for `그는` and `회사는` mean what stands before them."""

    def __init__(self, document: Document, mentions: Sequence[tuple[Span, EntityType]], words: SourceWords) -> None:
        self._text = document.text
        self._sentences: Sequence[Sentence] = document.sentences
        self._starts = [sentence.start for sentence in document.sentences]
        self._words = words
        self._kinds: Mapping[Span, EntityType] = dict(mentions)
        self._mention_starts = [span.start for span, _ in mentions]
        self._mentions = mentions
        self._people = [span.start for span, kind in mentions if kind is EntityType.PERSON]
        self._bodies = [span.start for span, kind in mentions if kind is EntityType.ORGANIZATION]
        self._tails: dict[str, int] = {}  # where a name that ends so stands first: `시는` after `한빛시`
        for span, _ in mentions:
            for length in range(1, min(5, span.end - span.start)):
                self._tails.setdefault(self._text[span.end - length : span.end], span.start)
        self._judged: dict[Span, Transparency] = {}
        self._past: list[_Source] = []

    def of(self, source: Span | None) -> Transparency:
        """The transparency of a source."""
        if source is None:
            return Transparency.NONE
        if source not in self._judged:
            tokens = self._tokens(source)
            if not tokens:
                return Transparency.NAMED
            head, person, found = self._judge(source, tokens)
            self._judged[source] = found
            self._past.append(_Source(source.start, head, person, found))
        return self._judged[source]

    def _tokens(self, source: Span) -> Sequence[Token]:
        at = bisect_right(self._starts, source.start) - 1
        tokens = self._sentences[at].tokens if at >= 0 else ()
        first = bisect_left(tokens, source.start, key=lambda token: token.start)
        last = bisect_left(tokens, source.end, key=lambda token: token.start)
        genitive = first - 1
        if genitive > 0 and tokens[genitive].tag == "JKG":  # `가온은행의 한 관계자`
            first = sources.noun_begin(tokens, genitive - 1, 0)
        return tokens[first:last]

    def _judge(self, source: Span, tokens: Sequence[Token]) -> tuple[str, bool, Transparency]:
        """Head word, whether it is a person, transparency."""
        words, text = self._words, self._text[source.start : source.end]
        end = len(tokens) - 1
        while end > 0 and (tokens[end].tag == "XSN" or tokens[end].form in ("등", "들")) and tokens[end].form not in words.groups:
            end -= 1
        head, word = tokens[end].form, names.written(tokens, end, 0)
        if tokens[end].tag == "NP" and head in words.pronouns:
            return head, True, self._antecedent(source.start)
        if self._text[source.start - 1 : source.start] in _MARKS:  # a title in marks
            return word, False, Transparency.NAMED
        if _MASKED.search(text) or _LETTER.search(text) or _FAMILY.search(text):
            return head, True, Transparency.ANONYMOUS
        if len(text) > 1 and _ADDRESSED.match(self._text, source.end):  # `하늘 씨`, a noun to Kiwi
            return head, True, self._family(source)
        kind = self._kinds.get(source)
        if kind is not None:
            person = kind is EntityType.PERSON
            return head, person, self._family(source) if person else Transparency.NAMED
        if (len(text) == 1 or (len(text) == 2 and text.endswith("씨"))) and text[0] in words.surnames:
            return head, True, self._family(source)
        if end and tokens[0].form in words.demonstratives and tokens[0].tag in ("MM", "NP", "NNG"):
            past = next((s for s in reversed(self._past) if s.head == head), None)
            if past is not None:
                return head, past.person, past.transparency
        group = head in words.groups or word in words.groups
        body = word in words.collective or _generic(tokens, end, word, words) or group
        if word in words.public:
            return word, False, Transparency.NAMED
        if word.endswith(words.diffuse) and not any(t.tag in ("NNP", "SL") and not _place(t, words) for t in tokens):
            return word, False, Transparency.ANONYMOUS
        if head in words.documents or head in words.reports:
            indefinite = any(t.form in words.indefinite for t in tokens[:end])  # `독일의 한 연구` might be anybody's
            titled = not indefinite and (word not in (head, *words.collective) or any(t.tag == "SSO" for t in tokens))
            named = titled or self._owner(source, tokens, end, official=not indefinite)
            return word, False, Transparency.NAMED if named else Transparency.ANONYMOUS
        title = names.title_begin(tokens, 0, end, words)
        person = head in words.anonymous or word in words.anonymous or (len(word) > 2 and word.endswith(words.person_endings))
        if (title is not None or person or body) and tokens[end].tag != "NNP":
            owner = self._owner(source, tokens, end if title is None else title, official=group or body or head in words.officials)
            if not person and title is None:  # `회사`, `한빛대 연구팀`
                return word, False, Transparency.NAMED if owner else Transparency.ANONYMOUS
            if group:
                return word, True, Transparency.NAMED if owner else Transparency.ANONYMOUS
            if owner or word in words.offices:
                return word, True, Transparency.ROLE
            known = title is not None and head not in words.anonymous and end == 0 and self._before(self._people, source.start)
            return word, True, Transparency.NAMED if known else Transparency.ANONYMOUS
        if self._proper(tokens, end) or names.institution(word, words) or names.full_name(text, words) or not _plain(tokens):
            return word, names.full_name(text, words), Transparency.NAMED
        return word, True, Transparency.ANONYMOUS

    def _owner(self, source: Span, tokens: Sequence[Token], end: int, *, official: bool) -> bool:
        """Does the phrase say whose (before token `end`), or did the text before it?"""
        words, begin = self._words, 0
        for k in range(end):
            token = tokens[k]
            begin = begin if tokens[begin].word == token.word else k
            word = self._text[tokens[begin].start : token.end]  # as written: unknown names are taken apart
            last = k + 1 == len(tokens) or tokens[k + 1].word != token.word
            if last and (word in words.public or (names.institution(word, words) and not word.endswith(words.diffuse))):
                known = word not in words.collective and not _generic(tokens, k, word, words)
                if known:
                    return True
            if token.tag in ("NNP", "SL") and (official or not _place(token, words)) and token.form not in words.indefinite:
                return True
        first = bisect_left(self._mention_starts, tokens[0].start)
        for span, kind in self._mentions[first:]:
            if span.start >= tokens[end].start:
                break
            if kind is EntityType.ORGANIZATION or (official and kind in _SPEAKING):
                return True
        if any(t.form in words.indefinite for t in tokens[:end]):
            return False
        bearers = [t for t in tokens[: end + 1] if t.form in words.collective or t.form in words.groups or t.form in words.documents]
        if self._tails.get(tokens[end].form, source.start) < source.start and bearers:
            return True
        return bool(bearers) and self._before(self._bodies, source.start)

    def _proper(self, tokens: Sequence[Token], end: int) -> bool:
        """Does a proper name or a title in marks stand in the phrase?"""
        inside = any(t.tag in ("NNP", "SL", "SSO") for t in tokens[: end + 1])
        return inside or any(span in self._kinds for span in (Span(t.start, tokens[end].end) for t in tokens[: end + 1]))

    def _family(self, source: Span) -> Transparency:
        """A surname alone is that of who was named before; `김씨` after `김모씨` stays unnamed."""
        surname = self._text[source.start]
        if source.end - source.start > 2 or (source.end - source.start == 2 and self._text[source.end - 1] != "씨"):
            return Transparency.NAMED
        hidden = re.compile(surname + r"\s?모(?=\s?씨|\()")
        return Transparency.ANONYMOUS if hidden.search(self._text, 0, source.start) else Transparency.NAMED

    def _antecedent(self, start: int) -> Transparency:
        """Whom a pronoun means: the person who spoke or was named last."""
        past = next((s for s in reversed(self._past) if s.person), None)
        at = bisect_left(self._people, start) - 1
        if past is not None and (at < 0 or past.start >= self._people[at]):
            return past.transparency
        return Transparency.NAMED if at >= 0 else Transparency.ANONYMOUS

    def _before(self, starts: Sequence[int], offset: int) -> bool:
        """Does anything of `starts` stand before `offset`?"""
        return bool(starts) and starts[0] < offset


def _place(token: Token, words: SourceWords) -> bool:
    return token.form in words.countries or token.form.endswith(("시", "도", "구", "군", "동", "읍", "면", "서울", "부산", "대구", "인천"))


def _generic(tokens: Sequence[Token], end: int, word: str, words: SourceWords) -> bool:
    """Common nouns that end in a kind of body name none: `버스업체`, `시중은행`; `가온은행` does."""
    first = end
    while first and tokens[first - 1].word == tokens[end].word:
        first -= 1
    return word.endswith(words.companies) and all(t.tag in ("NNG", "XSN", "XPN") for t in tokens[first : end + 1])


def _plain(tokens: Sequence[Token]) -> bool:
    """Common words only: an unknown name taken apart has other tags."""
    return all(t.tag[0] in "NMJXS" for t in tokens)
