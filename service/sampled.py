"""A value of Redis that is good for a moment, so that it is not asked for at every request."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Sampled(Generic[T]):
    """`sampled()` is what `load()` said at most `life_s` seconds ago; of several threads one asks anew.

    Those who wait for it share its failure as well: one after the other would wait for as long again each.
    """

    def __init__(self, load: Callable[[], T], life_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._life_s = life_s
        self._clock = clock
        self._kept: tuple[T, float] | None = None
        self._failed: tuple[Exception, float] | None = None
        self._loading = threading.Lock()

    def __call__(self) -> T:
        """Raises what `load` raises; then nothing is kept of it."""
        kept = self._kept
        asked_at = self._clock()
        if kept is None or asked_at >= kept[1]:
            with self._loading:
                kept = self._kept
                if kept is None or self._clock() >= kept[1]:
                    kept = self._load_anew(asked_at)
        return kept[0]

    def _load_anew(self, asked_at: float) -> tuple[T, float]:
        if self._failed and self._failed[1] > asked_at:
            raise self._failed[0]
        try:
            self._kept = kept = (self._load(), self._clock() + self._life_s)
        except Exception as error:
            self._failed = (error, self._clock())
            raise
        return kept
