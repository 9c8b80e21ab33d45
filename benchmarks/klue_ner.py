"""Entity F1 on a KLUE-format file, as KLUE scores it: `python -m benchmarks.klue_ner FILE.tsv`.

Exact character spans with their type; micro and macro over the types of the file, each type's own, and sentences a second.
"""

import argparse
import time
from pathlib import Path

from workers import runtime
from workers.detectors import entities
from workers.detectors.entities import tagger
from workers.detectors.entities.units import Units, units
from workers.morphology import Morphology
from workers.training.klue import Label, f1, tsv


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    morphology = Morphology()
    model = entities.Model.load(runtime.MODELS / "ner", runtime.tables(entities.TABLES))
    samples = tsv(options.file)
    started = time.perf_counter()
    tokens = [morphology.tokenize(s.text) for s in samples]
    tokenized = time.perf_counter()
    found: list[list[Label]] = []
    for row in tokens:
        sentence = units(row, model.vocabulary.nouns)
        coarse, *_ = tagger.chunks(Units.of([sentence]), model.vocabulary, model.weights)
        found.append([Label(sentence[c.first].start, sentence[c.last].end, c.label) for c in coarse])
    tagged = time.perf_counter()
    batch = [units(row, model.vocabulary.nouns) for row in tokens]
    tagger.chunks(Units.of(batch), model.vocabulary, model.weights)
    batched = time.perf_counter()
    for name, value in f1([s.labels for s in samples], found).items():
        print(f"{name:8}{value:8.2f}")
    n = len(samples)
    rates = {"Kiwi": tokenized - started, "tagger": tagged - tokenized, "tagger, all at once": batched - tagged}
    print("sentences a second:", ", ".join(f"{name} {n / seconds:.0f}" for name, seconds in rates.items()))


if __name__ == "__main__":
    main()
