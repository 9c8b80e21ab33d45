"""The stages, in order. Pure but for whom it tells of their ends: the same text, date and runtime give the same extraction."""

from datetime import date

from workers.annotations import Extraction
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.document import Document
from workers.runtime import Runtime
from workers.stopwatch import Lap, untimed


def extract(
    text: str, published_at: date | None, runtime: Runtime, custom: entities.Custom = entities.NONE, lap: Lap = untimed
) -> tuple[Document, Extraction]:
    """All layers of a normalized text.

    `published_at` anchors relative times (None: they keep `XXXX`); `custom` holds the names that the request brings
    along; `lap` is told the name of each stage as it ends. Offsets are code points of `text`.
    """
    tokens = runtime.morphology.tokenize(text)
    lap("morphology")
    document = Document(text, sentences.detect(text, tokens, runtime.sentences), published_at)
    lap("sentences")
    found_times = times.detect(document, runtime.times)
    lap("times")
    found_numbers = numbers.detect(document, runtime.numbers, found_times)
    lap("numbers")
    found_entities = entities.detect(document, runtime.entities, custom)
    lap("entities")
    found_attributions = attributions.detect(document, found_entities, runtime.attributions)
    lap("attributions")
    found_claims = claims.detect(document, found_numbers, found_times, found_entities, found_attributions, runtime.claims)
    lap("claims")
    return document, Extraction(found_numbers, found_times, found_entities, found_claims)
