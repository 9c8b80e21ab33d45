"""Whether the extraction, or a document's way through the service, has become slower than the committed figures say.

    python -m benchmarks.check            compare; exit code 1 where a ratio is more than 15 % above its committed figure, twice
    python -m benchmarks.check --update   measure and write the figures

All figures are ratios within one run: of processor times of the extraction and its stages to Kiwi's tokenization of the same text, of
worker and Redis to bare processes that extract the same documents, of the whole service to the extraction where documents come alone, of a
starting worker to Kiwi's load. So they hold on any machine of the kind, whatever else it does. Only from POST to result, where waiting
counts, seconds are held against a bar.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import latency, start, throughput
from benchmarks.documents import news
from benchmarks.pipeline import STAGES, measure, request_of
from benchmarks.service import running
from workers.runtime import Runtime, load

FILE = Path(__file__).with_name("ratios.json")
SIZES_KB = (1, 5, 20, 100)
QUEUE_KB = {1: 250, 5: 60}
"""Sizes of documents that go through the queue, and how many for each of two processes."""
ROUNDS = 31
TOLERANCE = 0.15
NOISE = 0.03
"""A stage that takes some hundredths of Kiwi's time varies by as much."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure as committed and as measured now."""

    group: str
    name: str
    committed: float
    measured: float

    @property
    def slower(self) -> bool:
        """Whether it is beyond what is tolerated."""
        return self.measured > self.committed * (1 + TOLERANCE) + NOISE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the figures instead of comparing with them")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="for 5 KB")
    arguments = parser.parse_args()
    runtime = load()
    throughput.prepare(runtime)
    groups = groups_of(runtime, arguments.rounds)
    if arguments.update:
        FILE.write_text(json.dumps({name: group() for name, group in groups.items()}, indent=2) + "\n", encoding="utf-8")
        print(f"{FILE.name} written")
        return 0
    committed = json.loads(FILE.read_text("utf-8"))
    compared = compare(committed, {name: group() for name, group in groups.items()})
    if again := slower_groups(compared):
        print(f"Slower: {', '.join(again)}; measured once more", file=sys.stderr)
        compared = better(compared, compare(committed, {name: groups[name]() for name in again}))
    _print(compared)
    if failed := [each for each in compared if each.slower]:
        print(f"{len(failed)} figures are more than {TOLERANCE:.0%} above those committed.", file=sys.stderr)
        print("Make it faster; or, where that is the price of something, say so and run: make bench-update", file=sys.stderr)
    return 1 if failed else 0


def groups_of(runtime: Runtime, rounds: int = ROUNDS) -> dict[str, Callable[[], Figures]]:
    """What is measured, by the name it is committed under."""
    extractions = {f"{size} KB": partial(extraction, runtime, size, rounds) for size in SIZES_KB}
    return {**extractions, "queue": through_queue, "start": until_ready, "latency": partial(from_post_to_result, runtime)}


def extraction(runtime: Runtime, size_kb: int, rounds: int) -> Figures:
    """The whole extraction and each stage of it."""
    ratios = measure(request_of(size_kb), runtime, rounds)
    return {"extraction": ratios.extraction, **{stage: ratios.stages[stage] for stage in STAGES}}


def through_queue(processes: int = 2, rounds: int = 2) -> Figures:
    """What worker and Redis take for documents that bare processes extract in 1.00."""
    found = {}
    with running(processes) as service:
        for size, count in QUEUE_KB.items():
            texts = [news(size * 1000, seed) for seed in range(count * processes)]
            ratios = []
            for _ in range(rounds + 1):
                bare = throughput.bare_processes(texts, processes)
                ratios.append(throughput.through_queue(texts, service).cpu_s / bare.cpu_s)
            found[f"{size} KB"] = round(statistics.median(ratios[1:]), 3)
    return found


def until_ready() -> Figures:
    """What a worker takes until it is ready, where Kiwi alone takes 1.00."""
    return {"processor": round(start.measure().cpu, 3)}


def from_post_to_result(runtime: Runtime, rounds: int = 60) -> Figures:
    """Of documents sent alone: what API, Redis and worker take where the extraction takes 1.00; and what the seconds are beyond their bar.

    There the least are compared, as others' work only slows: 0 unless something waits that need not.
    """
    with running(1) as service:
        before = service.cpu_s()
        extraction_s, service_s = map(min, latency.times_s(service, runtime, rounds))
        after = service.cpu_s()
    begun = time.process_time()
    for text in latency.documents(rounds):
        latency.extracted(text, runtime)
    bare_s = time.process_time() - begun
    beyond = (service_s - latency.ALLOWANCE_S) / extraction_s - latency.BAR
    return {"processor": round((sum(after.values()) - sum(before.values())) / bare_s, 3), "beyond the bar": round(max(beyond, 0.0), 3)}


def compare(committed: Mapping[str, Figures], measured: Mapping[str, Figures]) -> list[Comparison]:
    """What was measured beside what was committed; a figure that nobody committed counts as 0, so that it is seen."""
    return [
        Comparison(group, name, committed.get(group, {}).get(name, 0.0), value)
        for group, figures in measured.items()
        for name, value in figures.items()
    ]


def slower_groups(compared: Iterable[Comparison]) -> list[str]:
    """The groups of which something is too slow."""
    return list(dict.fromkeys(each.group for each in compared if each.slower))


def better(first: Iterable[Comparison], second: Iterable[Comparison]) -> list[Comparison]:
    """The lower of two measurements of each figure: noise only ever slows."""
    again = {(each.group, each.name): each for each in second}
    return [min(each, again.get((each.group, each.name), each), key=lambda compared: compared.measured) for each in first]


def _print(compared: Iterable[Comparison]) -> None:
    table = Table("", "figure", "committed", "now", "")
    for each in compared:
        change = f"{each.measured / each.committed - 1:+.0%}" if each.committed else "new"
        row = (f"{each.committed:.2f}", f"{each.measured:.2f}", change)
        table.add_row(each.group, each.name, *row, style="red" if each.slower else None)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
