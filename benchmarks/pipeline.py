"""Extraction against Kiwi's own tokenization of the same text in the same process, by size and by stage.

    python -m benchmarks.pipeline [FILE.jsonl]

FILE.jsonl holds documents ({"text", "published_at"} a line); without it the sample document is repeated to each size.
Prints, for each document size, extraction / tokenization, and each stage's share of the tokenization.
"""

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from workers import pipeline
from workers.detectors import attributions, claims, entities, numbers, sentences, times
from workers.extraction import extract
from workers.runtime import Runtime, load

SIZES_CHARACTERS = (500, 2_500, 10_000, 50_000)
ROUNDS = 15
STAGES = {"sentences": sentences, "times": times, "numbers": numbers, "entities": entities, "attributions": attributions, "claims": claims}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="the median of as many counts")
    arguments = parser.parse_args()
    runtime = load()
    table = Table("characters", "extraction / Kiwi", *STAGES, "the rest", title="Time against Kiwi's tokenization of the same text (1.00)")
    for request in _requests(arguments.file):
        table.add_row(*_row(request, runtime, arguments.rounds))
    Console(width=130).print(table)


def _requests(file: Path | None) -> Iterator[dict[str, Any]]:
    if file is None:
        sample = json.loads(files("jujang").joinpath("samples/news.json").read_text("utf-8"))
        for size in SIZES_CHARACTERS:
            yield sample | {"text": (sample["text"] * (size // len(sample["text"]) + 1))[:size]}
    else:
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield {"text": row["text"], "document": {"published_at": row.get("published_at")}}


def _row(request: dict[str, Any], runtime: Runtime, rounds: int) -> list[str]:
    text, kiwi = request["text"], runtime.morphology.kiwi
    ratios, shares = [], defaultdict(list)
    for _ in range(rounds + 1):  # both in each round: a busy machine slows both
        bare_s = _seconds(lambda: kiwi.tokenize(text))
        with _timed_stages() as spent:
            whole_s = _seconds(lambda: extract(request, runtime))
        ratios.append(whole_s / bare_s)
        for stage in STAGES:
            shares[stage].append(spent[stage] / bare_s)
        shares["the rest"].append((whole_s - sum(spent.values())) / bare_s)
    middle = [statistics.median(values[1:]) for values in (ratios, *shares.values())]  # the first round warms caches
    return [f"{len(text):,}", *(f"{value:.2f}" for value in middle)]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def _timed_stages() -> Iterator[dict[str, float]]:
    """Time each detector where the pipeline calls it."""
    spent: dict[str, float] = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, detect: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            begun = time.perf_counter()
            try:
                return detect(*arguments)
            finally:
                spent[stage] += time.perf_counter() - begun

        return run

    originals = {stage: module.detect for stage, module in STAGES.items()}
    try:
        for stage, module in STAGES.items():
            getattr(pipeline, stage).detect = timed(stage, originals[stage])
            assert module is getattr(pipeline, stage)
        yield spent
    finally:
        for stage, module in STAGES.items():
            setattr(module, "detect", originals[stage])  # noqa: B010 - mypy knows it as a function


if __name__ == "__main__":
    main()
