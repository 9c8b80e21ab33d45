"""The pieces of a time expression at one place of the text: words of the tables, numbers with their units, dates in figures."""

import re
from collections.abc import Iterator
from typing import Final

from workers import numerals
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import RANKS, Lexicon, Word
from workers.detectors.times.phrase import Atom

TILDE: Final = "~∼～〜"
_FIGURES: Final = re.compile(
    r"(?P<y>(?:1[5-9]|2[01])\d\d|['’‘]\d\d)(?:(?P<sep>[-./])|년) ?(?P<m>\d{1,2})(?:(?P=sep) ?(?P<d>\d{1,2}))?(?!\d)"
    r"(?:(?<=\d)\.(?= ?\((?:[월화수목금토일]|[A-Z])))?(?P<unit>월)?"
)
_YEAR: Final = re.compile(r"['’](?P<y>\d\d)년도?")
# a year without 년, where nothing else can be meant: a title that opens with it, brackets around it, a season
_BARE_YEAR: Final = re.compile(
    r"(?:(?<=[(\[])((?:1[5-9]|20)\d\d)(?:[-–~∼](\d{4}|\d\d))?(?=[)\]])"
    r"|(?<=[‘'“\"《〈「『<])((?:19|20)\d\d)(?= [가-힣A-Za-z])"
    r"|((?:19|20)\d\d)[-–~∼/](\d{4}|\d\d) ?시즌)"
)
_MONTH_DAY: Final = re.compile(r"(\d{1,2})[./] ?(\d{1,2})\.?(?= ?\([월화수목금토일](?:요일)?\))")
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_DAILY: Final = re.compile(" (?:평균|최대|최소|[\\d,]+(?:만|천)? ?(?:시간|회|차례|번|명|건|개|원|톤|배럴))")
_NIGHTS: Final = re.compile(r"\d{1,2}박 ?(\d{1,2})일")
_JOSA: Final = ("J", "VC", "EP", "EF", "EC", "ETM", "S")
_SINGLE_SINO_UNITS: Final = frozenset({"개월", "주년", "세기", "분기", "개년"})
_TAKES_MARK: Final = frozenset({"수주", "수분", "수초", "수일", "두분", "세분"})
_WORD_NUMBER_TAGS: Final = frozenset({"NR", "MM", "SN", "XPN", "NNG", "MAG", "NNB", "XR"})
_SPELT_CALENDAR: Final = re.compile(r"이천[가-힣]{0,5}년|천[구팔칠]백[가-힣]{0,5}년")
_HANGUL: Final = re.compile("[가-힣]")


class Lexer:
    """Reads pieces of `text`. Positions are code points."""

    def __init__(self, text: str, lexicon: Lexicon, boundaries: Boundaries) -> None:
        self.text = text
        self.lexicon = lexicon
        self.boundaries = boundaries
        self._numbers = lexicon.numbers
        self._word_numbers = lexicon.word_numbers

    def atoms(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        """The readings of what starts at `at`, the likeliest first; `before` is the piece it would continue."""
        if at >= len(self.text):
            return
        letter = self.text[at]
        if letter.isdigit() or letter in "'’‘":
            yield from self._figures(at, before)
            return
        if letter in self.lexicon.word_at:
            yield from self._words(at, before)
        if letter in self.lexicon.number_letters:
            yield from self._spelt(at, before)

    def ends(self, end: int, *, strict: bool = False) -> bool:
        """An expression may end at `end`: no morpheme goes on there; `strict`: nor a compound."""
        if end >= len(self.text) or not _HANGUL.match(self.text, end):
            return True
        if not self.boundaries.cut(end):
            return self.text.startswith(("자 ", "자로 ", "자에 "), end)
        tag = self.boundaries.tag(end)
        return not strict or tag is None or tag.startswith(_JOSA) or self.text.startswith(("들", "내", "간", "쯤", "께", "경", "동안"), end)

    def marked(self, end: int) -> bool:
        """What follows says that a number of days or years counts them."""
        return self._mark(self.lexicon.duration_mark, end)

    def _mark(self, pattern: "re.Pattern[str]", end: int) -> bool:
        m = pattern.match(self.text, end)
        if m is None or self.boundaries.tag(end + (self.text[end : end + 1] == " ")) == "MM":
            return False
        return len(m[0].strip()) > 1 or self.boundaries.cut(m.end())

    # -- words

    def _words(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        pattern, limit = self.lexicon.word_at[self.text[at]], len(self.text)
        while m := pattern.match(self.text, at, limit):
            for word in self.lexicon.words[m[0].replace(" ", "")]:
                if self._fits(word, at, m.end(), before):
                    yield (
                        Atom(
                            word.kind, at, m.end(), word.n, word.high, shift=word.shift, code=word.code, anaphoric=word.anaphoric,
                            digits=str(word.n or "X"), rule=word.rule, strict=word.strict, alone=word.alone,
                        ),
                    )  # fmt: skip
            limit = m.end() - 1

    def _fits(self, word: Word, start: int, end: int, before: Atom | None) -> bool:
        head = before is None or before.kind == "lead"
        if before is not None and (word.kind not in RANKS and word.kind not in ("edge", "count")):
            return False
        if (head and before is None) or word.kind == "edge":
            if word.before and not word.before.match(self.text, end):
                return False
            if word.tags and not self.boundaries.tagged(start, word.tags):
                return False
        if word.unless_before and word.unless_before.match(self.text, end):
            return False
        if word.unless_after and word.unless_after.search(self.text, max(0, start - 12), start):
            return False
        if head and word.kind == "edge":
            return False
        return head is False or not self.boundaries.tokens(start)[0] or self.boundaries.cut(start)

    # -- numbers

    def _figures(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        text = self.text
        if before is None or before.kind == "lead":
            if (m := _FIGURES.match(text, at)) and (atoms := self._date(m)):
                yield atoms
                return
            if text[at] in "'’":
                if (m := _YEAR.match(text, at)) and not self.marked(m.end()):
                    yield (Atom("year", at, m.end(), 2000 + int(m["y"]) if int(m["y"]) < 60 else 1900 + int(m["y"]), rule="times.year"),)
                return
        if text[at] in "'’‘":
            return
        if before is None and (m := _BARE_YEAR.match(text, at)):
            year, until = int(m[1] or m[3] or m[4]), m[2] or m[5]
            high = int(until) + (year // 100 * 100 if len(until) == 2 else 0) if until else None
            yield (Atom("year", at, m.end(), year, high, rule="times.bare_year"),)
            return
        if m := _MONTH_DAY.match(text, at):
            month, day = int(m[1]), int(m[2])
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield (
                    Atom("month", at, m.end(1), month, rule="times.month_day"),
                    Atom("day", m.start(2), m.end(), day, rule="times.month_day"),
                )
            return
        if m := _NIGHTS.match(text, at):
            yield (Atom("count", at, m.end(), int(m[1]), code="D", digits=m[1], rule="times.duration.nights"),)
            return
        if m := _CLOCK.match(text, at):
            if int(m[1]) <= 24 and (len(m[1]) == 2 or (before is not None and before.kind in ("daypart", "day", "weekday"))):
                atoms = (Atom("hour", at, m.end(1), int(m[1]), rule="times.clock"), Atom("minute", m.start(2), m.end(2), int(m[2])))
                yield (*atoms, Atom("second", m.start(3), m.end(3), int(m[3]))) if m[3] else atoms
            return
        if (m := self._numbers.match(text, at)) and (atom := self._number(m, before)):
            yield (atom,)

    def _date(self, m: "re.Match[str]") -> tuple[Atom, ...] | None:
        written = m["y"].lstrip("'’‘")
        year = int(written) if len(written) == 4 else 2000 + int(written)
        month, day = int(m["m"]), int(m["d"] or 1)
        if not m["sep"] or not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        after = self.text[m.end() : m.end() + 1]
        if m["d"] is None:
            if m["unit"] is None and (m["sep"] == "/" or len(m["m"]) == 1 and len(written) == 4 or after.isalnum() or after in ("%", "-", ".")):
                return None
        elif m["unit"]:
            return None
        start, rule = m.start(), "times.figures"
        if m["d"] is None:
            return Atom("year", start, m.end("y"), year, rule=rule), Atom("month", m.start("m"), m.end(), month, rule=rule)
        return (
            Atom("year", start, m.end("y"), year, rule=rule),
            Atom("month", m.start("m"), m.end("m"), month, rule=rule),
            Atom("day", m.start("d"), m.end() if self.text[m.end() - 1] == "." else m.end("d"), day, rule=rule),
        )

    def _number(self, m: "re.Match[str]", before: Atom | None) -> Atom | None:
        form = m["unit"].replace(" ", "")
        unit = self.lexicon.units[form]
        start, end = m.span()
        if unit.unless_before and unit.unless_before.match(self.text, end):
            return None
        low, whole = m["a"].replace(",", ""), "." not in m["a"] and "," not in m["a"] and not m["big"] and not m["odd"]
        high = int(m["b"]) if m["b"] else None
        if m["sep"] and "/" in m["sep"] or m["sep"] == "·" and form == "분기":
            if form != "분기" or high != 4:
                return None
            high = None
        n = int(float(low)) if not m["big"] else 0
        if form == "년" and self.text.startswith("생", end) and not (len(low) == 4 or (n >= 40 and len(low) == 2)):
            return None
        if not whole and n >= 1000 and form == "분기":
            return None
        if unit.date and whole and self._names(unit.date, unit.unit, m, before):
            return self._calendar(unit.date, start, end, n, high, len(m["a"]))
        if unit.unit is None or (before is not None and before.kind not in ("count", "lead")):
            return None
        if m["big"]:
            worth = numerals.parse(low + m["big"])
            if worth is None or worth.value is None:
                return None
            low, n = format(worth.value.normalize(), "f"), int(worth.value)
        if unit.unit == "W" and form == "주" and not self.marked(end) and float(low) > 12:
            return None
        return Atom("count", start, end, n, high, code=unit.unit, approx=bool(m["odd"]), digits=low, rule="times.duration")

    def _names(self, field: str, unit: str | None, m: "re.Match[str]", before: Atom | None) -> bool:
        """Whether the number names a year, a day … and does not count them."""
        n, end = int(m["a"]), m.end()
        if before is not None and before.kind == "count":
            return False
        if unit is None:
            return True
        spans = self._mark(self.lexicon.span_mark, end)
        if field == "year":
            if len(m["a"]) == 4:
                return 1000 <= n <= 2999 and not spans
            if len(m["a"]) != 2 or spans:
                return False
            if m["a"][0] == "0" or self.text.startswith("생", end) or re.compile(r" ?(?:\d{1,2}(?:월|[~∼·]\d{1,2}월)|[1-4]분기|[상하]반기|말(?![가-힣])|초(?![가-힣]))").match(self.text, end):
                return True
            return (80 <= n <= 99 or (before is not None and before.kind == "lead" and 60 <= n)) and not self.marked(end) and m["b"] is None and not re.compile(
                " ?(?:역사|전통|세월|인생|경력|가까|넘|묵|지기|이란|이라는|의 역|의 세|노)"
            ).match(self.text, end)
        if field == "day":
            if not 1 <= n <= 31 or spans:
                return False
            if before is not None and RANKS.get(before.kind, 0) > 0:
                return True
            return not (self.marked(end) or self.lexicon.counting.search(self.text, max(0, m.start() - 8), m.start()) or (n == 1 and _DAILY.match(self.text, end)))
        if field == "quarter":
            return 1 <= n <= 4 and not spans and not self.text.startswith(" 만", end)
        if field == "century":
            return not spans and not self.marked(end)
        if field == "minute":
            return before is not None and before.kind == "hour" and n < 60
        return before is not None and before.kind == "minute" and n < 60  # second

    def _calendar(self, field: str, start: int, end: int, n: int, high: int | None, width: int) -> Atom | None:
        if field == "season_year":
            if width != 4:
                return None
            field = "year"
        if field == "decade":
            if n % 10:
                return None
            n = n if width == 4 else 1900 + n if width == 2 and n >= 30 else 2000 + n
        elif field == "year" and width == 2:
            n += 1900 if n >= 50 else 2000
        if field in ("year", "decade") and high is not None and high < 100:
            high += n // 100 * 100
        lowest, highest = {"month": (1, 12), "day": (1, 31), "hour": (0, 24), "quarter": (1, 4), "year": (1, 9999)}.get(field, (0, 9999))
        if not lowest <= n <= highest or (high is not None and not (lowest <= high <= highest and n < high)):
            return None
        return Atom(field, start, end, n, high, rule=f"times.{field}")

    def _spelt(self, at: int, before: Atom | None) -> Iterator[tuple[Atom, ...]]:
        m = self._word_numbers.match(self.text, at)
        if m is None or (before is not None and before.kind not in ("lead", "count", "daypart", "day", "hour", "weekday")):
            return
        form, said = m["unit"].replace(" ", ""), m["a"]
        unit = self.lexicon.units[form]
        if unit.unless_before and unit.unless_before.match(self.text, m.end()):
            return
        if m["several"] is None and not self.boundaries.tagged(at, _WORD_NUMBER_TAGS):
            return
        if not self.boundaries.cut(m.start("unit")) and m["several"] is None:
            return
        worth = numerals.parse(said)
        if m["native"] and form == "시":
            if worth and worth.value and 1 <= worth.value <= 12 and (self.text[m.end() : m.end() + 1] != "간"):
                yield (Atom("hour", at, m.end(), int(worth.value), rule="times.hour"),)
            return
        if m["native"] and not re.fullmatch(self.lexicon.native_unit_forms, m["unit"]):
            return
        if unit.unit is None:
            return
        if m["sino"]:
            if len(said) == 1 and said in "일이삼사오육칠팔구" and (form not in _SINGLE_SINO_UNITS and (said + form) not in ("일년", "삼년", "오년", "칠년")):
                return
            if form == "년" and worth and worth.value and worth.value >= 1500 and _SPELT_CALENDAR.match(self.text, at):
                yield (Atom("year", at, m.end(), int(worth.value), rule="times.year"),)
                return
            if form in ("시", "분", "초", "주", "달", "일") and len(said) == 1:
                return
        if m["several"] and said + form in _TAKES_MARK and not self.marked(m.end()):
            return
        if m["several"] and re.fullmatch("[수몇] ?[십백천만억]*", said):
            digits = "X" * (1 + sum({"십": 1, "백": 2, "천": 3, "만": 4, "억": 8}.get(c, 0) for c in said))
            yield (Atom("count", at, m.end(), code=unit.unit, approx=True, digits=digits, rule="times.duration.several"),)
        elif worth is not None:
            low, high = worth.least, (worth.most if worth.value is None and not m["odd"] else None)
            yield (
                Atom(
                    "count", at, m.end(), int(low), int(high) if high else None, code=unit.unit, approx=worth.approx or bool(m["odd"]),
                    digits=format(low.normalize(), "f"), rule="times.duration",
                ),
            )  # fmt: skip
