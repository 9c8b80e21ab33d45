"""What a text has said of time so far, and which way its verbs look."""

from datetime import date
from typing import Final, NamedTuple

from schemas.labels import TimeMod, TimeType
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import Lexicon
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Phrase

_RECENT: Final = 31  # days
_TOPIC: Final = 3  # sentences that go on about the same period
_PERIODS: Final = frozenset({"year", "half", "quarter", "season", "month"})


class Said(NamedTuple):
    """A date of the text: where it ends, and what it came to. `dated`: it named its year, or a day of a month."""

    moment: Moment
    value: str
    mod: TimeMod | None
    sentence: int
    end: int
    dated: bool
    kind: TimeType


class Period(NamedTuple):
    """A stretch of time that the text speaks about, from `first` to `last` (the same where it is one), as it was valued."""

    first: Moment
    last: Moment
    value: str
    kind: TimeType
    sentence: int


class Context:
    """Of one text: the day it was `published` (None: not known), the last date and the last day said."""

    def __init__(self, published: date | None, boundaries: Boundaries, lexicon: Lexicon) -> None:
        self.published = published
        self.lexicon = lexicon
        self.last: Said | None = None
        self.last_day: Said | None = None
        self.last_month: Said | None = None
        self.period: Period | None = None  # what figures are of
        self.last_prior: Said | None = None  # 전년
        self.last_past: Said | None = None
        self.recent_day: Said | None = None  # the last one near the day of publication
        self._boundaries = boundaries

    def remember(self, phrase: Phrase, first: Moment, last: Moment, value: str, mod: TimeMod | None, kind: TimeType) -> None:
        """For what refers back to it: a period from `first` to `last`."""
        if first.special and "X" not in first.special:
            return
        year = phrase.atoms.get("year")
        dated = "year" in phrase.atoms or ("day" in phrase.atoms and ("month" in phrase.atoms or self._goes_on(first)))
        said = Said(first, value, mod, self.sentence(phrase), phrase.end, dated, kind)
        if year and year.anaphoric and year.shift == -1:
            self.last_prior = said
        if self._boundaries.compared(phrase.end):  # 전년보다: the text does not go on from there
            return
        self._speak_of(phrase, first, last, value, kind)
        self.last = said
        if first.month or first.tail.startswith("Q"):
            self.last_month = said
        if not self._ahead(first):
            self.last_past = said
        day = phrase.atoms.get("day")
        if first.date and not (day and day.anaphoric and day.shift == -1):  # the day before is what this day is compared with
            self.last_day = said
            if self.published and abs((self.published - first.date).days) <= _RECENT:
                self.recent_day = said

    def _speak_of(self, phrase: Phrase, first: Moment, last: Moment, value: str, kind: TimeType) -> None:
        """Keep the period that what follows is about; a day is but that of the news."""
        if kind is TimeType.TIME or first.special or "same" in phrase.atoms or any(atom.anaphoric for atom in phrase.atoms.values()):
            return
        if first == last and self._boundaries.left_open(phrase.end):
            self.period = None  # till when is not said yet
            return
        if (begun := self._begun(phrase)) is not None:
            first = begun.moment
        elif first == last and first.grain == "month" and self._boundaries.followed(phrase.end, "까지"):
            first = first._replace(month=1)  # of a year: 지난달까지 누적
        if first != last:
            value = f"{first.value}/{last.value}"
        elif first.grain not in _PERIODS:
            return
        self.period = Period(first, last, value, kind, self.sentence(phrase))

    def speak_of_duration(self, phrase: Phrase, value: str) -> None:
        """최근 5년간 is a period too."""
        if phrase.lead in ("recent", "past"):
            self.period = Period(Moment(), Moment(), value, TimeType.DURATION, self.sentence(phrase))

    def topic(self, phrase: Phrase, reach: int) -> Period | None:
        """The period spoken of at most `reach` sentences before."""
        return self.period if self.period and self.sentence(phrase) - self.period.sentence <= reach else None

    def year_spoken_of(self, phrase: Phrase) -> int | None:
        """The year that 전년 comes before."""
        topic = self.topic(phrase, _TOPIC)
        if topic and (year := topic.last.year):
            recent = self.published is None or year >= self.published.year - 1
            if recent or topic.sentence == self.sentence(phrase):
                return year
        if near := self.near(phrase):
            return near.moment.year
        if (prior := self.last_prior) and prior.moment.year and self.sentence(phrase) - prior.sentence <= _TOPIC - 1:
            return prior.moment.year + 1
        return None

    def _goes_on(self, moment: Moment) -> bool:
        """A day of the dated month said before it, or the day after that day."""
        said = self.last
        return said is not None and said.dated and (said.moment.year, said.moment.month) == (moment.year, moment.month)

    def _ahead(self, moment: Moment) -> bool:
        """After the day of publication."""
        if self.published is None or moment.year is None:
            return False
        said = moment.year, moment.month or 1, moment.day or 1
        return said > (self.published.year, self.published.month, self.published.day)

    def of_an_event(self, phrase: Phrase, last: Said) -> bool:
        """An event's name stands before 당시, and `last` is but the day of the news."""
        day = last.moment.date
        recent = self.published is not None and day is not None and abs((self.published - day).days) <= _RECENT
        return recent and self._boundaries.follows_noun(phrase.start)

    def sentence(self, phrase: Phrase) -> int:
        """The number of its sentence."""
        return self._boundaries.number(phrase.start)

    def begun(self, phrase: Phrase) -> int | None:
        """The month of the date right before, if 부터 makes this one the end of what begins there."""
        begun = None if phrase.lead else self._begun(phrase)
        return begun.moment.month if begun else None

    def _begun(self, phrase: Phrase) -> Said | None:
        last = self.last
        if last is None or not 2 <= phrase.start - last.end <= 4 or not self._boundaries.followed(last.end, "부터"):
            return None
        return last

    def near(self, phrase: Phrase) -> Said | None:
        """The last date, if it stands in the same sentence."""
        return self.last if self.last and self.last.sentence == self.sentence(phrase) else None

    def looks(self, phrase: Phrase) -> int:
        """-1 back, 1 ahead, 0 neither; 까지 looks ahead where the verb does not say."""
        return self._boundaries.looks(phrase.end, self.lexicon.plans) or int(self._boundaries.followed(phrase.end, "까지"))
