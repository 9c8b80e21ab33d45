"""What a result says, in words that several representations share."""

import re
from typing import Any

from service.representations.outcome import Json

_LONG = re.compile(r"(?<![\d.])\d{4,}")
_ENDLESS = re.compile(r"(\.\d{6})\d{3,}")


def by_id(result: Json) -> dict[str, Json]:
    """Every item of a result that has an id, under it."""
    return {item["id"]: item for layer in ("sentences", "claims", "numbers", "times", "entities") for item in result.get(layer, ())}


def speaker(source: Json | None, items: Json) -> str:
    """The canonical name of a claim's source where it has one, else its own words; empty where the text names nobody."""
    if source is None:
        return ""
    entity: Json = items.get(source.get("entity") or "", {})
    return str(entity.get("canonical", source["text"]))


def amount(number: Json) -> str:
    """An amount without its unit: `480`, `3–5`, `≥ 20`, `~ 1200`."""
    marks = ("~ " if number["approx"] else "") + {"min": "≥ ", "max": "≤ "}.get(number["bound"] or "", "")
    if number["value"] is not None:
        return f"{marks}{number['value']}"
    return f"{marks}{number['low'] or ''}–{number['high'] or ''}"


def amount_with_unit(number: Json) -> str:
    """An amount with its unit where it has one: `12.5 %`."""
    return " ".join(filter(None, (amount(number), number["unit"])))


def legible(amount: str) -> str:
    """An amount for the eye: digits in groups of three, a third not to its last digit (`0.333333…`)."""
    return _ENDLESS.sub(r"\1…", _LONG.sub(lambda digits: f"{int(digits[0]):,}", amount))


def moment(time: Json) -> str:
    """A time's value with its modifier: `2024-02 START`."""
    return " ".join(filter(None, (time["value"], time["mod"])))


def inside(claim: Json, layer: str, items: Json) -> list[Any]:
    """The items of `layer` in a claim, as far as the result holds them."""
    return [items[identity] for identity in claim[layer] if identity in items]
