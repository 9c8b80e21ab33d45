"""Gold claims as the model sees them: what the detectors before the claims find in their texts, and the features of each claim."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from workers.annotations import Attribution, Entity, Number, TimeExpression
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.detectors.claims import coordination
from workers.detectors.claims.context import Context
from workers.detectors.claims.features import features
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.segmentation import Clause, clauses
from workers.detectors.claims.words import closing, content
from workers.document import Columns, Document, Span
from workers.morphology import Morphology

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
ANNOTATIONS = HERE / "annotations" / "claims.tsv"

Layers = tuple[tuple[Number, ...], tuple[TimeExpression, ...], tuple[Entity, ...], tuple[Attribution, ...]]


class Example(NamedTuple):
    """A gold claim as the model sees it: features, its words, its closing content words (the last first, "" for none), its sentence's; the
    morphemes of the two, and what is true of it."""

    features: list[str]
    words: set[str]
    closing: list[str]
    sentence: set[str]
    place: tuple[int, int]
    sentence_place: tuple[int, int]
    gold: dict[str, Any]


@dataclass
class Row:
    """A gold document as the detectors before the claims leave it."""

    id: str
    gold: dict[str, Any]
    document: Document
    context: Context
    layers: Layers
    splits: list[tuple[list[str], bool]] = field(default_factory=list)
    claims: list[Example] = field(default_factory=list)


def tables(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    folder = HERE.parent / "lexicons"
    return {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in names}


def rows_of(golds: Iterable[dict[str, Any]], detectors: "Detectors", lexicon: Lexicon) -> list[Row]:
    rows = []
    for gold in golds:
        document, layers = detectors.run(gold["text"], gold.get("published_at"))
        row = Row(gold["id"], gold, document, Context.of(document, *layers[:3], lexicon), layers)
        _learn(row)
        rows.append(row)
    return rows


def annotated(raw: Path) -> Iterator[dict[str, Any]]:
    """The claims of `annotations/claims.tsv` in the format of the gold; `raw` holds their sentences. They teach nothing of spans."""
    texts = dict(line.split("\t", 1) for line in raw.read_text("utf-8").splitlines())
    for line in ANNOTATIONS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, *claims_ = line.split("\t")
            yield {"id": name, "text": texts[name], "claims": [_annotated(claim) for claim in claims_], "types_only": True}


def _annotated(claim: str) -> dict[str, Any]:
    place, kind, worth, *marks = claim.split(" ")
    start, _, end = place.partition("-")
    modality = next((mark for mark in marks if mark != "negated"), "asserted")
    return {
        "start": int(start),
        "end": int(end),
        "type": kind,
        "checkworthy": int(worth),
        "modality": modality,
        "negated": "negated" in marks,
    }


def written_here() -> list[dict[str, Any]]:
    """The project's own sentences in the format of the gold: as often as they count (few, and each shows what the gold seldom does)."""
    types, columns, headings, spans = (
        tomllib.loads((EXAMPLES / f"claim_{name}.toml").read_text("utf-8")) for name in ("types", "columns", "headings", "spans")
    )
    rows = [*_typed(types) * 5, *_typed(columns) * 2, *_typed(headings) * 2, *_spans(spans) * 3]
    return [row | {"id": f"own-{at}"} for at, row in enumerate(rows)]


def _typed(types: dict[str, list[str]]) -> list[dict[str, Any]]:
    rows = []
    for kind, lines in types.items():
        for line in lines:
            text, _, marks = line.partition(" | ")
            claim = {
                "start": 0,
                "end": len(text.rstrip(".?!")),
                "type": kind,
                "checkworthy": next((int(mark) for mark in marks.split() if mark.isdigit()), 0),
                "modality": next((mark for mark in marks.split() if mark in ("hedged", "hypothetical")), "asserted"),
                "negated": "negated" in marks.split(),
            }
            rows.append({"text": text, "claims": [claim], "types_only": True})
    return rows


def _spans(spans: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """They say nothing about types."""
    whole = [(text, [text.rstrip(".")]) for text in spans["whole"]]
    rows = []
    for text, claims_ in [*spans["coordinated"], *whole, *spans["stripped"], *((text, []) for text in spans["nothing"])]:
        found = [{"start": text.index(claim), "end": text.index(claim) + len(claim)} for claim in claims_]
        rows.append({"text": text, "claims": found, "spans_only": True})
    return rows


class Detectors:
    """Everything that runs before the claims."""

    def __init__(self, morphology: Morphology) -> None:
        self.morphology = morphology
        self.sentences = sentences.Lexicon.parse(tables(sentences.TABLES))
        self.times = times.Lexicon.parse(tables(times.TABLES))
        self.numbers = numbers.Lexicon.parse(tables(numbers.TABLES))
        self.entities = entities.Model.load(HERE.parent / "models" / "ner", tables(entities.TABLES))
        self.attributions = attributions.Lexicon.parse(tables(attributions.TABLES))

    def run(self, text: str, published_at: str | None) -> tuple[Document, Layers]:
        day = date.fromisoformat(published_at) if published_at else None
        document = Document(text, sentences.detect(text, self.morphology.tokenize(text), self.sentences), day)
        found_times = times.detect(document, self.times)
        found_numbers = numbers.detect(document, self.numbers, found_times)
        found_entities = entities.detect(document, self.entities)
        return document, (found_numbers, found_times, found_entities, attributions.detect(document, found_entities, self.attributions))


def _learn(row: Row) -> None:
    """Fill in what the row teaches: every connective ending with whether gold splits there, every gold claim with its features."""
    gold = sorted(row.gold["claims"], key=lambda c: (c["start"], -c["end"]))
    ends = {c["end"] for c in gold}
    last = max(ends, default=0)

    def decide(columns: Columns, at: int, low: int, high: int) -> bool:
        end = columns.ends[at]
        splits = any(end + slack in ends for slack in (0, -1, 1)) and end + 1 < last
        if not row.gold.get("types_only") and (splits or any(c["start"] < end < c["end"] - 1 for c in gold)):
            row.splits.append((coordination.features(columns, at, low, high), splits))
        return splits

    for sentence, said in claims.told(row.document, row.layers[3]):
        clauses(row.context, sentence, said, decide)
        if row.gold.get("spans_only"):
            continue
        columns, around = row.context.columns, row.context.morphemes(sentence.span)
        inside = [c for c in gold if sentence.start <= c["start"] < sentence.end]
        for place, claim in enumerate(inside):
            span = Span(claim["start"], min(claim["end"], sentence.end))
            first, end = row.context.morphemes(span)
            saying = next((a for a in said if a.content.overlaps(span) and _share(a.content, span) > 0.6), None)
            seen = features(row.context, sentence, Clause(span, first, end, saying, place), len(inside))
            words, others = vocabulary(columns, first, end), vocabulary(columns, *around)
            row.claims.append(Example(seen, words, _closing(columns, first, end), others, (first, end), around, claim))


def vocabulary(columns: Columns, first: int, end: int) -> set[str]:
    """The distinct morphemes [first, end) as form/TAG, without digits and punctuation."""
    pairs = zip(columns.forms[first:end], columns.tags[first:end], strict=True)
    return {f"{form}/{tag}" for form, tag in pairs if tag[0] != "S"}


def _closing(columns: Columns, first: int, end: int) -> list[str]:
    (places,) = closing(content(columns.tags), np.array([first]), np.array([end]))
    return [f"{columns.forms[at]}/{columns.tags[at]}" if at >= 0 else "" for at in places]


def _share(content: Span, span: Span) -> float:
    return (min(content.end, span.end) - max(content.start, span.start)) / (span.end - span.start)
