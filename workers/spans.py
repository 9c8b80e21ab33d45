"""Overlap of spans, resolved one way everywhere."""

import bisect
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from workers.document import Span


class HasSpan(Protocol):
    @property
    def span(self) -> Span: ...


S = TypeVar("S", bound=HasSpan)


def longest(items: Iterable[S]) -> tuple[S, ...]:
    """Of items that overlap keep the longest, of equally long ones the first; sorted by start."""
    kept: list[S] = []
    starts: list[int] = []
    for item in sorted(items, key=lambda i: (i.span.start - i.span.end, i.span.start)):
        at = bisect.bisect(starts, item.span.start)
        if at and kept[at - 1].span.end > item.span.start:
            continue
        if at < len(kept) and kept[at].span.start < item.span.end:
            continue
        starts.insert(at, item.span.start)
        kept.insert(at, item)
    return tuple(kept)


def outside(items: Iterable[S], covers: Sequence[HasSpan]) -> tuple[S, ...]:
    """The items that no span of `covers` (sorted, disjoint) overlaps."""
    starts = [c.span.start for c in covers]

    def free(item: S) -> bool:
        at = bisect.bisect_left(starts, item.span.end)
        return at == 0 or covers[at - 1].span.end <= item.span.start

    return tuple(item for item in items if free(item))


def inside(items: Iterable[S], cover: Span) -> tuple[S, ...]:
    """The items that lie wholly in `cover`."""
    return tuple(item for item in items if cover.contains(item.span))
