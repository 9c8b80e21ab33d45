"""Cue, then content, then source: every sentence's frames, with a source carried over where a sentence names none."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.labels import AttributionStyle, Role
from workers.annotations import Attribution, Entity
from workers.detectors.attributions import frames, sources, transcripts
from workers.detectors.attributions.beside import heading, quotation_alone, quotation_end, quotation_then_speaker
from workers.detectors.attributions.choosing import goes_on, speaker_of, through
from workers.detectors.attributions.clauses import author_believes, defines, main_frames
from workers.detectors.attributions.cues import Frame, Owner
from workers.detectors.attributions.lexicon import Lexicon
from workers.detectors.attributions.page import Page
from workers.detectors.attributions.predicates import Finish
from workers.detectors.attributions.prefixes import ANSWERED, Prefix, prefixes
from workers.detectors.attributions.reading import Reading, content, offset, trimmed
from workers.detectors.attributions.sources import Speaker
from workers.detectors.attributions.transparency import disclosed
from workers.document import Document, Span

_CARRIED_FOR = 3  # sentences a speaker is remembered


def detect(document: Document, entities: tuple[Entity, ...], lexicon: Lexicon) -> tuple[Attribution, ...]:
    """The attributions of a document in order of their content; offsets are the document's.

    `entities` help to tell names from titles; without them the words alone decide.
    """
    mentions = sorted((span, entity.type) for entity in entities for span in entity.mentions)
    page = Page(document, mentions, lexicon)
    memory = _Memory(page)
    out: list[Attribution] = []
    spoken = transcripts.by_sentence(document.text, page.sentences, lexicon.sources)
    for at in sorted({*page.telling, *spoken}) if spoken else page.telling:
        if at in spoken:
            out.append(spoken[at])
            memory.note(at, [spoken[at]])
            continue
        reading = page.read(at)
        end = quotation_end(reading)
        if end is None:
            attributed = list(_read(reading, memory, at))
        else:
            last = min(bisect_left(page.ends, end), len(page.ends) - 1)
            following = page.read(last + 1) if last + 1 < len(page.ends) else None
            alone = quotation_alone(reading, page.read(last), following, memory.speaker(at))
            attributed = [alone] if alone is not None else []
        out += attributed
        memory.note(at, attributed)
    return tuple(sorted(disclosed(document, out, mentions, lexicon), key=lambda a: (a.content, a.cue)))


@dataclass(slots=True)
class _Memory:
    """Who spoke last, or was the topic, in the sentences just read."""

    page: Page
    sources: dict[int, Span] = field(default_factory=dict)

    def note(self, at: int, attributed: list[Attribution]) -> None:
        """Remember the last source of the sentence."""
        source = next((a.source for a in reversed(attributed) if a.source is not None), None)
        if source is not None:
            self.sources[at] = source

    def speaker(self, at: int) -> Span | None:
        """Whom sentence number `at` may carry on: the last source, else the topic of the sentence that had one last; no heading between."""
        page = self.page
        for past in range(at - 1, max(at - 1 - _CARRIED_FOR, -1), -1):
            if page.sentences[past + 1].role is Role.HEADING or page.numbers[at] - page.numbers[past] > _CARRIED_FOR:
                return None
            if past in self.sources:
                return self.sources[past]
            reading = page.read(past)
            for speaker in sources.speakers(reading, 0, len(reading.tokens)):
                if speaker.strong and not speaker.among:
                    return speaker.span
        return None


def _read(reading: Reading, memory: _Memory, at: int) -> Iterator[Attribution]:
    found = [frame for frame in frames.find(reading.tokens, reading.cues, reading.lexicon) if not reading.quoted[frame.at]]
    kept = main_frames(reading, found) if found else []
    prefix = next(prefixes(reading), None)
    if prefix is not None and prefix.rule == ANSWERED and not kept:
        prefix = None  # nobody says what was answered
    if prefix is not None and kept and kept[0].at < prefix.at < kept[-1].at and kept[-1].finish is Finish.FINAL:
        prefix = None  # inside what is reported
    if prefix is not None and kept and _inside(reading, prefix, kept[-1]):
        prefix = None
    if prefix is not None:
        yield from _after_prefix(reading, prefix, kept, memory, at)
    elif kept:
        if not (kept[0].owner is Owner.CARRIED and defines(reading, kept[0])):
            yield from _framed(reading, kept, memory, at)
    else:
        found_beside = heading(reading) or quotation_then_speaker(reading)
        if found_beside is not None:
            yield found_beside


def _inside(reading: Reading, prefix: Prefix, last: Frame) -> bool:
    """Is an inquiry (`분석한 결과`) part of what the sentence's own speaker reports?"""
    if not prefix.rule.startswith("inquiry") or last.finish is not Finish.FINAL or last.owner is not Owner.SPEAKER:
        return False
    if last.between is not None and any(s.strong for s in sources.speakers(reading, *last.between)):
        return True
    until = next((k for k, t in enumerate(reading.tokens) if prefix.source is not None and t.start >= prefix.source.start), prefix.at)
    return any(s.topic and s.strong for s in sources.speakers(reading, 0, until))


def _framed(reading: Reading, kept: list[Frame], memory: _Memory, at: int) -> Iterator[Attribution]:
    """The attributions of the main clauses, each source handed on to the next clause that has none."""
    begin, adding = 0, False
    handed: Span | None = None
    for frame in kept:
        speaker, start = speaker_of(reading, frame, begin, adding)
        if speaker is not None and _of_the_content(reading, frame, speaker) and memory.speaker(at) is not None:
            speaker, start = None, offset(reading.tokens, begin)
        together = reading.tokens[frame.stop - 1].form in ("면서", "으면서")  # `…고 전하면서`: the same one goes on
        resumed, begin, adding = adding, frame.stop, frame.adds or (together and speaker is not None)
        if (speaker is not None and speaker.author) or (speaker is None and author_believes(reading, frame)):
            continue
        rule = frame.rule
        source, via = (speaker.span, through(reading, speaker, frame)) if speaker is not None else (None, None)
        if source is None and (frame.owner in (Owner.SPEAKER, Owner.CARRIED) or (frame.owner is Owner.AMONG and resumed and handed)):
            source = handed
            if source is None and frame.owner is not Owner.AMONG:
                source = memory.speaker(at)
                rule += ".carried" if source is not None else ""
        said, style = content(reading, start, frame.content_end)
        if said is not None:
            yield Attribution(said, frame.cue, style, rule, source, via, frame.hedged)
        if speaker is not None:
            handed = source


def _of_the_content(reading: Reading, frame: Frame, speaker: Speaker) -> bool:
    """In a sentence that goes on with the speaker before it (`그러면서 …`), an unnamed topic is what he speaks of."""
    return not speaker.named and speaker.begin < frame.at and frame.rule.startswith("said") and goes_on(reading)


def _after_prefix(reading: Reading, prefix: Prefix, kept: list[Frame], memory: _Memory, at: int) -> Iterator[Attribution]:
    """What stands after `X에 따르면`: X says it, unless it is told who said it to X."""
    named = memory.speaker(at) if prefix.anaphoric else prefix.source
    kept = [frame for frame in kept if frame.at > prefix.after]
    if all(frame.finish is Finish.AND and not frame.adds for frame in kept):  # what was done, not what was said
        said = trimmed(reading, offset(reading.tokens, prefix.after), reading.final)
        if said is not None:
            yield Attribution(said, prefix.cue, AttributionStyle.INDIRECT, prefix.rule, named)
        return
    begin, adding = prefix.after, False
    for frame in kept:
        speaker, start = speaker_of(reading, frame, begin, adding)
        begin, adding = frame.stop, frame.adds
        said, style = content(reading, start, frame.content_end)
        if said is None or (speaker is not None and speaker.author):
            continue
        if speaker is None:
            yield Attribution(said, prefix.cue, style, prefix.rule, named, None, frame.hedged)
        else:
            via = through(reading, speaker, frame) or (None if prefix.anaphoric else named)
            yield Attribution(said, frame.cue, style, frame.rule, speaker.span, via, frame.hedged)
