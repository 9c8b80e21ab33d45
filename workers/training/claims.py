"""Train the claims model: `python -m workers.training.claims`.

Reads `../shared/gold/{claims_train,seeds}.jsonl`, runs the detectors before the claims (so that training sees what service
sees), cross-validates whole rows, scores with `../shared/eval/score.py`, and writes weights.json and card.json.
Deterministic: equal data and detectors give equal files.
"""

import argparse
import hashlib
import importlib
import importlib.util
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from workers import model_card
from workers.annotations import Attribution, Entity, Number, TimeExpression
from workers.detectors import claims, sentences
from workers.detectors.claims import coordination
from workers.detectors.claims.features import Context, features
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.model import Model
from workers.detectors.claims.probe import fingerprint
from workers.detectors.claims.segmentation import clauses
from workers.document import Document, Sentence, Span, Token
from workers.morphology import Morphology
from workers.spans import outside

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared"
FOLDS = 5
# inverse strengths of the L2 penalty, chosen by cross-validation
PENALTIES = {"split": 0.5, "type": 0.3, "modality": 0.5, "negated": 0.5, "checkworthy": 0.15}
LEAST_COUNT = 2
SMALLEST_WEIGHT = 0.01


@dataclass
class Row:
    """A gold document as the detectors before the claims leave it."""

    id: str
    gold: dict[str, Any]
    document: Document
    context: Context
    layers: tuple[tuple[Number, ...], tuple[TimeExpression, ...], tuple[Entity, ...], tuple[Attribution, ...]]
    splits: list[tuple[list[str], bool]] = field(default_factory=list)
    claims: list[tuple[list[str], dict[str, Any]]] = field(default_factory=list)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of the gold data and the scorer")
    arguments.add_argument("--out", type=Path, default=HERE.parent / "models" / "claims")
    arguments.add_argument("--cv-only", action="store_true", help="report the cross-validation, write nothing")
    arguments.add_argument("--errors", help="list the errors of one layer of the scorer")
    options = arguments.parse_args()
    lexicon = Lexicon.parse(_tables(claims.TABLES))
    paths = [options.shared / "gold" / "claims_train.jsonl", options.shared / "gold" / "seeds.jsonl"]
    train, seeds = (_rows(path, lexicon) for path in paths)
    score = _scorer(options.shared / "eval" / "score.py")
    report, calibration = _cross_validate(train, seeds, lexicon, score, options.errors)
    _show(report)
    if options.cv_only:
        return
    weights = _fit([*train, *seeds]) | {"calibration": calibration}
    options.out.mkdir(parents=True, exist_ok=True)
    target = options.out / "weights.json"
    target.write_text(json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", "utf-8")
    card = {
        "files": {"weights.json": model_card.sha256(target)},
        "features": fingerprint(lexicon),
        "kiwi": model_card.kiwi_version(),
        "data": {path.name: model_card.sha256(path) for path in paths},
        "data_licence": "texts of KLUE-NER (CC BY-SA 4.0) and five web pages, annotated for this project; none of them is in the weights",
        "licence": "Apache-2.0",
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


def _rows(path: Path, lexicon: Lexicon) -> list[Row]:
    detectors = _Detectors()
    rows = []
    for line in path.read_text("utf-8").splitlines():
        gold = json.loads(line)
        document, layers = detectors.run(gold["text"], gold.get("published_at"))
        row = Row(gold["id"], gold, document, Context.of(document, *layers[:3]), layers)
        _learn(row, lexicon)
        rows.append(row)
    return rows


class _Detectors:
    """Everything that runs before the claims."""

    def __init__(self) -> None:
        self.morphology = Morphology()
        self.sentences = sentences.Lexicon.parse(_tables(sentences.TABLES))
        self.loaded: dict[str, tuple[Any, Any]] = {}
        for name, kind in (("times", "Lexicon"), ("numbers", "Lexicon"), ("entities", "Model"), ("attributions", "Lexicon")):
            try:
                module = importlib.import_module(f"workers.detectors.{name}")
                tables = _tables(module.TABLES)
                resource = (
                    module.Lexicon.parse(tables) if kind == "Lexicon" else module.Model.load(HERE.parent / "models" / "ner", tables)
                )
                module.detect
            except Exception as error:
                print(f"without {name}: {error!r}", file=sys.stderr)
                continue
            self.loaded[name] = (module.detect, resource)

    def run(self, text: str, published_at: str | None) -> tuple[Document, Any]:
        day = date.fromisoformat(published_at) if published_at else None
        document = Document(text, sentences.detect(text, self.morphology.tokenize(text), self.sentences), day)
        times = self._layer("times", document)
        numbers = outside(self._layer("numbers", document), times)
        entities = self._layer("entities", document)
        attributions = self._layer("attributions", document, entities)
        return document, (numbers, times, entities, attributions)

    def _layer(self, name: str, *arguments: Any) -> Any:
        if name not in self.loaded:
            return ()
        detect, resource = self.loaded[name]
        return detect(*arguments, resource)


def _learn(row: Row, lexicon: Lexicon) -> None:
    """Fill in what the row teaches: every connective ending with whether gold splits there, every gold claim with its features."""
    gold = sorted(row.gold["claims"], key=lambda c: (c["start"], -c["end"]))
    ends = {c["end"] for c in gold}
    last = max(ends, default=0)

    def decide(tokens: Sequence[Token], at: int, low: int, high: int) -> bool:
        end = tokens[at].end
        splits = any(end + slack in ends for slack in (0, -1, 1)) and end + 1 < last
        if splits or any(c["start"] < end < c["end"] - 1 for c in gold):
            row.splits.append((coordination.features(tokens, at, low, high), splits))
        return splits

    attributions = row.layers[3]
    for sentence, said in claims.told(row.document, attributions):
        clauses(row.document.text, sentence, said, lexicon, decide)
        inside = [c for c in gold if sentence.start <= c["start"] < sentence.end]
        for place, claim in enumerate(inside):
            span = Span(claim["start"], min(claim["end"], sentence.end))
            tokens = [t for t in sentence.tokens if span.start <= t.start < span.end]
            saying = next((a for a in said if a.content.overlaps(span) and _share(a.content, span) > 0.6), None)
            row.claims.append((features(row.context, sentence, span, tokens, saying, place, len(inside), lexicon), claim))


def _share(content: Span, span: Span) -> float:
    return (min(content.end, span.end) - max(content.start, span.start)) / (span.end - span.start)


def _fit(rows: Sequence[Row]) -> dict[str, Any]:
    """The weights of all five decisions."""
    splits = [example for row in rows for example in row.splits]
    examples = [example for row in rows for example in row.claims]
    seen = [names for names, _ in examples]
    return {
        "split": _binary("split", [names for names, _ in splits], [label for _, label in splits]),
        "type": _multiclass("type", seen, [claim["type"] for _, claim in examples]),
        "modality": _multiclass("modality", seen, [claim["modality"] for _, claim in examples]),
        "negated": _binary("negated", seen, [claim["negated"] for _, claim in examples]),
        "checkworthy": _binary("checkworthy", seen, [claim["checkworthy"] == 2 for _, claim in examples]),
    }


def _matrix(rows: Sequence[Sequence[str]]) -> tuple[list[str], csr_matrix]:
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= LEAST_COUNT)
    columns = {name: at for at, name in enumerate(names)}
    indices, pointers = [], [0]
    for row in rows:
        indices += sorted({columns[name] for name in row if name in columns})
        pointers.append(len(indices))
    return names, csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(rows), len(names)))


def _regression(task: str, rows: Sequence[Sequence[str]], labels: Sequence[Any]) -> tuple[list[str], Any]:
    names, matrix = _matrix(rows)
    return names, LogisticRegression(C=PENALTIES[task], max_iter=120, tol=1e-3).fit(matrix, labels)


def _binary(task: str, rows: Sequence[Sequence[str]], labels: Sequence[bool]) -> dict[str, Any]:
    names, fitted = _regression(task, rows, labels)
    weights = {name: round(float(w), 3) for name, w in zip(names, fitted.coef_[0], strict=True) if abs(w) >= SMALLEST_WEIGHT}
    return {"bias": round(float(fitted.intercept_[0]), 4), "weights": weights}


def _multiclass(task: str, rows: Sequence[Sequence[str]], labels: Sequence[str]) -> dict[str, Any]:
    names, fitted = _regression(task, rows, labels)
    weights = {}
    for column, name in enumerate(names):
        pairs = [[at, round(float(w), 3)] for at, w in enumerate(fitted.coef_[:, column]) if abs(w) >= SMALLEST_WEIGHT]
        if pairs:
            weights[name] = pairs
    return {"classes": [str(c) for c in fitted.classes_], "bias": [round(float(b), 4) for b in fitted.intercept_], "weights": weights}


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _cross_validate(
    train: Sequence[Row], seeds: Sequence[Row], lexicon: Lexicon, score: Callable[..., Any], errors: str | None
) -> tuple[dict[str, Any], dict[str, float]]:
    """The scorer's report on rows that the model scoring them has not seen, and the calibration fitted on them."""
    results: dict[str, Any] = {}
    held_out: list[tuple[float, bool]] = []
    uncalibrated = {"slope": 1.0, "intercept": 0.0}

    def judge(model: Model, rows: Sequence[Row]) -> None:
        for row in rows:
            held_out.extend((model.checkworthy.score(names), claim["checkworthy"] == 2) for names, claim in row.claims)
            results[row.id] = _result(row, model)

    for fold in range(FOLDS):
        model = Model.of(lexicon, _fit([*(r for r in train if _fold(r.id) != fold), *seeds]) | {"calibration": uncalibrated})
        judge(model, [r for r in train if _fold(r.id) == fold])
    for seed in seeds:
        model = Model.of(lexicon, _fit([*train, *(r for r in seeds if r is not seed)]) | {"calibration": uncalibrated})
        judge(model, [seed])
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
    bins = np.minimum((probabilities * 10).astype(int), 9)
    return [
        {"n": int((bins == b).sum()), "mean": round(float(probabilities[bins == b].mean()), 3), "share": round(float(labels[bins == b].mean()), 3)}
        for b in range(10)
        if (bins == b).any()
    ]


if __name__ == "__main__":
    main()
