"""From what an expression says to what it means: one pass over a text's phrases in order, with the dates said so far in mind."""

from dataclasses import replace
from datetime import date
from typing import Final

from schemas.labels import TimeMod, TimeType
from workers.annotations import TimeExpression
from workers.detectors.times import dates, distances, periods
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.context import Context
from workers.detectors.times.lexicon import RANKS, Lexicon
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Atom, Phrase
from workers.document import Span

_MODS: Final = {"START": TimeMod.START, "MID": TimeMod.MID, "END": TimeMod.END, "WITHIN": TimeMod.END}
_COORDINATE: Final = 8  # characters between two hours of one range


class Resolver:
    """Give it the phrases of one text in order. `published` anchors what is relative; None leaves it unknown (XXXX)."""

    def __init__(self, published: date | None, boundaries: Boundaries, lexicon: Lexicon) -> None:
        self._context = Context(published, boundaries, lexicon)
        self._clock_said: tuple[int, int, str] | None = None  # where the last clock time ended, its hour, its part of the day

    def resolve(self, phrase: Phrase) -> TimeExpression:
        """The expression with type, value and mod; it is remembered for what refers back to it."""
        kind, value, mod = self._resolve(phrase)
        return TimeExpression(Span(phrase.start, phrase.end), kind, value, phrase.rule or "times", mod)

    def _resolve(self, phrase: Phrase) -> tuple[TimeType, str, TimeMod | None]:
        approx = TimeMod.APPROX if phrase.approx or any(count.approx for count in phrase.counts) else None
        if vague := phrase.atoms.get("vague"):
            return TimeType.DATE, vague.code, None
        if "anaphor" in phrase.atoms:
            last = self._context.last_past
            if last and self._context.of_an_event(phrase, last):  # 회담 당시
                last = None
            return (last.kind, last.value, last.mod) if last else (TimeType.DATE, "PAST_REF", None)
        if phrase.every:
            return TimeType.SET, periods.duration(phrase.counts) if phrase.counts else _repetition(phrase), _MODS.get(phrase.edge)
        if phrase.counts and (not phrase.sign or phrase.counts[0].code.startswith("T")):
            value = periods.duration(phrase.counts) + (f"/{periods.duration(phrase.until.counts)}" if phrase.until else "")
            return TimeType.DURATION, value, approx
        if phrase.counts:
            moment, value = distances.moved(self._context, phrase)
            mod, kind = approx, TimeType.DATE
        else:
            moment, value = self._calendar(phrase)
            mod = None if phrase.until else _MODS.get(phrase.edge, approx)
            kind = TimeType.TIME if {"daypart", "clock", "hour"} & phrase.atoms.keys() else TimeType.DATE
        if phrase.rule != "times.named_day":  # an event's name is not what the text goes on from
            self._context.remember(phrase, moment, value, mod, kind)
        return kind, value, mod

    def _calendar(self, phrase: Phrase) -> tuple[Moment, str]:
        ranged = next((atom for atom in phrase.atoms.values() if atom.high is not None), None)
        first, value = self._date_or_time(phrase)
        if ranged is not None:
            end = replace(phrase, atoms={**phrase.atoms, ranged.kind: ranged._replace(n=ranged.high, high=None)})
        elif phrase.until is not None:
            end = _completed(phrase, phrase.until)
        else:
            return first, value
        return first, f"{value}/{self._date_or_time(end, first)[1]}"

    def _date_or_time(self, phrase: Phrase, hint: Moment | None = None) -> tuple[Moment, str]:
        time = _clock(self._with_daypart(phrase))
        if not time or any(RANKS.get(kind, 99) < RANKS["daypart"] for kind in phrase.atoms):
            moment = dates.resolve(self._context, phrase, hint)
        elif hint is not None:
            moment = hint
        elif (day := self._context.last_day) and day.sentence >= self._context.sentence(phrase) - 1:
            moment = day.moment
        else:
            moment = periods.of_day(self._context.published)
        if time and moment.grain == "month":  # 지난달 심야: of a day that is not said
            moment = moment._replace(grain="day", day=None)
        return moment, moment.value + time

    def _with_daypart(self, phrase: Phrase) -> Phrase:
        """오후 2시부터 4시까지: the second hour is of the same part of the day, where that is later."""
        hour, said = phrase.atoms.get("hour"), self._clock_said
        if hour is None or hour.n is None:
            return phrase
        daypart = phrase.atoms.get("daypart")
        if daypart is None and said and 0 <= phrase.start - said[0] <= _COORDINATE and said[1] < hour.n <= 12:
            daypart = Atom("daypart", phrase.start, phrase.start, code=said[2])
            phrase = replace(phrase, atoms={**phrase.atoms, "daypart": daypart})
        if daypart is not None:
            self._clock_said = phrase.end, hour.n % 12, daypart.code
        return phrase


def _clock(phrase: Phrase) -> str:
    atoms = phrase.atoms
    if exact := atoms.get("clock"):
        return f"T{exact.code}"
    daypart = atoms["daypart"].code if "daypart" in atoms else ""
    if hour := atoms.get("hour"):
        minute, second = atoms.get("minute"), atoms.get("second")
        return periods.clock(hour.n or 0, minute.n if minute else None, second.n if second else None, daypart)
    return periods.DAYPARTS.get(daypart, "")


def _repetition(phrase: Phrase) -> str:
    """The value of what comes again: the part of the calendar it comes back to, else its period."""
    atoms, time = phrase.atoms, _clock(phrase)
    fixed = atoms.get("set")
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
        written = f"{month.n:02d}" if month and month.n else "XX"
        return f"XXXX-{written}" + (f"-{day.n:02d}" if day and day.n else "") + time
    for kind, letter in (("half", "H"), ("quarter", "Q")):
        if part := atoms.get(kind):
            return f"XXXX-{letter}{part.n}"
    if time:
        return f"XXXX-XX-XX{time}"
    return fixed.code if fixed else "XXXX"


def _completed(first: Phrase, second: Phrase) -> Phrase:
    """The second end of a range with what it leaves unsaid."""
    coarsest = min((RANKS.get(kind, 99) for kind in second.atoms), default=99)
    shared = {kind: atom for kind, atom in first.atoms.items() if RANKS.get(kind, 99) < coarsest}
    return replace(second, atoms={**shared, **second.atoms}, lead=second.lead or first.lead)
