"""Nouns that carry reported content: `다는 우려가 나온다`, `다는 입장이다`, `다는 뜻을 밝혔다`, `다는 게 업계의 관측이다`."""

from collections.abc import Sequence

from workers.detectors.attributions.cues import Frame, Owner, before_ending, cue_span, listed_verb
from workers.detectors.attributions.lexicon import Lexicon, ReportNoun
from workers.detectors.attributions.predicates import Finish, Verb, finish, verb_after
from workers.document import Span, Token

# as predicate these say what something is, not what somebody holds: `다는 뜻이다`, `다는 사실이다`
_PLAIN_AS_PREDICATE = frozenset(["사실", "점", "내용", "글", "말", "소식", "희망", "인식", "뜻", "논란", "이야기", "얘기", "의사"])
_KNOWN = frozenset(["사실", "점"])  # the object of what takes a fact: `사실도 시인했다`
_NAMING = frozenset(["제목", "이름", "명목", "혐의"])  # `라는 제목의 글` names a thing
_TRANSPARENT = frozenset(["취지", "내용"])  # `다는 취지의 발언`: no genitive of a speaker


def report_noun(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """The frame of the adnominal quotative ending at `at`, if the noun after it reports."""
    head = at + 1
    if head >= len(tokens):
        return None
    if tokens[head].form in ("것", "거"):
        return _thing(tokens, at, lexicon)
    particle, genitive = _phrase_end(tokens, head)
    if particle >= len(tokens) or particle == head:
        return None
    noun = lexicon.nouns.get(tokens[particle - 1].form)
    if noun is None and particle - 1 > head and tokens[particle - 2].word == tokens[particle - 1].word:
        noun = lexicon.nouns.get(tokens[particle - 2].form + tokens[particle - 1].form)
    if noun is None or (noun.vow and not (at and tokens[at - 1].form == "겠")):
        return None
    if any(t.form in _NAMING for t in tokens[head:particle]):
        return None
    holder = (head, genitive) if genitive is not None and tokens[genitive - 1].form not in _TRANSPARENT else None
    tag = tokens[particle].tag
    if tag == "VCP":
        return _predicate(tokens, at, particle, noun, holder)
    if tag == "JKB" and tokens[particle].form == "에서" and particle + 1 < len(tokens) and tokens[particle + 1].tag == "VCP":
        return _predicate(tokens, at, particle + 1, noun, holder)
    verb = listed_verb(tokens, particle, lexicon.noun_verbs) or verb_after(tokens, particle)
    return _argument(tokens, at, particle, noun, holder, verb, lexicon) if verb is not None else None


def _phrase_end(tokens: Sequence[Token], head: int) -> tuple[int, int | None]:
    """Index after the noun phrase that begins at `head`, and that of its last 의."""
    particle, genitive = head, None
    while particle < len(tokens) and (tokens[particle].tag[0] in "NXM" or tokens[particle].tag in ("JKG", "VA", "SL")):
        if tokens[particle].tag == "JKG":
            genitive = particle
        particle += 1
    while particle < len(tokens) and tokens[particle].tag == "ETM" and particle + 1 < len(tokens):  # `다는 적극적인 반응`
        particle += 1
        while particle < len(tokens) and tokens[particle].tag[0] in "NX":
            particle += 1
    return particle, genitive


def _thing(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Frame | None:
    """`다는 것이다`; `다는 것이 김 박사의 설명이다`."""
    head, end = at + 1, before_ending(tokens, at, 1)
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
    begin = last = head + 2
    while last < len(tokens) and (tokens[last].tag[0] in "NXMS" or tokens[last].tag in ("JKG", "JC")):
        last += 1
    if last >= len(tokens) or tokens[last].tag != "VCP" or tokens[last - 1].form not in lexicon.nouns:
        return None
    how, stop = finish(tokens, last)
    if how not in (Finish.FINAL, Finish.AND, Finish.ADVERBIAL):
        return None
    last -= 1
    noun = lexicon.nouns[tokens[last].form]
    holder = None
    if last > begin:
        holder = (begin, last - 1 if tokens[last - 1].tag == "JKG" else last)
        if holder[0] == holder[1]:
            holder = None
    owner = Owner.SPEAKER if noun.speaker else Owner.NOBODY
    return Frame("noun.is", at, end, cue_span(tokens, last, stop), stop, how, owner, hedged=not noun.speaker, holder=holder)


def _predicate(tokens: Sequence[Token], at: int, copula: int, noun: ReportNoun, holder: tuple[int, int] | None) -> Frame | None:
    """`다는 입장이다`, `다는 이유에서다`."""
    how, stop = finish(tokens, copula)
    if how not in (Finish.FINAL, Finish.AND, Finish.ADVERBIAL, Finish.QUOTED):
        return None
    reason = noun.form == "이유"
    if noun.form in _PLAIN_AS_PREDICATE or (reason and tokens[copula - 1].tag != "JKB"):
        return None
    owner = Owner.CARRIED if reason else Owner.SPEAKER if noun.speaker else Owner.AMONG
    end = before_ending(tokens, at, 1)
    return Frame("noun.is", at, end, Span(end, tokens[stop - 1].end), stop, how, owner, hedged=not noun.speaker, holder=holder)


def _argument(
    tokens: Sequence[Token], at: int, particle: int, noun: ReportNoun, holder: tuple[int, int] | None, verb: Verb, lexicon: Lexicon
) -> Frame | None:
    """`다는 우려가 나온다`, `다는 비판을 받았다`, `다는 뜻을 밝혔다`, `다는 취지로 진술했다`."""
    how, stop = finish(tokens, verb.at)
    if how is Finish.NONE and any(f"{key[:-1]}지 않다" in lexicon.noun_verbs for key in verb.keys):
        how = Finish.FINAL  # `비판도 적지 않다`
    if how in (Finish.NONE, Finish.ADNOMINAL) or (how is Finish.THING and noun.form != "취지"):
        return None
    tag, form, plain = tokens[particle].tag, tokens[particle].form, verb.keys[-1]
    end = before_ending(tokens, at, 1)
    cue = Span(end, tokens[stop - 1].end)
    if tag == "JKS" or (tag == "JX" and not (plain in lexicon.uttering or plain in lexicon.predicates)):
        if not noun.surfaces or not any(k in lexicon.surfacing or f"{k[:-1]}지 않다" in lexicon.surfacing for k in verb.keys):
            return None
        if how is Finish.ADVERBIAL and not plain.startswith(("나오", "제기", "일")):
            return None
        return Frame("noun.surfaces", at, end, cue, stop, how, Owner.AMONG, hedged=True, holder=holder)
    if tag == "JKB" and form == "에" and any(key in lexicon.surfacing for key in verb.keys[:-1]):  # `관측에 힘이 실린다`
        return Frame("noun.surfaces", at, end, cue, stop, how, Owner.AMONG, hedged=True, holder=holder) if noun.surfaces else None
    if tag == "JKO" and plain in lexicon.undergoing:
        return Frame("noun.undergone", at, end, cue, stop, how, Owner.NOBODY, hedged=True) if noun.form in lexicon.burdens else None
    if tag == "JX" and form != "도" and plain not in lexicon.predicates:
        return None
    known = noun.form in _KNOWN and any(key in lexicon.predicates and "사실을" in lexicon.predicates[key].takes for key in verb.keys)
    utters = any(key in lexicon.uttering for key in verb.keys[-2:])
    if noun.form in _KNOWN and plain not in lexicon.predicates:
        utters = False  # `점을 보여 준다` is no act of speech
    if tag in ("JKO", "JX") and (known or utters):
        return Frame("noun.uttered", at, end, cue, stop, how, Owner.SPEAKER, holder=holder)
    if noun.form == "취지" and tag == "JKB" and form == "로" and plain in lexicon.predicates:
        return Frame("noun.uttered", at, end, cue, stop, how, Owner.SPEAKER)
    return None
