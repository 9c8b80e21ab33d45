"""Train the claims model: `python -m workers.training.claims`.

Reads `../shared/gold/{claims_train,seeds}.jsonl`, the project's annotations of sentences of `../shared/data` and its own sentences in
`examples/`, runs the detectors that come before the claims (so that training sees what service sees), cross-validates, scores with
`../shared/eval/score.py`, and writes weights.npz and card.json.
Deterministic: equal data and detectors give equal files.
"""

import argparse
import hashlib
import importlib.util
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from workers import model_card
from workers.detectors import claims
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.model import FILE, Model, Seen
from workers.detectors.claims.probe import fingerprint
from workers.morphology import Morphology
from workers.training.claim_fit import Vectors, fit
from workers.training.claim_rows import ANNOTATIONS, EXAMPLES, HERE, Detectors, Row, annotated, rows_of, tables, written_here

SHARED = HERE.parents[2] / "shared"
FOLDS = 5


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of the gold data and the scorer")
    arguments.add_argument("--out", type=Path, default=HERE.parent / "models" / "claims")
    arguments.add_argument("--cv-only", action="store_true", help="report the cross-validation, write nothing")
    arguments.add_argument("--errors", help="list the errors of one layer of the scorer")
    options = arguments.parse_args()
    lexicon = Lexicon.parse(tables(claims.TABLES))
    paths = [options.shared / "gold" / "claims_train.jsonl", options.shared / "gold" / "seeds.jsonl"]
    raw = options.shared / "data" / "klue-ner" / "train-raw.tsv"
    morphology = Morphology()
    detectors = Detectors(morphology)
    train, seeds = (rows_of(map(json.loads, path.read_text("utf-8").splitlines()), detectors, lexicon) for path in paths)
    more = rows_of(annotated(raw), detectors, lexicon)
    more += rows_of(written_here(), detectors, lexicon)
    vectors = Vectors(morphology)
    score = _scorer(options.shared / "eval" / "score.py")
    report, calibration = _cross_validate(train, seeds, more, lexicon, vectors, score, options.errors)
    _show(report)
    if options.cv_only:
        return
    weights, meanings = fit([*train, *seeds, *more], vectors)
    options.out.mkdir(parents=True, exist_ok=True)
    Model.of(lexicon, weights | {"calibration": calibration}, meanings).save(options.out)
    card = {
        "files": {FILE: model_card.sha256(options.out / FILE)},
        "features": fingerprint(lexicon),
        "kiwi": model_card.kiwi_version(),
        "data": {path.name: model_card.sha256(path) for path in [*paths, raw, ANNOTATIONS, *sorted(EXAMPLES.glob("claim_*.toml"))]},
        "data_licence": "texts of KLUE-NER (CC BY-SA 4.0) and five web pages, annotated for this project; own sentences (Apache-2.0)",
        "licence": "CC BY-SA 4.0",
        "method": "L2 logistic regressions over binary features and Kiwi's word vectors; Platt calibration on held-out folds",
        "validation": f"{FOLDS} folds of claims_train by sentence; each seed by a model that has not seen it; the other data only train",
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


def _scorer(path: Path) -> Callable[..., Any]:
    spec = importlib.util.spec_from_file_location("gold_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score  # type: ignore[no-any-return]


def _fold(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def _cross_validate(
    train: Sequence[Row],
    seeds: Sequence[Row],
    more: Sequence[Row],
    lexicon: Lexicon,
    vectors: Vectors,
    score: Callable[..., Any],
    errors: str | None,
) -> tuple[dict[str, Any], dict[str, float]]:
    """The scorer's report on rows that the model scoring them has not seen, and the calibration fitted on them."""
    results: dict[str, Any] = {}
    held_out: list[tuple[float, bool]] = []

    def fitted(rows: Sequence[Row]) -> Model:
        weights, meanings = fit(rows, vectors)
        return Model.of(lexicon, weights | {"calibration": {"slope": 1.0, "intercept": 0.0}}, meanings)

    def judge(model: Model, rows: Sequence[Row]) -> None:
        for row in rows:
            seen = [Seen(model.numbered(example.features), *example.place, i) for i, example in enumerate(row.claims)]
            sentences = [example.sentence_place for example in row.claims]
            judgements = model.judge(row.context.columns, row.context.document.lexemes, seen, sentences)
            for example, judged in zip(row.claims, judgements, strict=True):
                held_out.append((judged.checkworthy + judged.topic, example.gold["checkworthy"] == 2))
            results[row.id] = _result(row, model)

    for fold in range(FOLDS):
        judge(fitted([*(r for r in train if _fold(r.id) != fold), *seeds, *more]), [r for r in train if _fold(r.id) == fold])
    for seed in seeds:
        judge(fitted([*train, *(r for r in seeds if r is not seed), *more]), [seed])
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
    """Mean probability and share of positives in ten equal parts of the claims, by probability."""
    parts = np.array_split(np.argsort(probabilities, kind="stable"), 10)
    return [
        {"n": len(part), "mean": round(float(probabilities[part].mean()), 3), "share": round(float(labels[part].mean()), 3)}
        for part in parts
    ]


if __name__ == "__main__":
    main()
