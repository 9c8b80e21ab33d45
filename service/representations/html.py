"""The text with its claims, numbers, times and names marked: one page that needs nothing else."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, Template

from schemas.labels import OffsetUnit

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same items cover throughout; `label` is the type of a claim that begins with it."""

    text: str
    label: str | None
    claim: Json | None
    entity: Json | None
    number: Json | None
    time: Json | None


def page(text: str, result: Json) -> str:
    """An HTML page of `text` with the items of `result`, in whichever unit its offsets count."""
    entities = {e["id"]: e for e in result.get("entities", ())}
    ranked = sorted(result.get("claims", ()), key=lambda c: -c["checkworthy"])
    return _template().render(
        document=result["document"],
        pieces=pieces(text, result),
        ranked=ranked,
        speaker=lambda claim: _speaker(claim, entities),
        engine=result["engine"],
    )


def pieces(text: str, result: Json) -> list[Piece]:
    """`text` cut wherever an item begins or ends, each piece with the innermost item of each layer that covers it."""
    at = _code_points(text, OffsetUnit(result["offset_unit"]))
    layers = {
        "claim": result.get("claims", ()),
        "number": result.get("numbers", ()),
        "time": result.get("times", ()),
        "entity": [m | {"of": e} for e in result.get("entities", ()) for m in e["mentions"]],
    }
    cuts = sorted({0, max(at)} | {offset for items in layers.values() for i in items for offset in (i["start"], i["end"])})
    covers = {name: _innermost(cuts, items) for name, items in layers.items()}
    labels = {claim["start"]: claim["type"] for claim in result.get("claims", ())}
    return [
        Piece(text[at[start] : at[end]], labels.get(start), **{name: cover[i] for name, cover in covers.items()})
        for i, (start, end) in enumerate(pairwise(cuts))
    ]


def _code_points(text: str, unit: OffsetUnit) -> Mapping[int, int]:
    """Code points before each offset in `unit`s."""
    match unit:
        case OffsetUnit.CODE_POINT:
            return {i: i for i in range(len(text) + 1)}
        case OffsetUnit.UTF16:
            widths = (len(c.encode("utf-16-le")) // 2 for c in text)
        case OffsetUnit.UTF8:
            widths = (len(c.encode()) for c in text)
    return {offset: i for i, offset in enumerate(accumulate(widths, initial=0))}


def _innermost(cuts: Sequence[int], items: Sequence[Json]) -> list[Json | None]:
    """For each piece between two cuts the shortest item that covers it."""
    cover: list[Json | None] = [None] * len(cuts)
    for item in sorted(items, key=lambda i: i["start"] - i["end"]):
        first, last = bisect_right(cuts, item["start"]) - 1, bisect_right(cuts, item["end"]) - 1
        cover[first:last] = [item] * (last - first)
    return cover


def _speaker(claim: Json, entities: Mapping[str, Json]) -> str:
    attribution = claim["attribution"]
    if attribution is None:
        return ""
    source = attribution["source"]
    if source is None:
        return f"({attribution['cue']['text']})"
    name = entities[source["entity"]]["canonical"] if source.get("entity") in entities else source["text"]
    return f"{name} ({attribution['cue']['text']})"


@cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("service"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("result.html")
