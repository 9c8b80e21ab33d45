"""Who may have how many of the threads that deliver."""

import threading
from collections import Counter
from urllib.parse import urlsplit

from jobstore.outbox import Event

SHORTEST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
_MORE_S = 0.1  # for each that waits already


class Seats:
    """So many for a host, so many for an owner. Who finds none is to come again, the later the more there are of its kind."""

    def __init__(self, of_a_host: int, of_an_owner: int) -> None:
        self._most = {"host": of_a_host, "owner": of_an_owner}
        self._lock = threading.Lock()
        self._taken: Counter[tuple[str, str]] = Counter()
        self._sent_away: Counter[tuple[str, str]] = Counter()

    def take(self, event: Event) -> float | None:
        """None: it has a seat. Else the seconds after which to come again."""
        with self._lock:
            for name in _names(event):
                if self._taken[name] >= self._most[name[0]]:
                    wait_s = min(SHORTEST_WAIT_S + _MORE_S * self._sent_away[name], LONGEST_WAIT_S)
                    self._sent_away[name] += 1
                    return wait_s
            self._taken.update(_names(event))
        return None

    def give_back(self, event: Event) -> None:
        """The seat is free."""
        with self._lock:
            for name in _names(event):
                self._taken[name] -= 1
                self._sent_away[name] = max(0, self._sent_away[name] - 1)
                if not self._taken[name]:
                    del self._taken[name], self._sent_away[name]


def host_of(event: Event) -> str:
    """The host that it goes to."""
    return urlsplit(event.url).hostname or ""


def _names(event: Event) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("host", host_of(event)), ("owner", event.owner)
