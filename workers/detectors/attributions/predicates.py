"""Which reporting predicate follows a token, and how its clause goes on."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from workers.document import Token

_REACH = 28  # tokens between a complement and its predicate, at most
COORDINATING = frozenset(["고", "며", "으며", "지만", "으나", "나", "는데", "ᆫ데", "은데", "면서", "으면서", "는데다", "되", "다가"])
_MANNER = frozenset(["어", "아", "게", "며", "면서", "고", "도록", "으면서", "으며"])
_MEANWHILE = frozenset(["반면", "데", "한편", "만큼"])


class Finish(Enum):
    """How the clause of a predicate goes on."""

    FINAL = "final"
    AND = "and"  # a coordinate clause follows
    ADVERBIAL = "adverbial"
    ADNOMINAL = "adnominal"
    QUOTED = "quoted"  # itself reported: `밝혔다고 …`
    THING = "thing"  # itself in a 것으로-clause: `판단한 것으로 …`
    NONE = "none"  # denied, or no clause at all


class Verb(NamedTuple):
    """A verbal stem: `begin` its first token, `at` the stem token, `keys` the dictionary forms to look up, best first."""

    begin: int
    at: int
    keys: tuple[str, ...]


def is_verbal(tag: str) -> bool:
    return tag[0] == "V" or tag == "XSV" or tag == "XSA"


def verb_after(tokens: Sequence[Token], start: int) -> Verb | None:
    """The first verbal stem at or after index `start`, over nouns, particles and marks."""
    for at in range(start, min(start + _REACH, len(tokens))):
        tag = tokens[at].tag
        if is_verbal(tag):
            if is_dating(tokens, at):
                continue
            return verb_at(tokens, at, start)
        if tag == "ETM" and is_dating(tokens, at - 1):
            continue
        if tag[0] not in "NJSXM" or tag in ("SF", "MAJ"):
            return None
    return None


def is_dating(tokens: Sequence[Token], at: int) -> bool:
    """`지난 2일`, `오는 3월`: no verb but part of a date."""
    return at >= 0 and tokens[at].form in ("지나", "오") and tokens[at].tag == "VV" and at + 1 < len(tokens) and tokens[at + 1].tag == "ETM"


def verb_at(tokens: Sequence[Token], at: int, start: int) -> Verb:
    """Dictionary forms of the stem at `at`: with its noun (`강조하다`), its object (`뜻 밝히다`), its auxiliary (`털어놓다`)."""
    token = tokens[at]
    begin = at
    keys: list[str] = []
    stem = token.form
    if token.tag in ("XSV", "XSA") and at > start:
        begin = at - 1
        stem = tokens[begin].form + stem
    following = tokens[at + 1 : at + 3]
    if len(following) == 2 and following[0].tag == "EC" and following[0].form in ("어", "아") and following[1].tag[0] == "V":
        keys.append(f"{stem}{following[0].form}{following[1].form}다")
    before = begin - 1
    while before > start and tokens[before].tag == "MAG":
        before -= 1
    if before > start and tokens[before].tag in ("JKO", "JX", "JKB", "JKS") and tokens[before - 1].tag[0] in "NX":
        keys.append(f"{tokens[before - 1].form} {stem}다")
        keys.append(f"{stem}다")
        return Verb(begin, at, tuple(keys))
    if before >= start and tokens[before].tag == "NNG":  # the particle left out: `목소리 높였다`
        keys.append(f"{tokens[before].form} {stem}다")
    keys.append(f"{stem}다")
    return Verb(begin, at, tuple(keys))


def manner_follows(tokens: Sequence[Token], verb: Verb) -> int | None:
    """Index after a verb that only tells how the next one is done (`잘라 말했다`, `강하게 비판했다`), else None."""
    after = verb.at + 1
    if after < len(tokens) and tokens[after].tag == "EC" and tokens[after].form in _MANNER:
        return after + 1
    return None


def finish(tokens: Sequence[Token], at: int) -> tuple[Finish, int]:
    """How the clause of the stem at `at` goes on, and the index after its ending."""
    k = at + 1
    denied = completed = False
    while k < len(tokens):
        form, tag = tokens[k].form, tokens[k].tag
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        if tag in ("EP", "VX"):
            denied = denied or form == "싶"  # `말하고 싶다` says nothing yet
            k += 1
        elif tag == "EC":
            if following is not None and following.tag == "VX":
                denied = denied or form == "지" or following.form == "싶"
                k += 2
            elif following is not None and form == "지" and following.tag in ("JX", "JKO"):
                denied = True
                k += 2
            elif following is not None and form in ("어", "아") and following.tag == "VV":
                k += 2
            elif is_quotative(form):
                return (Finish.NONE if denied else Finish.QUOTED), k
            else:
                last = k + 2 if following is not None and following.form == "요" else k + 1
                if last < len(tokens) and tokens[last].tag == "SF" and form in COORDINATING:
                    return (Finish.NONE if denied else Finish.FINAL), last  # `있다고 하는데요.`
                how = Finish.AND if form in COORDINATING or completed else Finish.ADVERBIAL
                return (Finish.NONE if denied else how), after_particle(tokens, k + 1)
        elif tag == "ETN":
            if following is not None and following.tag in ("JX", "JKO") and k + 2 < len(tokens) and tokens[k + 2].tag in ("VX", "VV"):
                k += 3
            else:
                ends = following is None or following.tag in ("SF", "SP", "SSC")
                return (Finish.FINAL if ends and not denied else Finish.ADNOMINAL), k + 1
        elif tag == "ETM":
            if is_quotative(form):
                return (Finish.NONE if denied else Finish.QUOTED), k
            if following is None:
                return Finish.ADNOMINAL, k + 1
            beyond = tokens[k + 2] if k + 2 < len(tokens) else None
            if following.form == "바" and beyond is not None and beyond.form == "있":
                completed = True
                k += 3
            elif following.form in ("것", "거") and beyond is not None and beyond.tag == "VCP":
                k += 3
            elif following.form in ("것", "거") and beyond is not None and beyond.form == "으로":
                return (Finish.NONE if denied else Finish.THING), k + 1
            elif following.form in _MEANWHILE:
                return (Finish.NONE if denied else Finish.AND), k + 1
            else:
                return Finish.ADNOMINAL, k + 1
        elif tag == "EF":
            k += 1
            if k < len(tokens) and tokens[k].tag == "JX":
                k += 1
            return (Finish.NONE if denied else Finish.FINAL), k
        else:
            return Finish.NONE, k
    return (Finish.NONE if denied or k == at + 1 else Finish.FINAL), k


def after_particle(tokens: Sequence[Token], at: int) -> int:
    """The index after a particle of emphasis that an ending takes (`…면서도`)."""
    return at + 1 if at < len(tokens) and tokens[at].tag == "JX" and tokens[at].word == tokens[at - 1].word else at


_QUOTATIVE = ("다고", "라고", "자고", "냐고")
_ADDING = ("다며", "라며", "자며", "냐며", "다면서", "라면서", "자면서", "냐면서")
_ADNOMINAL = ("다는", "라는", "자는", "냐는", "란", "다던", "라던")
_NOT_QUOTATIVE = ("느라고", "더라고", "더라며", "더라면서")


def is_saying(form: str) -> bool:
    """Is this ending one that a verb of saying governs (`다고`)?"""
    return form.endswith(_QUOTATIVE) and form not in _NOT_QUOTATIVE


def is_adding(form: str) -> bool:
    """… one that goes on to another clause (`다며`)?"""
    return form.endswith(_ADDING) and form not in _NOT_QUOTATIVE


def is_modifying(form: str) -> bool:
    """… one before a noun (`다는`)?"""
    return form.endswith(_ADNOMINAL)


def is_quotative(form: str) -> bool:
    return len(form) > 1 and (is_saying(form) or is_adding(form) or is_modifying(form))
