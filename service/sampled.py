"""A value of Redis that is good for a moment, so that it is not asked for at every request."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Sampled(Generic[T]):
    """`sampled()` is what `load()` said at most `life_s` seconds ago.

    When half of that is over, one thread asks anew while the others go on with what is known. Those who must wait share a failure as well:
    one after the other would wait for as long again each.
    """

    def __init__(self, load: Callable[[], T], life_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._life_s = life_s
        self._clock = clock
        self._kept: tuple[T, float] | None = None  # and since when
        self._failed: tuple[Exception, float] | None = None
        self._loading = threading.Lock()

    def __call__(self) -> T:
        """Raises what `load` raises; then nothing is kept of it."""
        kept, asked_at = self._kept, self._clock()
        if kept is not None and self._is_young(kept, asked_at):
            return kept[0]
        if kept is None or asked_at >= kept[1] + self._life_s:
            self._loading.acquire()
        elif not self._loading.acquire(blocking=False):
            return kept[0]
        try:
            return self._latest(asked_at)
        finally:
            self._loading.release()

    def _latest(self, asked_at: float) -> T:
        """What another thread was told meanwhile, be it a failure since `asked_at`; else what `load` says now."""
        if self._kept and self._is_young(self._kept, self._clock()):
            return self._kept[0]
        if self._failed and self._failed[1] > asked_at:
            raise self._failed[0]
        try:
            since = self._clock()
            value = self._load()
        except Exception as error:
            self._failed = (error, self._clock())
            raise
        self._kept = (value, since)
        return value

    def _is_young(self, kept: tuple[T, float], now_s: float) -> bool:
        return now_s < kept[1] + self._life_s / 2
