"""Whether the extraction has become slower than the committed figures say.

    python -m benchmarks.check            compare; exit code 1 where a ratio is more than 15 % above its committed figure, twice
    python -m benchmarks.check --update   measure and write the figures

All figures are ratios to Kiwi's tokenization of the same text in the same process, so they hold on any machine of the kind.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.pipeline import STAGES, measure, request_of
from workers.runtime import Runtime, load

FILE = Path(__file__).with_name("ratios.json")
SIZES_KB = (1, 5, 20, 100)
ROUNDS = 31
TOLERANCE = 0.15
NOISE = 0.02
"""Of Kiwi's time: a stage that takes a few hundredths of it varies by as much."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure as committed and as measured now."""

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
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    runtime = load()
    if arguments.update:
        FILE.write_text(json.dumps(figures(runtime, SIZES_KB, arguments.rounds), indent=2) + "\n", encoding="utf-8")
        print(f"{FILE.name} written")
        return 0
    committed = json.loads(FILE.read_text("utf-8"))
    compared = compare(committed, figures(runtime, SIZES_KB, arguments.rounds))
    if again := slower_sizes(compared):
        print(f"Slower at {', '.join(f'{size} KB' for size in again)}; measured once more", file=sys.stderr)
        compared = better(compared, compare(committed, figures(runtime, again, arguments.rounds)))
    _print(compared)
    if failed := [each for each in compared if each.slower]:
        print(f"{len(failed)} figures are more than {TOLERANCE:.0%} above those committed.", file=sys.stderr)
        print("Make it faster; or, where that is the price of something, say so and run: make bench-update", file=sys.stderr)
    return 1 if failed else 0


def figures(runtime: Runtime, sizes_kb: Iterable[int], rounds: int) -> dict[str, float]:
    """The ratios by name: `5 KB` the whole extraction, `5 KB names` a stage of it."""
    found: dict[str, float] = {}
    for size in sizes_kb:
        ratios = measure(request_of(size), runtime, rounds)
        found[f"{size} KB"] = ratios.extraction
        found |= {f"{size} KB {stage}": ratios.stages[stage] for stage in STAGES}
    return found


def compare(committed: Mapping[str, float], measured: Mapping[str, float]) -> list[Comparison]:
    """What was measured beside what was committed; a figure that nobody committed counts as 0, so that it is seen."""
    return [Comparison(name, committed.get(name, 0.0), value) for name, value in measured.items()]


def slower_sizes(compared: Iterable[Comparison]) -> list[int]:
    """The sizes, in KB, of which something is too slow."""
    return sorted({int(each.name.split()[0]) for each in compared if each.slower})


def better(first: Iterable[Comparison], second: Iterable[Comparison]) -> list[Comparison]:
    """The lower of two measurements of each figure: noise only ever slows."""
    again = {each.name: each for each in second}
    return [min(each, again.get(each.name, each), key=lambda compared: compared.measured) for each in first]


def _print(compared: Iterable[Comparison]) -> None:
    table = Table("figure", "committed", "now", "", title="Time against Kiwi's tokenization of the same text")
    for each in compared:
        change = each.measured / each.committed - 1 if each.committed else 0.0
        table.add_row(
            each.name, f"{each.committed:.2f}", f"{each.measured:.2f}", f"[red]{change:+.0%}" if each.slower else f"{change:+.0%}"
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
