"""Which frames belong to the sentence's main clauses, and which lie inside what others report."""

from collections.abc import Sequence

from workers.detectors.attributions import sources
from workers.detectors.attributions.choosing import quotes, reported_by
from workers.detectors.attributions.cues import Frame, Owner
from workers.detectors.attributions.predicates import Finish
from workers.detectors.attributions.reading import Reading
from workers.document import Span

_OUTER_WITHIN = 4  # frames looked at for the one that reports another
_NEAR = 80  # tokens before a quotation in which the one quoted is looked for


def main_frames(reading: Reading, found: Sequence[Frame]) -> list[Frame]:
    """The frames of the main clauses of those `found`, in order; a report of a report becomes one."""
    frames: list[Frame | None] = list(found)
    last_final = max((k for k, frame in enumerate(found) if frame.finish is Finish.FINAL), default=-1)
    kept: list[Frame] = []
    if len(found) > 1 and found[-1].rule == "noun.surfaces" and not _among(reading):
        frames = [None if frame is not None and frame.adds else frame for frame in frames]  # `…라며 막았다는 의혹이 제기됐다`
    for position in range(len(frames)):
        frame = frames[position]
        if frame is None:
            continue
        if frame.finish in (Finish.QUOTED, Finish.THING):
            for further in range(position + 1, min(position + 1 + _OUTER_WITHIN, len(frames))):
                outer = frames[further]
                if outer is not None and frame.stop <= outer.at <= frame.stop + 2:
                    merged, frames[further] = _merged(reading, frame, outer)
                    if merged is not None:
                        kept.append(merged)
                    break
        elif position < last_final and _of_another(reading, frame):
            continue
        elif _stands(frame, position + 1 < len(frames), position < last_final):
            kept.append(frame)
    return kept


def _among(reading: Reading) -> bool:
    """`일각에서는 …`: the whole sentence is theirs."""
    return any(s.among and s.strong for s in sources.speakers(reading, 0, min(12, len(reading.tokens))))


def _of_another(reading: Reading, frame: Frame) -> bool:
    """`협회는 구청이 “기다리자”며 미뤘다고 주장했다`: the quotation is the subject's, told by the topic."""
    if not frame.adds or frame.rule != "adding" or frame.content_end - 1 not in reading.closed:
        return False
    found = [s for s in sources.speakers(reading, max(0, frame.at - _NEAR), frame.at) if s.strong]
    return len(found) > 1 and found[0].topic and not found[-1].topic and quotes(reading, found[-1], frame)


def _merged(reading: Reading, inner: Frame, outer: Frame) -> tuple[Frame | None, Frame | None]:
    """What is left of a frame and of the one that reports it."""
    if inner.finish is Finish.THING:  # `중요하다고 판단하는 것으로 전해졌다`
        if outer.owner is Owner.NOBODY:
            cue = Span(inner.cue.start, outer.cue.end)
            return inner._replace(hedged=True, finish=outer.finish, cue=cue, stop=outer.stop), None
        if inner.owner is not Owner.SPEAKER or not reported_by(reading, outer):
            return None, outer
    if inner.owner is Owner.SPEAKER and reported_by(reading, outer):  # `…고 밝혔다고 매체가 보도했다`
        cue = Span(inner.cue.start, outer.cue.end)
        return inner._replace(finish=outer.finish, cue=cue, stop=outer.stop, reporter=outer.between), None
    if inner.owner is Owner.NOBODY and outer.owner is Owner.SPEAKER:  # `알려졌다고 보도했다`
        return None, outer._replace(content_end=inner.content_end, hedged=True, at=inner.at)
    return None, outer


def _stands(frame: Frame, followed: bool, before_final: bool) -> bool:
    """Is the frame of a main clause (`followed`: by any other, `before_final`: by one that ends the sentence)?"""
    if frame.finish is Finish.ADVERBIAL:
        return frame.rule.startswith("noun.") if frame.owner is not Owner.NOBODY else not followed
    return frame.finish is not Finish.ADNOMINAL or before_final


def defines(reading: Reading, frame: Frame) -> bool:
    """`문제는 …다는 것이다` says what something is; nobody is reported."""
    tokens, mute = reading.tokens, reading.lexicon.sources.mute
    for k in range(1, frame.at):
        if tokens[k].tag == "JX" and tokens[k].form in ("은", "는", "ᆫ"):
            return tokens[k - 1].tag == "NR" or (tokens[k - 1].form in mute and tokens[k - 1].form not in ("이", "말"))
    return False


def author_believes(reading: Reading, frame: Frame) -> bool:
    """`…라고 생각한다` with nobody named is the author's own; `생각했다` and `보고 있다` are reported."""
    if frame.rule.endswith(".feeling"):
        return True
    if not frame.rule.endswith(".belief"):
        return False
    ending = reading.tokens[frame.at : frame.stop]
    past = frame.finish is Finish.FINAL and any(t.tag == "EP" and t.form in ("었", "았", "였") for t in ending)
    return not past and not (frame.rule.startswith("thing") and any(t.form == "있" for t in ending))
