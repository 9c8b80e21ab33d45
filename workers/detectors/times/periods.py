"""Calendar arithmetic and how ISO 8601 and TIMEX3 write it. Nothing here knows the text."""

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from korean_lunar_calendar import KoreanLunarCalendar

from workers.detectors.times.lexicon import Holiday
from workers.detectors.times.phrase import Atom

SEASON_MONTHS: Final = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_LUNAR_MONTH: Final = 30
DAYPARTS: Final = {"MO": "TMO", "DAWN": "TMO", "MI": "TMI", "AF": "TAF", "EV": "TEV", "NI": "TNI"}


class Moment(NamedTuple):
    """A period of the calendar; what is None is not known. `tail` is a half, quarter, season, or week (`H1`, `W06`, `W06-WE`)."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    tail: str = ""
    grain: str = "year"
    special: str = ""

    @property
    def value(self) -> str:
        if self.special:
            return self.special
        year = "XXXX" if self.year is None else f"{self.year:04d}"
        if self.tail:
            return f"{year}-{self.tail}"
        if self.grain == "year":
            return year
        month = "XX" if self.month is None else f"{self.month:02d}"
        if self.grain == "month":
            return f"{year}-{month}"
        if self.year and self.month and self.day and not exists(self.year, self.month, self.day):
            return f"{year}-{month}"  # 2월 30일: the month is all that can be meant
        return f"{year}-{month}-" + ("XX" if self.day is None else f"{self.day:02d}")

    @property
    def date(self) -> date | None:
        """The day, where it is one and all of it is known."""
        if self.grain == "day" and self.year and self.month and self.day:
            try:
                return date(self.year, self.month, self.day)
            except ValueError:
                return None
        return None

    def in_year(self, year: int | None) -> "Moment":
        return self._replace(year=year)

    def settled(self) -> "Moment":
        """With the last day of its month in figures, where -1 stands for it; without a day where the month is not known."""
        if self.day is None or self.day > 0:
            return self
        if self.year and self.month:
            return self._replace(day=calendar.monthrange(self.year, self.month)[1])
        return self._replace(day=None, grain="month")


def exists(year: int, month: int, day: int) -> bool:
    """Whether the calendar has that day."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def of_day(day: date | None) -> Moment:
    return Moment(day.year, day.month, day.day, grain="day") if day else Moment(grain="day")


def of_week(day: date | None, weekend: bool = False) -> Moment:
    """The ISO week of a day."""
    tail = "-WE" if weekend else ""
    grain = "weekend" if weekend else "week"
    if day is None:
        return Moment(tail=f"WXX{tail}", grain=grain)
    year, week, _ = day.isocalendar()
    return Moment(year, tail=f"W{week:02d}{tail}", grain=grain)


def add_months(year: int, month: int, months: int) -> tuple[int, int]:
    total = year * 12 + month - 1 + months
    return total // 12, total % 12 + 1


def shifted(moment: Moment, months: int) -> Moment:
    """The same period so many months later (before, if negative); a day that the month lacks is its last."""
    if moment.year is None:
        return moment
    if moment.month is None:
        return moment.in_year(moment.year + months // 12)
    year, month = add_months(moment.year, moment.month, months)
    if moment.day is None or not 1 <= year <= 9999:
        return moment._replace(year=year, month=month)
    return moment._replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def add_days(day: date | None, days: int) -> date | None:
    """None past the ends of the calendar."""
    try:
        return day + timedelta(days) if day else None
    except OverflowError:
        return None


def nearest_year(base: date, month: int, day: int) -> int:
    """The year in which that day is at most four months after `base`, or less than eight before it."""
    months = month - base.month + (day > base.day)
    return base.year + (months < -8) - (months > 4)


def day_of_nth_week(year: int, month: int, nth: int) -> date | None:
    """A day of the nth week of a month; -1 is the last."""
    return date(year, month, calendar.monthrange(year, month)[1]) if nth < 0 else add_days(date(year, month, 1), 7 * (nth - 1))


def nth_week_day(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth weekday (1 Monday … 7 Sunday) of a month; -1 is the last."""
    first = date(year, month, 1)
    if nth < 0:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return add_days(last, -((last.isoweekday() - weekday) % 7))
    day = 1 + (weekday - first.isoweekday()) % 7 + 7 * (nth - 1)
    return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None


@lru_cache(maxsize=512)
def holiday(day: Holiday, year: int) -> tuple[int, int] | None:
    """Month and day of a holiday in a year; None where the lunar tables end."""
    if day.solar:
        return day.solar
    if day.easter is not None:
        return _easter(year)
    if day.weekday is not None:
        month, nth, weekday, after = day.weekday
        found = add_days(nth_week_day(year, month, nth, weekday), after)
        return (found.month, found.day) if found else None
    solar = from_lunar(year, *day.lunar) if day.lunar else None
    if day.lunar and solar and solar.year != year:  # the end of the lunar year before
        solar = from_lunar(year - 1, *day.lunar)
    return (solar.month, solar.day) if solar else None


def from_lunar(year: int, month: int, day: int) -> date | None:
    """A day (-1: the last of the month) of the lunar calendar in ours; None where there is no such day, or the tables end."""
    lunar = KoreanLunarCalendar()
    if day < 0:
        return from_lunar(year, month, _LUNAR_MONTH) or from_lunar(year, month, _LUNAR_MONTH - 1)
    if not lunar.setLunarDate(year, month, day, False):
        return None
    return date(lunar.solarYear, lunar.solarMonth, lunar.solarDay)


def _easter(year: int) -> tuple[int, int]:
    """Gauss's rule, as Meeus wrote it down for the Gregorian calendar."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    offset = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * offset) // 451
    month, day = divmod(epact + offset - 7 * shift + 114, 31)
    return month, day + 1


def duration(counts: list[Atom]) -> str:
    """ISO 8601 of a sequence of counts; a range is two durations with a slash."""
    ends = [_duration(counts, high=False)]
    if counts[0].high is not None:
        ends.append(_duration(counts, high=True))
    return "/".join(ends)


def _duration(counts: list[Atom], *, high: bool) -> str:
    days, clock = "", ""
    parts = [[_figures(count, high=high), count.code] for count in counts if count.digits != "half"]
    if counts[-1].digits == "half":
        code = parts[-1][1]
        below = {"Y": ("6", "M"), "TH": ("30", "TM"), "TM": ("30", "TS"), "KY": ("500", "Y"), "C": ("50", "Y")}.get(code)
        if below:
            parts.append([*below])
        else:
            parts[-1][0] += ".5"
    for digits, code in parts:
        factor, letter = {"Q": (3, "M"), "C": (100, "Y"), "KY": (1000, "Y")}.get(code, (1, code[-1]))
        written = digits if factor == 1 else digits + "0" * (len(str(factor)) - 1) if "X" in digits else _times(digits, factor)
        if code.startswith("T"):
            clock += written + letter
        else:
            days += written + letter
    return f"P{days}" + (f"T{clock}" if clock else "")


def _figures(count: Atom, *, high: bool) -> str:
    return str(count.high) if high and count.high is not None else count.digits


def _times(digits: str, factor: int) -> str:
    return format(float(digits) * factor, "g") if "." in digits else str(int(digits) * factor)


def clock(hour: int, minute: int | None, second: int | None, daypart: str) -> str:
    """T09:30 in the 24-hour clock, from an hour as it is said after `daypart`."""
    if daypart in ("AF", "MI", "EV", "NI") and hour < 12 and not (daypart == "NI" and hour < 6) and not (daypart == "MI" and hour > 9):
        hour += 12
    elif daypart in ("MO", "DAWN") and hour == 12:
        hour = 0
    elif daypart == "NI" and hour == 12:
        hour = 24
    return f"T{hour:02d}:{minute or 0:02d}" + (f":{second:02d}" if second is not None else "")
