"""Cues: where reported content ends and what reports it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from workers.detectors.attributions.lexicon import Lexicon, Predicate
from workers.detectors.attributions.predicates import (
    Finish,
    Verb,
    finish,
    is_adding,
    is_modifying,
    is_saying,
    manner_follows,
    verb_after,
)
from workers.document import Span, Token


class Owner(Enum):
    """Where the source of a frame is to be looked for."""

    SPEAKER = "speaker"  # the one who speaks: in the sentence, else carried over
    AMONG = "among"  # only where among whom it is said (`일각에서는`)
    CARRIED = "carried"  # only who spoke before (`…는 것이다`)
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Frame:
    """One cue. Indices count the sentence's tokens, `content_end` and `cue` are offsets.

    `at` is the first token of the frame, `between` the tokens between complement and predicate (where a source may stand),
    `holder` those of a genitive (`업계의 관측이다`), `reporter` those where the one stands who reports the whole, `stop` the index after the predicate's ending.
    """

    rule: str
    at: int
    content_end: int
    cue: Span
    stop: int
    finish: Finish
    owner: Owner
    hedged: bool = False
    adds: bool = False
    between: tuple[int, int] | None = None
    holder: tuple[int, int] | None = None
    reporter: tuple[int, int] | None = None


def find(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Frame]:
    """The frames of a sentence in order."""
    for at, token in enumerate(tokens):
        tag = token.tag
        frame = None
        if tag == "EC":
            if is_saying(token.form):
                frame = _saying(tokens, at, lexicon)
            elif is_adding(token.form) or (token.form in ("며", "면서") and at and tokens[at - 1].tag == "SSC"):
                frame = _adding(tokens, at, lexicon)
        elif tag == "JKQ":
            frame = _saying(tokens, at, lexicon)
        elif tag == "ETM":
            if is_modifying(token.form) or (token.form == "는" and at and tokens[at - 1].tag == "SSC"):
                frame = _noun(tokens, at, lexicon)
        elif tag == "NNB":
            if token.form in ("것", "거") and at and tokens[at - 1].tag == "ETM":
                frame = _thing(tokens, at, lexicon)
        elif tag == "JKB":
            if token.form in ("로", "으로") and at and tokens[at - 1].tag[0] in "NXS":
                frame = _as(tokens, at, lexicon)
        elif tag == "NNG":
            if token.form == "사실" and at and tokens[at - 1].tag == "ETM" and not is_modifying(tokens[at - 1].form):
                frame = _fact(tokens, at, lexicon)
        elif tag == "ETN":
            if token.form in ("음", "ᆷ"):
                frame = _nominal(tokens, at, lexicon)
        elif tag == "EF" and token.form == "라고" and at and tokens[at - 1].tag in ("VCP", "SSC"):
            frame = _saying(tokens, at, lexicon)
        elif (
            tag == "EF"
            and at
            and tokens[at - 1].tag != "VX"
            and token.form.endswith(("다더라", "라더라", "다던데", "라던데", "다네", "라네", "ᆫ대", "란다"))
        ):
            frame = Frame("hearsay.ending", at, _before_ending(tokens, at, 1), token.span, at + 1, Finish.FINAL, Owner.NOBODY, hedged=True)
        if frame is not None:
            yield frame


def _before_ending(tokens: Sequence[Token], at: int, length: int) -> int:
    """Where the content ends before the ending at `at`: `다` stays, `고` and the copula's `라고` do not; `length` is what is cut."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if before is not None and before.tag == "SSC":
        return before.end
    if token.tag == "JKQ":
        return token.start
    if before is not None and before.tag == "VCP" and token.form.startswith(("라", "란", "자")):
        if at > 1 and tokens[at - 2].tag == "SSC":
            return tokens[at - 2].end
        return max(token.start, before.end)
    return max(token.end - length, token.start)


def _look_up(lexicon: Lexicon, tokens: Sequence[Token], start: int) -> tuple[Verb, Predicate] | None:
    """The reporting predicate after `start`, over verbs of manner."""
    for _ in range(3):
        verb = verb_after(tokens, start)
        if verb is None:
            return None
        for key in verb.keys:
            if key in lexicon.predicates:
                predicate = lexicon.predicates[key]
                begin = verb.begin
                if " " in predicate.lemma:
                    begin = _object_begin(tokens, verb)
                return Verb(begin, verb.at, verb.keys), predicate
        onward = manner_follows(tokens, verb)
        if onward is None:
            return None
        start = onward
    return None


def listed_predicate(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> Verb | None:
    """The reporting predicate after index `start`, over verbs of manner; None where another verb comes first."""
    found = _look_up(lexicon, tokens, start)
    return found[0] if found is not None and not found[1].agentless else None


def _listed_verb(tokens: Sequence[Token], start: int, listed: frozenset[str]) -> Verb | None:
    """The first verb after `start` that is listed, over verbs of manner."""
    for _ in range(3):
        verb = verb_after(tokens, start)
        if verb is None or any(key in listed for key in verb.keys):
            return verb
        onward = manner_follows(tokens, verb)
        if onward is None:
            return None
        start = onward
        listed = listed - {"하다"}  # `희망을 갖게 했다` utters nothing
    return None


def _object_begin(tokens: Sequence[Token], verb: Verb) -> int:
    at = verb.begin - 1
    while at > 0 and tokens[at].tag[0] in "JM":
        at -= 1
    return at


def _cue(tokens: Sequence[Token], begin: int, stop: int) -> Span:
    return Span(tokens[begin].start, max(tokens[stop - 1].end, tokens[begin].end))


def _saying(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    start = at + 1
    while start < len(tokens) and (tokens[start].tag == "JX" or tokens[start].form == "들"):
        start += 1
    end = _before_ending(tokens, at, 1)
    if start >= len(tokens) or tokens[start].tag == "SF":
        if tokens[at].tag == "JKQ" or (at > 1 and tokens[at - 1].tag in ("VCP", "SSC")):
            return Frame("quote.bare", at, end, tokens[at].span, at + 1, Finish.FINAL, Owner.SPEAKER)
        return None
    found = _look_up(lexicon, tokens, start)
    if found is None:
        return None
    verb, predicate = found
    how, stop = finish(tokens, verb.at)
    if how in (Finish.NONE, Finish.ADNOMINAL) or tokens[stop - 1].form.endswith("까"):
        return None
    rule, owner, hedged = f"said.{predicate.stance}", Owner.SPEAKER, predicate.hedged
    if predicate.agentless:
        rule, owner, hedged = "said.agentless", Owner.NOBODY, True
    elif predicate.lemma == "하다":
        past = tokens[verb.at + 1].form in ("었", "았", "였") if verb.at + 1 < len(tokens) else False
        if how not in (Finish.FINAL, Finish.AND, Finish.QUOTED):
            return None
        if not past and tokens[at].tag == "EC":
            if how is Finish.AND:
                return None
            rule, owner, hedged = "hearsay.handa", Owner.NOBODY, True
    return Frame(rule, at, end, _cue(tokens, verb.begin, stop), stop, how, owner, hedged, between=(start, verb.begin))


def _adding(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    length = 2 if tokens[at].form.endswith("면서") else 1
    end = _before_ending(tokens, at, length)
    start = at + 1
    found = _look_up(lexicon, tokens, start)
    if found is not None:
        verb, predicate = found
        how, stop = finish(tokens, verb.at)
        reports = how in (Finish.FINAL, Finish.AND, Finish.QUOTED, Finish.THING)
        if reports and not predicate.agentless and predicate.lemma not in ("하다", "보다"):
            cue = _cue(tokens, verb.begin, stop)
            return Frame(f"adding.{predicate.stance}", at, end, cue, stop, how, Owner.SPEAKER, adds=True, between=(start, verb.begin))
    follows = verb_after(tokens, start)
    if (
        follows is not None
        and finish(tokens, follows.at)[0] is Finish.ADNOMINAL
        and not any(t.tag[0] == "J" for t in tokens[start : follows.at])
    ):
        return None  # `구해 달라며 호소한 편지`
    return Frame("adding", at, end, Span(tokens[at].end - length, tokens[at].end), at + 1, Finish.AND, Owner.SPEAKER, adds=True)


def _noun(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`다는 우려가 나온다`, `다는 입장이다`, `다는 뜻을 밝혔다`, `다는 것이다`, `다는 게 업계의 관측이다`."""
    head = at + 1
    if head >= len(tokens):
        return None
    end = _before_ending(tokens, at, 1)
    holder = None
    if tokens[head].form in ("것", "거"):
        if head + 1 >= len(tokens):
            return None
        after = tokens[head + 1]
        if after.tag == "VCP":
            how, stop = finish(tokens, head + 1)
            if how not in (Finish.FINAL, Finish.AND) or tokens[stop - 1].form.endswith("까"):
                return None
            return Frame("explained", at, end, Span(end, tokens[stop - 1].end), stop, how, Owner.CARRIED)
        if after.tag not in ("JKS", "JX"):
            return None
        head += 2
        holder_begin = head
        while head < len(tokens) and tokens[head].tag[0] in "NXMS" or (head < len(tokens) and tokens[head].tag in ("JKG", "JC")):
            head += 1
        if head >= len(tokens) or tokens[head].tag != "VCP" or tokens[head - 1].form not in lexicon.nouns:
            return None
        how, stop = finish(tokens, head)
        if how not in (Finish.FINAL, Finish.AND, Finish.ADVERBIAL):
            return None
        head -= 1
        if head - 1 >= holder_begin and tokens[head - 1].tag == "JKG":
            holder = (holder_begin, head - 1)
        elif head > holder_begin:
            holder = (holder_begin, head)
        noun = lexicon.nouns[tokens[head].form]
        owner = Owner.SPEAKER if noun.speaker else Owner.NOBODY
        return Frame(
            "noun.is", at, end, _cue(tokens, head, stop), stop, how, owner, hedged=not noun.speaker or noun.form == "관측", holder=holder
        )
    # the noun phrase after the ending, up to its particle
    particle = head
    genitive = None
    while particle < len(tokens) and (
        tokens[particle].tag[0] in "NXM" or tokens[particle].tag in ("JKG", "VA") or tokens[particle].tag == "SL"
    ):
        if tokens[particle].tag == "JKG":
            genitive = particle
        particle += 1
    while particle < len(tokens) and tokens[particle].tag == "ETM" and particle + 1 < len(tokens):
        particle += 1
        while particle < len(tokens) and tokens[particle].tag[0] in "NX":
            particle += 1
    if particle >= len(tokens) or particle == head:
        return None
    last = particle - 1
    noun_found = lexicon.nouns.get(tokens[last].form)
    if noun_found is None and tokens[last].tag == "XSN" and last > head:
        noun_found = lexicon.nouns.get(tokens[last - 1].form + tokens[last].form)
    if noun_found is None:
        return None
    noun = noun_found
    if noun.vow and not (at and tokens[at - 1].form == "겠"):
        return None
    if genitive is not None and tokens[genitive - 1].form not in ("취지", "내용"):
        holder = (head, genitive)
    tag = tokens[particle].tag
    if tag == "VCP" or (
        tag == "JKB" and tokens[particle].form == "에서" and particle + 1 < len(tokens) and tokens[particle + 1].tag == "VCP"
    ):
        how, stop = finish(tokens, particle if tag == "VCP" else particle + 1)
        if how not in (Finish.FINAL, Finish.AND, Finish.ADVERBIAL, Finish.QUOTED):
            return None
        if noun.form == "이유" and tag == "VCP":
            return None
        if noun.form in ("사실", "점", "내용", "글", "말", "소식", "희망", "인식", "뜻", "논란", "이야기", "얘기", "의사"):
            return None
        return Frame(
            "noun.is", at, end, Span(end, tokens[stop - 1].end), stop, how,
            Owner.CARRIED if noun.form == "이유" else Owner.SPEAKER if noun.speaker else Owner.AMONG, hedged=not noun.speaker, holder=holder,
        )  # fmt: skip
    verb = _listed_verb(tokens, particle, lexicon.noun_verbs) or verb_after(tokens, particle)
    if verb is None:
        return None
    how, stop = finish(tokens, verb.at)
    if how is Finish.NONE and any(f"{key[:-1]}지 않다" in lexicon.noun_verbs for key in verb.keys):
        how = Finish.FINAL  # `비판도 적지 않다`
    if how in (Finish.NONE, Finish.ADNOMINAL, Finish.THING):
        return None
    plain = verb.keys[-1]
    idiom = verb.keys[-2] if len(verb.keys) > 1 else ""
    cue = Span(end, tokens[stop - 1].end)
    subject = tag == "JKS" or (tag == "JX" and not (plain in lexicon.uttering or plain in lexicon.predicates))
    if subject:
        if not noun.surfaces or not any(k in lexicon.surfacing or f"{k[:-1]}지 않다" in lexicon.surfacing for k in verb.keys):
            return None
        if how is Finish.ADVERBIAL and not plain.startswith(("나오", "제기", "일")):
            return None
        return Frame("noun.surfaces", at, end, cue, stop, how, Owner.AMONG, hedged=True, holder=holder)
    if tag == "JKO" and plain in lexicon.undergoing:
        return Frame("noun.undergone", at, end, cue, stop, how, Owner.NOBODY, hedged=True) if noun.form in lexicon.burdens else None
    if any(t.form in ("제목", "이름", "명목", "혐의") for t in tokens[head:particle]):
        return None
    if tag == "JX" and tokens[particle].form != "도" and plain not in lexicon.predicates:
        return None
    if tag in ("JKO", "JX") and (plain in lexicon.uttering or idiom in lexicon.uttering):
        return Frame("noun.uttered", at, end, cue, stop, how, Owner.SPEAKER, holder=holder)
    if noun.form == "취지" and tag == "JKB" and tokens[particle].form == "로" and plain in lexicon.predicates:
        return Frame("noun.uttered", at, end, cue, stop, how, Owner.SPEAKER)
    return None


def _thing(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`한 것으로 알려졌다`, `할 것을 촉구했다`."""
    if at + 1 >= len(tokens) or is_modifying(tokens[at - 1].form):
        return None
    particle = tokens[at + 1]
    if particle.tag == "JKB" and particle.form == "으로":
        kind, end = "것으로", tokens[at - 1].end
    elif particle.tag == "JKO":
        kind, end = "것을", tokens[at].end
    else:
        return None
    found = _look_up(lexicon, tokens, at + 2)
    if found is None:
        return None
    verb, predicate = found
    if kind not in predicate.takes:
        return None
    how, stop = finish(tokens, verb.at)
    if how in (Finish.NONE, Finish.ADNOMINAL):
        return None
    cue = _cue(tokens, verb.begin, stop)
    if predicate.agentless:
        return Frame("thing.agentless", at, end, cue, stop, how, Owner.NOBODY, hedged=True)
    if how is Finish.ADVERBIAL and kind == "것으로":
        return None
    return Frame(f"thing.{predicate.stance}", at, end, cue, stop, how, Owner.SPEAKER, predicate.hedged, between=(at + 2, verb.begin))


def _as(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`부부로 알려졌다`: the predicate follows at once."""
    if tokens[at - 1].form in ("것", "거") or at + 1 >= len(tokens):
        return None
    verb = verb_after(tokens, at + 1)
    if verb is None or verb.begin > at + 1:
        return None
    if "지적되다" in verb.keys and tokens[at - 1].form == "문제" and at >= 3 and tokens[at - 2].tag == "JKS":
        how, stop = finish(tokens, verb.at)
        if how not in (Finish.FINAL, Finish.AND):
            return None
        return Frame("as.problem", at, tokens[at - 3].end, _cue(tokens, at - 1, stop), stop, how, Owner.NOBODY, hedged=True)
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
        _cue(tokens, verb.begin, stop),
        stop,
        how,
        owner,
        hedged,
    )


def _fact(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`구한 사실도 전했다`, `구한 사실이 알려졌다`."""
    if at + 1 >= len(tokens) or tokens[at + 1].tag not in ("JKO", "JX", "JKS"):
        return None
    found = _look_up(lexicon, tokens, at + 2)
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
    if at + 1 >= len(tokens) or tokens[at + 1].tag != "JKO":
        return None
    found = _look_up(lexicon, tokens, at + 2)
    if found is None or "음을" not in found[1].takes:
        return None
    verb, predicate = found
    how, stop = finish(tokens, verb.at)
    if how not in (Finish.FINAL, Finish.AND):
        return None
    return Frame(f"nominal.{predicate.stance}", at, tokens[at].end, _cue(tokens, verb.begin, stop), stop, how, Owner.SPEAKER)
