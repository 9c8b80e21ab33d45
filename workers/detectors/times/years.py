"""The year, or the month, that an expression leaves out."""

from datetime import date
from typing import Final

from workers.detectors.times import periods
from workers.detectors.times.context import Context, Said
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Atom, Phrase

_COORDINATE: Final = 12  # characters between two dates of one enumeration
_LISTED: Final = 30  # … between two months of a list that says something of each
_FAR: Final = 300  # how far a text without a date carries the last year it named
_REPORT: Final = 10  # sentences in which the quarter before is that before the one reported
LONGEST_MONTH: Final = 31
_LENGTHS: Final = {"quarter": 2, "half": 5, "season": 2}  # months after the first


def in_year(context: Context, phrase: Phrase, hint: Moment | None) -> Moment:
    """What a year, a part of one, a month, a day of a month or a holiday means; `hint` is the first end of its range."""
    atoms = phrase.atoms
    year = _year(context, phrase, atoms["year"]) if "year" in atoms else None
    shape, start = _shape(context, phrase, year)
    if "year" in atoms or ("year_edge" in atoms and context.published is None):
        return shape.in_year(year)
    if hint is not None and hint.year is not None:
        return shape._replace(year=hint.year, month=hint.month if shape.month is None else shape.month)
    if shape.grain == "year":  # a start or end of the year, the year left out
        return Moment(context.published.year if context.published else None)
    if shape.grain == "day" and shape.month is None:
        return _bare_day(context, phrase, shape)
    if (quarter := atoms.get("quarter") or atoms.get("half")) and quarter.shift is not None:
        return _shifted_part(context, phrase, quarter)
    return _yearless(context, phrase, shape, start)


def _shape(context: Context, phrase: Phrase, year: int | None) -> tuple[Moment, int]:
    """The period without its year, and the month it starts in."""
    atoms = phrase.atoms
    day, month = atoms.get("day"), atoms.get("month")
    if named := atoms.get("holiday"):
        known = year or (context.published.year if context.published else None)
        found = periods.holiday(context.lexicon.holidays[named.code], known) if known else context.lexicon.holidays[named.code].solar
        return (Moment(None, found[0], found[1], grain="day"), found[0]) if found else (Moment(grain="day", month=0), 1)
    if month and (nth := atoms.get("nth_week")):
        known = year or (context.published.year if context.published else None)
        within = periods.day_of_nth_week(known, month.n or 1, nth.n or 1) if known else None
        return periods.of_week(within)._replace(year=None), month.n or 1
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


def _year(context: Context, phrase: Phrase, year: Atom) -> int | None:
    if year.shift is None:
        return year.n
    base = context.published.year if context.published else None
    if year.anaphoric and year.shift < 0:
        base = context.year_spoken_of(phrase) or base
    elif year.anaphoric and context.last and context.last.moment.year:
        base = context.last.moment.year
    found = base + year.shift if base is not None else None
    return found if found is None or 1 <= found <= 9999 else None


def _shifted_part(context: Context, phrase: Phrase, part: Atom) -> Moment:
    size, letter, grain = (3, "Q", "quarter") if part.kind == "quarter" else (6, "H", "half")
    base: tuple[int, int] | None = (context.published.year, context.published.month) if context.published else None
    if part.anaphoric and (topic := context.topic(phrase, _REPORT)) and topic.last.grain == grain and topic.last.year:
        base = topic.last.year, size * int(topic.last.tail[1:])
    if base is None:
        return Moment(tail=f"{letter}X", grain=grain)
    year, month = periods.add_months(*base, size * (part.shift or 0))
    return Moment(year, tail=f"{letter}{(month - 1) // size + 1}", grain=grain)


def _bare_day(context: Context, phrase: Phrase, shape: Moment) -> Moment:
    """A day of a month left out: of the month just named, else the last such day, or the next if the verb looks ahead."""
    day = shape.day or 1
    if context.last and context.begun(phrase) and (said := context.last.moment).month and (said.day or 99) <= day:  # 7일부터 9일까지
        return shape._replace(year=said.year, month=said.month)
    if context.last and 0 <= phrase.start - context.last.end <= _COORDINATE and not phrase.lead and context.last.moment.grain == "day":
        said = context.last.moment
        if said.month and (context.last.dated or context.published is None) and (said.day or 0) <= day:
            return shape._replace(year=said.year, month=said.month)
    if not phrase.lead and (day_said := context.last_day) and context.sentence(phrase) - day_said.sentence <= 1:
        said_day = day_said.moment.date
        if said_day and 0 <= day - said_day.day <= 1:  # the tale goes on
            return shape._replace(year=said_day.year, month=said_day.month)
    base = context.published
    if base is None:
        return shape
    step = 0
    if phrase.lead == "coming":
        step = 1 if day < base.day else 0
    elif phrase.lead == "past":
        step = -1 if day > base.day else 0
    elif day > base.day:
        step = 0 if context.looks(phrase) > 0 else -1
    year, month = periods.add_months(base.year, base.month, step)
    onward = 1 if phrase.lead == "coming" or (not phrase.lead and day > base.day and step == 0) else -1
    while day <= LONGEST_MONTH and not periods.exists(year, month, day):  # 지난 30일, said in March
        year, month = periods.add_months(year, month, onward)
    return shape._replace(year=year, month=month)


def _yearless(context: Context, phrase: Phrase, shape: Moment, start: int) -> Moment:
    base, said = context.published, context.last
    if said and (from_month := context.begun(phrase)) and shape.month and said.moment.year:  # 3월부터 5월까지
        return _dated(context, shape, phrase, said.moment.year + (shape.month < from_month))
    if not phrase.lead and said and said.dated and said.moment.year and said.sentence == context.sentence(phrase):
        gap = phrase.start - said.end
        if said.moment.grain in ("month", "day", "quarter", "half") or gap <= _COORDINATE:
            wraps = gap <= _COORDINATE and shape.month is not None and shape.month < (said.moment.month or 0)
            return _dated(context, shape, phrase, said.moment.year + wraps)
    if base is None:
        if not phrase.lead and said and said.dated and said.moment.year and phrase.start - said.end < _FAR:
            return _dated(context, shape, phrase, said.moment.year)
        return shape if shape.month != 0 else Moment(grain="day")
    if phrase.rule == "times.named_day" and shape.month and shape.day:  # an election is named before and after
        return shape.in_year(periods.nearest_year(base, shape.month, shape.day))
    if said and not phrase.lead and (year := _listed(context, phrase, shape, said, base)):
        return _dated(context, shape, phrase, year)
    begun = start < base.month or (start == base.month and (shape.grain != "day" or (shape.day or 1) <= base.day))
    over = start + _LENGTHS.get(shape.grain, 0) < base.month or (
        shape.grain == "day" and start == base.month and (shape.day or 1) < base.day
    )
    if phrase.lead == "this":
        year = base.year
    elif phrase.lead == "past":
        year = base.year if (over or (begun and shape.grain == "day")) else base.year - 1
    elif phrase.lead == "coming":
        year = base.year + 1 if over else base.year
    elif begun:
        year = base.year + (over and start + 2 < base.month and context.looks(phrase) > 0)
    else:
        looks = context.looks(phrase)
        near = start - base.month <= 3 or shape.grain == "half"
        year = base.year if looks > 0 or (looks == 0 and near) else base.year - 1
    return _dated(context, shape, phrase, year)


def _listed(context: Context, phrase: Phrase, shape: Moment, said: Said, base: date) -> int | None:
    """The year of a later month that goes on a list of months to come: `6월 40대, 9월 40대`."""
    year, month = said.moment.year, said.moment.month
    if not (shape.month and month and year and said.sentence == context.sentence(phrase) and phrase.start - said.end <= _LISTED):
        return None
    return year if (year, month) > (base.year, base.month) and shape.month > month else None


def _dated(context: Context, shape: Moment, phrase: Phrase, year: int) -> Moment:
    if "holiday" in phrase.atoms or "nth_week" in phrase.atoms:
        shape, _ = _shape(context, phrase, year)
        if shape.month == 0:
            return Moment(year)
    return shape.in_year(year)
