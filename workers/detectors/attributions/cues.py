"""Frames, and what every kind of cue needs: where content ends, and which listed predicate follows."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from workers.detectors.attributions.lexicon import Lexicon, Predicate
from workers.detectors.attributions.predicates import Finish, Verb, manner_follows, verb_after
from workers.document import Span, Token


class Owner(Enum):
    """Where the source of a frame is to be looked for."""

    SPEAKER = "speaker"  # the one who speaks: in the sentence, else carried over
    AMONG = "among"  # only where among whom it is said (`일각에서는`)
    CARRIED = "carried"  # only who spoke before (`…는 것이다`)
    NOBODY = "nobody"


class Frame(NamedTuple):
    """One cue. Indices count the sentence's tokens, `content_end` and `cue` are offsets.

    `at` is the first token of the frame, `stop` the index after the predicate's ending, `between` the tokens between complement and
    predicate (where a source may stand), `holder` those of a genitive (`업계의 관측이다`), `reporter` those where the one is who reports
    the whole.
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


def before_ending(tokens: Sequence[Token], at: int, length: int) -> int:
    """Where the content ends before the ending at `at`: `다` stays, `고` and the copula's `라고` do not; `length` is what is cut."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if before is not None and before.tag == "SSC":
        return before.end
    if token.tag == "JKQ":
        return token.start
    if before is not None and before.tag == "VCP" and token.form.startswith(("라", "란", "래", "자")):
        if at > 1 and tokens[at - 2].tag == "SSC":
            return tokens[at - 2].end
        return tokens[at - 2].end if at > 1 and before.start >= tokens[at - 2].end else max(token.start, before.end)
    if is_contracted(tokens, at):
        return tokens[at + 1].start
    return max(token.end - length, token.start)


def is_contracted(tokens: Sequence[Token], at: int) -> bool:
    """`온다네`, `낫는단다`: is the 고 하 of 온다고 하네 unwritten behind the ending at `at`?"""
    if at + 1 >= len(tokens) or tokens[at + 1].form != "하":
        return False
    following = tokens[at + 1]
    return following.start < tokens[at].end or following.start == following.end


def predicate_after(lexicon: Lexicon, tokens: Sequence[Token], start: int) -> tuple[Verb, Predicate] | None:
    """The reporting predicate after `start`, over verbs of manner."""
    for _ in range(3):
        verb = verb_after(tokens, start)
        if verb is None:
            return None
        onward = manner_follows(tokens, verb)
        for key in verb.keys:
            if key in lexicon.predicates:
                if onward is not None and key == "인용하다":  # `소식통을 인용해 보도했다`
                    further = predicate_after(lexicon, tokens, onward)
                    if further is not None:
                        return further
                predicate = lexicon.predicates[key]
                begin = verb.begin
                if " " in predicate.lemma:
                    begin = _object_begin(tokens, verb)
                return Verb(begin, verb.at, verb.keys), predicate
        if onward is None:
            return None
        start = onward
    return None


def speech_after(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> Verb | None:
    """The reporting predicate after index `start`, over verbs of manner; None where another verb comes first."""
    found = predicate_after(lexicon, tokens, start)
    return found[0] if found is not None and not found[1].agentless else None


def listed_verb(tokens: Sequence[Token], start: int, listed: frozenset[str]) -> Verb | None:
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


def cue_span(tokens: Sequence[Token], begin: int, stop: int) -> Span:
    """From the token at `begin` to the one before `stop`."""
    return Span(tokens[begin].start, max(tokens[stop - 1].end, tokens[begin].end))
