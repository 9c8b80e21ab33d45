"""The stages, in order. Pure but for the clock it is not given: the same text, date and runtime give the same extraction."""

from datetime import date

from workers.annotations import Extraction
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.document import Document
from workers.runtime import Runtime


def extract(text: str, published_at: date | None, runtime: Runtime, custom: entities.Custom = entities.NONE) -> tuple[Document, Extraction]:
    """All layers of a normalized text.

    `published_at` anchors relative times (None: they keep `XXXX`); `custom` holds the names that the request brings
    along. Offsets are code points of `text`.
    """
    tokens = runtime.morphology.tokenize(text)
    document = Document(text, sentences.detect(text, tokens, runtime.sentences), published_at)
    found_times = times.detect(document, runtime.times)
    found_numbers = numbers.detect(document, runtime.numbers, found_times)
    found_entities = entities.detect(document, runtime.entities, custom)
    found_attributions = attributions.detect(document, found_entities, runtime.attributions)
    found_claims = claims.detect(document, found_numbers, found_times, found_entities, found_attributions, runtime.claims)
    return document, Extraction(found_numbers, found_times, found_entities, found_claims)
