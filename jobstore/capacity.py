"""How much more the store can take, so that it is refused at the door and not in the middle."""

from dataclasses import dataclass
from typing import Any, cast

import redis

from jobstore import keys
from jobstore.connection import available

RESULT_RATIO = 4
"""A result takes up to so many times the memory of its request, both compressed (3.3 times for a page of news full of figures)."""

_SAMPLES = 32
_SHARE_WITHOUT_LIMIT = 0.5  # of the machine's memory, where Redis has no limit of its own

# KEYS queue; ARGV prefix of requests, samples -> jobs that wait, bytes of their requests (by samples of equal distance)
_WAITING = """
local queued = redis.call('LLEN', KEYS[1])
local step = math.max(1, math.ceil(queued / tonumber(ARGV[2])))
local seen, bytes = 0, 0
for place = 0, queued - 1, step do
  bytes = bytes + redis.call('STRLEN', ARGV[1] .. redis.call('LINDEX', KEYS[1], place))
  seen = seen + 1
end
return {queued, seen > 0 and math.floor(bytes / seen * queued) or 0}
"""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What waits and what room there is; memory in bytes."""

    queued: int
    waiting_bytes: int
    used_bytes: int
    limit_bytes: int

    @property
    def needed_bytes(self) -> int:
        """What will be in use once all that waits is done: what is in use, and the results to come."""
        return self.used_bytes + RESULT_RATIO * self.waiting_bytes


def measure(connection: redis.Redis) -> Capacity:
    """How full queue and memory are. Raises `StoreUnavailable`."""
    with available():
        pipe = connection.pipeline(transaction=False)
        for lane in keys.Lane:
            pipe.eval(_WAITING, 1, lane.queue, keys.request(""), _SAMPLES)
        pipe.info("memory")
        *lanes, memory = cast("tuple[Any, ...]", pipe.execute())
    queued, waiting_bytes = (sum(part) for part in zip(*lanes, strict=True))
    limit = int(memory.get("maxmemory", 0)) or int(memory.get("total_system_memory", 0) * _SHARE_WITHOUT_LIMIT)
    return Capacity(queued, waiting_bytes, int(memory["used_memory"]), limit)
