"""Expressions of time, put together from their pieces."""

import re
from collections.abc import Sequence
from typing import Final

from schemas.labels import Bound, TimeMod
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import RANKS, Lexicon
from workers.detectors.times.lexing import Lexer
from workers.detectors.times.phrase import Atom, Phrase

_TILDE: Final = "~∼～〜"
_WEEKDAY: Final = re.compile(r" ?\(([월화수목금토일])(?:요일)?\)")
_HALF: Final = re.compile(r" ?반(?=[에은이만을의,.)]|부터|까지|쯤|께|경|동안|간| |$)")
_ABOUT: Final = re.compile(" ?(?:쯤|가량|정도|안팎|남짓|내외|[께경](?=에|부터|까지|의|이|인|$|[^가-힣])|전후|무렵|가까이)")
_ROUGHLY: Final = re.compile("(?<![가-힣])(?:약|대략|근) ?$")
_SO_OFTEN: Final = re.compile(
    r"에 (?:약 )?(?:[한두세네]|서너|두세|한두|다섯|여섯|수|몇|\d{1,3}(?:[~∼-]\d{1,3})?) ?"
    r"(?:번|회|차례|(?:대|명|건|개|곳|골|잔|마리|장|병|알)(?= ?(?:꼴|씩)))(?!째)"
)
_EVERY: Final = re.compile(" ?마다")
_ODD: Final = re.compile("여(?=간| |[^가-힣]|의 |에 |를 |가 |만에|동안|전|$)")
_MONTHS: Final = re.compile(r" ?([1-9]|1[01])월(?! ?\d)")  # 징역 3년 6월
_RANGE: Final = re.compile(rf" ?(?:[{_TILDE}]|[-–—]) ?")
_WHEN: Final = re.compile(r"(?=부터|까지|에|의|를|을|만|보다|쯤|이|인|과|와|은|는|엔|으로|처럼|면|께|경|도|,|\.|$|[^가-힣])")
_NTH_WEEK: Final = re.compile(
    r" ?(?:(첫|둘|두|셋|세|넷|네|다섯|마지막)(?:째|번째| 번째)? ?(?:주(?![가-힣]*[식택간])|(?=[월화수목금토일]요일))"
    r"|([1-5])주차?(?![가-힣]*[식택간일]))"
)
_NTH: Final = {"첫": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "마지막": -1}
_SAME_PERIOD: Final = re.compile(
    r" ?(?:동기(?: ?간)?|(?P<month>동월|같은 ?(?:달|월))|동분기|같은 ?(?:기간|분기|시기)|동 ?기간)(?!동|화|부)"
)
_SMALLER: Final = {"Y": ("M",), "M": ("D", "W"), "W": ("D",), "TH": ("TM",), "TM": ("TS",)}
_WITHIN_SET: Final = {
    "P1Y": ("month", "half", "quarter", "season", "holiday"),
    "P1M": ("day",),
    "P1W": ("weekday", "weekend"),
    "P1D": ("daypart", "hour", "clock"),
}
_LIMITS: Final = {
    (Bound.MIN, False): TimeMod.EQUAL_OR_MORE,
    (Bound.MIN, True): TimeMod.MORE_THAN,
    (Bound.MAX, False): TimeMod.EQUAL_OR_LESS,
    (Bound.MAX, True): TimeMod.LESS_THAN,
}
_BREAKS_OFF: Final = frozenset({"lead", "vague", "anaphor", "count"})


class Reader:
    """Finds the expressions of one text; positions are code points of it."""

    def __init__(self, text: str, lexicon: Lexicon, boundaries: Boundaries) -> None:
        self._text = text
        self._lexicon = lexicon
        self._boundaries = boundaries
        self._lexer = Lexer(text, lexicon, boundaries)

    def phrases(self) -> list[Phrase]:
        """All of them, in order and disjoint."""
        found: list[Phrase] = []
        text, second_letters = self._text, self._lexicon.second_letters
        position = 0
        while m := self._lexicon.heads.search(text, position):
            seconds = second_letters.get(m[0])
            if seconds is not None and text[m.end() : m.end() + 1] not in seconds:  # many a word begins as a time word does
                position = m.end()
                continue
            phrase = self._phrase(m.start())
            position = phrase.end if phrase else m.end()
            if phrase:
                found.append(phrase)
        return found

    def _phrase(self, start: int) -> Phrase | None:
        for atoms in self._lexer.atoms(start, None):
            if phrase := self._assemble(atoms):
                phrase = self._with_range(phrase)
                about = _ABOUT.match(self._text, phrase.end)
                roughly = _ROUGHLY.search(self._text, max(0, start - 4), start)
                phrase.approx = roughly is not None or (about is not None and self._boundaries.cut(about.end()))
                if phrase.counts and not phrase.sign and not phrase.every:
                    phrase.limit = self._limit(phrase)
                return phrase
        return None

    def _limit(self, phrase: Phrase) -> TimeMod | None:
        limit = self._lexicon.limits.at(self._text, phrase.start, phrase.end)
        return _LIMITS[limit.bound, limit.strict] if limit and limit.durations else None

    def _assemble(self, first: Sequence[Atom]) -> Phrase | None:
        head = first[0]
        if head.kind == "lead":
            return self._led(head)
        if head.kind in ("vague", "anaphor"):
            if not self._lexer.ends(head.end, strict=head.strict):
                return None
            return Phrase(head.start, head.end, {head.kind: head}, rule=head.rule)
        if head.kind == "count":
            return self._duration(head)
        return self._dates(list(first))

    def _led(self, lead: Atom) -> Phrase | None:
        after = lead.end + (self._text[lead.end : lead.end + 1] == " ")
        for atoms in self._lexer.atoms(after, lead):
            if atoms[0].kind in ("lead", "set", "vague", "anaphor"):
                continue
            phrase = self._assemble(atoms)
            if phrase is None:
                continue
            counted = bool(phrase.counts)
            if lead.code == "ahead" and not counted and {"weekday", "holiday"}.isdisjoint(phrase.atoms):
                continue
            if lead.code in ("recent", "every") and not counted:
                continue
            if lead.code in ("recent", "ahead", "every") and phrase.sign:
                continue
            if lead.code in ("bc", "ad") and not {"year", "century"} & phrase.atoms.keys():
                continue
            if lead.code == "lunar" and not {"month", "day"} <= phrase.atoms.keys():
                continue
            if lead.code == "coming" and counted:
                continue
            if lead.code == "this" and not {"season", "holiday", "month", "half", "quarter"} & phrase.atoms.keys():
                continue
            next_one = lead.code == "ahead" and not {"weekday", "holiday"}.isdisjoint(phrase.atoms)  # 다음 금요일
            phrase.start, phrase.lead = lead.start, "coming" if next_one else lead.code
            phrase.every = lead.code == "every"
            phrase.rule = f"{lead.rule}.{phrase.rule.removeprefix('times.')}"
            return phrase
        return None

    # -- durations

    def _duration(self, first: Atom) -> Phrase | None:
        text, counts = self._text, [first]
        end = first.end
        while len(counts) < 4 and counts[-1].high is None and not counts[-1].digits.startswith("X"):
            after = end + (text[end : end + 1] == " ")
            following = next((a[0] for a in self._lexer.atoms(after, counts[-1]) if a[0].kind == "count"), None)
            if following is None or following.code not in _SMALLER.get(counts[-1].code, ()) or not text[after : after + 1].isdigit():
                break
            counts.append(following)
            end = following.end
        if first.code == "Y" and len(counts) == 1 and first.digits.isdigit() and (m := _MONTHS.match(text, end)):
            counts.append(Atom("count", m.start(1), m.end(), int(m[1]), code="M", digits=m[1]))
            end = m.end()
        phrase = Phrase(first.start, end, counts=counts, rule=first.rule or "times.duration")
        if m := _HALF.match(text, end):
            counts.append(Atom("count", m.start(), m.end(), code=counts[-1].code, digits="half"))
            phrase.end = end = m.end()
        if m := _ODD.match(text, end):
            counts[0] = counts[0]._replace(approx=True)
            phrase.end = end = m.end()
        if not self._lexer.ends(end):
            return None
        if m := _EVERY.match(text, end):
            phrase.end, phrase.every, phrase.rule = m.end(), True, "times.set.every"
            return phrase
        if _SO_OFTEN.match(text, end):  # 일주일에 두 번
            phrase.every, phrase.rule = True, "times.set.so_often"
            return phrase
        if m := self._lexicon.offset.match(text, end):
            at = m.start(1)
            if _WHEN.match(text, m.end()) and self._boundaries.tag(at) != "MM" and self._lexer.ends(m.end()):
                phrase.end, phrase.sign, phrase.rule = m.end(), self._lexicon.offsets[m[1]], "times.offset"
                if (m := _SAME_PERIOD.match(text, m.end())) and self._lexer.ends(m.end()):
                    phrase.end, phrase.atoms["same"] = m.end(), _same(m)
                return phrase
        if (m := self._lexicon.span_mark.match(text, end)) and not m[0].endswith("넘게") and self._lexer.ends(m.end()):
            phrase.end = m.end()
        return phrase

    # -- dates and clock times

    def _dates(self, atoms: list[Atom]) -> Phrase | None:
        text = self._text
        paren_end = 0
        while True:
            last, end = atoms[-1], max(atoms[-1].end, paren_end)
            if last.kind == "edge":
                break
            if last.kind == "day" and last.n and (m := _WEEKDAY.match(text, end)) and paren_end < m.end():
                paren_end = m.end()
                continue
            if last.kind == "hour" and (m := _HALF.match(text, end)):
                atoms.append(Atom("minute", m.start(), m.end(), 30))
                break
            if last.kind in ("month", "set") and (m := _NTH_WEEK.match(text, end)):
                atoms.append(Atom("nth_week", m.start(), m.end(), _NTH[m[1]] if m[1] else int(m[2])))
                continue
            if (last.kind == "year" or (last.kind == "month" and last.shift is not None)) and (m := _SAME_PERIOD.match(text, end)):
                if self._lexer.ends(m.end()):
                    atoms.append(_same(m))
                break
            gap = text[end : end + 1]
            after = end + (gap in (" ", "\u00a0") if gap != "T" else last.kind == "day" and text[end + 1 : end + 2].isdigit())
            following = next((a for a in self._lexer.atoms(after, last) if self._continues(last, a[0])), None)
            if following is None:
                break
            atoms.extend(following)
        while atoms:
            end = max(atoms[-1].end, paren_end if atoms[-1].kind == "day" else 0)
            if self._lexer.ends(end, strict=atoms[-1].strict and (len(atoms) == 1 or atoms[-1].start == atoms[-1].end)):
                break
            atoms.pop()
            paren_end = 0
        if not atoms or (len(atoms) == 1 and not (atoms[0].alone and atoms[0].kind not in ("minute", "second"))):
            return None
        last = atoms[-1]
        end = max(last.end, paren_end if last.kind == "day" else 0)
        phrase = Phrase(atoms[0].start, end, rule=last.rule or atoms[0].rule)
        for atom in atoms:
            if atom.kind in ("edge", "year_edge"):
                phrase.edge = atom.code
            phrase.atoms.setdefault(atom.kind, atom)
        if last.kind == "edge":
            phrase.rule = f"{atoms[0].rule}.{last.code.lower()}"
        if "set" in phrase.atoms:
            phrase.every = True
        elif (m := _EVERY.match(text, end)) and atoms[0].kind in ("weekday", "season", "daypart"):
            phrase.every, phrase.end = True, m.end()
        return phrase

    def _continues(self, last: Atom, atom: Atom) -> bool:
        if atom.kind in _BREAKS_OFF:
            return False
        if atom.kind == "edge":
            if atom.code == "WITHIN":
                return last.kind in ("year", "month", "week", "day") and (last.shift is not None or last.kind == "year")
            return last.kind in ("century", "decade", "year", "half", "quarter", "month", "week", "season")
        if last.kind == "set" and atom.kind not in _WITHIN_SET.get(last.code, ()):
            return False
        if RANKS[atom.kind] <= RANKS[last.kind] or last.kind in ("clock", "second", "year_edge"):
            return False
        if atom.shift is not None and atom.kind not in ("weekend", "year_edge"):
            return False
        if last.kind == "season" and atom.kind in ("daypart", "clock", "hour"):
            return False
        if atom.kind == "minute" and last.kind != "hour":
            return False
        if atom.kind == "day" and last.kind not in ("month", "year", "lead", "set"):
            return False
        if atom.kind == "year":
            return last.kind == "lead"
        return True

    # -- ranges

    def _with_range(self, phrase: Phrase) -> Phrase:
        m = _RANGE.match(self._text, phrase.end)
        if m is None or phrase.edge == "WITHIN" or phrase.every or phrase.sign or {"vague", "anaphor"} & phrase.atoms.keys():
            return phrase
        dash = m[0].strip() not in _TILDE
        if dash and not self._text[m.end() : m.end() + 1].isdigit():
            return phrase
        for atoms in self._lexer.atoms(m.end(), None):
            other = self._assemble(atoms)
            if other and bool(other.counts) == bool(phrase.counts) and not other.every and not other.sign and not other.lead:
                phrase.until, phrase.end, phrase.rule = other, other.end, phrase.rule + ".range"
                break
        return phrase


def _same(m: "re.Match[str]") -> Atom:
    return Atom("same", m.start(), m.end(), code=m.lastgroup or "")
