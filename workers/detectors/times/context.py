"""What a text has said of time so far, and which way its verbs look."""

from datetime import date
from typing import Final, NamedTuple

from schemas.labels import TimeMod, TimeType
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import Lexicon
from workers.detectors.times.periods import Moment
from workers.detectors.times.phrase import Phrase

_RECENT: Final = 31  # days


class Said(NamedTuple):
    """A date of the text: where it ends, and what it came to. `dated`: it named its year, or a day of a month."""

    moment: Moment
    value: str
    mod: TimeMod | None
    sentence: int
    end: int
    dated: bool
    kind: TimeType


class Context:
    """Of one text: the day it was `published` (None: not known), the last date and the last day said."""

    def __init__(self, published: date | None, boundaries: Boundaries, lexicon: Lexicon) -> None:
        self.published = published
        self.lexicon = lexicon
        self.last: Said | None = None
        self.last_day: Said | None = None
        self.last_month: Said | None = None
        self.last_part: Said | None = None  # a month, quarter or half as such
        self.last_prior: Said | None = None  # 전년
        self.last_past: Said | None = None
        self.recent_day: Said | None = None  # the last one near the day of publication
        self._boundaries = boundaries

    def remember(self, phrase: Phrase, moment: Moment, value: str, mod: TimeMod | None, kind: TimeType) -> None:
        """For what refers back to it."""
        if moment.special and "X" not in moment.special:
            return
        dated = "year" in phrase.atoms or ("day" in phrase.atoms and ("month" in phrase.atoms or self._goes_on(moment)))
        self.last = Said(moment, value, mod, self.sentence(phrase), phrase.end, dated, kind)
        if moment.month or moment.tail.startswith("Q"):
            self.last_month = self.last
        if moment.grain in ("month", "quarter", "half") and "same" not in phrase.atoms:
            self.last_part = self.last
        if (year := phrase.atoms.get("year")) and year.anaphoric and year.shift == -1:
            self.last_prior = self.last
        if not self._ahead(moment):
            self.last_past = self.last
        day = phrase.atoms.get("day")
        if moment.date and not (day and day.anaphoric and day.shift == -1):  # the day before is what this day is compared with
            self.last_day = self.last
            if self.published and abs((self.published - moment.date).days) <= _RECENT:
                self.recent_day = self.last

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
        last = self.last
        if last is None or phrase.lead or not 2 <= phrase.start - last.end <= 4 or not self._boundaries.followed(last.end, "부터"):
            return None
        return last.moment.month

    def near(self, phrase: Phrase) -> Said | None:
        """The last date, if it stands in the same sentence."""
        return self.last if self.last and self.last.sentence == self.sentence(phrase) else None

    def looks(self, phrase: Phrase) -> int:
        """-1 back, 1 ahead, 0 neither; 까지 looks ahead where the verb does not say."""
        return self._boundaries.looks(phrase.end, self.lexicon.plans) or int(self._boundaries.followed(phrase.end, "까지"))
