"""From what an expression says to what it means: one pass over a text's phrases in order, with the dates said so far in mind."""

from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from schemas.labels import TimeMod, TimeType
from workers.annotations import TimeExpression
from workers.detectors.times import comparison, dates, distances, periods
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.context import Context
from workers.detectors.times.lexicon import RANKS, Lexicon
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Atom, Phrase
from workers.document import Span

_MODS: Final = {"START": TimeMod.START, "MID": TimeMod.MID, "END": TimeMod.END, "WITHIN": TimeMod.END}
_COORDINATE: Final = 8  # characters between two hours of one range


_AND: Final = 3  # characters between two of one enumeration
_AFTERNOON: Final = 5
"""The last hour that is rather in the afternoon where no part of the day is said."""


class _ClockSaid(NamedTuple):
    """The last clock time: where it stood, its hour of 24 (None: but a part of the day was said), its part of the day."""

    sentence: int
    end: int
    hour: int | None
    code: str


class Resolver:
    """Give it the phrases of one text in order. `published` anchors what is relative; None leaves it unknown (XXXX).

    `of_24_hours`: the text counts its hours so, and 2시 is at night.
    """

    def __init__(self, published: date | None, boundaries: Boundaries, lexicon: Lexicon, *, of_24_hours: bool) -> None:
        self._context = Context(published, boundaries, lexicon)
        self._of_24_hours = of_24_hours
        self._again_until = -_AND - 1  # where the last expression of what comes again ended
        self._clock_said: _ClockSaid | None = None

    def resolve(self, phrase: Phrase) -> TimeExpression | None:
        """The expression with type, value and mod, remembered for what refers back to it; None where it refers to nothing."""
        found = self._resolve(phrase)
        if found is None:
            return None
        kind, value, mod = found
        return TimeExpression(Span(phrase.start, phrase.end), kind, value, phrase.rule or "times", mod)

    def _resolve(self, phrase: Phrase) -> tuple[TimeType, str, TimeMod | None] | None:
        approx = TimeMod.APPROX if phrase.approx or any(count.approx for count in phrase.counts) else None
        if vague := phrase.atoms.get("vague"):
            return TimeType.DATE, vague.code, None
        if anaphor := phrase.atoms.get("anaphor"):
            return self._referred(phrase, anaphor)
        if phrase.every or self._goes_on_again(phrase):
            self._again_until = phrase.end
            value = periods.duration(phrase.counts) if phrase.counts else _repetition(self._with_daypart(phrase))
            return TimeType.SET, value, _MODS.get(phrase.edge)
        if phrase.counts and (not phrase.sign or phrase.counts[0].code.startswith("T")):
            value = periods.duration(phrase.counts) + (f"/{periods.duration(phrase.until.counts)}" if phrase.until else "")
            self._context.speak_of_duration(phrase, value)
            return TimeType.DURATION, value, phrase.limit or approx
        kind, mod = TimeType.DATE, approx
        if same := comparison.same_period(self._context, phrase) if "same" in phrase.atoms else None:
            first, last = same
            value = first.value if first == last else f"{first.value}/{last.value}"
        elif phrase.counts:
            first, value = distances.moved(self._context, phrase)
            last = first
        else:
            first, last, value = self._calendar(phrase)
            mod = None if phrase.until else _MODS.get(phrase.edge, approx)
            kind = TimeType.TIME if {"daypart", "clock", "hour"} & phrase.atoms.keys() else TimeType.DATE
        if phrase.rule != "times.named_day":  # an event's name is not what the text goes on from
            self._context.remember(phrase, first, last, value, mod, kind)
        return kind, value, mod

    def _goes_on_again(self, phrase: Phrase) -> bool:
        """매주 월요일과 수요일: the second is each week's too."""
        again = 0 <= phrase.start - self._again_until <= _AND and not phrase.lead
        return (
            again
            and next(iter(phrase.atoms), "") in ("weekday", "month", "day")
            and all(atom.shift is None for atom in phrase.atoms.values())
        )

    def _referred(self, phrase: Phrase, anaphor: Atom) -> tuple[TimeType, str, TimeMod | None] | None:
        if anaphor.code == "PERIOD":
            period = self._context.topic(phrase, comparison.REACH)
            return (period.kind, period.value, None) if period else None
        last = self._context.last if self._context.looks(phrase) > 0 else self._context.last_past
        if last and self._context.of_an_event(phrase, last):  # 회담 당시
            last = None
        return (last.kind, last.value, last.mod) if last else (TimeType.DATE, "PAST_REF", None)

    def _calendar(self, phrase: Phrase) -> tuple[Moment, Moment, str]:
        ranged = next((atom for atom in phrase.atoms.values() if atom.high is not None), None)
        first, value = self._date_or_time(phrase)
        if ranged is not None:
            end = replace(phrase, atoms={**phrase.atoms, ranged.kind: ranged._replace(n=ranged.high, high=None)})
        elif phrase.until is not None:
            end = _completed(phrase, phrase.until)
        else:
            return first, first, value
        last, until = self._date_or_time(end, first)
        if last == first and until < value and first.date:  # 밤 10시~새벽 2시
            last = periods.of_day(periods.add_days(first.date, 1))
            until = last.value + until.removeprefix(first.value)
        return first, last, f"{value}/{until}"

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
        if time.startswith("T24:") and time != "T24:00":  # 밤 12시 30분
            moment, time = periods.of_day(periods.add_days(moment.date, 1)), time.replace("T24", "T00")
        if time and moment.grain == "month":  # 지난달 심야: of a day that is not said
            moment = moment._replace(grain="day", day=None)
        return moment, moment.value + time

    def _with_daypart(self, phrase: Phrase) -> Phrase:
        """The phrase with the part of the day that it leaves out: 오후 2시부터 4시까지."""
        hour, daypart = phrase.atoms.get("hour"), phrase.atoms.get("daypart")
        sentence = self._context.sentence(phrase)
        if hour is None or hour.n is None:
            if daypart:
                self._clock_said = _ClockSaid(sentence, phrase.end, None, daypart.code)
            return phrase
        if daypart is None and 1 <= hour.n <= 12 and (code := self._unsaid_part(phrase, hour)):
            daypart = Atom("daypart", phrase.start, phrase.start, code=code)
            phrase = replace(phrase, atoms={**phrase.atoms, "daypart": daypart})
        code = daypart.code if daypart else ""
        self._clock_said = _ClockSaid(sentence, phrase.end, int(periods.clock(hour.n, None, None, code)[1:3]), code)
        return phrase

    def _unsaid_part(self, phrase: Phrase, hour: Atom) -> str:
        """The half of the day in which an hour on the clock's face comes next after the time just said; by itself 1 to 5 are after noon."""
        said, face = self._clock_said, (hour.n or 0) % 12
        near = said is not None and 0 <= phrase.start - said.end <= _COORDINATE
        if (hour.rule == "times.clock" and not near) or self._of_24_hours:
            return ""  # 2:30 may be of 24 hours
        if said and (near or said.sentence == self._context.sentence(phrase)):
            if said.hour is None:
                return said.code
            if found := next((part for part, at in (("MO", face), ("AF", face + 12)) if at >= said.hour), None):
                return found
            if said.code in ("NI", "EV"):
                return "MO"  # of the next day
        return "AF" if 1 <= face <= _AFTERNOON and len(hour.digits) == 1 else ""


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
