"""Overlap of spans, resolved one way everywhere."""

import bisect
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

from workers.document import Span


class HasSpan(Protocol):
    @property
    def span(self) -> Span: ...


S = TypeVar("S", bound=HasSpan)


def longest(items: Iterable[S]) -> tuple[S, ...]:
    """Of items that overlap keep the longest, of equally long ones the first; sorted by start."""
    ordered = sorted(items, key=lambda i: i.span)
    if all(before.span.end <= after.span.start for before, after in pairwise(ordered)):  # as is most often so
        return tuple(ordered)
    kept: list[S] = []
    starts: list[int] = []
    for item in sorted(ordered, key=lambda i: (i.span.start - i.span.end, i.span.start)):
        at = bisect.bisect(starts, item.span.start)
        if at and kept[at - 1].span.end > item.span.start:
            continue
        if at < len(kept) and kept[at].span.start < item.span.end:
            continue
        starts.insert(at, item.span.start)
        kept.insert(at, item)
    return tuple(kept)


class Cover:
    """What sorted, disjoint items cover; asked in logarithmic time."""

    def __init__(self, items: Sequence[HasSpan]) -> None:
        self._items = items
        self._starts = [item.span.start for item in items]

    def at(self, offset: int) -> bool:
        """Whether any item covers the code point at `offset`."""
        at = bisect.bisect_right(self._starts, offset)
        return at > 0 and self._items[at - 1].span.end > offset

    def touches(self, span: Span) -> bool:
        """Whether any item overlaps `span`."""
        at = bisect.bisect_left(self._starts, span.end)
        return at > 0 and self._items[at - 1].span.end > span.start


def outside(items: Iterable[S], covers: Sequence[HasSpan]) -> tuple[S, ...]:
    """The items that no span of `covers` (sorted, disjoint) overlaps."""
    if not covers:
        return tuple(items)
    cover = Cover(covers)
    return tuple(item for item in items if not cover.touches(item.span))
