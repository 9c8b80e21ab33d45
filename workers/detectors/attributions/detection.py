"""Cue, then content, then source: every sentence's frames, with a source carried over where a sentence names none."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from schemas.labels import AttributionStyle, EntityType, Role
from workers.annotations import Attribution, Entity
from workers.detectors.attributions import frames, quotations, sources
from workers.detectors.attributions.frames import Frame, Owner
from workers.detectors.attributions.lexicon import Lexicon
from workers.detectors.attributions.predicates import COORDINATING, Finish, finish, verb_at
from workers.detectors.attributions.prefixes import Prefix, prefixes
from workers.detectors.attributions.sources import Mentions, Speaker
from workers.document import Document, Sentence, Span, Token

_MARKS = re.compile("[" + "".join(sorted(quotations.MARKS)) + "]")
_CARRIED_FOR = 3  # sentences a speaker is remembered


@dataclass(slots=True)
class _Memory:
    """Who spoke last, and in which sentence."""

    source: Span | None = None
    sentence: int = -9


@dataclass(frozen=True, slots=True)
class _Reading:
    """One sentence with what of its tokens is quoted and which marks pair."""

    text: str
    sentence: Sentence
    tokens: tuple[Token, ...]
    quoted: Sequence[bool]
    closed: dict[int, int]
    mentions: Mentions
    lexicon: Lexicon

    @property
    def final(self) -> int:
        """Offset where the sentence's words end, its last punctuation left out."""
        end = self.sentence.end
        while end > self.sentence.start and self.text[end - 1] in " \n.!?…。":
            end -= 1
        return end


def detect(document: Document, entities: tuple[Entity, ...], lexicon: Lexicon) -> tuple[Attribution, ...]:
    """The attributions of a document in order of their content; offsets are the document's."""
    positions = [m.start() for m in _MARKS.finditer(document.text)]
    closed = quotations.pairs(document.text, positions) if positions else {}
    outer = quotations.outermost(closed)
    ends = [span.start for span in outer]
    found_mentions = sorted((span, entity.type) for entity in entities for span in entity.mentions)
    memory = _Memory()
    out: list[Attribution] = []
    for number, sentence in enumerate(document.sentences):
        if not sentence.carries_claims or not sentence.tokens:
            continue
        if sentence.role is Role.HEADING:
            memory.source = None
        reading = _Reading(
            document.text,
            sentence,
            sentence.tokens,
            _quoted(sentence.tokens, outer, ends),
            closed,
            Mentions(_within(found_mentions, sentence.span)),
            lexicon,
        )
        carried = memory.source if number - memory.sentence <= _CARRIED_FOR else None
        attributed = list(_read(reading, carried))
        out += attributed
        _remember(reading, attributed, memory, number)
    return tuple(sorted(out, key=lambda a: (a.content, a.cue)))


def _within(mentions: list[tuple[Span, EntityType]], span: Span) -> list[tuple[Span, EntityType]]:
    low = bisect_right(mentions, span.start, key=lambda m: m[0].start - 1)
    high = bisect_right(mentions, span.end, key=lambda m: m[0].start)
    return mentions[low:high]


def _quoted(tokens: Sequence[Token], outer: Sequence[Span], starts: Sequence[int]) -> list[bool]:
    """For each token: does it stand inside a quotation (marks included)?"""
    if not outer:
        return [False] * len(tokens)
    out = []
    for token in tokens:
        at = bisect_right(starts, token.start) - 1
        out.append(at >= 0 and token.start < outer[at].end)
    return out


def _remember(reading: _Reading, attributed: list[Attribution], memory: _Memory, number: int) -> None:
    """The last source of the sentence, else its topic, is whom the next sentence may carry on."""
    for attribution in reversed(attributed):
        if attribution.source is not None:
            memory.source, memory.sentence = attribution.source, number
            return
    tokens = reading.tokens
    for speaker in sources.speakers(tokens, 0, len(tokens), reading.quoted, reading.lexicon.sources, reading.mentions):
        if speaker.strong and not speaker.among:
            memory.source, memory.sentence = speaker.span, number
            return


def _read(reading: _Reading, carried: Span | None) -> Iterator[Attribution]:
    found = [frame for frame in frames.find(reading.tokens, reading.lexicon) if not reading.quoted[frame.at]]
    kept = _coordinate(found, reading)
    prefix = next(prefixes(reading.tokens, reading.quoted, reading.lexicon.sources, reading.mentions), None)
    if prefix is not None and kept and prefix.at > kept[0].at:
        prefix = None if kept[-1].finish is Finish.FINAL and prefix.at < kept[-1].at else prefix
    begin = 0
    inherited: Span | None = None
    named = False
    if prefix is not None:
        kept = [frame for frame in kept if frame.at > prefix.after]
        if kept and all(frame.finish is Finish.AND and not frame.adds for frame in kept):
            kept = []
        inherited, begin = prefix.source, prefix.after
        if prefix.anaphoric:
            inherited = carried
        if not kept:
            if prefix.needs_finding and not _finding(reading):
                return
            content = _trimmed(reading, _offset(reading.tokens, prefix.after), reading.final)
            if content is not None:
                yield Attribution(content, prefix.cue, AttributionStyle.INDIRECT, prefix.rule, inherited)
            return
    if not kept:
        bare = _quotation_then_speaker(reading) or _bare_quotation(reading, carried)
        if bare is not None:
            yield bare
        return
    adding = False
    if kept[0].owner is Owner.CARRIED and _defines(reading, kept[0]):
        return
    for frame in kept:
        speaker, content_begin = _speaker(reading, frame, begin, adding)
        if (
            speaker is not None
            and carried is not None
            and not speaker.named
            and frame.rule.startswith("said")
            and _goes_on(reading)
            and not _after_content(speaker, frame)
        ):
            speaker, content_begin = None, _offset(reading.tokens, begin)
        source = speaker.span if speaker is not None else None
        via = _through(reading, speaker, frame) if speaker is not None else None
        if (speaker is not None and speaker.author) or (speaker is None and _author_believes(reading, frame)):
            begin = frame.stop
            continue
        if prefix is not None and source is None:
            source = inherited
            cue, rule = (prefix.cue, prefix.rule)
        else:
            if prefix is not None and via is None and not prefix.anaphoric:
                via = inherited
            cue, rule = frame.cue, frame.rule
            if source is None and adding and named:
                source = inherited
            elif source is None and frame.owner in (Owner.SPEAKER, Owner.CARRIED):
                source = inherited if named else None
                if source is None and carried is not None:
                    source, rule = carried, rule + ".carried"
        if frame.owner is Owner.NOBODY and prefix is None and speaker is None:
            source = None
        content, style = _content(reading, frame, content_begin)
        if content is not None:
            yield Attribution(
                content, cue, style, rule, source, via, frame.hedged and (source is None or frame.owner is not Owner.NOBODY or True)
            )
        if speaker is not None and prefix is None:
            inherited, named = source, True
        adding = frame.adds
        begin = frame.stop if frame.stop > frame.at else frame.at + 1


def _author_believes(reading: _Reading, frame: Frame) -> bool:
    """`…라고 생각한다` with nobody named is the author's own; `생각했다` and `보고 있다` are reported."""
    if not frame.rule.endswith(".belief"):
        return False
    ending = reading.tokens[frame.at : frame.stop]
    past = any(t.tag == "EP" and t.form in ("었", "았", "였") for t in ending)
    return not past and not (frame.rule.startswith("thing") and any(t.form == "있" for t in ending))


def _reported_by(reading: _Reading, outer: Frame) -> bool:
    """`…고 밝혔다고 매체가 보도했다`: the outer speaker stands after what it reports, so the inner one is the source."""
    if outer.between is None:
        return False
    first, last = outer.between
    return any(s.strong for s in sources.speakers(reading.tokens, first, last, reading.quoted, reading.lexicon.sources, reading.mentions))


def _defines(reading: _Reading, frame: Frame) -> bool:
    """`문제는 …다는 것이다` says what something is; nobody is reported."""
    tokens, words = reading.tokens, reading.lexicon.sources
    for k in range(1, frame.at):
        if tokens[k].tag == "JX" and tokens[k].form in ("은", "는", "ᆫ"):
            return tokens[k - 1].form in words.mute and tokens[k - 1].form not in ("이", "말")
    return False


def _coordinate(found: list[Frame], reading: _Reading) -> list[Frame]:
    """The frames of the sentence's main clauses: those inside another's content fall away."""
    kept: list[Frame] = []
    for position, frame in enumerate(found):
        later = found[position + 1 :]
        if frame.finish is Finish.QUOTED or frame.finish is Finish.THING:
            outer = next((f for f in later if f.at >= frame.stop and f.at <= frame.stop + 2), None)
            if outer is None:
                continue
            if frame.finish is Finish.QUOTED and _reported_by(reading, outer) and (frame.owner is Owner.SPEAKER):
                found[found.index(outer)] = replace(outer, at=-1)
                kept.append(replace(frame, finish=outer.finish, stop=outer.stop, reporter=outer.between))
                continue
            if frame.finish is Finish.QUOTED and frame.owner is Owner.NOBODY and outer.owner is Owner.SPEAKER:
                found[found.index(outer)] = replace(outer, content_end=frame.content_end, hedged=True, at=frame.at)
                continue
            if frame.finish is Finish.THING:
                if outer.owner is Owner.NOBODY:
                    found[found.index(outer)] = replace(outer, at=-1)
                    kept.append(replace(frame, hedged=True, finish=outer.finish))
                continue
            continue
        if frame.at < 0:
            continue
        if frame.finish is Finish.ADVERBIAL and frame.owner is Owner.SPEAKER and not frame.rule.startswith("noun."):
            continue
        if frame.finish is Finish.ADVERBIAL and frame.owner is Owner.NOBODY and later:
            continue
        if frame.finish is Finish.ADNOMINAL and not any(f.finish is Finish.FINAL for f in later):
            continue
        if frame.adds and frame.finish is Finish.ADNOMINAL and frame.stop == frame.at + 1 and not later:
            continue
        kept.append(frame)
    return kept


def _speaker(reading: _Reading, frame: Frame, begin: int, adding: bool) -> tuple[Speaker | None, int]:
    """The frame's own source and the offset where its content may begin."""
    tokens, words, mentions = reading.tokens, reading.lexicon.sources, reading.mentions
    start = _offset(tokens, begin)
    if frame.holder is not None and frame.rule != "noun.uttered":
        first, last = frame.holder
        found = sources.phrase(tokens, last - 1, first, words, mentions)
        if found is not None and (found[2] or frame.rule == "noun.is"):
            return Speaker(found[0], found[1], last, True, True), start
    if frame.rule == "as.problem":
        breaks = [k for k in range(begin + 1, frame.at) if tokens[k].form == "," and tokens[k - 1].tag == "EC"]
        return None, tokens[breaks[-1]].end if breaks else start
    if frame.owner in (Owner.NOBODY, Owner.CARRIED):
        return None, start
    if frame.between is not None:
        for speaker in sources.speakers(tokens, frame.between[0], frame.between[1], reading.quoted, words, mentions):
            if speaker.strong or speaker.topic:
                return speaker, start
    candidates = list(sources.speakers(tokens, begin, frame.at, reading.quoted, words, mentions))
    chosen: Speaker | None = None
    if frame.owner is Owner.AMONG:
        chosen = next((c for c in candidates if c.among and c.strong), None)
        if chosen is None and candidates and candidates[0].topic and candidates[0].strong and _people(reading, candidates[0]):
            chosen = candidates[0]
    elif not adding:
        if frame.rule.endswith(".belief") and not frame.rule.startswith("thing"):
            candidates = [c for c in candidates if c.topic]
        before_quote = next((c for c in candidates if c.strong and _quotes(reading, c, frame)), None)
        chosen = before_quote or _choose(tokens, candidates) or _unknown(reading, candidates, frame.at)
    if chosen is None:
        return None, start
    return chosen, _after_own_act(reading, chosen, frame.at)


def _after_own_act(reading: _Reading, speaker: Speaker, end: int) -> int:
    """Where the content may begin: after what the source did before it spoke (`현황을 공개하고, …`, `…하는 한편, …`)."""
    tokens = reading.tokens
    begin = tokens[speaker.after - 1].end
    for k in range(end - 2, speaker.after, -1):
        if tokens[k].tag == "ETM" and tokens[k + 1].form == "한편" and not reading.quoted[k]:
            return tokens[k + 1].end
    for k in range(speaker.after, end - 2):
        tag = tokens[k].tag
        if tag == "JKS" or (tag == "JX" and tokens[k].form in ("은", "는")):
            break
        if tag == "EC" and tokens[k].form in COORDINATING and not reading.quoted[k]:
            verb = k - 1
            while verb > speaker.after and tokens[verb].tag == "EP":
                verb -= 1
            if tokens[verb].tag not in ("VV", "XSV"):
                continue
            found = verb_at(tokens, verb, speaker.after)
            if (
                any(key in reading.lexicon.predicates for key in found.keys)
                and found.begin > speaker.after
                and tokens[found.begin - 1].tag == "JKO"
            ):
                return tokens[k].end
    return begin


def _people(reading: _Reading, speaker: Speaker) -> bool:
    """`전문가들은 …라는 지적이다`: unnamed persons as topic of what is otherwise nobody's."""
    return any(
        t.form in ("전문가", "업계", "누리꾼", "네티즌", "관계자", "분석가", "애널리스트")
        for t in reading.tokens[speaker.begin : speaker.after]
    )


def _choose(tokens: Sequence[Token], candidates: list[Speaker]) -> Speaker | None:
    """The speaker among subjects and topics: the first that can speak, unless its clause ends before a later topic."""
    for position, candidate in enumerate(candidates):
        if candidate.author and candidate.topic:
            return candidate
        if not candidate.strong:
            continue
        if candidate.topic:
            contrasted = candidate
            for later in candidates[position + 1 :]:
                at = later.begin
                while at > 0 and tokens[at - 1].tag in ("MAG", "MAJ", "MM"):
                    at -= 1
                if (
                    later.topic
                    and later.strong
                    and at > 1
                    and tokens[at - 1].form == ","
                    and tokens[at - 2].tag == "EC"
                    and tokens[at - 2].form in COORDINATING
                ):
                    contrasted = later
            return contrasted
        for later in candidates[position + 1 :]:
            if not (later.topic and later.strong) or later.among:
                continue
            clause = tokens[candidate.after : later.begin]
            if clause and clause[-1].tag == "ETM":  # a relative clause of the later one
                return later
            if any(t.tag in ("ETM", "EC") for t in clause) and (later.named or not candidate.named):
                return later
            break
        return candidate
    return None


def _quotes(reading: _Reading, speaker: Speaker, frame: Frame) -> bool:
    """Does the quotation that the frame reports follow the speaker at once?"""
    closing = frame.content_end - 1
    return speaker.after < frame.at and reading.closed.get(closing) == reading.tokens[speaker.after].start


def _unknown(reading: _Reading, candidates: list[Speaker], end: int) -> Speaker | None:
    """A topic of which no list knows whether it can speak: it does where the content has a subject of its own or is a quotation."""
    if not candidates or not candidates[0].topic or candidates[0].among or candidates[0].author:
        return None
    first = candidates[0]
    rest = range(first.after, end)
    if rest and reading.tokens[first.after].tag == "SSO" and reading.quoted[first.after]:
        return first
    if any(reading.tokens[k].tag in ("JKS", "JX") and reading.tokens[k].form in _SUBJECTS and not reading.quoted[k] for k in rest):
        return first
    return None


def _after_content(speaker: Speaker, frame: Frame) -> bool:
    return speaker.begin > frame.at


def _goes_on(reading: _Reading) -> bool:
    """Does the sentence open as one that goes on with the speaker before it (`이어`, `그러면서`)?"""
    return reading.text.startswith(_GOING_ON, reading.sentence.start)


def _through(reading: _Reading, speaker: Speaker, frame: Frame) -> Span | None:
    """Whom the source quotes (`소식통을 인용해`), or whose words it passes on (`가족의 입장을 전했다`)."""
    tokens = reading.tokens
    if frame.reporter is not None:
        words, mentions = reading.lexicon.sources, reading.mentions
        reporter = next((s for s in sources.speakers(tokens, *frame.reporter, reading.quoted, words, mentions) if s.strong), None)
        return reporter.span if reporter is not None else None
    if frame.holder is not None and frame.rule == "noun.uttered":
        held = sources.phrase(tokens, frame.holder[1] - 1, frame.holder[0], reading.lexicon.sources, reading.mentions)
        if held is not None and held[2]:
            return held[0]
    for k in range(speaker.after, frame.at):
        if tokens[k].form == "인용" and k >= 2 and tokens[k - 1].tag == "JKO" and not reading.quoted[k]:
            found = sources.phrase(tokens, k - 2, speaker.after, reading.lexicon.sources, reading.mentions)
            return found[0] if found is not None else None
    return None


_SUBJECTS = ("이", "가", "은", "는", "ᆫ")
_GOING_ON = ("이어 ", "이어서 ", "그러면서 ", "또 ", "또한 ", "아울러 ", "덧붙여 ", "더불어 ", "그러면서도 ")
_MANNER_WORDS = ("이렇", "이같이", "이같", "이처럼", "다음", "그렇")
_SPOKEN = ("다", "요", "까", "자", "라", "것", "죠", "냐", "가", "네", "군", "지", "오")


def _content(reading: _Reading, frame: Frame, start: int) -> tuple[Span | None, AttributionStyle]:
    """The reported words without their frame, and whether they are quoted."""
    text = reading.text
    end = frame.content_end
    closing = end - 1
    while closing > start and text[closing] in " \n":
        closing -= 1
    if closing in reading.closed:
        opening = reading.closed[closing]
        between = _skip(reading, start, opening)
        inside = text[opening + 1 : closing]
        whole = between >= opening
        if whole or len(inside) >= 15 or inside.rstrip(" .!?…").endswith(_SPOKEN):
            return _trimmed(reading, opening + 1, closing), AttributionStyle.DIRECT
    return _trimmed(reading, _skip(reading, start, end), end), AttributionStyle.INDIRECT


def _skip(reading: _Reading, start: int, end: int) -> int:
    """Over dates, connectives and `…에 대해` between source and content."""
    text = reading.text
    while True:
        found = reading.lexicon.skipped.match(text, start, end)
        if found is None or found.end() <= start:
            break
        start = found.end()
    while start < end and text[start] in " ,\n":
        start += 1
    return start


def _trimmed(reading: _Reading, start: int, end: int) -> Span | None:
    text = reading.text
    start = max(start, min(reading.sentence.start, start))
    while start < end and text[start] in " \n,":
        start += 1
    while end > start and text[end - 1] in " \n.,!?…。":
        end -= 1
    return Span(start, end) if end > start else None


def _offset(tokens: Sequence[Token], index: int) -> int:
    return tokens[index].start if index < len(tokens) else tokens[-1].end


def _finding(reading: _Reading) -> bool:
    """Does the sentence end in what a survey finds (`나타났다`)?"""
    return any(t.form in ("나타나", "드러나", "확인", "집계", "조사", "밝혀지", "파악", "분석", "추산") for t in reading.tokens[-8:])


def _quotation_then_speaker(reading: _Reading) -> Attribution | None:
    """`“…” 하 감독은 이렇게 말했다.`"""
    tokens, start = reading.tokens, reading.sentence.start
    closing = next((end for end, opening in reading.closed.items() if opening == start), None)
    if closing is None:
        return None
    first = next((k for k, token in enumerate(tokens) if token.start > closing), None)
    if first is None:
        return None
    words, mentions = reading.lexicon.sources, reading.mentions
    speaker = next((s for s in sources.speakers(tokens, first, len(tokens), reading.quoted, words, mentions) if s.strong), None)
    if speaker is None or speaker.begin != first:
        return None
    verb = frames.listed_predicate(tokens, speaker.after, reading.lexicon)
    content = _trimmed(reading, start + 1, closing)
    if (
        verb is None
        or content is None
        or not any(t.form in _MANNER_WORDS for t in tokens[speaker.after : verb.at])
        and verb.begin > speaker.after + 3
    ):
        return None
    how, stop = finish(tokens, verb.at)
    if how is not Finish.FINAL:
        return None
    cue = Span(tokens[verb.begin].start, tokens[stop - 1].end)
    return Attribution(content, cue, AttributionStyle.DIRECT, "quote.first", speaker.span)


def _bare_quotation(reading: _Reading, carried: Span | None) -> Attribution | None:
    """A sentence that is a quotation and nothing else, said by whom the text has just named."""
    if carried is None or reading.sentence.role is not Role.BODY:
        return None
    start, end = reading.sentence.start, reading.sentence.end
    while end > start and reading.text[end - 1] in " \n.":
        end -= 1
    if reading.closed.get(end - 1) != start:
        return None
    content = _trimmed(reading, start + 1, end - 1)
    if content is None or len(reading.tokens) < 5:
        return None
    return Attribution(content, Span(start, start + 1), AttributionStyle.DIRECT, "quote.alone", carried)


__all__ = ["Prefix", "detect"]
