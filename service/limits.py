"""How much one may ask for: requests a key, and no more work than the store has room for. Only what makes work is counted.

The RateLimit fields are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, g, request
from limits import RateLimitItem
from limits.storage import RedisStorage

from jobstore import capacity, keys
from jobstore.api_keys import ANONYMOUS
from jobstore.connection import available, connect_redis
from service.access import guards
from service.config import Config
from service.problems import ProblemError, unread_body
from service.sampled import Sampled

CAPACITY_LIFE_S = 1.0
SHARES = 100
MOST_CLIENTS = 10_000
RETRY_QUEUE_S = 10
RETRY_MEMORY_S = 30
FIELDS = ("RateLimit", "RateLimit-Policy")
PROBLEMS = ("too-many-requests", "queue-full", "store-full")


def limited(path: str, method: str) -> bool:
    """Whether requests of this method to this path (or rule) are counted and may be refused for want of room."""
    return method == "POST" and guards(path) and not path.endswith("/cancel")


class RequestCounter:
    """Counts requests in windows of fixed length. A process takes several of a client's at once: most requests ask nothing of Redis.

    Never are more served than there may be, and at worst a hundredth fewer for each process.
    """

    def __init__(self, storage: RedisStorage, limit: RateLimitItem, clock: Callable[[], float] = time.time) -> None:
        self._storage = storage
        self._window_s = limit.get_expiry()
        self._most = limit.amount
        self._at_once = max(1, self._most // SHARES)
        self._clock = clock
        self._lock = threading.Lock()
        self._window = -1
        self._taken: dict[str, tuple[int, int]] = {}  # of a client: requests that are this process's, and how many are left beside them
        self.policy = f'"default";q={self._most};w={self._window_s}'

    def count(self, client: str) -> tuple[int, int]:
        """One request more of `client`: how many are left (-1: this is too many), and in how many seconds there are all again."""
        window, passed_s = divmod(int(self._clock()), self._window_s)
        left = self._spend(client, window)
        if left is None:  # outside of the lock: a Redis that hangs must not make the others wait for one another
            ours, others = self._take(client, window)
            left = self._spend(client, window, ours, others)
        return -1 if left is None else left, self._window_s - passed_s

    def _spend(self, client: str, window: int, more: int = 0, others: int | None = None) -> int | None:
        """One of this process's requests, with `more` that were just taken: how many are left; None where there is none to spend."""
        with self._lock:
            if window != self._window or len(self._taken) > MOST_CLIENTS:
                self._window, self._taken = window, {}
            ours, known = self._taken.get(client, (0, 0))
            ours, known = ours + more, known if others is None else others
            if not ours and others is not None:
                known = -1
            self._taken[client] = (max(0, ours - 1), known)
        if ours:
            return ours + max(0, known) - 1
        return -1 if known < 0 else None

    def _take(self, client: str, window: int) -> tuple[int, int]:
        with available():
            counted = self._storage.incr(f"{client}:{window}", self._window_s, self._at_once)
        return max(0, self._at_once - max(0, counted - self._most)), max(0, self._most - counted)


def register(app: Flask, config: Config) -> None:
    """Refuse what is too much, and tell clients how much is left to them. `g.owner` is known by then."""
    connection = connect_redis(config.store.redis_url, socket_timeout_s=2.0)
    room = Sampled(lambda: capacity.measure(connection), CAPACITY_LIFE_S)
    storage = RedisStorage("redis://", connection_pool=connection.connection_pool, key_prefix=keys.RATE)
    counter = RequestCounter(storage, config.rate_limit) if config.rate_limit else None

    @app.before_request
    def admit() -> None:
        if not limited(request.path, request.method):
            return
        if counter:
            left, reset_s = counter.count(_client())
            g.rate_limit = {"RateLimit-Policy": counter.policy, "RateLimit": f'"default";r={max(0, left)};t={reset_s}'}
            if left < 0:
                raise _refusal("too-many-requests", f"The limit is {config.rate_limit}; go on in {reset_s} s.", reset_s)
        now = room()
        if now.queued >= config.max_queued:
            raise _refusal("queue-full", f"{now.queued} documents wait already; try again in {RETRY_QUEUE_S} s.", RETRY_QUEUE_S)
        if now.needed_bytes > now.limit_bytes * config.redis_high_water_percent // 100:
            raise _refusal("store-full", f"The job store's memory is full; try again in {RETRY_MEMORY_S} s.", RETRY_MEMORY_S)

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers.update(g.get("rate_limit", {}))
        return response


def _client() -> str:
    """Whose requests are counted together: a key's name, else the address (of IPv6 the network: one client has all of it)."""
    if g.owner != ANONYMOUS:
        return f"key:{g.owner}"
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a Unix socket
        return "address:"
    return f"address:{ip_network((address, 64), strict=False).network_address if isinstance(address, IPv6Address) else address}"


def _refusal(name: str, detail: str, retry_after_s: int) -> ProblemError:
    return ProblemError(name, detail, headers={"Retry-After": str(retry_after_s), **unread_body()})
