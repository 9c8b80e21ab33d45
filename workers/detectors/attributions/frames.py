"""The frames of a sentence: each cue of reported content, found from the ending that marks it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from workers.detectors.attributions.cues import Frame, Owner, before_ending, cue_span, is_contracted, predicate_after
from workers.detectors.attributions.lexicon import Lexicon
from workers.detectors.attributions.predicates import (
    Finish,
    after_particle,
    finish,
    is_adding,
    is_modifying,
    is_saying,
    is_verbal,
    verb_after,
)
from workers.detectors.attributions.report_nouns import report_noun
from workers.document import Document, Span, Token
from workers.lexemes import Remembered

_MARKS = {"NNB": ("것", "거"), "JKB": ("로", "으로"), "ETN": ("음", "ᆷ")}
_NOMINAL = ("N", "X", "S")
_HEARSAY = ("다더라", "라더라", "다던데", "라던데", "다네", "라네", "ᆫ대", "란다", "다는군", "다는군요", "라는군요", "대요", "래요")
_ALSO_PLAIN = frozenset(("하다", "보다", "쓰다", "적다"))  # after `…라면서` they need report nothing (`200억원을 썼다`)
_STATED = ("다", "ᆫ다", "는다")  # of a hearsay ending: the content's own (`온다|네`); 대, 단, 래 hold it in one syllable with 하


def _may_mark(form: str, tag: str) -> bool:
    """Whether the morpheme may mark the end of reported content."""
    if tag == "EC":
        return is_saying(form) or is_adding(form) or form in ("라", "며", "면서")
    if tag == "EF":
        return form == "대" or form.endswith(("라고", *_HEARSAY))
    if tag == "ETM":
        return is_modifying(form) or form == "는"
    return tag == "JKQ" or form in _MARKS.get(tag, ()) or form == "사실"


_MAY_MARK = Remembered(lambda forms, tags: [*map(_may_mark, forms, tags)])


def marks(document: Document, sentences: Sequence[Sequence[Token]]) -> list[list[int]]:
    """Of the `sentences` that carry claims, each: indices of the morphemes that end reported content, as far as they and their neighbours
    tell."""
    (possible,) = _MAY_MARK.numbers(document.columns, document.lexemes).nonzero()
    found: list[list[int]] = [[] for _ in sentences]
    ends = [*accumulate(map(len, sentences))]
    for place in possible.tolist():
        number = bisect_right(ends, place)
        at = place - ends[number] + len(sentences[number])
        if _stands(sentences[number], at):
            found[number].append(at)
    return found


def _stands(tokens: Sequence[Token], at: int) -> bool:
    """Do the neighbours of a morpheme that may be a mark let it be one?"""
    form, tag = tokens[at][:2]
    before = tokens[at - 1][1] if at else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if tag == "EC":
        return before == ("VCP" if form == "라" else "SSC") if form in ("라", "며", "면서") else True
    if tag == "ETM":
        return form != "는" or before == "SSC"
    if tag == "EF":
        return before in ("VCP", "SSC") if form == "라고" else bool(before) and _is_hearsay(form, before)
    if tag == "JKQ":
        return True
    if following is None:
        return False
    if tag == "NNB":  # 것
        return before == "ETM" and (following[1] == "JKO" or following[0] == "으로") and not is_modifying(tokens[at - 1][0])
    if tag == "JKB":  # 로
        verb = following if is_verbal(following[1]) or at + 2 == len(tokens) else tokens[at + 2]
        return before[:1] in _NOMINAL and is_verbal(verb[1]) and tokens[at - 1][0] not in ("것", "거")
    if tag == "ETN":
        return following[1] == "JKO"
    return before == "ETM" and following[1] in ("JKO", "JX", "JKS") and not is_modifying(tokens[at - 1][0])  # 사실


def find(tokens: Sequence[Token], cues: Sequence[int], lexicon: Lexicon) -> Iterator[Frame]:
    """The frames of a sentence in order; `cues` are the indices of its `marks`."""
    for at in cues:
        form, tag = tokens[at][:2]
        frame = None
        if tag == "EC" and is_saying(form):
            adding = at + 2 < len(tokens) and tokens[at + 2].form in ("며", "면서") and is_contracted(tokens, at)  # `없다면서`
            frame = _adding(tokens, at, at + 2, lexicon) if adding else _saying(tokens, at, lexicon)
        elif tag == "EC" and form == "라":
            frame = _saying(tokens, at, lexicon) if _said_at_once(tokens, at + 1, lexicon) else None
        elif tag == "EC":
            frame = _adding(tokens, at, at, lexicon)
        elif tag == "JKQ" or form == "라고":
            frame = _saying(tokens, at, lexicon)
        elif tag == "EF":
            frame = _hearsay(tokens, at)
        elif tag == "ETM":
            frame = report_noun(tokens, at, lexicon)
        elif tag == "NNB":
            frame = _thing(tokens, at, lexicon)
        elif tag == "JKB":
            frame = _as(tokens, at, lexicon)
        elif tag == "ETN":
            frame = _nominal(tokens, at, lexicon)
        else:
            frame = _fact(tokens, at, lexicon)
        if frame is not None:
            yield frame


def _saying(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    start = at + 1
    while start < len(tokens) and (tokens[start].tag == "JX" or tokens[start].form == "들"):
        start += 1
    end = before_ending(tokens, at, 1)
    if start >= len(tokens) or tokens[start].tag == "SF":
        if tokens[at].tag == "JKQ" or (at > 1 and tokens[at - 1].tag in ("VCP", "SSC")):
            return Frame("quote.bare", at, end, tokens[at].span, at + 1, Finish.FINAL, Owner.SPEAKER)
        return None
    found = predicate_after(lexicon, tokens, start)
    if found is None:
        return _gesture(tokens, at, start, end)
    verb, predicate = found
    how, stop = finish(tokens, verb.at)
    if how in (Finish.NONE, Finish.ADNOMINAL) or tokens[stop - 1].form.endswith("까"):
        return None
    rule, owner, hedged = f"said.{predicate.stance}", Owner.SPEAKER, predicate.hedged
    if predicate.agentless:
        rule, owner, hedged = "said.agentless", Owner.NOBODY, True
    elif predicate.lemma == "하다":
        past = _is_past(tokens, verb.at)
        if how not in (Finish.FINAL, Finish.AND, Finish.QUOTED):
            return None
        if not past and tokens[at].tag == "EC":
            if how is Finish.AND:
                return None
            rule, owner, hedged = "hearsay.handa", Owner.NOBODY, True
    return Frame(rule, at, end, cue_span(tokens, verb.begin, stop), stop, how, owner, hedged, between=(start, verb.begin))


def _is_hearsay(form: str, before: str) -> bool:
    return form == "대" or (form.endswith(_HEARSAY) and (before != "VX" or form.endswith("대요")))


def _hearsay(tokens: Sequence[Token], at: int) -> Frame:
    """`온다네요`, `자란대요`: the cue are the ending's letters but for those that state."""
    token = tokens[at]
    stated = max((form for form in _STATED if token.form.startswith(form)), key=len, default="")
    ending = token.form.removeprefix(stated).lstrip("ᆫ는")
    stop = at + 2 if at + 1 < len(tokens) and tokens[at + 1].form == "요" else at + 1
    cue = Span(max(token.end - len(ending), token.start), tokens[stop - 1].end)
    return Frame("hearsay.ending", at, before_ending(tokens, at, len(ending)), cue, stop, Finish.FINAL, Owner.NOBODY, hedged=True)


def _gesture(tokens: Sequence[Token], at: int, start: int, end: int) -> Frame | None:
    """`“…했다”고 고개를 숙였다`: whole sentences quoted, whatever the speaker does with them."""
    final = at - 2 if at > 2 and tokens[at - 2].tag != "SF" else at - 3
    if tokens[at].tag != "JKQ" or tokens[at - 1].tag != "SSC" or final < 0 or tokens[final].tag != "EF":
        return None
    verb = verb_after(tokens, start)
    how, stop = finish(tokens, verb.at) if verb is not None else (Finish.NONE, start)
    if how is not Finish.FINAL:
        return None
    return Frame("quote.gesture", at, end, cue_span(tokens, start, stop), stop, how, Owner.SPEAKER, between=None)


def _is_past(tokens: Sequence[Token], stem: int) -> bool:
    """Is the verb in the past (`했다`, `하셨다`)?"""
    at = stem + 1
    while at < len(tokens) and tokens[at].tag == "EP" and tokens[at].form not in ("었", "았", "였"):
        at += 1
    return at < len(tokens) and tokens[at].tag == "EP"


def _said_at_once(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> bool:
    """`것”이라 말했다`: does a predicate of speech follow without any word between?"""
    found = predicate_after(lexicon, tokens, start)
    return found is not None and found[0].begin == start and not found[1].agentless


def _adding(tokens: Sequence[Token], at: int, last: int, lexicon: Lexicon) -> Frame | None:
    """`…라며`, whose ending are the tokens `at` to `last`."""
    length = 2 if tokens[last].form.endswith("면서") else 1
    end = before_ending(tokens, at, length)
    start = after_particle(tokens, last + 1)
    found = predicate_after(lexicon, tokens, start)
    if found is not None and not any(t.tag == "SSO" and t.form not in "([" for t in tokens[start : found[0].at]):
        verb, predicate = found
        how, stop = finish(tokens, verb.at)
        reports = how in (Finish.FINAL, Finish.AND, Finish.QUOTED, Finish.THING)
        if reports and not predicate.agentless and predicate.lemma not in _ALSO_PLAIN:
            cue = cue_span(tokens, verb.begin, stop)
            return Frame(f"adding.{predicate.stance}", at, end, cue, stop, how, Owner.SPEAKER, adds=True, between=(start, verb.begin))
    follows = verb_after(tokens, start)
    if (
        follows is not None
        and tokens[follows.at].tag in ("VV", "XSV")
        and finish(tokens, follows.at)[0] is Finish.ADNOMINAL
        and not any(t.tag[0] == "J" for t in tokens[start : follows.at])
    ):
        return None  # `구해 달라며 호소한 편지`
    return Frame("adding", at, end, Span(tokens[last].end - length, tokens[start - 1].end), start, Finish.AND, Owner.SPEAKER, adds=True)


def _thing(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`한 것으로 알려졌다`, `할 것을 촉구했다`."""
    particle = tokens[at + 1]
    if particle.tag == "JKB" and particle.form == "으로":
        kind, end = "것으로", tokens[at - 1].end
    elif particle.tag == "JKO":
        kind, end = "것을", tokens[at].end
    else:
        return None
    found = predicate_after(lexicon, tokens, at + 2)
    if found is None:
        return None
    verb, predicate = found
    if kind not in predicate.takes:
        return None
    how, stop = finish(tokens, verb.at)
    if how in (Finish.NONE, Finish.ADNOMINAL):
        return None
    cue = cue_span(tokens, verb.begin, stop)
    if predicate.agentless:
        return Frame("thing.agentless", at, end, cue, stop, how, Owner.NOBODY, hedged=True)
    if how is Finish.ADVERBIAL and kind == "것으로":
        return None
    return Frame(f"thing.{predicate.stance}", at, end, cue, stop, how, Owner.SPEAKER, predicate.hedged, between=(at + 2, verb.begin))


def _as(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`부부로 알려졌다`: the predicate follows at once."""
    verb = verb_after(tokens, at + 1)
    if verb is None or verb.begin > at + 1:
        return None
    if "지적되다" in verb.keys and tokens[at - 1].form == "문제" and at >= 3 and tokens[at - 2].tag == "JKS":
        how, stop = finish(tokens, verb.at)
        if how not in (Finish.FINAL, Finish.AND):
            return None
        return Frame("as.problem", at, tokens[at - 3].end, cue_span(tokens, at - 1, stop), stop, how, Owner.NOBODY, hedged=True)
    predicate = next((lexicon.predicates[key] for key in verb.keys if key in lexicon.predicates), None)
    if predicate is None or "로" not in predicate.takes:
        return None
    if predicate.lemma == "보다" and not (verb.at + 2 < len(tokens) and tokens[verb.at + 2].form == "있"):
        return None
    if predicate.agentless and predicate.stance == "evaluating" and any(t.tag in ("SN", "NR") for t in tokens[max(at - 3, 0) : at]):
        return None  # `126억 달러로 평가됐다` is a figure
    how, stop = finish(tokens, verb.at)
    if how in (Finish.NONE, Finish.ADNOMINAL):
        return None
    owner = Owner.NOBODY if predicate.agentless else Owner.SPEAKER
    hedged = predicate.agentless or predicate.hedged
    return Frame(
        "as." + ("agentless" if predicate.agentless else predicate.stance),
        at,
        tokens[at].start,
        cue_span(tokens, verb.begin, stop),
        stop,
        how,
        owner,
        hedged,
    )


def _fact(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`구한 사실도 전했다`, `구한 사실이 알려졌다`."""
    found = predicate_after(lexicon, tokens, at + 2)
    if found is None:
        return None
    verb, predicate = found
    how, stop = finish(tokens, verb.at)
    if how is not Finish.FINAL:
        return None
    cue = Span(tokens[at].start, tokens[stop - 1].end)
    if tokens[at + 1].tag == "JKS":
        if at > 1 and tokens[at - 2].form in ("같", "이렇", "그렇"):
            return None
        return Frame("fact.agentless", at, tokens[at - 1].end, cue, stop, how, Owner.NOBODY, hedged=True) if predicate.agentless else None
    if predicate.agentless or "사실을" not in predicate.takes:
        return None
    return Frame("fact", at, tokens[at - 1].end, cue, stop, how, Owner.SPEAKER)


def _nominal(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`늦었음을 인정했다`."""
    found = predicate_after(lexicon, tokens, at + 2)
    if found is None or "음을" not in found[1].takes:
        return None
    verb, predicate = found
    how, stop = finish(tokens, verb.at)
    if how not in (Finish.FINAL, Finish.AND):
        return None
    return Frame(f"nominal.{predicate.stance}", at, tokens[at].end, cue_span(tokens, verb.begin, stop), stop, how, Owner.SPEAKER)
