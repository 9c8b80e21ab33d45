"""Extraction against Kiwi's own tokenization of the same text in the same process, by size and by stage.

    python -m benchmarks.pipeline [FILE.jsonl] [--json]

FILE.jsonl holds documents ({"text", "published_at"} a line); without it news is made up in each size. Prints extraction / tokenization,
and each stage's time / tokenization; both alternate, medians. Time is the processor's: nothing waits, and what else the machine does
is not counted.
"""

import argparse
import gc
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from kiwipiepy import Kiwi
from rich.console import Console
from rich.table import Table

from benchmarks.documents import news
from workers.detectors.entities import tagger
from workers.extraction import extract
from workers.morphology import pieces
from workers.runtime import Runtime, load
from workers.stopwatch import Stopwatch

SIZES_KB = (1, 5, 20, 100, 1000)
ROUNDS = 15
"""For 5 KB; shorter documents are measured more often, longer ones less."""
LONG_CHARACTERS = 20_000
"""A text that is longer is tokenized by Kiwi in pieces too: on one long string it slows down more and more."""
_PAGE_CHARACTERS = 2_200
STAGES = ("morphology", "sentences", "times", "numbers", "entities", "attributions", "claims")
REST = "rest"
"""Normalizing, and turning what was found into JSON."""
TAGGER = "tagger"
"""The part of `entities` that finds names by their features; the rest of it is lists, cues and linking."""
TOGETHER = {"numbers + times": ("numbers", "times"), "sentences + attributions + claims": ("sentences", "attributions", "claims")}
"""Stages that have one bar."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """Times relative to Kiwi's tokenization of the same text; all are medians, so that `stages` add up to `extraction` only nearly.

    `parts` are what is in one stage or over several: TAGGER and TOGETHER.
    """

    characters: int
    extraction: float
    stages: dict[str, float]
    parts: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="the median of as many counts for 5 KB")
    parser.add_argument("--json", action="store_true", help="the ratios as JSON")
    arguments = parser.parse_args()
    runtime = load()
    gc.freeze()  # as a worker does
    rows = {name: measure(request, runtime, arguments.rounds) for name, request in _requests(arguments.file)}
    if arguments.json:
        print(json.dumps({name: asdict(row) for name, row in rows.items()}, indent=2))
        return
    table = Table("document", "characters", "extraction", *STAGES, REST, title="Time against Kiwi's tokenization of the same text (1.00)")
    for name, row in rows.items():
        table.add_row(name, f"{row.characters:,}", *(f"{value:.2f}" for value in (row.extraction, *row.stages.values())))
    Console(width=140).print(table)
    parts = Table("document", *next(iter(rows.values())).parts, title="Of it")
    for name, row in rows.items():
        parts.add_row(name, *(f"{value:.2f}" for value in row.parts.values()))
    Console(width=140).print(parts)


def request_of(size_kb: int, seed: int = 1) -> dict[str, Any]:
    """A request with made up news of `size_kb` thousand bytes."""
    return {"text": news(size_kb * 1000, seed), "document": {"published_at": "2026-03-04"}}


def measure(request: dict[str, Any], runtime: Runtime, rounds: int = ROUNDS) -> Ratios:
    """The medians over `rounds` in which tokenization and extraction alternate: a busy machine slows both."""
    text = request["text"]
    rounds = max(3, round(rounds * min((_PAGE_CHARACTERS / len(text)) ** 0.5, 3)))
    whole, stages, parts = [], defaultdict(list), defaultdict(list)
    for _ in range(rounds + 1):
        with _uncollected(), _timed(tagger, "chunks") as tagging_s:
            bare_s = _seconds(partial(tokenize, runtime.morphology.kiwi, text))
            stopwatch = Stopwatch(time.process_time_ns)
            whole_s = _seconds(partial(extract, request, runtime, stopwatch.lap))
        spent = stopwatch.seconds()
        whole.append(whole_s / bare_s)
        parts[TAGGER].append(sum(tagging_s) / bare_s)
        for name, members in TOGETHER.items():
            parts[name].append(sum(spent[stage] for stage in members) / bare_s)
        for stage in STAGES:
            stages[stage].append(spent[stage] / bare_s)
        stages[REST].append((whole_s - sum(spent[stage] for stage in STAGES)) / bare_s)
    # the first round warms caches
    return Ratios(
        len(text), _median(whole), {stage: _median(stages[stage]) for stage in (*STAGES, REST)}, {p: _median(r) for p, r in parts.items()}
    )


def _median(ratios: Sequence[float]) -> float:
    return round(statistics.median(ratios[1:]), 3)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Garbage is looked for before, not during: a worker too does so between documents only."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _timed(module: ModuleType, name: str) -> Iterator[list[float]]:
    """While it lasts, the seconds of each call of that function."""
    found: list[float] = []
    original = getattr(module, name)

    def timed(*arguments: Any) -> Any:
        begun = time.process_time_ns()
        try:
            return original(*arguments)
        finally:
            found.append((time.process_time_ns() - begun) / 1e9)

    setattr(module, name, timed)
    try:
        yield found
    finally:
        setattr(module, name, original)


def tokenize(kiwi: Kiwi, text: str) -> None:
    """Kiwi alone, as fast as it goes: a page as one string, what is longer in pieces."""
    if len(text) <= LONG_CHARACTERS:
        kiwi.tokenize(text)
    else:
        for start, end in pieces(text):
            kiwi.tokenize(text[start:end])


def _requests(file: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if file is None:
        yield from ((f"{size} KB", request_of(size)) for size in SIZES_KB)
        return
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        row = json.loads(line)
        yield str(row.get("id", number)), {"text": row["text"], "document": {"published_at": row.get("published_at")}}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time_ns()
    work()
    return (time.process_time_ns() - begun) / 1e9


if __name__ == "__main__":
    main()
