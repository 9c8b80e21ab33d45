"""One request that is sent more than once takes effect once: what a client's idempotency key stands for.

The key is written in the MULTI that takes the effect, under WATCH, so of any number of equal requests at the same moment one has it
and the others see what it made. It is kept as long as the record of what was made.
"""

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import redis
from redis.client import Pipeline

from jobstore import keys
from jobstore.connection import StoreUnavailable, available

TAKING_S = 60
"""A request that is still being read holds its key for so long, then for as long again with each `Taking.go_on`."""


class KeyReused(Exception):
    """The key has come before, with another request."""


class KeyInUse(Exception):
    """The request that the key came with first is still being read."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """`key` as the client chose it, within its `owner`; `fingerprint` tells the request it came with from every other."""

    key: str
    owner: str
    fingerprint: str = ""

    @property
    def name(self) -> str:
        """Where it is kept; a digest, for it may be as long as the client likes and hold what it likes."""
        return keys.idempotency(hashlib.sha256(f"{self.owner}\0{self.key}".encode()).hexdigest())


def run_once(connection: redis.Redis, key: IdempotencyKey | None, record: str, kept_s: int, write: Callable[[Pipeline], None]) -> str:
    """Run the commands of `write` in one MULTI and return `record`, the name of the record that they make.

    Where the key has made a record already that is still there, nothing is written and the answer is that record's name.
    Raises `KeyReused`, and what redis-py raises.
    """
    with connection.pipeline() as pipe:
        while True:
            if key is not None:
                pipe.watch(key.name)  # type: ignore[no-untyped-call]
                if (made := _made(pipe, key)) is not None:
                    return made
            pipe.multi()
            write(pipe)
            if key is not None:
                pipe.hset(key.name, mapping={"fingerprint": key.fingerprint, "record": record})
                pipe.expire(key.name, kept_s)
            with contextlib.suppress(redis.WatchError):  # an equal request was faster: look again
                pipe.execute()
                return record


@contextlib.contextmanager
def taking(connection: redis.Redis, key: IdempotencyKey | None) -> Iterator[Callable[[], None]]:
    """Hold the key while a long request is read; yields what holds it for longer. Nothing happens without a key.

    Raises `KeyInUse` where another request holds it, `StoreUnavailable`.
    """
    if key is None:
        yield lambda: None
        return
    name, token = f"{key.name}:taking", uuid.uuid4().hex
    with available():
        if not connection.set(name, token, nx=True, ex=TAKING_S):
            raise KeyInUse

    def go_on() -> None:
        with available():
            connection.expire(name, TAKING_S)

    try:
        yield go_on
    finally:
        with contextlib.suppress(StoreUnavailable), available():
            if cast("bytes | None", connection.get(name)) == token.encode():
                connection.delete(name)


def _made(pipe: Pipeline, key: IdempotencyKey) -> str | None:
    """The record that the key stands for; None where it is free."""
    kept = cast("list[bytes | None]", pipe.hmget(key.name, "fingerprint", "record"))
    fingerprint, record = (None if value is None else value.decode() for value in kept)
    if fingerprint is None or record is None or not pipe.exists(record):
        return None
    if fingerprint != key.fingerprint:
        raise KeyReused
    return record
