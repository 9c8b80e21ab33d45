"""An extraction as the JSON of the contract: ids made, offsets mapped back, layers and claims filtered as asked."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from schemas.labels import CLAIM_TYPES, LAYERS
from workers.annotations import Attribution, Claim, Entity, Extraction, Number, Quantity, TimeExpression
from workers.document import Document, Sentence, Span
from workers.offsets import Offsets

Json = dict[str, Any]


class Selection(NamedTuple):
    """What of the result is wanted: the layers, claims of these types from this check-worthiness on, entities from this score on."""

    layers: frozenset[str] = frozenset(LAYERS)
    claim_types: frozenset[str] = frozenset(CLAIM_TYPES)
    min_checkworthiness: float = 0.0
    min_entity_score: float = 0.0


def dump(document: Document, extraction: Extraction, offsets: Offsets, selection: Selection) -> Json:
    """The layers of the result, each a list in order of the text; every item has start, end (in the offsets' unit) and text."""
    claims = [c for c in extraction.claims if c.type in selection.claim_types and c.checkworthy >= selection.min_checkworthiness]
    entities = [e for e in extraction.entities if e.score >= selection.min_entity_score]
    numbers = _Index((n.span, f"n{i}") for i, n in enumerate(extraction.numbers, 1))
    times = _Index((t.span, f"t{i}") for i, t in enumerate(extraction.times, 1))
    mentions = _Index((m, f"e{i}") for i, entity in enumerate(entities, 1) for m in entity.mentions)
    sentences = _Index((s.span, f"s{i}") for i, s in enumerate(document.sentences, 1))

    def speaker(span: Span | None) -> Json | None:
        if span is None:
            return None
        named = mentions.inside(span)  # the last one is the head: 산업부 [장관 김OO]
        return _place(offsets, span) | {"entity": named[-1] if named else None}

    def attribution(a: Attribution | None) -> Json | None:
        if a is None:
            return None
        cue = _place(offsets, a.cue)
        return {
            "source": speaker(a.source),
            "cue": cue,
            "via": speaker(a.via),
            "style": a.style.value,
            "transparency": a.transparency.value,
            "rule": a.rule,
        }

    ranks, places = _ranks(claims), {c.span: f"c{i}" for i, c in enumerate(claims, 1)}

    def claim(i: int, c: Claim) -> Json:
        return {
            "id": f"c{i}",
            **_place(offsets, c.span),
            "rank": ranks[i - 1],
            "repeats": c.repeats and places.get(c.repeats),
            "sentence": sentences.covering(c.span.start),
            "type": c.type.value,
            "checkworthy": c.checkworthy,
            "modality": c.modality.value,
            "negated": c.negated,
            "numbers": numbers.inside(c.span),
            "times": times.inside(c.span),
            "entities": list(dict.fromkeys(mentions.inside(c.span))),
            "attribution": attribution(c.attribution),
            "reasons": [{"feature": r.feature, "weight": r.weight} for r in c.reasons],
            "rule": c.rule,
        }

    layers: Json = {}
    if "sentences" in selection.layers:
        best = _checkworthiness(document.sentences, extraction.claims)
        layers["sentences"] = [_sentence(offsets, i, s, best[i - 1]) for i, s in enumerate(document.sentences, 1)]
    if "claims" in selection.layers:
        layers["claims"] = [claim(i, c) for i, c in enumerate(claims, 1)]
    if "numbers" in selection.layers:
        layers["numbers"] = [_number(offsets, i, n, numbers) for i, n in enumerate(extraction.numbers, 1)]
    if "times" in selection.layers:
        layers["times"] = [_time(offsets, i, t) for i, t in enumerate(extraction.times, 1)]
    if "entities" in selection.layers:
        layers["entities"] = [_entity(offsets, i, e) for i, e in enumerate(entities, 1)]
    return layers


def describe_document(sent: str, metadata: Mapping[str, Any]) -> Json:
    """The document as the result names it: what was sent with it, its length in code points, its SHA-256."""
    return {
        "id": metadata.get("id"),
        "title": metadata.get("title"),
        "published_at": metadata.get("published_at"),
        "source": metadata.get("source"),
        "url": metadata.get("url"),
        "characters": len(sent),
        "sha256": sha256(sent.encode()).hexdigest(),
    }


class _Index:
    """Ids by the spans they stand for."""

    def __init__(self, rows: Iterable[tuple[Span, str]]) -> None:
        self._rows = sorted(rows)
        self._starts = [span.start for span, _ in self._rows]
        self._by_span = dict(self._rows)

    def at(self, span: Span) -> str | None:
        return self._by_span.get(span)

    def inside(self, cover: Span) -> list[str]:
        """Ids of the spans that lie wholly in `cover`, in order."""
        first, last = bisect_left(self._starts, cover.start), bisect_left(self._starts, cover.end)
        return [name for span, name in self._rows[first:last] if span.end <= cover.end]

    def covering(self, offset: int) -> str | None:
        """Id of the span that `offset` lies in (spans are disjoint)."""
        at = bisect_right(self._starts, offset) - 1
        return self._rows[at][1] if at >= 0 and offset < self._rows[at][0].end else None


def _place(offsets: Offsets, span: Span) -> Json:
    start, end, text = offsets.place(span)
    return {"start": start, "end": end, "text": text}


def _sentence(offsets: Offsets, i: int, sentence: Sentence, checkworthy: float) -> Json:
    start, end, _ = offsets.place(sentence.span)
    return {"id": f"s{i}", "start": start, "end": end, "role": sentence.role.value, "checkworthy": checkworthy}


def _ranks(claims: Sequence[Claim]) -> list[int]:
    """The place of each claim, from 1 on, by check-worthiness; those that say again what another says come after all others."""
    order = sorted(range(len(claims)), key=lambda at: (claims[at].repeats is not None, -claims[at].checkworthy, at))
    ranks = [0] * len(claims)
    for rank, at in enumerate(order, 1):
        ranks[at] = rank
    return ranks


def _checkworthiness(sentences: Sequence[Sentence], claims: Sequence[Claim]) -> list[float]:
    """The highest check-worthiness among the claims that start in each sentence; 0 where there is none."""
    starts = [s.start for s in sentences]
    best = [0.0] * len(sentences)
    for claim in claims:
        at = bisect_right(starts, claim.span.start) - 1
        if at >= 0:
            best[at] = max(best[at], claim.checkworthy)
    return best


def _number(offsets: Offsets, i: int, number: Number, ids: _Index) -> Json:
    return {
        "id": f"n{i}",
        **_place(offsets, number.span),
        "kind": number.kind.value,
        "value": _decimal(number.value),
        "low": _decimal(number.low),
        "high": _decimal(number.high),
        "unit": number.unit,
        "approx": number.approx,
        "bound": None if number.bound is None else number.bound.value,
        "same_as": None if number.same_as is None else ids.at(number.same_as),
        "of": None if number.of is None else _place(offsets, number.of),
        "si": None if number.si is None else _quantity(number.si),
        "rule": number.rule,
    }


def _quantity(quantity: Quantity) -> Json:
    return {"value": _decimal(quantity.value), "low": _decimal(quantity.low), "high": _decimal(quantity.high), "unit": quantity.unit}


def _decimal(value: Decimal | None) -> str | None:
    """Plain decimal digits without exponent or trailing zeros: 9300조 is larger than a double holds exactly."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _time(offsets: Offsets, i: int, time: TimeExpression) -> Json:
    return {
        "id": f"t{i}",
        **_place(offsets, time.span),
        "type": time.type.value,
        "value": time.value,
        "mod": None if time.mod is None else time.mod.value,
        "rule": time.rule,
    }


def _entity(offsets: Offsets, i: int, entity: Entity) -> Json:
    return {
        "id": f"e{i}",
        "type": entity.type.value,
        "canonical": entity.canonical,
        "mentions": [_place(offsets, m) for m in entity.mentions],
        "score": round(entity.score, 4),
        "rule": entity.rule,
    }
