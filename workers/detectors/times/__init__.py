"""Times: calendar dates, clock times, durations, what comes again, and vague times, with TIMEX3 values.

`reading` finds the expressions and what they say, `resolution` what they mean on the day the document was published.
"""

from schemas.labels import Role
from workers.annotations import TimeExpression
from workers.detectors.times.boundaries import Boundaries
from workers.detectors.times.lexicon import TABLES, Lexicon
from workers.detectors.times.phrase import Phrase
from workers.detectors.times.reading import Reader
from workers.detectors.times.resolution import Resolver
from workers.document import Document

__all__ = ["TABLES", "Lexicon", "detect"]

_SHORT = 30  # code points
_NOON = 12


def detect(document: Document, lexicon: Lexicon) -> tuple[TimeExpression, ...]:
    """The times of the document's sentences, sorted and disjoint; spans in code points of `document.text`.

    Boilerplate holds no times of its own (unless all the document is), but where the document has no date, the first full one
    in it stands for it.
    """
    boundaries = Boundaries(document)
    phrases = Reader(document.text, lexicon, boundaries).phrases() or _whole(document, lexicon)
    roles = [boundaries.role(phrase.start) for phrase in phrases]
    published = document.published_at
    if published is None:
        dates = (phrase.full_date() for phrase, role in zip(phrases, roles, strict=True) if role is Role.BOILERPLATE)
        published = next((date for date in dates if date), None)
    resolver = Resolver(
        published, boundaries, lexicon, of_24_hours=any((p.atoms["hour"].n or 0) > _NOON for p in phrases if "hour" in p.atoms)
    )
    only = all(sentence.role is Role.BOILERPLATE for sentence in document.sentences)
    found = (resolver.resolve(phrase) for phrase, role in zip(phrases, roles, strict=True) if only or role is not Role.BOILERPLATE)
    return tuple(time for time in found if time)


def _whole(document: Document, lexicon: Lexicon) -> list[Phrase]:
    """A text that is nothing but a time (봄) needs no morphemes to say so."""
    if len(document.text) > _SHORT:
        return []
    phrases = Reader(document.text, lexicon, Boundaries(Document(document.text, ()))).phrases()
    return [phrase for phrase in phrases if document.text[phrase.start : phrase.end] == document.text.strip()]
