"""`Prefer: wait=N` (RFC 7240), without letting those who wait take every thread."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

MAX_WAIT_S = 30
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

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """True where there is one; it is free again at the end."""
        taken = self._seats.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self._seats.release()
