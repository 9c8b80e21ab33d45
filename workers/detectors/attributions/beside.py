"""Reported words without a reporting clause around them: quotations alone, before their speaker, and in headings."""

from schemas.labels import AttributionStyle, Role
from workers.annotations import Attribution
from workers.detectors.attributions import frames, sources
from workers.detectors.attributions.cues import speech_after
from workers.detectors.attributions.predicates import Finish, finish, manner_follows
from workers.detectors.attributions.reading import Reading, trimmed
from workers.document import Span

_MANNER_WORDS = frozenset(["이렇", "이같이", "이같", "이처럼", "다음", "그렇"])
_FEARED = frozenset(["우려", "지적", "관측"])  # `종속 심화 우려` stands for `…다는 우려가 나온다`
_SHORTEST = 5  # tokens of a quotation that is a statement


def heading(reading: Reading) -> Attribution | None:
    """`공급 차질 우려`; `정하람 “값 내린다”`, the latter also in prose after a colon."""
    tokens = reading.tokens
    last = tokens[-1]
    if reading.sentence.role is Role.HEADING and last.tag == "NNG" and last.form in _FEARED and len(tokens) > 2:
        said = trimmed(reading, reading.sentence.start, last.start)
        if said is not None and tokens[-2].tag[0] in "NX":
            return Attribution(said, last.span, AttributionStyle.INDIRECT, "heading.noun", hedged=True)
    opening = reading.closed.get(reading.final - 1)
    if opening is None or opening <= reading.sentence.start:
        return None
    before = next((k for k, token in enumerate(tokens) if token.start >= opening), 0)
    cue = Span(opening, opening + 1)
    if before and tokens[before - 1].tag in ("SP", "SC") and tokens[before - 1].form in (":", ","):
        before -= 1
        cue = tokens[before].span
    elif reading.sentence.role is not Role.HEADING:
        return None
    if before == 0 or (reading.sentence.role is not Role.HEADING and tokens[before].form != ":"):
        return None
    speaker = sources.phrase(reading, before - 1, 0)
    said = trimmed(reading, opening + 1, reading.final - 1)
    if speaker is None or not speaker.strong or speaker.begin > 0 or said is None:
        return None
    return Attribution(said, cue, AttributionStyle.DIRECT, "heading.quote", speaker.span)


def quotation_then_speaker(reading: Reading) -> Attribution | None:
    """`“…” 하 감독은 이렇게 말했다.`"""
    tokens, start = reading.tokens, reading.sentence.start
    closing = reading.opened.get(start)
    first = next((k for k, t in enumerate(tokens) if t.start > closing), None) if closing is not None else None
    if closing is None or first is None:
        return None
    speaker = next((s for s in sources.speakers(reading, first, len(tokens)) if s.strong), None)
    if speaker is None or speaker.begin != first:
        return None
    verb = speech_after(tokens, speaker.after, reading.lexicon)
    said = trimmed(reading, start + 1, closing)
    if verb is None or said is None:
        return None
    if verb.begin > speaker.after + 3 and not any(t.form in _MANNER_WORDS for t in tokens[speaker.after : verb.at]):
        return None
    how, stop = finish(tokens, verb.at)
    if how is not Finish.FINAL:
        return None
    cue = Span(tokens[verb.begin].start, tokens[stop - 1].end)
    return Attribution(said, cue, AttributionStyle.DIRECT, "quote.first", speaker.span)


def quotation_end(reading: Reading) -> int | None:
    """Where the quotation ends that the sentence is, or begins and others go on with; None where it is none."""
    start, end = reading.sentence.start, _end(reading)
    closing = reading.opened.get(start)
    if closing is None or closing < end - 1 or reading.sentence.role is not Role.BODY or len(reading.tokens) < _SHORTEST:
        return None
    return closing + 1


def quotation_alone(first: Reading, last: Reading, following: Reading | None, carried: Span | None) -> Attribution | None:
    """The quotation of sentences `first` to `last`, said by whom the next one tells (`김 대표의 말이다`), else by whom was just named.

    In the latter case its cue is the opening mark.
    """
    start, end = first.sentence.start, _end(last)
    said = trimmed(first, start + 1, end - 1)
    if said is None or first.opened[start] != end - 1:
        return None
    told = _told(following) if following is not None and following.sentence.role is Role.BODY else None
    if told is not None:
        return Attribution(said, told[1], AttributionStyle.DIRECT, "quote.before", told[0])
    return Attribution(said, Span(start, start + 1), AttributionStyle.DIRECT, "quote.alone", carried) if carried is not None else None


def _told(reading: Reading) -> tuple[Span, Span] | None:
    """Source and cue of a sentence that tells no more than who said what stands before it."""
    tokens, lexicon = reading.tokens, reading.lexicon
    if next(frames.find(tokens, reading.cues, lexicon), None) is not None:
        return None
    speaker = next((s for s in sources.speakers(reading, 0, len(tokens)) if s.strong), None)
    if speaker is not None:
        verb = speech_after(tokens, speaker.after, lexicon)
        onward = manner_follows(tokens, verb) if verb is not None else None
        if onward is not None:  # `울먹이며 말했다`
            verb = speech_after(tokens, onward, lexicon)
        if verb is None or tokens[verb.begin - 1].tag == "JKO" or finish(tokens, verb.at)[0] is not Finish.FINAL:
            return None
        return speaker.span, Span(tokens[verb.begin].start, tokens[finish(tokens, verb.at)[1] - 1].end)
    copula = next((k for k in range(len(tokens) - 1, 1, -1) if tokens[k].tag == "VCP"), 0)
    noun = tokens[copula - 1].form
    if not copula or not (noun in lexicon.nouns or f"{noun}하다" in lexicon.predicates) or any(t.tag == "JKS" for t in tokens):
        return None
    genitive = next((k for k in range(copula - 2, 0, -1) if tokens[k].tag == "JKG"), copula - 1)
    holder = sources.phrase(reading, genitive - 1, 0)
    if holder is None or not holder.strong:
        return None
    return holder.span, Span(tokens[copula - 1].start, tokens[finish(tokens, copula)[1] - 1].end)


def _end(reading: Reading) -> int:
    end = reading.sentence.end
    while end > reading.sentence.start and reading.text[end - 1] in " \n.":
        end -= 1
    return end
