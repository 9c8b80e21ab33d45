"""How Redis is spoken to, and what is said where it does not answer."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry as ConnectionRetry

from jobstore import sentinel


class StoreUnavailable(Exception):
    """Redis does not answer, or refuses to write."""


def connect_redis(url: str, *, socket_timeout_s: float | None) -> redis.Redis:
    """A client of `url` that neither retries (a replayed command may run twice) nor waits longer than `socket_timeout_s`.

    Where `url` names Sentinels, each new connection goes to the master that they name then.
    """
    options: dict[str, Any] = {
        "socket_timeout": socket_timeout_s,
        "socket_connect_timeout": socket_timeout_s or 2.0,
        "retry": ConnectionRetry(NoBackoff(), 0),
        "health_check_interval": 15,
    }
    if url.startswith(sentinel.SCHEMES):
        return sentinel.SentinelAddress.parse(url).connect(**options)
    return redis.Redis.from_url(url, **options)


def place_of(url: str) -> str:
    """Where `url` leads, for people: without user and password."""
    if url.startswith(sentinel.SCHEMES):
        return str(sentinel.SentinelAddress.parse(url))
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Have every failure of Redis inside raised as `StoreUnavailable`."""
    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise StoreUnavailable(f"Redis: {type(error).__name__}: {error}") from error
