"""The regression check of the benchmarks: what it lets pass and what not. (That it passes is CI's to see, not a test's.)"""

import json

import pytest

from benchmarks import check
from benchmarks.check import Comparison, better, compare, slower_groups
from benchmarks.documents import news
from benchmarks.pipeline import REST, STAGES, measure
from workers.runtime import Runtime


@pytest.mark.parametrize(
    ("committed", "measured", "slower"),
    [(2.0, 2.0, False), (2.0, 2.3, False), (2.0, 2.4, True), (2.0, 1.0, False), (0.05, 0.07, False), (0.05, 0.09, True), (0.0, 0.1, True)],
)
def test_slower_is_beyond_the_tolerance_and_the_noise(committed: float, measured: float, slower: bool) -> None:
    assert Comparison("5 KB", "extraction", committed, measured).slower is slower


def test_a_second_look_excuses_noise_but_not_slowness() -> None:
    committed = {"1 KB": {"extraction": 2.0}, "5 KB": {"extraction": 2.0, "claims": 0.2}}
    first = compare(committed, {"1 KB": {"extraction": 2.1}, "5 KB": {"extraction": 3.0, "claims": 0.5}})
    assert slower_groups(first) == ["5 KB"]
    second = compare(committed, {"5 KB": {"extraction": 2.1, "claims": 0.4}})
    assert [each.name for each in better(first, second) if each.slower] == ["claims"]


def test_every_figure_is_committed(runtime: Runtime) -> None:
    committed = json.loads(check.FILE.read_text("utf-8"))
    assert set(committed) == set(check.groups_of(runtime))
    for size in check.SIZES_KB:
        assert set(committed[f"{size} KB"]) == {"extraction", *STAGES}
    assert set(committed["queue"]) == {f"{size} KB" for size in check.QUEUE_KB}


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
