"""Events that wait to be told to a callback URL. They are written in the same move that ends their job (`transitions`), so none is lost.

The outbox is a sorted set of ids by the moment they are due, beside it a hash for each event. Who delivers one takes it for a while
(a lease): if that process dies, the event is due again. How it went stands in the job's or the batch's own record.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import cast

import redis

from jobstore import counters, keys
from jobstore.announcing import KEPT_S
from jobstore.connection import available
from jobstore.idempotency import Command
from schemas.labels import DeliveryStatus

LEASE_S = 120
"""So long an event is its taker's; longer than any attempt lasts and is written down."""

# KEYS outbox; ARGV prefix of events, lease_s, token -> id and the event's fields, where one is due
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
while true do
  local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
  if not id then return nil end
  local event = ARGV[1] .. id
  if redis.call('EXISTS', event) == 1 then
    redis.call('ZADD', KEYS[1], now + ARGV[2], id)
    redis.call('HSET', event, 'taken_by', ARGV[3])
    return {id, redis.call('HGETALL', event)}
  end
  redis.call('ZREM', KEYS[1], id)
end
"""

# KEYS outbox, event, record, counters; ARGV id, token, status, now, reason, in_s, increments -> 1 where the event was its taker's
_SETTLE = """
if redis.call('HGET', KEYS[2], 'taken_by') ~= ARGV[2] then return 0 end
local attempts = redis.call('HINCRBY', KEYS[2], 'attempts', 1)
if redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('HSET', KEYS[3], 'callback_status', ARGV[3], 'callback_attempts', attempts, 'callback_attempted_at', ARGV[4],
    'callback_problem', ARGV[5])
  if redis.call('HEXISTS', KEYS[3], 'version') == 1 then redis.call('HINCRBY', KEYS[3], 'version', 1) end
end
for field, by in pairs(cjson.decode(ARGV[7])) do redis.call('HINCRBYFLOAT', KEYS[4], field, by) end
if ARGV[3] == 'pending' then
  local time = redis.call('TIME')
  redis.call('HDEL', KEYS[2], 'taken_by')
  redis.call('ZADD', KEYS[1], time[1] + time[2] / 1000000 + ARGV[6], ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('DEL', KEYS[2])
end
return 1
"""

# KEYS outbox, event; ARGV id, token, in_s
_PUT_BACK = """
if redis.call('HGET', KEYS[2], 'taken_by') ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[2], 'taken_by')
redis.call('ZADD', KEYS[1], time[1] + time[2] / 1000000 + ARGV[3], ARGV[1])
return 1
"""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has ended and is to be told, as its taker gets it. `id` is the job's or the batch's; `attempts` were made before."""

    id: str
    type: str
    at: str
    url: str
    owner: str
    record: str
    document_id: str
    request_id: str
    attempts: int
    taken_by: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event in the outbox, for who looks at it. `due_at` is when the next attempt is made, or when a lost taker's lease ends."""

    id: str
    type: str
    url: str
    owner: str
    attempts: int
    due_at: datetime


def announcing(record: str, kind: str, at: datetime, *, url: str, owner: str, request_id: str) -> list[Command]:
    """What writes the event of a batch that ends as it is made."""
    event_id = record.rsplit(":", 1)[-1]
    name = keys.event(event_id)
    fields: dict[str, str | int] = {"record": record, "type": kind, "at": at.isoformat(), "url": url, "attempts": 0}
    flat = chain.from_iterable((fields | {"owner": owner, "document_id": "", "request_id": request_id}).items())
    return [("HSET", name, *flat), ("EXPIRE", name, KEPT_S), ("ZADD", keys.OUTBOX, at.timestamp(), event_id)]


class Outbox:
    """Take events and write down how telling them went. Every method raises `StoreUnavailable` where Redis does not answer."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection
        self._take = connection.register_script(_TAKE)
        self._settle = connection.register_script(_SETTLE)
        self._put_back = connection.register_script(_PUT_BACK)

    def take(self) -> Event | None:
        """The event that has been due for longest, for `LEASE_S`; None where none is due."""
        with available():
            taken = self._take(keys=[keys.OUTBOX], args=[keys.event(""), LEASE_S, uuid.uuid4().hex])
        if taken is None:
            return None
        event_id, flat = cast("tuple[bytes, list[bytes]]", taken)
        fields = {name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2], strict=True)}
        return Event(event_id.decode(), attempts=int(fields.pop("attempts")), **fields)

    def settle(self, event: Event, status: DeliveryStatus, problem: str = "", *, again_in_s: float = 0.0) -> bool:
        """Write down an attempt: the event is gone, or due `again_in_s` where it stays pending. False where it is another's by now."""
        outcome = "failed" if problem else "delivered"
        counted = counters.WEBHOOK_ATTEMPTS.by(outcome=outcome)
        if status is DeliveryStatus.FAILED:
            counted |= counters.WEBHOOKS_GIVEN_UP.by()
        now = datetime.now(UTC).isoformat()
        with available():
            names = [keys.OUTBOX, keys.event(event.id), event.record, keys.COUNTERS]
            args = [event.id, event.taken_by, status.value, now, problem, again_in_s, json.dumps(counted)]
            return bool(self._settle(keys=names, args=args))

    def put_back(self, event: Event, in_s: float) -> None:
        """No attempt was made; it is due again `in_s`."""
        with available():
            self._put_back(keys=[keys.OUTBOX, keys.event(event.id)], args=[event.id, event.taken_by, in_s])

    def waiting(self, most: int = 1000) -> list[Waiting]:
        """What is to be told, the first due first."""
        with available():
            due = cast("list[tuple[bytes, float]]", self._redis.zrange(keys.OUTBOX, 0, most - 1, withscores=True))
            with self._redis.pipeline(transaction=False) as pipe:
                for event_id, _ in due:
                    pipe.hmget(keys.event(event_id.decode()), "type", "url", "owner", "attempts")
                known = cast("list[list[bytes | None]]", pipe.execute())
        found = []
        for (event_id, moment), values in zip(due, known, strict=True):
            kind, url, owner, attempts = ((value or b"").decode() for value in values)
            if kind:
                found.append(Waiting(event_id.decode(), kind, url, owner, int(attempts), datetime.fromtimestamp(moment, UTC)))
        return found
