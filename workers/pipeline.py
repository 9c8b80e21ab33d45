"""The stages, in order. Pure but for the clock it is not given: the same text, date and runtime give the same extraction."""

from dataclasses import replace
from datetime import date

from workers.annotations import Extraction, Number, TimeExpression
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.document import Document
from workers.runtime import Runtime
from workers.spans import Cover


def extract(text: str, published_at: date | None, runtime: Runtime, custom: entities.Custom = entities.NONE) -> tuple[Document, Extraction]:
    """All layers of a normalized text.

    `published_at` anchors relative times (None: they keep `XXXX`); `custom` holds the names that the request brings
    along. Offsets are code points of `text`.
    """
    tokens = runtime.morphology.tokenize(text)
    document = Document(text, sentences.detect(text, tokens, runtime.sentences), published_at)
    found_times = times.detect(document, runtime.times)
    found_numbers = _numbers_besides(found_times, numbers.detect(document, runtime.numbers))
    found_entities = entities.detect(document, runtime.entities, custom)
    found_attributions = attributions.detect(document, found_entities, runtime.attributions)
    found_claims = claims.detect(document, found_numbers, found_times, found_entities, found_attributions, runtime.claims)
    return document, Extraction(found_numbers, found_times, found_entities, found_claims)


def _numbers_besides(found_times: tuple[TimeExpression, ...], found_numbers: tuple[Number, ...]) -> tuple[Number, ...]:
    """The numbers that are no part of a time; nor is a time what is counted (연내 200명)."""
    cover = Cover(found_times)
    numbers_alone = (n for n in found_numbers if not cover.touches(n.span))
    return tuple(replace(n, of=None) if n.of and cover.touches(n.of) else n for n in numbers_alone)
