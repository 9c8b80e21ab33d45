"""Overlap is resolved one way everywhere."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workers.document import Span
from workers.spans import longest, outside


@dataclass(frozen=True)
class Item:
    span: Span


SPANS = st.builds(lambda start, length: Item(Span(start, start + length)), st.integers(0, 60), st.integers(1, 12))


def test_the_longest_stays() -> None:
    kept = longest([Item(Span(0, 2)), Item(Span(1, 5)), Item(Span(6, 8)), Item(Span(6, 8))])
    assert [i.span for i in kept] == [(1, 5), (6, 8)]


@given(st.lists(SPANS))
def test_what_stays_is_disjoint_and_covers_a_part_of_whatever_went(items: list[Item]) -> None:
    kept = longest(items)
    assert all(a.span.end <= b.span.start for a, b in pairwise(kept))
    assert all(any(k.span.overlaps(i.span) for k in kept) for i in items)


@given(st.lists(SPANS), st.lists(SPANS))
def test_outside_means_no_overlap(items: list[Item], covers: list[Item]) -> None:
    disjoint = longest(covers)
    assert set(outside(items, disjoint)) == {i for i in items if not any(i.span.overlaps(c.span) for c in covers if c in disjoint)}
