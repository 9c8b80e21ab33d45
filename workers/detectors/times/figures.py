"""Dates and clock times in figures: 2024-02-12, '24.3월, 3.5.(화), 18:30, and years without 년 where nothing else can be meant."""

import re
from typing import Final

from workers.detectors.times.lexicon import Lexicon
from workers.detectors.times.phrase import Atom

_DATE: Final = re.compile(
    r"(?P<y>(?:1[5-9]|2[01])\d\d|['’‘]\d\d)(?P<sep>[-./]) ?(?P<m>\d{1,2})(?:(?P=sep) ?(?P<d>\d{1,2}))?(?!\d)"
    r"(?:(?<=\d)\.(?= ?\((?:[월화수목금토일]|[A-Z])))?(?P<unit>월)?"
)
_AT: Final = re.compile(r"에 |에서|부터|까지| ?[~∼-] ?\d{1,2}:\d\d")
_FROM: Final = re.compile("부터|까지|에 |현재|이후|월")
_YEAR: Final = re.compile(r"['’](?P<y>\d\d)년도?")
# a title that opens with it, brackets around it, a season
_GAMES: Final = (
    "월드컵|올림픽|패럴림픽|아시안게임|아시안컵|유니버시아드|선수권|챔피언십|챔피언스리그|프로야구|프로축구|프로농구|한국시리즈"
    "|박람회|엑스포|모터쇼|영화제|시상식|가요대전|연기대상|연예대상"
)
_NO_PARTICLE: Final = r"[^\W을를이가은는에로과와도명개원]"
_BARE_YEAR: Final = re.compile(
    r"(?:(?<=[(\[])((?:1[5-9]|20)\d\d)(?:[-–~∼](\d{4}|\d\d))?(?=[)\]])"
    r"|(?<=[‘'“\"《〈「『<])((?:19|20)\d\d)(?= [가-힣A-Za-z])"
    r"|((?:19|20)\d\d)[-–~∼/](\d{4}|\d\d) ?시즌"
    # a year and up to two words without a particle before the name of games: 2014 브라질 월드컵
    rf"|(?<![\d가-힣])((?:19[5-9]|20[0-4])\d)(?= (?:[가-힣A-Za-z0-9]{{0,10}}{_NO_PARTICLE} ){{0,2}}[가-힣A-Za-z]{{0,10}}?(?:{_GAMES})))"
)
_MONTH_DAY: Final = re.compile(r"(\d{1,2})[./] ?(\d{1,2})\.?(?= ?\([월화수목금토일](?:요일)?\))")
_DOTTED_DAY: Final = re.compile(r"(?<!주 )(?<!주)(?<!평균 )(\d{1,2})[./](\d{1,2})일(?!간|제| 만에| 이상| 이내| 동안)")
_LATEST: Final = 2200
_NIGHTS: Final = re.compile(r"\d{1,2}박 ?(\d{1,2})일")
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])")


def read(text: str, at: int, before: Atom | None) -> tuple[Atom, ...] | None:
    """The pieces of what is written at `at`; None where it is no date in figures. `before` is the piece it would continue."""
    if (before is None or before.kind == "lead") and (m := _DATE.match(text, at)) and (atoms := _date(text, m)):
        return atoms
    if text[at] in "'’‘":
        if (m := _YEAR.match(text, at)) and before is None:
            year = int(m["y"])
            return (Atom("year", at, m.end(), year + (2000 if year < 60 else 1900), rule="times.year"),)
        return None
    if before is None and (m := _BARE_YEAR.match(text, at)):
        year, until = int(m[1] or m[3] or m[4] or m[6]), m[2] or m[5]
        high = int(until) + (year // 100 * 100 if len(until) == 2 else 0) if until else None
        if high is not None and len(until or "") == 4 and not year < high < _LATEST:  # a telephone's: 1566-9009
            return None
        return (Atom("year", at, m.end(), year, high, rule="times.bare_year"),)
    mark = text[at + 1 : at + 2]
    if mark.isdigit():
        mark = text[at + 2 : at + 3]
    if mark and mark in "./" and (m := _MONTH_DAY.match(text, at) or _DOTTED_DAY.match(text, at)):
        return _month_day(m)
    if mark == "박" and (m := _NIGHTS.match(text, at)):
        return (Atom("count", at, m.end(), int(m[1]), code="D", digits=m[1], rule="times.duration.nights"),)
    if mark == ":" and (m := _CLOCK.match(text, at)) and int(m[1]) <= 24:
        if len(m[1]) == 1 and (before is None or before.kind not in ("daypart", "day", "weekday")) and not _AT.match(text, m.end()):
            return None
        atoms = (
            Atom("hour", at, m.end(1), int(m[1]), rule="times.clock"),
            Atom("minute", m.start(2), m.end(2), int(m[2]), rule="times.clock"),
        )
        return (*atoms, Atom("second", m.start(3), m.end(3), int(m[3]), rule="times.clock")) if m[3] else atoms
    return None


def named_day(text: str, at: int, lexicon: Lexicon) -> tuple[Atom, ...] | None:
    """5·18 묘지, 6·4 지방선거: the pieces of a day that names an event."""
    m = lexicon.named_day.match(text, at)
    if m is None or not (1 <= int(m["month"]) <= 12 and 1 <= int(m["day"]) <= 31):
        return None
    month, day, end, rule = int(m["month"]), int(m["day"]), m.end("day"), "times.named_day"
    atoms = Atom("month", at, m.end("month"), month, rule=rule), Atom("day", m.start("day"), end, day, rule=rule)
    known = lexicon.named_years.get((month, day))
    if known and (known.before.match(text, end) or (known.alone and m["dot"] != ".")):
        return Atom("year", at, at, known.year, rule=rule), *atoms
    return atoms if m["event"] else None


def _month_day(m: "re.Match[str]") -> tuple[Atom, ...] | None:
    month, day = int(m[1]), int(m[2])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    rule = "times.month_day"
    return Atom("month", m.start(), m.end(1), month, rule=rule), Atom("day", m.start(2), m.end(), day, rule=rule)


def _date(text: str, m: "re.Match[str]") -> tuple[Atom, ...] | None:
    written = m["y"].lstrip("'’‘")
    year = int(written) if len(written) == 4 else 2000 + int(written)
    month, day = int(m["m"]), int(m["d"] or 1)
    if not (1 <= month <= 12 and 1 <= day <= 31) or (m["d"] and m["unit"]):
        return None
    rule = "times.figures"
    atoms = Atom("year", m.start(), m.end("y"), year, rule=rule), Atom("month", m.start("m"), m.end("m"), month, rule=rule)
    if m["d"]:
        return (*atoms, Atom("day", m.start("d"), _day_end(text, m), day, rule=rule))
    after = text[m.end() : m.end() + 1]
    decimal = len(m["m"]) == 1 and len(written) == 4
    if m["unit"] is None and (
        m["sep"] == "/" or decimal or (after.isalnum() and not _FROM.match(text, m.end())) or after in ("%", "-", ".")
    ):
        return None
    return atoms[0], atoms[1]._replace(end=m.end())


def _day_end(text: str, m: "re.Match[str]") -> int:
    """With the dot that closes a date written with dots and spaces, or that stands before brackets."""
    end = m.end("d")
    if text[m.end() - 1] == ".":
        return m.end()
    spaced = m["sep"] == "." and text[m.start("m") - 1] == " "
    return end + 1 if spaced and text.startswith(".", end) else end
