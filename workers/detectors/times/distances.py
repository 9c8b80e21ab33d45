"""사흘 전, 3년 뒤: a period at a distance."""

from datetime import date

from workers.detectors.times import periods
from workers.detectors.times.context import Context
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Phrase


def moved(context: Context, phrase: Phrase) -> tuple[Moment, str]:
    """The period that lies the counted time before or after the document's day, or after the date just named; with its value."""
    first = phrase.counts[0]
    if "X" in first.digits or first.n is None:
        moment = Moment(special="PAST_REF" if phrase.sign < 0 else "FUTURE_REF")
        return moment, moment.value
    base = context.published
    if phrase.sign > 0 and (near := context.near(phrase)) is not None:
        base = near.moment.date or (date(near.moment.year, near.moment.month or 1, 1) if near.moment.year else None)
    moments = [_moved(base, phrase, high=high) for high in ((False, True) if first.high else (False,))]
    if phrase.sign < 0:
        moments.reverse()
    return moments[0], "/".join(m.value for m in moments)


def _moved(base: date | None, phrase: Phrase, *, high: bool) -> Moment:
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
