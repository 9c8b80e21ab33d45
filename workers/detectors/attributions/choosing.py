"""Which of a sentence's subjects and topics speaks, whom it quotes, and where its words may begin."""

from collections.abc import Sequence

from workers.detectors.attributions import sources
from workers.detectors.attributions.cues import Frame, Owner
from workers.detectors.attributions.predicates import COORDINATING, is_dating, verb_at
from workers.detectors.attributions.reading import Reading, offset
from workers.detectors.attributions.sources import Speaker
from workers.document import Span, Token

_SUBJECTS = ("이", "가", "은", "는", "ᆫ")
_PEOPLE = ("전문가", "업계", "누리꾼", "네티즌", "관계자", "분석가", "애널리스트", "시청자", "이용자", "소비자", "팬들")
_WORDS = frozenset(["말", "발언", "보도", "설명", "주장", "기사"])
_GOING_ON = ("이어 ", "이어서 ", "그러면서 ", "또 ", "또한 ", "아울러 ", "덧붙여 ", "더불어 ", "그러면서도 ")


def speaker_of(reading: Reading, frame: Frame, begin: int, adding: bool) -> tuple[Speaker | None, int]:
    """The frame's own source and the offset where its content may begin."""
    tokens = reading.tokens
    start = offset(tokens, begin)
    if frame.holder is not None and frame.rule != "noun.uttered":
        first, last = frame.holder
        found = sources.phrase(reading, last - 1, first)
        if found is not None and (found.strong or frame.rule == "noun.is"):
            return Speaker(found.span, found.begin, last, strong=True, topic=True), start
    if frame.rule == "as.problem":
        breaks = [k for k in range(begin + 1, frame.at) if tokens[k].form == "," and tokens[k - 1].tag == "EC"]
        return None, tokens[breaks[-1]].end if breaks else start
    if frame.owner in (Owner.NOBODY, Owner.CARRIED):
        return None, start
    if frame.between is not None:
        for speaker in sources.speakers(reading, *frame.between):
            if speaker.strong or speaker.topic:
                return speaker, start
    candidates = list(sources.speakers(reading, begin, frame.at))
    chosen: Speaker | None = None
    if frame.owner is Owner.AMONG:
        chosen = next((c for c in candidates if c.among and c.strong), None)
        if chosen is None and candidates and candidates[0].topic and candidates[0].strong and _people(reading, candidates[0]):
            chosen = candidates[0]
    elif not adding:
        belief = frame.rule.endswith(".belief") and not frame.rule.startswith("thing")
        if belief:
            candidates = [c for c in candidates if c.topic]
        candidates = [c for c in candidates if c.topic or not _relative(tokens, c, frame.at)]
        chosen = next((c for c in candidates if c.strong and quotes(reading, c, frame)), None) or _choose(tokens, candidates)
        if chosen is not None and chosen.topic and candidates[0].topic and _proper(tokens, candidates[0]):
            chosen = candidates[0] if not candidates[0].strong and not _contrasted(tokens, chosen) else chosen
        if chosen is None and not belief:
            chosen = _unknown(reading, candidates, frame)
    if chosen is None:
        return None, start
    return chosen, _after_own_act(reading, chosen, frame.at)


def _after_own_act(reading: Reading, speaker: Speaker, end: int) -> int:
    """Where the content may begin: after what the source did before it spoke (`현황을 공개하고, …`, `…하는 한편, …`)."""
    tokens = reading.tokens
    begin = tokens[speaker.after - 1].end
    for k in range(end - 2, speaker.after, -1):
        if tokens[k].tag == "ETM" and tokens[k + 1].form == "한편" and not reading.quoted[k]:
            return tokens[k + 1].end
    brackets = 0
    subject = False  # of a clause of the content; one that ends in ETM was a relative clause's
    for k in range(speaker.after, end - 2):
        token = tokens[k]
        if token.tag in ("SSO", "SSC") and token.form in "()[]":
            brackets += 1 if token.tag == "SSO" else -1
        elif brackets > 0:
            continue
        elif token.tag == "ETM":
            subject = subject and tokens[k - 1].form in ("대하", "관하", "위하", "의하", "따르")  # `…에 대한` ends no clause
        elif token.tag == "JKS" or (token.tag == "JX" and token.form in ("은", "는")):
            subject = True
        elif subject or reading.quoted[k]:
            continue
        elif _spoke(reading, speaker.after, k) or _turns(tokens, k, end):
            return token.end
    return begin


def _spoke(reading: Reading, begin: int, ending: int) -> bool:
    """Does the ending belong to an act of speech with a noun as its object (`사진을 공개하며`)?"""
    tokens, verb = reading.tokens, ending - 1
    if tokens[ending].tag != "EC" or tokens[ending].form not in COORDINATING:
        return False
    while verb > begin and tokens[verb].tag == "EP":
        verb -= 1
    if tokens[verb].tag not in ("VV", "XSV"):
        return False
    found = verb_at(tokens, verb, begin)
    return (
        found.begin > begin
        and tokens[found.begin - 1].tag == "JKO"
        and any(k in reading.lexicon.predicates and k != "보다" for k in found.keys)
    )


def _turns(tokens: Sequence[Token], comma: int, end: int) -> bool:
    """Is this a comma after a clause (`소송을 내며, …`), and does the next one begin with a subject of its own?"""
    before = tokens[comma - 1]
    if tokens[comma].form != "," or not (before.tag == "EC" or before.form in ("앞서", "결과")):
        return False
    if before.tag == "EC" and tokens[comma - 2].tag in ("VA", "VX", "VCP", "VCN"):  # a state is nothing the source did
        return False
    return any(t.tag == "JKS" or (t.tag == "JX" and t.form in ("은", "는")) for t in tokens[comma + 1 : min(comma + 7, end)])


def _people(reading: Reading, speaker: Speaker) -> bool:
    """`전문가들은 …라는 지적이다`: unnamed persons as topic of what is otherwise nobody's."""
    return any(word in reading.text[speaker.span.start : speaker.span.end] for word in _PEOPLE)


def _choose(tokens: Sequence[Token], candidates: list[Speaker]) -> Speaker | None:
    """The speaker among subjects and topics: the first that can speak, unless its clause ends before a later topic."""
    for position, candidate in enumerate(candidates):
        if candidate.author and candidate.topic:
            return candidate
        if not candidate.strong:
            continue
        if candidate.topic:
            return next((c for c in reversed(candidates[position + 1 :]) if _contrasted(tokens, c)), candidate)
        for later in candidates[position + 1 :]:
            if not (later.topic and later.strong) or later.among:
                continue
            clause = tokens[candidate.after : later.begin]
            if clause and clause[-1].tag == "ETM":  # a relative clause of the later one
                return later
            ends = any(t.tag in ("ETM", "EC") for t in clause)
            told = any(t.tag == "EP" for t in clause)  # `결혼했고 아내는 …`: both clauses are the content's
            if ends and (later.named or not candidate.named or not told):
                return later
            break
        return candidate
    return None


def _contrasted(tokens: Sequence[Token], speaker: Speaker) -> bool:
    """Does the topic open a coordinate clause of its own (`…했고, 다른 업체는 …`)?"""
    at = speaker.begin
    while at > 0 and tokens[at - 1].tag in ("MAG", "MAJ", "MM"):
        at -= 1
    return (
        speaker.topic
        and speaker.strong
        and at > 1
        and tokens[at - 1].form == ","
        and tokens[at - 2].tag == "EC"
        and tokens[at - 2].form in COORDINATING
    )


def quotes(reading: Reading, speaker: Speaker, frame: Frame) -> bool:
    """Does the quotation that the frame reports follow the speaker at once?"""
    closing = frame.content_end - 1
    return speaker.after < frame.at and reading.closed.get(closing) == reading.tokens[speaker.after].start


def _proper(tokens: Sequence[Token], speaker: Speaker) -> bool:
    """Does the phrase hold a proper name?"""
    return any(t.tag in ("NNP", "SL") for t in tokens[speaker.begin : speaker.after])


def _relative(tokens: Sequence[Token], speaker: Speaker, end: int) -> bool:
    """Is the subject that of a relative clause at once (`검찰이 제출한 증거는 …`)?"""
    k = speaker.after
    return k + 1 < end and (
        (tokens[k].tag == "VV" and tokens[k + 1].tag == "ETM" and not is_dating(tokens, k))
        or (k + 2 < end and tokens[k].tag == "NNG" and tokens[k + 1].tag == "XSV" and tokens[k + 2].tag == "ETM")
    )


def _unknown(reading: Reading, candidates: list[Speaker], frame: Frame) -> Speaker | None:
    """A topic of which no list knows whether it can speak: it does where the content has a subject of its own or is a quotation."""
    if not candidates or not candidates[0].topic or candidates[0].among or candidates[0].author:
        return None
    first = candidates[0]
    rest = range(first.after, frame.at)
    if frame.rule.startswith("said.") and _proper(reading.tokens, first):
        return first  # `페이스북은`, a product to the names
    if rest and reading.tokens[first.after].tag == "SSO" and reading.quoted[first.after]:
        return first
    if any(reading.tokens[k].tag in ("JKS", "JX") and reading.tokens[k].form in _SUBJECTS and not reading.quoted[k] for k in rest):
        return first
    return None


def goes_on(reading: Reading) -> bool:
    """Does the sentence open as one that goes on with the speaker before it (`이어`, `그러면서`)?"""
    return reading.text.startswith(_GOING_ON, reading.sentence.start)


def through(reading: Reading, speaker: Speaker, frame: Frame) -> Span | None:
    """Whom the source quotes (`소식통을 인용해`), or whose words it passes on (`가족의 입장을 전했다`)."""
    tokens = reading.tokens
    if frame.reporter is not None:
        reporter = next((s for s in sources.speakers(reading, *frame.reporter) if s.strong), None)
        return reporter.span if reporter is not None else None
    if frame.holder is not None and frame.rule == "noun.uttered":
        held = sources.phrase(reading, frame.holder[1] - 1, frame.holder[0])
        if held is not None and held.strong:
            return held.span
    for k in range(speaker.after, frame.stop):
        if tokens[k].form == "인용" and k >= 2 and tokens[k - 1].tag == "JKO" and not reading.quoted[k]:
            last = k - 2
            if tokens[last].form in _WORDS and last > speaker.after:  # `관계자의 말을 인용해`
                last -= 2 if tokens[last - 1].tag == "JKG" else 1
            found = sources.phrase(reading, last, speaker.after)
            return found.span if found is not None else None
    return None


def reported_by(reading: Reading, outer: Frame) -> bool:
    """`…고 밝혔다고 매체가 보도했다`: the outer speaker stands after what it reports, so the inner one is the source."""
    if outer.between is None:
        return False
    return any(s.strong for s in sources.speakers(reading, *outer.between))
