"""전년 동기, 지난해 같은 기간, 1년 전 같은 달: the period just spoken of, at a distance."""

from typing import Final

from workers.detectors.times import periods
from workers.detectors.times.context import Context, Period
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Phrase

REACH: Final = 5
"""Sentences over which a text is taken to speak of the same period."""
_MONTHS: Final = {"Y": 12, "Q": 3, "M": 1}


def same_period(context: Context, phrase: Phrase) -> tuple[Moment, Moment] | None:
    """From when to when it lasts; None where no period was spoken of, or the distance is not known."""
    period = context.topic(phrase, REACH)
    if period is None or period.first == Moment():
        return None
    months = _distance(context, phrase, period)
    if months is None:
        return None
    first, last = period.first, period.last
    if phrase.atoms["same"].code == "month" and last.month and first.month == last.month:
        first = last = last._replace(day=None, grain="month")
    return periods.shifted(first, months), periods.shifted(last, months)


def _distance(context: Context, phrase: Phrase, period: Period) -> int | None:
    """In months; what is not that of another period is the one before: 지난해, said of last year, is the year before it."""
    if phrase.counts:
        per = _MONTHS.get(phrase.counts[0].code)
        return phrase.sign * per * phrase.counts[0].n if per and phrase.counts[0].n else None
    if year := phrase.atoms.get("year"):
        if year.anaphoric or period.last.year is None:
            return 12 * (year.shift or 0)
        named = year.n or (context.published.year + (year.shift or 0) if context.published else None)
        return 12 * (named - period.last.year or -1) if named else 12 * (year.shift or 0)
    month = phrase.atoms["month"]
    if month.anaphoric or context.published is None or not period.last.month or not period.last.year:
        return month.shift
    base = 12 * (context.published.year - period.last.year) + context.published.month - period.last.month
    return base + (month.shift or 0) or -1
