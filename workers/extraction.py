"""One request to one result, both as the JSON of the contract: load, run, dump."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from schemas.labels import CLAIM_TYPES, LAYERS, OffsetUnit
from workers.detectors.entities import Custom
from workers.normalize import normalize
from workers.offsets import Offsets
from workers.pipeline import extract as run
from workers.result import Selection, describe_document, dump
from workers.runtime import Runtime
from workers.stopwatch import Lap, untimed


def extract(request: Mapping[str, Any], runtime: Runtime, lap: Lap = untimed) -> dict[str, Any]:
    """The result of a request of `POST /v1/extractions` that has passed its schema; `lap` is told of each stage as it ends.

    Equal input, options and engine give equal output, `elapsed_ms` aside.
    """
    begun = time.perf_counter()
    text: str = request["text"]
    metadata = request.get("document") or {}
    options = request.get("options") or {}
    unit = OffsetUnit(options.get("offset_unit", OffsetUnit.CODE_POINT))
    selection = Selection(
        frozenset(options.get("include") or LAYERS),
        frozenset(options.get("claim_types") or CLAIM_TYPES),
        float(options.get("min_checkworthiness") or 0.0),
        float(options.get("min_entity_score") or 0.0),
    )
    custom = Custom.of(options.get("entities") or (), options.get("ignore") or ())
    anchor = options.get("reference_date") or metadata.get("published_at")
    normalized = normalize(text)
    lap("normalize")
    document, extraction = run(normalized.text, _day(anchor), runtime, custom, lap)
    layers = dump(document, extraction, Offsets(text, normalized, unit), selection)
    lap("result")
    elapsed_ms = round((time.perf_counter() - begun) * 1000)
    return {
        "document": describe_document(text, metadata),
        "offset_unit": unit.value,
        **layers,
        "engine": {**runtime.engine, "elapsed_ms": elapsed_ms},
    }


def _day(moment: str | None) -> date | None:
    return None if moment is None else datetime.fromisoformat(moment).date()
