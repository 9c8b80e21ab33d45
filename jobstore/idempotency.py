"""One request that is sent more than once takes effect once: what a client's idempotency key stands for.

The key is written by the script that takes the effect, so of any number of equal requests at the same moment one has it and the others
see what it made. It is kept as long as the record of what was made.
"""

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import redis

from jobstore import keys
from jobstore.connection import StoreUnavailable, available

Command = tuple[str | bytes | int | float, ...]
"""A command of Redis: its name and what follows it."""

# ARGV key or '', fingerprint, record, kept_s, then of each command: how many parts it has, and these -> the record that the key stands for,
# '' where it came with another request
_RUN_ONCE = """
local key, fingerprint, record = ARGV[1], ARGV[2], ARGV[3]
if key ~= '' then
  local known = redis.call('HMGET', key, 'fingerprint', 'record')
  if known[2] and redis.call('EXISTS', known[2]) == 1 then return known[1] == fingerprint and known[2] or '' end
  redis.call('HSET', key, 'fingerprint', fingerprint, 'record', record)
  redis.call('EXPIRE', key, ARGV[4])
end
local at = 5
while at < #ARGV do
  local last = at + ARGV[at]
  redis.call(unpack(ARGV, at + 1, last))
  at = last + 1
end
return record
"""

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


class RunOnce:
    """Runs commands as one, all or none, in one round trip; with a key once."""

    def __init__(self, connection: redis.Redis) -> None:
        self._script = connection.register_script(_RUN_ONCE)

    def __call__(self, key: IdempotencyKey | None, record: str, kept_s: int, commands: Iterable[Command]) -> str:
        """Run the commands and return `record`, the name of the record that they make.

        Where the key has made a record already that is still there, nothing is done and the answer is that record's name.
        Raises `KeyReused`, and what redis-py raises.
        """
        known = ("", "") if key is None else (key.name, key.fingerprint)
        flat = (part for command in commands for part in (len(command), *command))
        made = cast("bytes", self._script(args=[*known, record, kept_s, *flat]))
        if not made:
            raise KeyReused
        return made.decode()


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
