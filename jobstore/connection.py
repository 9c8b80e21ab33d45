"""How Redis is spoken to, and what is said where it does not answer."""

import contextlib
from collections.abc import Iterator

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry as ConnectionRetry


class StoreUnavailable(Exception):
    """Redis does not answer, or refuses to write."""


def connect_redis(url: str, *, socket_timeout_s: float | None) -> redis.Redis:
    """A client of `url` that neither retries (a replayed command may run twice) nor waits longer than `socket_timeout_s`."""
    return redis.Redis.from_url(
        url,
        socket_timeout=socket_timeout_s,
        socket_connect_timeout=socket_timeout_s or 2.0,
        retry=ConnectionRetry(NoBackoff(), 0),
        health_check_interval=15,
    )


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Have every failure of Redis inside raised as `StoreUnavailable`."""
    try:
        yield
    except (redis.RedisError, OSError) as error:
        raise StoreUnavailable(f"Redis: {type(error).__name__}: {error}") from error
