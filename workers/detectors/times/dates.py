"""Which day, week, month or year a date means."""

from dataclasses import replace
from datetime import date

from workers.detectors.times import periods
from workers.detectors.times.context import Context
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Atom, Phrase
from workers.detectors.times.years import in_year


def resolve(context: Context, phrase: Phrase, hint: Moment | None) -> Moment:
    """The period that the date in `phrase` means; `hint` is the first end of the range it is the second of."""
    return _resolve(context, phrase, hint).settled()


def _resolve(context: Context, phrase: Phrase, hint: Moment | None) -> Moment:
    atoms = phrase.atoms
    before = phrase.lead == "bc"
    if phrase.lead == "lunar":
        return _lunar(context, phrase)
    if century := atoms.get("century"):
        written = f"{(century.n or 1) - 1:02d}XX"
        return Moment(special=f"BC{written}" if before else written)
    if decade := atoms.get("decade"):
        return Moment(special=f"{(decade.n or 0) // 10}X")
    if before and (year := atoms.get("year")):
        return Moment(special=f"BC{year.n or 0:04d}")
    day, weekday = atoms.get("day"), atoms.get("weekday")
    if day and day.shift is not None:
        return periods.of_day(periods.add_days(_day_base(context, phrase, day), day.shift))
    if weekday and not (day and day.n):
        return _weekday(context, phrase, weekday)
    for kind in ("weekend", "week"):
        if (week := atoms.get(kind)) is not None:
            shift = (week.shift or 0) + {"past": -1, "coming": 1}.get(phrase.lead if kind == "weekend" else "", 0)
            base = context.last_day.moment.date if week.anaphoric and context.last_day and context.near(phrase) else context.published
            return periods.of_week(periods.add_days(base, 7 * shift), weekend=kind == "weekend")
    month = atoms.get("month")
    if month and month.shift is not None:
        return _shifted_month(context, phrase, month)
    return in_year(context, phrase, hint)


def _lunar(context: Context, phrase: Phrase) -> Moment:
    """음력 8월 15일, in our calendar."""
    said = in_year(context, replace(phrase, lead=""), None)
    if said.year is None or not said.month or not said.day:
        return Moment(grain="day")
    year = said.year if "year" in phrase.atoms or context.published is None else context.published.year
    return periods.of_day(periods.from_lunar(year, said.month, said.day))


def _day_base(context: Context, phrase: Phrase, day: Atom) -> date | None:
    if not day.anaphoric or context.last_day is None:
        return context.published
    far = context.sentence(phrase) - context.last_day.sentence > (1 if day.shift else 2)
    if far and context.published:
        return context.recent_day.moment.date if context.recent_day else context.published
    return context.last_day.moment.date


def _weekday(context: Context, phrase: Phrase, weekday: Atom) -> Moment:
    atoms, number = phrase.atoms, weekday.n or 1
    if nth := atoms.get("nth_week"):
        month = _resolve(context, replace(phrase, atoms={k: a for k, a in atoms.items() if k not in ("weekday", "nth_week")}), None)
        if month.year and month.month:
            return periods.of_day(periods.nth_week_day(month.year, month.month, nth.n or 1, number))
        return Moment(month.year, month.month, grain="day")
    base = context.published
    if base is None:
        return Moment(tail=f"WXX-{number}", grain="weekday")
    if week := atoms.get("week"):
        return periods.of_day(periods.add_days(base, 7 * (week.shift or 0) + number - base.isoweekday()))
    ahead = phrase.lead == "coming" or (not phrase.lead and context.looks(phrase) > 0)
    if ahead:
        return periods.of_day(periods.add_days(base, (number - base.isoweekday()) % 7 or (7 if phrase.lead else 0)))
    back = (base.isoweekday() - number) % 7 or (7 if phrase.lead == "past" else 0)
    return periods.of_day(periods.add_days(base, -back))


def _shifted_month(context: Context, phrase: Phrase, month: Atom) -> Moment:
    base: tuple[int, int] | None = (context.published.year, context.published.month) if context.published else None
    said = context.last_month
    if month.shift and said and context.sentence(phrase) - said.sentence > 1:
        said = None
    topic = context.topic(phrase, 3) if month.shift else None
    if month.anaphoric and topic and topic.last.month and topic.last.year:
        base = (topic.last.year, topic.last.month)
    elif month.anaphoric and said and said.moment.month and said.moment.year:
        base = (said.moment.year, said.moment.month)
    if "year" in phrase.atoms:
        base = None
    day = phrase.atoms.get("day")
    if base is None:
        return Moment(None, None, day.n if day else None, grain="day" if day else "month")
    year, number = periods.add_months(*base, month.shift or 0)
    return Moment(year, number, day.n if day else None, grain="day" if day else "month")
