"""A value of Redis that is good for a moment, so that it is not asked for at every request."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Sampled(Generic[T]):
    """`sampled()` is what `load()` said at most `life_s` seconds ago; of several threads one asks anew."""

    def __init__(self, load: Callable[[], T], life_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._life_s = life_s
        self._clock = clock
        self._kept: tuple[T, float] | None = None
        self._loading = threading.Lock()

    def __call__(self) -> T:
        """Raises what `load` raises; then nothing is kept of it."""
        kept = self._kept
        if kept is None or self._clock() >= kept[1]:
            with self._loading:
                kept = self._kept
                if kept is None or self._clock() >= kept[1]:
                    kept = self._kept = (self._load(), self._clock() + self._life_s)
        return kept[0]
