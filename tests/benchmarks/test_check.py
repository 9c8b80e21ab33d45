"""The regression check of the benchmarks: what it lets pass and what not. (That it passes is CI's to see, not a test's.)"""

import json

import pytest

from benchmarks import check
from benchmarks.check import Comparison, better, compare, slower_sizes
from benchmarks.documents import news
from benchmarks.pipeline import REST, STAGES, measure
from workers.runtime import Runtime


@pytest.mark.parametrize(
    ("committed", "measured", "slower"),
    [(2.0, 2.0, False), (2.0, 2.3, False), (2.0, 2.4, True), (2.0, 1.0, False), (0.05, 0.07, False), (0.05, 0.09, True), (0.0, 0.1, True)],
)
def test_slower_is_beyond_the_tolerance_and_the_noise(committed: float, measured: float, slower: bool) -> None:
    assert Comparison("5 KB", committed, measured).slower is slower


def test_a_second_look_excuses_noise_but_not_slowness() -> None:
    committed = {"1 KB": 2.0, "5 KB": 2.0, "5 KB claims": 0.2}
    first = compare(committed, {"1 KB": 2.1, "5 KB": 3.0, "5 KB claims": 0.5})
    assert slower_sizes(first) == [5]
    second = compare(committed, {"5 KB": 2.1, "5 KB claims": 0.4})
    assert [each.name for each in better(first, second) if each.slower] == ["5 KB claims"]


def test_every_figure_is_committed() -> None:
    names = {f"{size} KB{part}" for size in check.SIZES_KB for part in ("", *(f" {stage}" for stage in STAGES))}
    assert set(json.loads(check.FILE.read_text("utf-8"))) == names


def test_every_stage_is_measured(runtime: Runtime) -> None:
    ratios = measure({"text": news(400), "document": {"published_at": "2026-03-04"}}, runtime, rounds=1)
    assert set(ratios.stages) == {*STAGES, REST}
    assert all(value > 0 for value in (ratios.extraction, *ratios.stages.values()))


def test_documents_are_made_up_anew_but_the_same_each_time() -> None:
    assert news(5_000) == news(5_000)
    assert news(5_000) != news(5_000, seed=2)
    for size in (100, 1_000, 50_000):
        assert size <= len(news(size).encode()) < size + 400
    lines = [line for line in news(20_000).replace(". ", ".\n").split("\n") if line]
    assert len(set(lines)) > 0.75 * len(lines)
