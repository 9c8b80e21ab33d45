"""`Prefer: wait=N` (RFC 7240), without letting those who wait take every thread."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

MAX_WAIT_S = 30
SLICE_S = 2.0  # after so long at most those who wait look up whether the process is to stop
STOPPING = threading.Event()
"""Set when this process is to stop: those who wait get their answer now."""

T = TypeVar("T")
_WAIT = re.compile(r'\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?', re.IGNORECASE | re.ASCII | re.DOTALL)


def preferred_wait(headers: Iterable[str]) -> int:
    """Seconds, at most `MAX_WAIT_S`, that the Prefer headers ask to wait; 0 where they do not, or not readably (RFC 7240: ignored)."""
    for header in headers:
        for preference in header.split(","):
            if match := _WAIT.fullmatch(preference):
                return min(int(match[1]), MAX_WAIT_S)
    return 0


class WaitingRoom:
    """Seats for the requests of one process that are held open. A preference may be declined: who finds no seat is answered at once."""

    def __init__(self, seats: int) -> None:
        self._seats = threading.Semaphore(seats)

    def hold(self, seconds: float, look: Callable[[float], T], done: Callable[[T], bool]) -> T | None:
        """What `look(timeout)` sees once it is `done`, or last within `seconds`; None where there is no seat."""
        until = time.monotonic() + seconds
        with self.seat() as seated:
            while seated:
                seen = look(min(SLICE_S, max(0.0, until - time.monotonic())))
                if done(seen) or time.monotonic() >= until or STOPPING.is_set():
                    return seen
        return None

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """True where there is one; it is free again at the end."""
        taken = self._seats.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self._seats.release()
