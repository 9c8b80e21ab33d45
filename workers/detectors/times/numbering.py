"""Numbers with units of the calendar: whether they name a year, a day … or count them."""

import re
from typing import Final

from workers import numerals
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import RANKS, Lexicon, Unit
from workers.detectors.times.phrase import Atom

_LIMITS: Final = {"month": (1, 12), "day": (1, 31), "hour": (0, 24), "quarter": (1, 4), "year": (1, 9999)}
_IN_A_YEAR: Final = re.compile(r" ?(?:\d{1,2}(?:월|[~∼·]\d{1,2}월)|[1-4]분기|[상하]반기|말(?![가-힣])|초(?![가-힣]))")
_HUNDREDTHS: Final = re.compile(r"\d{2}(?![\d년월일시분초.,%])")
_LONG_AGO: Final = re.compile(" ?(?:역사|전통|세월|인생|경력|가까|넘|묵|지기|이란|이라는|의 역|의 세|노)")
_DAILY: Final = re.compile(r" (?:평균|최대|최소|[\d,]+(?:만|천)? ?(?:시간|회|차례|번|명|건|개|원|톤|배럴))")
_AGO: Final = re.compile(r" ?전(?:부터|까지|에|의|,|\.| |$)")
_SINGLE_SINO: Final = "일이삼사오육칠팔구"
_SINGLE_SINO_UNITS: Final = frozenset({"개월", "주년", "세기", "분기", "개년"})
_SINGLE_SINO_YEARS: Final = frozenset({"일년", "삼년", "오년", "칠년"})
_TAKES_MARK: Final = frozenset({"수주", "수분", "수초", "수일", "두분", "세분"})
_NUMERAL_TAGS: Final = frozenset({"NR", "MM", "SN", "XPN", "NNG", "MAG", "NNB", "XR"})
_SPELT_YEAR: Final = re.compile(r"이천[가-힣]{0,5}년|천[구팔칠]백[가-힣]{0,5}년")
_BEFORE_WORDS: Final = frozenset({"lead", "count", "daypart", "day", "hour", "weekday", "month"})
_SEVERAL: Final = re.compile("[수몇] ?[십백천만억]*")
_MAGNITUDES: Final = {"십": 1, "백": 2, "천": 3, "만": 4, "억": 8}


class Numbering:
    """Reads numbers with units in `text`. Positions are code points; `before` is the piece a number would continue."""

    def __init__(self, text: str, lexicon: Lexicon, boundaries: Boundaries) -> None:
        self._text = text
        self._lexicon = lexicon
        self._boundaries = boundaries

    def figures(self, at: int, before: Atom | None) -> Atom | None:
        """A number in digits: 2024년, 9일, 3개월, 2~3년."""
        m = self._lexicon.numbers.match(self._text, at)
        if m is None:
            return None
        atom = self._number(m, before)
        if atom is None and self._lexicon.units[m["unit"].replace(" ", "")].unit is None:  # 2년도 안 됐다: the shorter unit is meant
            m = self._lexicon.numbers.match(self._text, at, m.end() - 1)
            return self._number(m, before) if m else None
        return atom

    def _number(self, m: "re.Match[str]", before: Atom | None) -> Atom | None:
        form = m["unit"].replace(" ", "")
        unit = self._lexicon.units[form]
        start, end = m.span()
        if unit.unless_before and unit.unless_before.match(self._text, end):
            return None
        low, whole = m["a"].replace(",", ""), "." not in m["a"] and "," not in m["a"] and not m["big"] and not m["odd"]
        high = int(m["b"]) if m["b"] else None
        if m["sep"] and (m["sep"] == "/" or (m["sep"] == "·" and form == "분기")):  # 3/4분기
            if form != "분기" or high != 4:
                return None
            high = None
        n = int(float(low)) if not m["big"] else 0
        if m["sep"] and m["sep"].startswith(",") and not (unit.date and high == n + 1):  # 9, 10일
            return None
        if high is not None and n >= 10 and len(m["b"]) == 1 and unit.date == "day":  # 18~9일
            high += n // 10 * 10
        if form == "년" and self._text.startswith("생", end) and not (len(low) == 4 or (n >= 40 and len(low) == 2)):
            return None
        if not whole and n >= 1000 and form == "분기":
            return None
        if unit.date and whole and self._names(unit.date, unit.unit, m, before):
            return self._calendar(unit.date, start, end, n, high, m["a"], before)
        if unit.unit is None or (before is not None and before.kind not in ("count", "lead")):
            return None
        if m["big"]:
            worth = numerals.parse(low + m["big"])
            if worth is None or worth.value is None:
                return None
            low, n = format(worth.value.normalize(), "f"), int(worth.value)
        if form == "초" and (hundredths := _HUNDREDTHS.match(self._text, end)):  # 53초27
            low, end = f"{low}.{hundredths[0]}", hundredths.end()
        if unit.unit == "W" and form == "주" and not self.marked(end) and float(low) > 12:
            return None
        return Atom("count", start, end, n, high, code=unit.unit, approx=bool(m["odd"]), digits=low, rule="times.duration")

    def _names(self, field: str, unit: str | None, m: "re.Match[str]", before: Atom | None) -> bool:
        """Whether the number names a year, a day … and does not count them."""
        n, end = int(m["a"]), m.end()
        if before is not None and before.kind == "count":
            return False
        if unit is None:
            return field != "year" or len(m["a"]) in (2, 4)
        if field == "minute":
            return before is not None and before.kind == "hour" and n < 60
        if field == "second":
            return before is not None and before.kind == "minute" and n < 60
        if self._mark(self._lexicon.span_mark, end):
            return False
        if field == "year":
            return self._names_year(m, before)
        if field == "day":
            if before is not None and RANKS.get(before.kind, 0) > 0:
                return 1 <= n <= 31
            return 1 <= n <= 31 and not self._counted(m.start(), end, n, before)
        if field == "quarter":
            return 1 <= n <= 4 and not self._text.startswith(" 만", end)
        return not self.marked(end)  # century

    def _names_year(self, m: "re.Match[str]", before: Atom | None) -> bool:
        written, n, end = m["a"], int(m["a"]), m.end()
        if before is not None and before.kind == "lead" and before.code in ("bc", "ad"):
            return 1 <= n <= 2999
        if len(written) == 4:
            return 1000 <= n <= 2999 and not (n % 100 == 0 and _AGO.match(self._text, end))
        if len(written) != 2 or self._lexicon.counting.search(self._text, max(0, m.start() - 8), m.start()):
            return False
        if written[0] == "0" or self._text.startswith("생", end) or _IN_A_YEAR.match(self._text, end):
            return True
        recent = n >= 80 or (n >= 60 and before is not None and before.kind == "lead")
        return recent and not self.marked(end) and m["b"] is None and not _LONG_AGO.match(self._text, end)

    def _counted(self, start: int, end: int, n: int, before: Atom | None) -> bool:
        """Whether a number of days counts them: 3일간, 최대 3일, 1일 8시간."""
        if before is not None and before.code in ("recent", "ahead", "every"):
            return True
        if self.marked(end) or self._lexicon.counting.search(self._text, max(0, start - 8), start):
            return True
        return n == 1 and bool(_DAILY.match(self._text, end))

    @staticmethod
    def _calendar(field: str, start: int, end: int, n: int, high: int | None, written: str, before: Atom | None) -> Atom | None:
        width = len(written)
        if field == "season_year":
            if width != 4:
                return None
            field = "year"
        if field == "decade":
            if n % 10:
                return None
            n = n if width == 4 else 1900 + n if width == 2 and n >= 30 else 2000 + n
        elif field == "year" and width == 2 and (before is None or before.code not in ("bc", "ad")):
            n += 1900 if n >= 50 else 2000
        if field in ("year", "decade") and high is not None and high < 100:
            high += n // 100 * 100
        lowest, highest = _LIMITS.get(field, (0, 9999))
        if not lowest <= n <= highest or (high is not None and not (lowest <= high <= highest and n < high)):
            return None
        return Atom(field, start, end, n, high, digits=written, rule=f"times.{field}")

    def words(self, at: int, before: Atom | None) -> Atom | None:
        """A number in letters: 두 달, 수십 년, 이십 년, 세 시."""
        m = self._lexicon.word_numbers.match(self._text, at)
        if m is None or (before is not None and before.kind not in _BEFORE_WORDS):
            return None
        form, end = m["unit"].replace(" ", ""), m.end()
        unit = self._lexicon.units[form]
        if unit.unless_before and unit.unless_before.match(self._text, end):
            return None
        if before is not None and before.kind == "month":  # 삼월 오일
            day = numerals.value(m["a"]) if form == "일" and m["native"] is None else None
            return Atom("day", at, end, day, rule="times.day") if day and day <= 31 else None
        if m["several"] is not None:
            return self._several(m, form, unit)
        if not self._boundaries.tagged(at, _NUMERAL_TAGS) or not self._boundaries.cut(m.start("unit")):
            return None
        worth = numerals.parse(m["a"])
        if worth is None or (form == "해" and m["native"] is None):  # 구조해
            return None
        if m["native"] is not None:
            if form == "시":
                hour = worth.value is not None and 1 <= worth.value <= 12 and not self._text.startswith("간", end)
                return Atom("hour", at, end, int(worth.least), digits=str(worth.least), rule="times.hour") if hour else None
            if not re.fullmatch(self._lexicon.native_unit_forms, m["unit"]):
                return None
        elif form == "분" and before is not None and before.kind == "hour":
            return Atom("minute", at, end, int(worth.least), rule="times.minute") if worth.least < 60 else None
        elif form == "년" and worth.value and worth.value >= 1500 and _SPELT_YEAR.match(self._text, at):
            return Atom("year", at, end, int(worth.value), rule="times.year")
        elif len(m["a"]) == 1 and not _reads_alone(m["a"], form) and not self._hundred_days(m):
            return None
        return self._count(m, unit, worth)

    def _hundred_days(self, m: "re.Match[str]") -> bool:
        """백일 뒤, 백 일 동안; not 백일을 맞은 아기."""
        return m[0] in ("백일", "백 일") and (self.marked(m.end()) or bool(self._lexicon.offset.match(self._text, m.end())))

    def _several(self, m: "re.Match[str]", form: str, unit: Unit) -> Atom | None:
        said = m["a"]
        if unit.unit is None or (said + form in _TAKES_MARK and not self.marked(m.end())):
            return None
        if _SEVERAL.fullmatch(said):
            digits = "X" * (1 + sum(_MAGNITUDES.get(letter, 0) for letter in said))
            return Atom("count", m.start(), m.end(), code=unit.unit, approx=True, digits=digits, rule="times.duration.several")
        worth = numerals.parse(said)
        return self._count(m, unit, worth) if worth else None

    @staticmethod
    def _count(m: "re.Match[str]", unit: Unit, worth: numerals.Numeral) -> Atom | None:
        if unit.unit is None:
            return None
        low, high = worth.least, (worth.most if worth.value is None and not m["odd"] else None)
        return Atom(
            "count", m.start(), m.end(), int(low), int(high) if high else None, code=unit.unit,
            approx=worth.approx or bool(m["odd"]), digits=format(low.normalize(), "f"), rule="times.duration",
        )  # fmt: skip

    def marked(self, end: int) -> bool:
        """What follows says that a number of days or years counts them."""
        return self._mark(self._lexicon.duration_mark, end)

    def _mark(self, pattern: "re.Pattern[str]", end: int) -> bool:
        m = pattern.match(self._text, end)
        if m is None or self._boundaries.tag(end + self._text.startswith(" ", end)) == "MM":
            return False
        return len(m[0].strip()) > 1 or self._boundaries.cut(m.end())


def _reads_alone(said: str, form: str) -> bool:
    """Whether a single Sino-Korean syllable before a unit is a number: 천년, 육개월; not 이 달, 십분."""
    if said in _SINGLE_SINO:
        return form in _SINGLE_SINO_UNITS or said + form in _SINGLE_SINO_YEARS
    return form not in ("시", "분", "초", "주", "달", "일")
