"""Train the claims model: `python -m workers.training.claims`.

Reads `../shared/gold/{claims_train,seeds}.jsonl` and the project's own sentences in `examples/`, runs the detectors that come
before the claims (so that training sees what service sees), cross-validates whole rows, scores with
`../shared/eval/score.py`, and writes weights.json, meaning.tsv and card.json.
Deterministic: equal data and detectors give equal files.
"""

import argparse
import hashlib
import importlib.util
import json
import math
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from workers import model_card
from workers.annotations import Attribution, Entity, Number, TimeExpression
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.detectors.claims import coordination
from workers.detectors.claims.features import Context, features
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.model import Model, Seen
from workers.detectors.claims.probe import fingerprint
from workers.detectors.claims.segmentation import Clause, clauses
from workers.document import Columns, Document, Span
from workers.morphology import Morphology
from workers.training import word_classes

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
SHARED = HERE.parents[2] / "shared"
FOLDS = 5
# inverse strength of the L2 penalty and how strongly features count beside words, chosen by cross-validation
PENALTIES = {"split": 0.5, "type": 2.0, "modality": 0.5, "negated": 0.5, "checkworthy": 0.5}
FEATURES = {"split": 1.0, "type": 0.3, "modality": 1.0, "negated": 1.0, "checkworthy": 0.3}
MEANING = 5.0  # how strongly the mean of the word vectors counts
LEAST_COUNT = 2
SMALLEST_WEIGHT = 0.02


Layers = tuple[tuple[Number, ...], tuple[TimeExpression, ...], tuple[Entity, ...], tuple[Attribution, ...]]


class Example(NamedTuple):
    """A gold claim as the model sees it: features, its words, its sentence's words."""

    features: list[str]
    words: set[str]
    sentence: set[str]
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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of the gold data and the scorer")
    arguments.add_argument("--out", type=Path, default=HERE.parent / "models" / "claims")
    arguments.add_argument("--cv-only", action="store_true", help="report the cross-validation, write nothing")
    arguments.add_argument("--errors", help="list the errors of one layer of the scorer")
    options = arguments.parse_args()
    lexicon = Lexicon.parse(_tables(claims.TABLES))
    paths = [options.shared / "gold" / "claims_train.jsonl", options.shared / "gold" / "seeds.jsonl"]
    morphology = Morphology()
    detectors = _Detectors(morphology)
    train, seeds = (_rows(map(json.loads, path.read_text("utf-8").splitlines()), detectors, lexicon) for path in paths)
    own = _rows(written_here(), detectors, lexicon) * 2  # twice: few, and each shows what the training set seldom does
    vectors = Vectors(morphology)
    score = _scorer(options.shared / "eval" / "score.py")
    report, calibration = _cross_validate(train, seeds, own, lexicon, vectors, score, options.errors)
    _show(report)
    if options.cv_only:
        return
    weights, meaning = _fit([*train, *seeds, *own], vectors)
    options.out.mkdir(parents=True, exist_ok=True)
    everything = json.dumps(weights | {"calibration": calibration}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    meanings = "".join(f"{name}\t{value}\n" for name, value in sorted(meaning.items()))
    written = {"weights.json": everything + "\n", "meaning.tsv": meanings}
    for name, content in written.items():
        (options.out / name).write_text(content, "utf-8")
    card = {
        "files": {name: model_card.sha256(options.out / name) for name in written},
        "features": fingerprint(lexicon),
        "kiwi": model_card.kiwi_version(),
        "data": {path.name: model_card.sha256(path) for path in [*paths, *sorted(EXAMPLES.glob("claim_*.toml"))]},
        "data_licence": "texts of KLUE-NER (CC BY-SA 4.0) and five web pages, annotated for this project; own sentences (Apache-2.0)",
        "licence": "CC BY-SA 4.0",
        "method": "L2 logistic regressions over binary features; Platt calibration on held-out folds",
        "validation": f"{FOLDS} folds by sentence; the seeds each by a model that has not seen them",
        "scores": report,
    }
    (options.out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")


def _show(report: Mapping[str, Any]) -> None:
    for part in ("claims_train", "seeds"):
        for layer, values in report[part].items():
            print(f"{part:12} {layer:16}", "  ".join(f"{key} {value}" for key, value in values.items()))
    for kind, counts in report["type_confusion"].items():
        print(f"{kind:10}", counts)
    for row in report["reliability"]:
        print(row)


def _tables(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    folder = HERE.parent / "lexicons"
    return {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in names}


def _scorer(path: Path) -> Callable[..., Any]:
    spec = importlib.util.spec_from_file_location("gold_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return]


def _rows(golds: Iterable[dict[str, Any]], detectors: "_Detectors", lexicon: Lexicon) -> list[Row]:
    rows = []
    for gold in golds:
        document, layers = detectors.run(gold["text"], gold.get("published_at"))
        row = Row(gold["id"], gold, document, Context.of(document, *layers[:3], lexicon), layers)
        _learn(row, lexicon)
        rows.append(row)
    return rows


def written_here() -> list[dict[str, Any]]:
    """The project's own sentences in the format of the gold; `spans_only` where they say nothing about types."""
    types, spans = (tomllib.loads((EXAMPLES / f"claim_{name}.toml").read_text("utf-8")) for name in ("types", "spans"))
    rows: list[dict[str, Any]] = []
    for kind, sentences_ in types.items():
        for line in sentences_:
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
    whole = [(text, [text.rstrip(".")]) for text in spans["whole"]]
    for text, claims_ in [*spans["coordinated"], *whole, *spans["stripped"], *((text, []) for text in spans["nothing"])]:
        found = [{"start": text.index(claim), "end": text.index(claim) + len(claim)} for claim in claims_]
        rows.append({"text": text, "claims": found, "spans_only": True})
    return [row | {"id": f"own-{at}"} for at, row in enumerate(rows)]


class _Detectors:
    """Everything that runs before the claims."""

    def __init__(self, morphology: Morphology) -> None:
        self.morphology = morphology
        self.sentences = sentences.Lexicon.parse(_tables(sentences.TABLES))
        self.times = times.Lexicon.parse(_tables(times.TABLES))
        self.numbers = numbers.Lexicon.parse(_tables(numbers.TABLES))
        self.entities = entities.Model.load(HERE.parent / "models" / "ner", _tables(entities.TABLES))
        self.attributions = attributions.Lexicon.parse(_tables(attributions.TABLES))

    def run(self, text: str, published_at: str | None) -> tuple[Document, Layers]:
        day = date.fromisoformat(published_at) if published_at else None
        document = Document(text, sentences.detect(text, self.morphology.tokenize(text), self.sentences), day)
        found_times = times.detect(document, self.times)
        found_numbers = numbers.detect(document, self.numbers, found_times)
        found_entities = entities.detect(document, self.entities)
        return document, (found_numbers, found_times, found_entities, attributions.detect(document, found_entities, self.attributions))


def _learn(row: Row, lexicon: Lexicon) -> None:
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
        clauses(row.document.text, row.context.columns, sentence, said, lexicon, decide)
        if row.gold.get("spans_only"):
            continue
        first, end = row.context.morphemes(sentence.span)
        around = vocabulary(row.context.columns, first, end)
        inside = [c for c in gold if sentence.start <= c["start"] < sentence.end]
        for place, claim in enumerate(inside):
            span = Span(claim["start"], min(claim["end"], sentence.end))
            first, end = row.context.morphemes(span)
            saying = next((a for a in said if a.content.overlaps(span) and _share(a.content, span) > 0.6), None)
            seen = features(row.context, sentence, Clause(span, first, end, saying, place), len(inside))
            row.claims.append(Example(seen, vocabulary(row.context.columns, first, end), around, claim))


def vocabulary(columns: Columns, first: int, end: int) -> set[str]:
    """The distinct morphemes [first, end) as form/TAG, without digits and punctuation."""
    pairs = zip(columns.forms[first:end], columns.tags[first:end], strict=True)
    return {f"{form}/{tag}" for form, tag in pairs if tag[0] != "S"}


def _share(content: Span, span: Span) -> float:
    return (min(content.end, span.end) - max(content.start, span.start)) / (span.end - span.start)


class Vectors:
    """Kiwi's words in the space of its language model, to learn a direction in."""

    def __init__(self, morphology: Morphology) -> None:
        self.names, self.rows = word_classes.vectors(morphology)
        self.at = {name: i for i, name in enumerate(self.names)}

    def mean(self, words: Iterable[str]) -> Any:
        known = sorted(self.at[word] for word in words if word in self.at)
        return self.rows[known].mean(axis=0) if known else np.zeros(self.rows.shape[1], np.float32)


def _fit(rows: Sequence[Row], vectors: Vectors) -> tuple[dict[str, Any], dict[str, int]]:
    """The weights of all decisions, and the meaning of every word of `vectors` in thousandths."""
    splits = [example for row in rows for example in row.splits]
    examples = [example for row in rows for example in row.claims]
    seen = [example.features for example in examples]
    words = [example.words for example in examples]

    def gold(key: str) -> list[Any]:
        return [example.gold[key] for example in examples]

    checkworthy, topic, meaning = _checkworthy(examples, vectors)
    weights = {
        "split": _binary("split", [names for names, _ in splits], [label for _, label in splits]),
        "type": _multiclass("type", [_Block(seen), _Block(words, vectors.at)], gold("type")),
        "modality": _multiclass("modality", [_Block(seen)], gold("modality")),
        "negated": _binary("negated", seen, gold("negated")),
        "checkworthy": checkworthy,
        "topic": topic,
    }
    return weights, meaning


class _Block:
    """A part of the inputs: binary features, or words weighted by rarity and divided by the root of their number.

    Of the words those count that are learned here or that Kiwi has a vector of, as in service.
    """

    def __init__(self, rows: Sequence[Collection[str]], words: Collection[str] | None = None) -> None:
        self.words = words is not None
        counts = Counter(name for row in rows for name in row)
        self.names = sorted(name for name, count in counts.items() if count >= LEAST_COUNT)
        columns = {name: at for at, name in enumerate(self.names)}
        rarity = [math.log((1 + len(rows)) / (1 + counts[name])) + 1 if self.words else 1.0 for name in self.names]
        self.scale = np.array(rarity) / 4 if self.words else np.ones(len(self.names))
        indices, values, pointers = [], [], [0]
        for row in rows:
            found = sorted({columns[name] for name in row if name in columns})
            indices += found
            known = sum(name in columns or name in words for name in row) if words is not None else 1
            values += [self.scale[at] / math.sqrt(known) for at in found]
            pointers.append(len(indices))
        self.matrix = csr_matrix((values, indices, pointers), shape=(len(rows), len(self.names)))


def _regression(task: str, blocks: Sequence[_Block], labels: Sequence[Any], *more: Any) -> tuple[Any, list[Any]]:
    """The fitted regression and its coefficients block by block, as they apply to unscaled features."""
    strengths = [1.0 if block.words else FEATURES[task] for block in blocks]
    parts = [block.matrix * strength for block, strength in zip(blocks, strengths, strict=True)]
    fitted = LogisticRegression(C=PENALTIES[task], max_iter=150, tol=1e-3).fit(hstack([*parts, *more]).tocsr(), labels)
    found, at = [], 0
    for block, strength in zip(blocks, strengths, strict=True):
        width = len(block.names)
        found.append(fitted.coef_[:, at : at + width] * strength * block.scale)
        at += width
    return fitted, [*found, fitted.coef_[:, at:]]


def _plain(names: Sequence[str], weights: Any) -> dict[str, float]:
    return {name: round(float(w), 3) for name, w in zip(names, weights, strict=True) if abs(w) >= SMALLEST_WEIGHT}


def _binary(task: str, rows: Sequence[Collection[str]], labels: Sequence[bool]) -> dict[str, Any]:
    block = _Block(rows)
    fitted, (weights, _) = _regression(task, [block], labels)
    return {"bias": _bias(fitted), "weights": _pairs(block.names, weights)}


def _checkworthy(examples: Sequence[Example], vectors: Vectors) -> tuple[dict[str, Any], dict[str, float], dict[str, int]]:
    blocks = [
        _Block([example.features for example in examples]),
        _Block([example.words for example in examples], vectors.at),
        _Block([example.sentence for example in examples], vectors.at),
    ]
    means = np.array([vectors.mean(example.sentence) for example in examples]) * MEANING
    labels = [example.gold["checkworthy"] == 2 for example in examples]
    fitted, (features_, words, sentence, direction) = _regression("checkworthy", blocks, labels, csr_matrix(means))
    meaning = vectors.rows @ (direction[0] * MEANING)
    checkworthy = {
        "bias": _bias(fitted),
        "weights": _pairs(blocks[0].names, features_),
        "words": _pairs(blocks[1].names, words),
    }
    thousandths = {name: round(float(value) * 1000) for name, value in zip(vectors.names, meaning, strict=True)}
    return checkworthy, _plain(blocks[2].names, sentence[0]), thousandths


def _multiclass(task: str, blocks: Sequence[_Block], labels: Sequence[str]) -> dict[str, Any]:
    fitted, coefficients = _regression(task, blocks, labels)
    found = {"classes": [str(c) for c in fitted.classes_], "bias": _bias(fitted)}
    for block, weights in zip(blocks, coefficients, strict=False):
        found["words" if block.words else "weights"] = _pairs(block.names, weights)
    return found


def _bias(fitted: Any) -> list[float]:
    return [round(float(b), 4) for b in fitted.intercept_]


def _pairs(names: Sequence[str], weights: Any) -> dict[str, list[list[float]]]:
    """{name: [[class, weight], …]} without the weights near nought."""
    rows = {
        name: [[at, round(float(w), 3)] for at, w in enumerate(weights[:, column]) if abs(w) >= SMALLEST_WEIGHT]
        for column, name in enumerate(names)
    }
    return {name: row for name, row in rows.items() if row}


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _cross_validate(
    train: Sequence[Row],
    seeds: Sequence[Row],
    own: Sequence[Row],
    lexicon: Lexicon,
    vectors: Vectors,
    score: Callable[..., Any],
    errors: str | None,
) -> tuple[dict[str, Any], dict[str, float]]:
    """The scorer's report on rows that the model scoring them has not seen, and the calibration fitted on them."""
    results: dict[str, Any] = {}
    held_out: list[tuple[float, bool]] = []

    def fitted(rows: Sequence[Row]) -> Model:
        weights, meaning = _fit(rows, vectors)
        calibration = {"slope": 1.0, "intercept": 0.0}
        return Model.of(lexicon, weights | {"calibration": calibration}, {name: value / 1000 for name, value in meaning.items()})

    def judge(model: Model, rows: Sequence[Row]) -> None:
        for row in rows:
            numbered = [{0, *model.words.numbered(sorted(example.words))} for example in row.claims]
            around = [{0, *model.words.numbered(sorted(example.sentence))} for example in row.claims]
            seen = [Seen(example.features, words, i) for i, (example, words) in enumerate(zip(row.claims, numbered, strict=True))]
            for example, judged in zip(row.claims, model.judge(seen, around), strict=True):
                held_out.append((judged.checkworthy + judged.topic, example.gold["checkworthy"] == 2))
            results[row.id] = _result(row, model)

    for fold in range(FOLDS):
        judge(fitted([*(r for r in train if _fold(r.id) != fold), *seeds, *own]), [r for r in train if _fold(r.id) == fold])
    for seed in seeds:
        judge(fitted([*train, *(r for r in seeds if r is not seed), *own]), [seed])
    scores = np.array([[s] for s, _ in held_out])
    labels = np.array([label for _, label in held_out])
    platt = LogisticRegression(C=1e6).fit(scores, labels)
    calibration = {"slope": round(float(platt.coef_[0][0]), 4), "intercept": round(float(platt.intercept_[0]), 4)}
    report: dict[str, Any] = {}
    for name, rows in (("claims_train", train), ("seeds", seeds)):
        table, layers = score([row.gold for row in rows], results)
        report[name] = {
            layer: {key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()}
            for layer, values in table.items()
            if "claim" in layer or layer in ("checkworthy", "attribution", "sentences", "role")
        }
        if errors:
            print(f"== {name}")
            for error in sorted(layers[errors].errors, key=lambda e: (e[0], e[1], e[2])):
                print(*error, sep="\t")
    report["type_confusion"] = _confusion([*train], results)
    report["reliability"] = _reliability(platt.predict_proba(scores)[:, 1], labels)
    return report, calibration


def _result(row: Row, model: Model) -> dict[str, Any]:
    """The row's claims in the scorer's format."""
    found = claims.detect(row.document, *row.layers, model)
    return {
        "sentences": [{"start": s.start, "end": s.end, "role": str(s.role)} for s in row.document.sentences],
        "claims": [
            {
                "start": c.span.start,
                "end": c.span.end,
                "type": str(c.type),
                "checkworthy": c.checkworthy,
                "modality": str(c.modality),
                "negated": c.negated,
                "attribution": c.attribution
                and {
                    "style": str(c.attribution.style),
                    "source": c.attribution.source and {"start": c.attribution.source.start, "end": c.attribution.source.end},
                },
            }
            for c in found
        ],
    }


def _confusion(rows: Sequence[Row], results: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Gold type to detected type, for claims whose spans overlap by half."""
    table: dict[str, Counter[str]] = {}
    for row in rows:
        for gold in row.gold["claims"]:
            for found in results[row.id]["claims"]:
                shared = min(gold["end"], found["end"]) - max(gold["start"], found["start"])
                if shared * 2 >= max(gold["end"], found["end"]) - min(gold["start"], found["start"]):
                    table.setdefault(gold["type"], Counter())[found["type"]] += 1
    return {kind: dict(sorted(counts.items())) for kind, counts in sorted(table.items())}


def _reliability(probabilities: Any, labels: Any) -> list[dict[str, float]]:
    """Mean probability and share of positives in each tenth of the probabilities."""
    rows = []
    for tenth in range(10):
        inside = np.minimum((probabilities * 10).astype(int), 9) == tenth
        if inside.any():
            mean, share = float(probabilities[inside].mean()), float(labels[inside].mean())
            rows.append({"n": int(inside.sum()), "mean": round(mean, 3), "share": round(share, 3)})
    return rows


if __name__ == "__main__":
    main()
