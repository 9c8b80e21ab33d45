"""From what an expression says to what it means: one pass over a text's phrases in order, with the dates said so far in mind."""

from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from schemas.labels import TimeMod, TimeType
from workers.annotations import TimeExpression
from workers.detectors.times import periods
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import RANKS, Lexicon
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Atom, Phrase
from workers.document import Span

_MODS: Final = {"START": TimeMod.START, "MID": TimeMod.MID, "END": TimeMod.END, "WITHIN": TimeMod.END}
_COORDINATE: Final = 12  # characters between two dates of one enumeration
_FAR: Final = 300  # how far a text without a date carries the last year it named


class _Said(NamedTuple):
    """A date of the text: where, and what it came to."""

    moment: Moment
    value: str
    mod: TimeMod | None
    sentence: int
    end: int
    dated: bool


class Resolver:
    """Give it the phrases of one text in order. `published` anchors what is relative; None leaves it unknown (XXXX)."""

    def __init__(self, published: date | None, boundaries: Boundaries, lexicon: Lexicon) -> None:
        self._published = published
        self._boundaries = boundaries
        self._lexicon = lexicon
        self._last: _Said | None = None
        self._last_day: _Said | None = None

    def resolve(self, phrase: Phrase) -> TimeExpression:
        """The expression with type, value and mod; it is remembered for what refers back to it."""
        kind, value, mod = self._resolve(phrase)
        return TimeExpression(Span(phrase.start, phrase.end), kind, value, phrase.rule or "times", mod)

    def _resolve(self, phrase: Phrase) -> tuple[TimeType, str, TimeMod | None]:
        mod = _MODS.get(phrase.edge)
        if vague := phrase.atoms.get("vague"):
            return TimeType.DATE, vague.code, None
        if "anaphor" in phrase.atoms:
            return (TimeType.DATE, self._last.value, self._last.mod) if self._last else (TimeType.DATE, "PAST_REF", None)
        if phrase.counts:
            approx = TimeMod.APPROX if any(c.approx for c in phrase.counts) else None
            if phrase.every:
                return TimeType.SET, periods.duration(phrase.counts), None
            if phrase.sign and not phrase.counts[0].code.startswith("T"):
                moment, value = self._offset(phrase)
                return self._remember(phrase, TimeType.DATE, moment, value, approx)
            value = periods.duration(phrase.counts)
            if phrase.until:
                value += "/" + periods.duration(phrase.until.counts)
            return TimeType.DURATION, value, approx
        if phrase.every:
            return TimeType.SET, self._set(phrase), mod
        moment, value, kind = self._calendar(phrase)
        return self._remember(phrase, kind, moment, value, mod)

    def _remember(
        self, phrase: Phrase, kind: TimeType, moment: Moment, value: str, mod: TimeMod | None
    ) -> tuple[TimeType, str, TimeMod | None]:
        if not moment.special or "X" in moment.special:
            dated = "year" in phrase.atoms or "day" in phrase.atoms and "month" in phrase.atoms
            said = _Said(moment, value, mod, self._boundaries.number(phrase.start), phrase.end, dated)
            self._last = said
            day = phrase.atoms.get("day")
            if moment.date and not (day and day.anaphoric and day.shift == -1):  # the day before is what this day is compared with
                self._last_day = said
        return kind, value, mod

    # -- durations from now, and what comes again

    def _offset(self, phrase: Phrase) -> tuple[Moment, str]:
        first = phrase.counts[0]
        if "X" in first.digits or first.n is None:
            moment = Moment(special="PAST_REF" if phrase.sign < 0 else "FUTURE_REF")
            return moment, moment.value
        base = self._published
        if phrase.sign > 0 and (said := self._near(phrase)) is not None:
            base = said.moment.date or (date(said.moment.year, said.moment.month or 1, 1) if said.moment.year else None)
        moments = [self._moved(base, phrase, high=high) for high in ((False, True) if first.high else (False,))]
        if phrase.sign < 0:
            moments.reverse()
        return moments[0], "/".join(m.value for m in moments)

    def _moved(self, base: date | None, phrase: Phrase, *, high: bool) -> Moment:
        months = days = 0
        grain = ""
        for count in phrase.counts:
            n = (count.high if high and count.high else count.n) or 0
            if count.digits == "half":
                months, days = (months + 6, days) if count.code == "Y" else (months, days + 15 if count.code == "M" else days)
                grain = "M" if count.code == "Y" else "D"
                continue
            months += n * {"Y": 12, "M": 1, "Q": 3, "C": 1200, "KY": 12000}.get(count.code, 0)
            days += n * {"D": 1, "W": 7}.get(count.code, 0)
            grain = {"C": "Y", "KY": "Y", "Q": "M"}.get(count.code, count.code)
        if base is None:
            return {"Y": Moment(), "M": Moment(grain="month"), "W": periods.of_week(None)}.get(grain, Moment(grain="day"))
        year, month = periods.add_months(base.year, base.month, phrase.sign * months)
        if not 1 <= year <= 9999:
            return Moment(special="PAST_REF" if phrase.sign < 0 else "FUTURE_REF")
        if grain == "Y":
            return Moment(year)
        if grain == "M":
            return Moment(year, month, grain="month")
        start = base if not months else date(year, month, min(base.day, 28))
        day = periods.add_days(start, phrase.sign * days)
        return periods.of_week(day) if grain == "W" else periods.of_day(day)

    def _set(self, phrase: Phrase) -> str:
        atoms = phrase.atoms
        fixed = atoms.get("set")
        time = self._clock(phrase)
        if fixed and "nth_week" in atoms:
            return fixed.code
        if weekday := atoms.get("weekday"):
            return f"XXXX-WXX-{weekday.n}{time}"
        if "weekend" in atoms:
            return "XXXX-WXX-WE"
        if season := atoms.get("season"):
            return f"XXXX-{season.code}"
        month, day = atoms.get("month"), atoms.get("day")
        if (month and month.n) or (day and day.n):
            return f"XXXX-{month.n if month and month.n else 0:02d}".replace("-00", "-XX") + (f"-{day.n:02d}" if day and day.n else "") + time
        for kind, letter in (("half", "H"), ("quarter", "Q")):
            if part := atoms.get(kind):
                return f"XXXX-{letter}{part.n}"
        return f"XXXX-XX-XX{time}" if time else fixed.code if fixed else "XXXX"

    # -- the calendar

    def _calendar(self, phrase: Phrase) -> tuple[Moment, str, TimeType]:
        ranged = next((atom for atom in phrase.atoms.values() if atom.high is not None), None)
        ends = [phrase]
        if ranged is not None:
            ends.append(replace(phrase, atoms={**phrase.atoms, ranged.kind: ranged._replace(n=ranged.high, high=None)}))
        elif phrase.until:
            ends.append(_completed(phrase, phrase.until))
        first, value = self._date_or_time(ends[0])
        for end in ends[1:]:
            _, other = self._date_or_time(end, first)
            value += f"/{other}"
        return first, value, TimeType.TIME if {"daypart", "clock", "hour"} & phrase.atoms.keys() else TimeType.DATE

    def _date_or_time(self, phrase: Phrase, hint: Moment | None = None) -> tuple[Moment, str]:
        time = self._clock(phrase)
        if not time:
            moment = self._date(phrase, hint)
            return moment, moment.value
        if any(RANKS.get(kind, 99) < RANKS["daypart"] for kind in phrase.atoms):
            moment = self._date(phrase, hint)
        elif hint is not None:
            moment = hint
        elif self._last_day and self._last_day.sentence >= self._boundaries.number(phrase.start) - 1:
            moment = self._last_day.moment
        else:
            moment = periods.of_day(self._published)
        return moment, moment.value + time

    def _clock(self, phrase: Phrase) -> str:
        atoms = phrase.atoms
        if exact := atoms.get("clock"):
            return f"T{exact.code}"
        daypart = atoms["daypart"].code if "daypart" in atoms else ""
        if hour := atoms.get("hour"):
            minute, second = atoms.get("minute"), atoms.get("second")
            return periods.clock(hour.n or 0, minute.n if minute else None, second.n if second else None, daypart)
        return periods.DAYPARTS.get(daypart, "")

    def _date(self, phrase: Phrase, hint: Moment | None) -> Moment:
        atoms = phrase.atoms
        before = phrase.lead == "bc"
        if century := atoms.get("century"):
            written = f"{(century.n or 1) - 1:02d}XX"
            return Moment(special=f"BC{written}" if before else written)
        if decade := atoms.get("decade"):
            return Moment(special=f"{(decade.n or 0) // 10}X")
        if before and (year := atoms.get("year")):
            return Moment(special=f"BC{year.n or 0:04d}")
        day, weekday = atoms.get("day"), atoms.get("weekday")
        if day and day.shift is not None:
            return periods.of_day(periods.add_days(self._day_base(phrase, day), day.shift))
        if weekday and not (day and day.n):
            return self._weekday(phrase, weekday)
        for kind in ("weekend", "week"):
            if (week := atoms.get(kind)) is not None:
                shift = (week.shift or 0) + {"past": -1, "coming": 1}.get(phrase.lead if kind == "weekend" else "", 0)
                base = self._last_day.moment.date if week.anaphoric and self._last_day and self._near(phrase) else self._published
                return periods.of_week(periods.add_days(base, 7 * shift), weekend=kind == "weekend")
        month = atoms.get("month") or atoms.get("month_name")
        if month and month.shift is not None:
            return self._shifted_month(phrase, month)
        return self._in_year(phrase, hint)

    def _day_base(self, phrase: Phrase, day: Atom) -> date | None:
        if not day.anaphoric or self._last_day is None:
            return self._published
        if day.shift and self._last_day.sentence < self._boundaries.number(phrase.start) - 1 and self._published:
            return self._published
        return self._last_day.moment.date

    def _weekday(self, phrase: Phrase, weekday: Atom) -> Moment:
        atoms, number = phrase.atoms, weekday.n or 1
        if nth := atoms.get("nth_week"):
            month = self._in_year(replace(phrase, atoms={k: a for k, a in atoms.items() if k not in ("weekday", "nth_week")}), None)
            if month.year and month.month:
                return periods.of_day(periods.nth_week_day(month.year, month.month, nth.n or 1, number))
            return Moment(month.year, month.month, grain="day")
        base = self._published
        if base is None:
            return Moment(tail=f"WXX-{number}", grain="weekday")
        if week := atoms.get("week"):
            return periods.of_day(periods.add_days(base, 7 * (week.shift or 0) + number - base.isoweekday()))
        ahead = phrase.lead == "coming" or (not phrase.lead and self._looks(phrase) > 0)
        if ahead:
            return periods.of_day(periods.add_days(base, (number - base.isoweekday()) % 7 or (7 if phrase.lead else 0)))
        back = (base.isoweekday() - number) % 7 or (7 if phrase.lead == "past" else 0)
        return periods.of_day(periods.add_days(base, -back))

    def _shifted_month(self, phrase: Phrase, month: Atom) -> Moment:
        base: tuple[int, int] | None = (self._published.year, self._published.month) if self._published else None
        said = self._near(phrase) if month.shift else self._last
        if month.anaphoric and said and said.moment.month and said.moment.year:
            base = (said.moment.year, said.moment.month)
        if "year" in phrase.atoms:
            base = None
        day = phrase.atoms.get("day")
        if base is None:
            return Moment(None, None, day.n if day else None, grain="day" if day else "month")
        year, number = periods.add_months(*base, month.shift or 0)
        return Moment(year, number, day.n if day else None, grain="day" if day else "month")

    def _in_year(self, phrase: Phrase, hint: Moment | None) -> Moment:
        atoms = phrase.atoms
        year = self._year(phrase, atoms["year"]) if "year" in atoms else None
        same = self._last.moment if self._last else None
        if "same" in atoms:
            month = atoms.get("month")
            if month is None and same and (same.tail or same.grain == "month") and same.grain not in ("week", "weekend"):
                return same.in_year(year)
            return Moment(year)
        shape, start = self._shape(phrase, year)
        if "year" in atoms or ("year_edge" in atoms and self._published is None):
            return shape.in_year(year)
        if hint is not None and hint.year is not None:
            month = shape.month if shape.month is not None else hint.month
            return replace(shape, year=hint.year, month=month)
        if shape.grain == "year":  # a start or end of the year, the year left out
            return Moment(self._published.year if self._published else None)
        if shape.grain == "day" and shape.month is None:
            return self._bare_day(phrase, shape)
        if (quarter := atoms.get("quarter") or atoms.get("half")) and quarter.shift is not None:
            return self._shifted_part(phrase, quarter)
        return self._yearless(phrase, shape, start)

    def _shape(self, phrase: Phrase, year: int | None) -> tuple[Moment, int]:
        """The period without its year, and the month it starts in."""
        atoms = phrase.atoms
        day, month = atoms.get("day"), atoms.get("month") or atoms.get("month_name")
        if named := atoms.get("holiday"):
            known = year or (self._published.year if self._published else None)
            found = periods.holiday(self._lexicon.holidays[named.code], known) if known else self._lexicon.holidays[named.code].solar
            return (Moment(None, found[0], found[1], grain="day"), found[0]) if found else (Moment(grain="day", month=0), 1)
        if month and (nth := atoms.get("nth_week")):
            known = year or (self._published.year if self._published else None)
            first = periods.add_days(date(known, month.n or 1, 1), 7 * ((nth.n or 1) - 1)) if known else None
            return replace(periods.of_week(first), year=None), month.n or 1
        if month or day:
            number = month.n if month else None
            return Moment(None, number, day.n if day else None, grain="day" if day else "month"), number or 1
        if half := atoms.get("half"):
            return Moment(tail=f"H{half.n}", grain="half"), 1 if half.n == 1 else 7
        if quarter := atoms.get("quarter"):
            return Moment(tail=f"Q{quarter.n}", grain="quarter"), 3 * (quarter.n or 1) - 2
        if season := atoms.get("season"):
            return Moment(tail=season.code, grain="season"), periods.SEASON_MONTHS[season.code]
        return Moment(), 1

    def _year(self, phrase: Phrase, year: Atom) -> int | None:
        if year.shift is None:
            return year.n
        base = self._published.year if self._published else None
        said = self._last if year.shift >= 0 else self._near(phrase)
        if said and (year.anaphoric or base is None) and said.moment.year and (year.anaphoric or year.shift == 0 and False):
            base = said.moment.year
        found = base + year.shift if base is not None else None
        return found if found is None or 1 <= found <= 9999 else None

    def _shifted_part(self, phrase: Phrase, part: Atom) -> Moment:
        size, letter, grain = (3, "Q", "quarter") if part.kind == "quarter" else (6, "H", "half")
        base: tuple[int, int] | None = (self._published.year, self._published.month) if self._published else None
        if part.anaphoric and (said := self._near(phrase)) and said.moment.grain == grain and said.moment.year:
            base = said.moment.year, size * int(said.moment.tail[1:])
        if base is None:
            return Moment(tail=f"{letter}X", grain=grain)
        year, month = periods.add_months(*base, size * (part.shift or 0))
        return Moment(year, tail=f"{letter}{(month - 1) // size + 1}", grain=grain)

    def _bare_day(self, phrase: Phrase, shape: Moment) -> Moment:
        """A day of a month left out: of the month just named, else the last such day, or the next if the verb looks ahead."""
        day = shape.day or 1
        if self._last and 0 <= phrase.start - self._last.end <= _COORDINATE and not phrase.lead and self._last.moment.grain == "day":
            said = self._last.moment
            if said.month and (self._last.dated or self._published is None) and (said.day or 0) <= day:
                return replace(shape, year=said.year, month=said.month)
        base = self._published
        if base is None:
            return shape
        step = 0
        if phrase.lead == "coming":
            step = 1 if day < base.day else 0
        elif phrase.lead == "past":
            step = -1 if day > base.day else 0
        elif day > base.day:
            step = 0 if self._looks(phrase) > 0 else -1
        year, month = periods.add_months(base.year, base.month, step)
        return replace(shape, year=year, month=month)

    def _yearless(self, phrase: Phrase, shape: Moment, start: int) -> Moment:
        base, said = self._published, self._last
        if not phrase.lead and said and said.dated and said.moment.year and said.sentence == self._boundaries.number(phrase.start):
            return self._dated(shape, phrase, said.moment.year)
        if base is None:
            if not phrase.lead and said and said.dated and said.moment.year and phrase.start - said.end < _FAR:
                return self._dated(shape, phrase, said.moment.year)
            return shape if shape.month != 0 else Moment(grain="day")
        begun = start < base.month or (start == base.month and (shape.grain != "day" or (shape.day or 1) <= base.day))
        over = {"month": start, "quarter": start + 2, "half": start + 5, "season": start + 2, "day": start}.get(shape.grain, start) < base.month
        over = over or (shape.grain == "day" and start == base.month and (shape.day or 1) < base.day)
        if phrase.lead == "past":
            year = base.year if (over or (begun and shape.grain == "day")) else base.year - 1
        elif phrase.lead == "coming":
            year = base.year + 1 if over else base.year
        elif begun:
            year = base.year + (over and start + 2 < base.month and self._looks(phrase) > 0)
        else:
            looks = self._looks(phrase)
            near = start - base.month <= 3 or shape.grain == "half"
            year = base.year if looks > 0 or (looks == 0 and near) else base.year - 1
        return self._dated(shape, phrase, year)

    def _dated(self, shape: Moment, phrase: Phrase, year: int) -> Moment:
        if "holiday" in phrase.atoms or "nth_week" in phrase.atoms:
            shape, _ = self._shape(phrase, year)
            if shape.month == 0:
                return Moment(year)
        return shape.in_year(year)

    # -- context

    def _near(self, phrase: Phrase) -> _Said | None:
        """The last date, if it stands in the same sentence."""
        said = self._last
        return said if said and said.sentence == self._boundaries.number(phrase.start) else None

    def _looks(self, phrase: Phrase) -> int:
        """-1 back, 1 ahead; 까지 looks ahead where the verb does not say."""
        return self._boundaries.looks(phrase.end, self._lexicon.plans) or int(self._boundaries.followed(phrase.end, "까지"))


def _completed(first: Phrase, second: Phrase) -> Phrase:
    """The second end of a range with what it leaves unsaid."""
    coarsest = min((RANKS.get(kind, 99) for kind in second.atoms), default=99)
    shared = {kind: atom for kind, atom in first.atoms.items() if RANKS.get(kind, 99) < coarsest}
    return replace(second, atoms={**shared, **second.atoms}, lead=second.lead or first.lead)
