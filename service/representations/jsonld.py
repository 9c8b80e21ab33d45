"""Claims, numbers, times and names as W3C Web Annotations (JSON-LD), with schema.org's words for what they say.

A document is an AnnotationCollection. Every target is chosen by its words and their surroundings (TextQuoteSelector) and by its place
(TextPositionSelector), which counts code points whatever unit the result counts in: the standard wants it so.
Equal results have equal identifiers.
"""

import json
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from schemas.labels import EntityType, NumberKind
from service.representations.code_points import CodePoints
from service.representations.outcome import Json, Outcome
from service.representations.reading import by_id, inside, speaker

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"schema": "https://schema.org/"}]
SURROUNDINGS = 32  # code points of prefix and suffix
_THINGS = {
    EntityType.PERSON: "schema:Person",
    EntityType.ORGANIZATION: "schema:Organization",
    EntityType.LOCATION: "schema:Place",
    EntityType.PRODUCT: "schema:Product",
    EntityType.EVENT: "schema:Event",
    EntityType.WORK: "schema:CreativeWork",
    EntityType.LAW: "schema:Legislation",
}


def one(outcome: Outcome) -> str:
    """The annotations of one document."""
    return json.dumps(collection(outcome), ensure_ascii=False) + "\n"


def many(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """An array of collections, piece by piece; that of a document that failed is empty and says why."""
    before = "["
    for outcome in outcomes:
        yield f"{before}\n{one(outcome)}"
        before = ","
    yield "[]\n" if before == "[" else "]\n"


def collection(outcome: Outcome) -> dict[str, Any]:
    """The AnnotationCollection of one document."""
    if outcome.failed:
        items: list[dict[str, Any]] = []
        about = {"schema:description": outcome.result["error"]["detail"]}
    else:
        items = _Annotator(outcome).annotations()
        engine = outcome.result["engine"]
        about = {"generator": {"type": "Software", "name": "Jujang", "schema:softwareVersion": engine["version"]}}
    document = outcome.result["document"]
    label = document.get("title") or document["id"] or document.get("sha256", "")
    first = {"id": _identifier("page", items), "type": "AnnotationPage", "startIndex": 0, "items": items}
    return {
        "@context": CONTEXT,
        "id": _identifier("collection", [label, about, items]),
        "type": "AnnotationCollection",
        "label": label,
        **about,
        "total": len(items),
        **({"first": first} if items else {}),
    }


class _Annotator:
    """Turns the items of one result into annotations of its text."""

    def __init__(self, outcome: Outcome) -> None:
        self._text = outcome.text
        self._result = outcome.result
        self._items = by_id(outcome.result)
        self._at = CodePoints(outcome.text, outcome.result["offset_unit"])
        self._source = _source(outcome.result["document"])

    def annotations(self) -> list[dict[str, Any]]:
        """Claims first: they refer to what follows."""
        rest = {
            item["id"]: self._annotation(motivation, body(item), item.get("mentions", [item]))
            for layer, motivation, body in (
                ("numbers", "describing", _number),
                ("times", "describing", _time),
                ("entities", "identifying", _entity),
            )
            for item in self._result.get(layer, ())
        }
        claims = [self._annotation("classifying", self._claim(claim, rest), [claim]) for claim in self._result.get("claims", ())]
        return [*claims, *rest.values()]

    def _annotation(self, motivation: str, body: Any, spans: Iterable[Json]) -> dict[str, Any]:
        targets = [self._target(span) for span in spans]
        content = {"motivation": motivation, "body": body, "target": targets[0] if len(targets) == 1 else targets}
        return {"id": _identifier("annotation", content), "type": "Annotation", **content}

    def _target(self, span: Json) -> dict[str, Any]:
        start, end = self._at.before(span["start"]), self._at.before(span["end"])
        quote = {
            "type": "TextQuoteSelector",
            "exact": self._text[start:end],
            "prefix": self._text[max(0, start - SURROUNDINGS) : start],
            "suffix": self._text[end : end + SURROUNDINGS],
        }
        position = {"type": "TextPositionSelector", "start": start, "end": end}
        return {"type": "SpecificResource", "source": self._source, "selector": [quote, position]}

    def _claim(self, claim: Json, annotations: Json) -> list[dict[str, Any]]:
        attribution = claim["attribution"] or {}
        said: dict[str, Any] = {"type": "schema:Claim", "schema:text": claim["text"], "schema:inLanguage": "ko"}
        if author := self._speaker(attribution.get("source")):
            said["schema:author"] = author
        if names := inside(claim, "entities", self._items):
            said["schema:about"] = [_thing(entity) for entity in names]
        if mentioned := [annotations[i]["id"] for layer in ("numbers", "times") for i in claim[layer] if i in annotations]:
            said["schema:mentions"] = [{"id": identity} for identity in mentioned]
        said["schema:additionalProperty"] = _properties(
            checkworthy=claim["checkworthy"],
            modality=claim["modality"],
            negated=claim["negated"],
            **{key: attribution.get(key) for key in ("style", "transparency")},
        )
        return [said, {"type": "TextualBody", "purpose": "tagging", "format": "text/plain", "value": claim["type"]}]

    def _speaker(self, source: Json | None) -> dict[str, Any] | None:
        if source is None:
            return None
        entity = self._items.get(source.get("entity") or "")
        return _thing(entity) if entity else {"type": "schema:Thing", "schema:name": speaker(source, self._items)}


def _source(document: Json) -> dict[str, Any]:
    """The text: under its address where it has one, else under the name of its content (RFC 6920)."""
    digest = urlsafe_b64encode(bytes.fromhex(document["sha256"])).rstrip(b"=").decode()
    name = f"ni:///sha-256;{digest}"
    source = {"id": document.get("url") or name, "type": "Text", "format": "text/plain", "language": "ko"}
    known = {"schema:name": document["title"], "schema:datePublished": document["published_at"], "schema:publisher": document.get("source")}
    return source | ({"canonical": name} if document.get("url") else {}) | {key: value for key, value in known.items() if value}


def _thing(entity: Json) -> dict[str, Any]:
    return {"type": _THINGS[EntityType(entity["type"])], "schema:name": entity["canonical"]}


def _entity(entity: Json) -> dict[str, Any]:
    return _thing(entity) | {"schema:additionalProperty": _properties(score=entity["score"])}


def _number(number: Json) -> dict[str, Any]:
    money = number["kind"] == NumberKind.MONEY
    body = {
        "type": "schema:MonetaryAmount" if money else "schema:QuantitativeValue",
        "schema:value": number["value"],
        "schema:minValue": number["low"],
        "schema:maxValue": number["high"],
        "schema:currency" if money else "schema:unitText": number["unit"],
        "schema:additionalProperty": _properties(kind=number["kind"], approx=number["approx"] or None, bound=number["bound"]),
    }
    return {key: value for key, value in body.items() if value is not None}


def _time(time: Json) -> dict[str, Any]:
    return {
        "type": "TextualBody",
        "purpose": "describing",
        "format": "text/plain",
        "value": time["value"],
        "schema:additionalProperty": _properties(type=time["type"], mod=time["mod"]),
    }


def _properties(**known: Any) -> list[dict[str, Any]]:
    return [{"type": "schema:PropertyValue", "schema:name": k, "schema:value": v} for k, v in known.items() if v is not None]


def _identifier(kind: str, content: Any) -> str:
    """A name that depends on the content alone."""
    return uuid.uuid5(uuid.NAMESPACE_OID, kind + json.dumps(content, ensure_ascii=False, sort_keys=True)).urn
