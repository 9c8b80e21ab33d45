"""A worker's child: takes jobs of one lane, one after another, until it is told to stop or has had enough."""

import contextlib
import functools
import gc
import logging
import math
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from uuid import uuid4

from jobstore.connection import StoreUnavailable, connect_redis
from jobstore.keys import Lane
from jobstore.leases import Leases
from jobstore.record import Attempt
from workers.place import Place
from workers.process import anonymous_bytes
from workers.settings import WorkerSettings
from workers.slot import Slot

log = logging.getLogger(__name__)

AWAIT_S = 10.0
"""So long a child blocks on an empty lane."""

_NICENESS = {Lane.SHORT: 0, Lane.LONG: 5}  # where both lanes are busy, the kernel gives short documents three quarters
_COLLECT_EVERY = 50
_PAUSES_S = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)


Extract = Callable[[Attempt, Leases, Callable[[], None]], None]
"""`tasks.extract` with what was loaded."""


def work_at(place: Place, settings: WorkerSettings, extract: Extract) -> None:
    """What a child does, from its fork to its end."""
    os.nice(_NICENESS[place.lane])
    connection = connect_redis(settings.store.redis_url, socket_timeout_s=AWAIT_S + 5)
    leases = Leases(connection, result_ttl_s=settings.store.result_ttl_s, lease_s=settings.lease_s)
    child = Child(place.lane, place.slot, leases, extract, settings)
    signal.signal(signal.SIGTERM, child.stop)
    child.work()


class _Stop(BaseException):
    """Not an Exception: nothing on the way may take it for a fault."""


class Child:
    """One lane's loop: `extract` is called with each attempt."""

    def __init__(self, lane: Lane, slot: Slot, leases: Leases, extract: Extract, settings: WorkerSettings) -> None:
        self._lane = lane
        self._slot = slot
        self._leases = leases
        self._extract = extract
        self._settings = settings
        self._stopping = False
        self._blocked = False

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Finish the job in hand, then leave; a signal's handler."""
        self._stopping = True
        if self._blocked:
            self._blocked = False
            raise _Stop

    def work(self) -> None:
        """Take and perform jobs until the child shall leave."""
        gc.disable()  # a document of a megabyte makes millions of objects, none of them garbage before its end
        done, grown_from, in_vain = 0, anonymous_bytes(), 0
        most_bytes = grown_from + self._settings.child_megabytes * 2**20
        with contextlib.suppress(_Stop):
            while not self._stopping and done < self._settings.child_jobs and anonymous_bytes() < most_bytes:
                if (attempt := self._take()) is not None:
                    self._perform(attempt)
                    done, in_vain = done + 1, 0
                    if self._lane is Lane.LONG or done % _COLLECT_EVERY == 0:
                        gc.collect()
                else:
                    in_vain = self._await(in_vain)

    def _perform(self, attempt: Attempt) -> None:
        hold = functools.partial(self._slot.hold, attempt.token, attempt.job_id)
        hold(due=time.monotonic() + self._settings.store.deadline_s)
        self._extract(attempt, self._leases, lambda: hold(due=math.inf))  # what is done may wait for Redis
        self._slot.clear()

    def _take(self) -> Attempt | None:
        """The next job. While Redis does not answer, ask on with the same token: it may have given a job and the answer was lost."""
        token, failures = uuid4().hex, 0
        while True:
            self._slot.reach(token)
            try:
                attempt = self._leases.take(self._lane, token, again=failures > 0)
            except StoreUnavailable as error:
                if self._stopping:  # should it have given one, the parent releases it
                    return None
                if not failures:
                    log.warning("%s", error)
                failures += 1
                time.sleep(_pause_s(failures))
            else:
                if attempt is None:
                    self._slot.clear()
                return attempt

    def _await(self, in_vain: int) -> int:
        """Wait until there may be a job; how often in a row there was none all the same (another child was faster, or none may begin)."""
        try:
            self._blocked = True
            if self._stopping:
                return 0
            time.sleep(_pause_s(in_vain))
            return in_vain + 1 if self._leases.await_job(self._lane, AWAIT_S) else 0
        except StoreUnavailable:
            return in_vain + 1
        finally:
            self._blocked = False


def _pause_s(times: int) -> float:
    return _PAUSES_S[min(times, len(_PAUSES_S) - 1)]
