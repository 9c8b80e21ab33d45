"""Train the names tagger: `python -m workers.training.ner` writes `workers/models/ner`; the same data give the same files.

Three CRFs. The *teacher* learns KLUE's six types on gold and `silver.tsv` with konec's labels as a hint; the sentences of
`train-raw.tsv` come with such hints (their own form frequencies), so it labels them nearly as well as a person would (F1 .90 on silver
left out). The shipped *coarse* tagger learns KLUE's types from gold, silver and the teacher's sentences, without hints; the shipped
*fine* tagger learns products, events, works and laws from konec.

Everything is trained twice: without klue-dev for the card's figures and the calibration of scores, then with it.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import argparse
import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pycrfsuite

from workers.detectors.entities import probe
from workers.detectors.entities.features import COUNTED, Vocabulary, features, values_of, words_of, written
from workers.detectors.entities.scoring import Scale
from workers.detectors.entities.tagger import chunks
from workers.detectors.entities.units import Nouns, Units, units
from workers.detectors.entities.weights import load, stored
from workers.document import Token
from workers.model_card import fingerprint, kiwi_version, sha256
from workers.morphology import Morphology
from workers.training import calibration, klue, word_classes
from workers.training.klue import Label, Sample, f1

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "klue-ner"
MODEL = Path(__file__).resolve().parents[1] / "models" / "ner"
LEAST_COUNT = 2
NOT_SERVED = frozenset({"DT", "TI", "QT"})  # times and numbers have detectors of their own
SETTINGS = {"c1": 0.1, "c2": 0.5, "feature.minfreq": 1, "feature.possible_transitions": True}
AT_ONCE = 500
Rows = list[list[str]]

PRODUCT = {"AFW_OTHER_PRODUCTS", "AFW_SERVICE_PRODUCTS", "TMI_SW", "TMI_MODEL", "TMI_SERVICE"}
PRODUCT_IF_NAMED = {"AF_TRANSPORT", "AF_WEAPON", "TMI_HW", "CV_DRINK", "CV_FOOD"}
NAMED = re.compile(r"[A-Z].*\d|\d호$|[가-힣]+호$|[A-Z]{2,}-\d")
GENERIC_EVENT = re.compile(
    r"^(?:\d+|조별|개막|본선|예선|결승|준결승|전반|후반|친선|홈|원정|대선|총선|수능|지방선거|재보선|보궐선거|사전투표|공청회|전당대회|"
    r"인사|광복|대통령 ?선거|국회의원 ?선거|정상회담|플레이오프|전|내전|열병식|공모전|시상식|축제|콘서트|영화제)$|"
    r"^\d+(?:강|회|차|라운드|세트|쿼터|이닝|국회)|(?:결승|예선|전반|후반|개막|경기|1차|2차|3차|4차|5차|6차)전?$"
)
LAW = re.compile(r"(?:법|법률|헌법|조약|협정|협약|조례|시행령|특례법|규칙|법안|헌장|의정서|칙령|대통령령)$")


def guideline_type(form: str, label: str) -> str | None:
    """The guideline's type of a form that konec gives the class `label`, of those KLUE does not have."""
    if label in PRODUCT or (label in PRODUCT_IF_NAMED and NAMED.search(form)):
        return "product" if len(form) > 1 else None
    if label.startswith("AFA_"):
        return "work"
    if label == "CV_LAW":
        return "law" if LAW.search(form) and len(form) > 1 and form not in {"세법", "국법"} else None
    if label.startswith("EV_"):
        return None if GENERIC_EVENT.search(form) or len(form) < 3 else "event"
    return None


def kind(label: str) -> str:
    """What a word's class is forecast as: KLUE's types, and some of konec's."""
    if label[:2] in {"PS", "LC", "OG", "DT", "TI", "QT", "EV"}:
        return label[:2]
    if label in {"CV_OCCUPATION", "CV_POSITION"}:
        return "title"
    if label in {"AF_BUILDING", "AF_CULTURAL_ASSET", "AF_ROAD"}:
        return "building"
    if label.startswith("AFA_"):
        return "work"
    if label.startswith("AF") or label in {"TMI_SERVICE", "TMI_SW", "TMI_HW", "TMI_MODEL"}:
        return "product"
    return {"CV_RELATION": "relation", "CV_LAW": "law"}.get(label, "other")


def tags(sentence: Sequence[Token], labels: Iterable[Label]) -> list[str]:
    """BIO tags of the units; a label that begins or ends inside a unit takes the unit if it covers the unit's start."""
    found = ["O"] * len(sentence)
    for start, end, name in labels:
        first = True
        for i, unit in enumerate(sentence):
            if start <= unit.start < end:
                found[i] = ("B-" if first else "I-") + name
                first = False
    return found


class Matcher:
    """Finds konec's forms in the raw sentences that they were counted in, longest first, at unit boundaries.

    A form is trusted where at least 0.4 of its occurrences were labelled; it gets the label it has most.
    """

    def __init__(self, forms: Mapping[str, Mapping[str, int]], sentences: Sequence[tuple[Sample, Sequence[Token]]]) -> None:
        self.label = {form: max(labels.items(), key=lambda kv: (kv[1], kv[0]))[0] for form, labels in forms.items()}
        met: Counter[str] = Counter()
        for sample, sentence in sentences:
            met.update(sample.text[m.start : m.end] for m in self.find(sample.text, sentence))
        self.label = {f: name for f, name in self.label.items() if sum(forms[f].values()) >= 0.4 * max(1, met[f])}

    def find(self, text: str, sentence: Sequence[Token]) -> list[Label]:
        starts, ends = sorted({u.start for u in sentence}), sorted({u.end for u in sentence})
        candidates = [(a - b, a, b) for a in starts for b in ends if a < b <= a + 40 and text[a:b] in self.label]
        used, found = bytearray(len(text)), []
        for _, a, b in sorted(candidates):
            if not any(used[a:b]):
                used[a:b] = b"\1" * (b - a)
                found.append(Label(a, b, self.label[text[a:b]]))
        return sorted(found)


def hints(sentence: Sequence[Token], labels: Iterable[Label]) -> Rows:
    """The teacher's extra attributes: konec's classes around each unit."""
    fine = tags(sentence, labels)
    broad = [t[:4] for t in fine]

    def at(row: list[str], i: int) -> str:
        return row[i] if 0 <= i < len(row) else "_"

    return [
        [
            *(f"h={fine[i]}", f"h-={at(fine, i - 1)}", f"h+={at(fine, i + 1)}", f"h0+={fine[i]}|{at(fine, i + 1)}"),
            *(
                f"b={broad[i]}",
                f"b-={at(broad, i - 1)}",
                f"b+={at(broad, i + 1)}",
                f"b-0+={at(broad, i - 1)}|{broad[i]}|{at(broad, i + 1)}",
            ),
            *(f"hw={fine[i]}|{sentence[i].form}", f"h-0={at(fine, i - 1)}|{fine[i]}"),
        ]
        for i in range(len(sentence))
    ]


def crf(lessons: Sequence[tuple[list[Token], list[str]]], rows: Callable[[int, int], list[Rows]], path: Path, iterations: int) -> None:
    """Train a CRF; `rows(a, b)` gives the attributes of the lessons [a, b), asked for in turn, since all at once take gigabytes."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({**SETTINGS, "max_iterations": iterations})
    for a in range(0, len(lessons), AT_ONCE):
        b = min(a + AT_ONCE, len(lessons))
        for x, (_, y) in zip(rows(a, b), lessons[a:b], strict=True):
            trainer.append(x, y)
    trainer.train(str(path))


def counted(sentences: Iterable[Sequence[Token]], classes: Mapping[str, tuple[int, ...]]) -> Vocabulary:
    """Numbers for the property values met at least twice, most frequent first."""
    counts: dict[str, Counter[str]] = {p: Counter() for p in COUNTED}
    for word, n in Counter(words_of(sentences)).items():
        for p, value in values_of(word).items():
            counts[p][value] += n
    order = {p: sorted((-n, v) for v, n in c.items() if n >= LEAST_COUNT) for p, c in counts.items()}
    return Vocabulary.of({p: {v: i for i, (_, v) in enumerate(o, 1)} for p, o in order.items()}, classes)


def rows_of(sentences: Sequence[Sequence[Token]], vocabulary: Vocabulary) -> list[Rows]:
    every = written(features(Units.of(sentences), vocabulary))
    return [[next(every) for _ in s] for s in sentences]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything read and tokenized once: {part: samples}, units by text, form labels of the raw sentences by id."""

    parts: Mapping[str, list[Sample]]
    units: Mapping[str, list[Token]]
    matched: Mapping[str, list[Label]]
    classes: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is trained: sentences of each file at most, landmarks of the word classes, share of the iterations."""

    sentences: int | None = None
    landmarks: int = word_classes.LANDMARKS
    iterations: float = 1.0


QUICK = Effort(sentences=120, landmarks=12, iterations=0.1)


def read(morphology: Morphology, effort: Effort) -> Corpus:
    parts = {name: klue.tsv(DATA / f"{name}.tsv") for name in ("klue-train", "klue-dev", "konec-train", "konec-dev")}
    parts["silver"], parts["raw"] = klue.inline(DATA / "silver.tsv"), klue.raw(DATA / "train-raw.tsv")
    if effort.sentences is not None:
        parts = {name: samples if name == "raw" else samples[: effort.sentences] for name, samples in parts.items()}
        silver = {s.id for s in parts["silver"]}
        parts["raw"] = [s for i, s in enumerate(parts["raw"]) if i < effort.sentences or s.id in silver]
    words, vectors = word_classes.vectors(morphology, effort.landmarks)
    columns = word_classes.clusters(vectors)
    texts = sorted({s.text for samples in parts.values() for s in samples})
    nouns = Nouns.of(words)
    split = {text: units(morphology.tokenize(text), nouns) for text in texts}
    raw = [(s, split[s.text]) for s in parts["raw"]]
    matcher = Matcher(klue.forms(DATA / "konec-train-forms.tsv"), raw)
    matched = {s.id: matcher.find(s.text, sentence) for s, sentence in raw}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for s, sentence in raw:
        for unit, tag in zip(sentence, tags(sentence, matched[s.id]), strict=True):
            counts[f"{unit.form}/{unit.tag}"]["O" if tag == "O" else kind(tag[2:])] += 1
    columns.append(word_classes.kinds(words, vectors, counts))
    return Corpus(parts, split, matched, word_classes.table(words, columns))


def taught(corpus: Corpus, vocabulary: Vocabulary, folder: Path, with_dev: bool, effort: Effort) -> list[tuple[list[Token], list[str]]]:
    """The raw sentences that are not in silver, with the teacher's tags."""
    silver = corpus.parts["silver"]
    mine = {s.id for s in silver}
    rest = [s for s in corpus.parts["raw"] if s.id not in mine]
    hint_of: dict[str, Sequence[Label]] = dict(corpus.matched)
    lessons = list(silver)
    for part in ("train", "dev") if with_dev else ("train",):
        fine = {s.id: s for s in corpus.parts[f"konec-{part}"]}
        same = [s for s in corpus.parts[f"klue-{part}"] if fine[s.id].text == s.text]  # konec corrects the text of some
        hint_of |= {s.id: fine[s.id].labels for s in same}
        lessons += same

    def hinted(samples: Sequence[Sample]) -> list[Rows]:
        sentences = [corpus.units[s.text] for s in samples]
        plain = rows_of(sentences, vocabulary)
        return [[a + b for a, b in zip(x, hints(u, hint_of[s.id]), strict=True)] for x, u, s in zip(plain, sentences, samples, strict=True)]

    tagged = [(corpus.units[s.text], tags(corpus.units[s.text], s.labels)) for s in lessons]
    crf(tagged, lambda a, b: hinted(lessons[a:b]), folder / "teacher", round(60 * effort.iterations))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(folder / "teacher"))
    found = []
    for a in range(0, len(rest), AT_ONCE):
        part_of_rest = rest[a : a + AT_ONCE]
        found += [(corpus.units[s.text], tagger.tag(x)) for s, x in zip(part_of_rest, hinted(part_of_rest), strict=True)]
    return found


def weights_of(path: Path, labels: Sequence[str]) -> tuple[dict[tuple[int, int], dict[int, float]], npt.NDArray[np.float32]]:
    """State weights {(template, key): {label: weight}} and the transitions of a trained CRF."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    info = tagger.info()
    at = {label: i for i, label in enumerate(labels)}
    states: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for (attribute, label), weight in info.state_features.items():
        template, key = attribute.split("=")
        states[int(template), int(key)][at[label]] = weight
    transitions = np.zeros((len(labels), len(labels)), np.float32)
    for (a, b), weight in info.transitions.items():
        transitions[at[a], at[b]] = weight
    return states, transitions


def save(path: Path, vocabulary: Vocabulary, crfs: Sequence[Path]) -> None:
    """Everything the tagger needs at work, in one file of arrays."""
    every: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    labels: list[list[str]] = []
    moves = []
    for crf_path in crfs:
        tagger = pycrfsuite.Tagger()
        tagger.open(str(crf_path))
        offset = sum(map(len, labels))
        labels.append(sorted(tagger.labels(), key=lambda name: (name != "O", name)))
        states, transitions = weights_of(crf_path, labels[-1])
        for key, row in states.items():
            every[key].update({offset + column: w for column, w in row.items() if abs(w) >= 0.005})
        moves.append(transitions)
    arrays: dict[str, Any] = stored(vocabulary, labels, every, moves)
    np.savez(path, **arrays)


def konec(corpus: Corpus, with_dev: bool) -> list[tuple[list[Token], list[str]]]:
    """Sentences for the fine tagger: konec's own and, by their forms, the raw ones."""
    samples = corpus.parts["konec-train"] + (corpus.parts["konec-dev"] if with_dev else [])
    rows = [(s, s.labels) for s in samples] + [(s, tuple(corpus.matched[s.id])) for s in corpus.parts["raw"]]
    found = []
    for s, labels in rows:
        typed = [(a, b, guideline_type(s.text[a:b], name)) for a, b, name in labels]
        sentence = corpus.units[s.text]
        found.append((sentence, tags(sentence, [Label(a, b, t) for a, b, t in typed if t])))
    return found


def train(corpus: Corpus, with_dev: bool, folder: Path, effort: Effort) -> tuple[Path, int]:
    """Train all taggers; the path of the weights and how many sentences the coarse one learnt from."""
    gold = corpus.parts["klue-train"] + (corpus.parts["klue-dev"] if with_dev else [])
    samples = gold + corpus.parts["silver"]
    vocabulary = counted((corpus.units[s.text] for part in (samples, corpus.parts["raw"]) for s in part), corpus.classes)
    lessons = [(corpus.units[s.text], tags(corpus.units[s.text], s.labels)) for s in (*samples, *gold)]  # gold counts twice
    lessons += taught(corpus, vocabulary, folder, with_dev, effort)
    fine = konec(corpus, with_dev)
    crf(lessons, lambda a, b: rows_of([u for u, _ in lessons[a:b]], vocabulary), folder / "coarse", round(80 * effort.iterations))
    crf(fine, lambda a, b: rows_of([u for u, _ in fine[a:b]], vocabulary), folder / "fine", round(50 * effort.iterations))
    weights = folder / "weights.npz"
    save(weights, vocabulary, [folder / "coarse", folder / "fine"])
    return weights, len(lessons)


def found_in(weights: Path, sentences: Sequence[Sequence[Token]]) -> list[list[list[tuple[Label, float]]]]:
    """For each tagger and sentence, what it finds and its score."""
    vocabulary, loaded = load(weights)
    layers = []
    for stretches in chunks(Units.of(sentences), vocabulary, loaded):
        found: list[list[tuple[Label, float]]] = [[] for _ in sentences]
        for c in stretches:
            units_of = sentences[c.sentence]
            found[c.sentence].append((Label(units_of[c.first].start, units_of[c.last].end, c.label), c.score))
        layers.append(found)
    return layers


def evaluate(weights: Path, corpus: Corpus) -> tuple[dict[str, dict[str, float]], dict[str, Scale], dict[str, object]]:
    """Figures on klue-dev and konec-dev, the calibration of scores by class, and how well it holds on KLUE's names."""
    scores: dict[str, dict[str, float]] = {}
    scales: dict[str, Scale] = {}
    reliability: dict[str, object] = {}
    for layer, part in enumerate(("klue-dev", "konec-dev")):
        samples = corpus.parts[part]
        gold: list[Sequence[Label]] = [s.labels for s in samples]
        if part == "konec-dev":
            gold = [[Label(a, b, t) for a, b, name in s.labels if (t := guideline_type(s.text[a:b], name))] for s in samples]
        found = found_in(weights, [corpus.units[s.text] for s in samples])[layer]
        scores[part] = f1(gold, [[label for label, _ in row] for row in found])
        judged = [
            (n, label.type, score, label in gold[n]) for n, row in enumerate(found) for label, score in row if label.type not in NOT_SERVED
        ]
        scales |= calibration.fitted(judged)
        reliability[part] = calibration.reliability(judged)
    return scores, scales, reliability


def trained_on(lessons: int, with_dev: bool) -> str:
    gold = "klue-train and klue-dev" if with_dev else "klue-train"
    return f"{lessons} sentences: {gold} (twice), silver, train-raw as labelled by a teacher"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures-only", action="store_true", help="train without klue-dev, print the figures, write nothing")
    parser.add_argument("--without-dev", action="store_true", help="ship the model that has not seen klue-dev")
    parser.add_argument("--quick", action="store_true", help="a small model of few sentences, to see that all runs")
    parser.add_argument("--to", type=Path, default=MODEL, metavar="FOLDER", help="where to write weights and card")
    options = parser.parse_args()
    effort = QUICK if options.quick else Effort()
    corpus = read(Morphology(), effort)
    with tempfile.TemporaryDirectory() as name:
        weights, lessons = train(corpus, False, Path(name), effort)
        scores, scales, reliability = evaluate(weights, corpus)
        print(json.dumps({**scores, "calibration": scales, "reliability": reliability}, indent=1))
        if options.figures_only:
            return
        if not options.without_dev:
            weights, lessons = train(corpus, True, Path(name), effort)
        options.to.mkdir(parents=True, exist_ok=True)
        (options.to / "weights.npz").write_bytes(weights.read_bytes())
    card = {
        "files": {"weights.npz": sha256(options.to / "weights.npz")},
        "features": fingerprint(probe()),
        "kiwi": kiwi_version(),
        "data": {p.name: sha256(p) for p in sorted(DATA.glob("*.tsv"))},
        "licence": "CC BY-SA 4.0: learnt from KLUE-NER v1.1 (KLUE authors, arXiv 2105.09680) and konec (korean-named-entity/konec)",
        "trained_on": trained_on(lessons, not options.without_dev),
        "scores": {"of": "the model that has not seen klue-dev; exact character spans, percent", **scores},
        "calibration": scales,
        "reliability": {"of": "the model that has not seen klue-dev; each half of the sentences scaled by the other", **reliability},
    }
    (options.to / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
