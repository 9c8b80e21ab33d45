"""The worker's parent: forks children that share what was loaded, watches over them and holds their leases.

A child that dies is replaced and its job put back; one that is past its deadline is killed, wherever it hangs, and its job fails; so is
one that stays stopped, or whose job was canceled. The parent renews the leases, so that a child may be inside a long call of C++, and
recovers those that other workers let lapse. It never waits for Redis for long, and what it could not tell it tells later.
"""

import contextlib
import functools
import gc
import logging
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from types import FrameType

from jobstore import failures
from jobstore.connection import StoreUnavailable, available, connect_redis
from jobstore.keys import Lane
from jobstore.leases import Leases
from workers.place import Place
from workers.registration import Registration, strike_off_the_dead
from workers.settings import WorkerSettings
from workers.slot import InHand

log = logging.getLogger(__name__)

_TICK_S = 0.05
_RECOVER_EVERY_S = 1.0
_TIDY_EVERY_S = 60.0
_SOCKET_TIMEOUT_S = 2.0
_UNHEARD_S = 0.5
_REGISTERED_S = 30  # how long a worker that fell silent still counts


class Prefork:
    """`run` works until SIGTERM or SIGINT; `work` is what a child does at its place until it shall leave."""

    def __init__(self, settings: WorkerSettings, work: Callable[[Place], None]) -> None:
        self._settings = settings
        self._work = work
        names = f"{socket.gethostname()}.{os.getpid()}"
        self._places = [Place(lane, f"{names}.{lane.name.lower()}.{i + 1}") for lane in Lane for i in range(settings.processes)]
        self._connection = connect_redis(settings.store.redis_url, socket_timeout_s=_SOCKET_TIMEOUT_S)
        self._leases = Leases(self._connection, result_ttl_s=settings.store.result_ttl_s, lease_s=settings.lease_s)
        self._registrations: dict[str, Registration] = {}
        self._doubted: set[str] = set()  # tokens that did not hold their job at the last heartbeat
        self._owed: deque[Callable[[], object]] = deque()  # what Redis is still to be told, in order
        self._stop_until: float | None = None
        self._speak_at = self._renew_at = self._tidy_at = 0.0
        self._recover_at = self._after_renewals()
        self._unheard = False

    def run(self) -> None:
        """Fork, watch and, once told to stop, end the children."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.freeze()  # what was loaded is not looked at again, so its pages stay shared
        gc.enable()  # see `prepare_to_load`
        self._fork()
        log.info("worker %d is ready", os.getpid())
        while self._stop_until is None:
            self._watch()
            time.sleep(_TICK_S)
            self._fork()
        for place in self._places:
            place.send(signal.SIGTERM)
        while any(place.pid for place in self._places) and time.monotonic() < self._stop_until:
            self._watch()
            time.sleep(_TICK_S)
        self._end()

    def _fork(self) -> None:
        for place in self._places:
            place.fork(self._work)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """At the first signal let the children finish, at the second do not."""
        self._stop_until = time.monotonic() + (self._settings.grace_s if self._stop_until is None else 0.0)

    def _end(self) -> None:
        """Kill who still works; the job in its hand is the next in its lane, and this is not held against it."""
        for place in self._places:
            if place.pid:
                place.send(signal.SIGKILL)
                os.waitpid(place.pid, 0)
            if in_hand := place.slot.read():
                self._owe(self._leases.release, in_hand.token, handed_back=True)
        with contextlib.suppress(StoreUnavailable):
            self._pay()
            with available(), self._connection.pipeline(transaction=False) as pipe:
                for registration in self._registrations.values():
                    registration.withdraw(pipe)
                pipe.execute(raise_on_error=False)

    def _watch(self) -> None:
        now = time.monotonic()
        for place in self._places:
            in_hand = place.slot.read()
            if (status := place.reap()) is not None:
                self._bury(place, status)
            elif in_hand and now > in_hand.due:
                self._owe(self._leases.fail, in_hand.job_id, in_hand.token, failures.deadline_exceeded(self._settings.store.deadline_s))
                self._kill(place, in_hand, "is past its deadline")
            elif place.stopped_since and now > place.stopped_since + self._settings.lease_s:
                self._kill(place, in_hand, "was stopped and does not go on")
        if now >= self._speak_at:
            self._speak(now)

    def _bury(self, place: Place, status: int) -> None:
        in_hand = place.slot.read()
        if status:
            cause = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit code {os.WEXITSTATUS(status)}"
            log.warning("%s ended (%s)%s", place.name, cause, _with_job(in_hand))
        if in_hand:
            self._owe(self._leases.release, in_hand.token)

    def _kill(self, place: Place, in_hand: InHand | None, why: str) -> None:
        log.warning("%s %s%s: killed", place.name, why, _with_job(in_hand))
        place.send(signal.SIGKILL)
        place.stopped_since = None
        place.slot.clear()
        if in_hand:
            self._owe(self._leases.release, in_hand.token)  # nothing is left to release where the job has ended

    # what Redis is told

    def _owe(self, tell: Callable[..., object], *arguments: object, **options: object) -> None:
        self._owed.append(functools.partial(tell, *arguments, **options))
        self._speak_at = 0.0

    def _pay(self) -> None:
        while self._owed:
            self._owed[0]()
            self._owed.popleft()

    def _speak(self, now: float) -> None:
        try:
            if now >= self._renew_at:
                self._renew()
                self._renew_at = now + self._settings.heartbeat_s
            self._pay()
            if now >= self._tidy_at:
                strike_off_the_dead(self._connection)
                self._tidy_at = now + _TIDY_EVERY_S
            if now >= self._recover_at:
                if lapsed := self._leases.recover():
                    log.warning("%d leases had lapsed; their jobs are taken up anew", lapsed)
                self._recover_at = now + _RECOVER_EVERY_S
        except StoreUnavailable as error:
            if not self._unheard:
                log.warning("%s", error)
            self._unheard, self._recover_at = True, self._after_renewals()
            self._speak_at = time.monotonic() + _UNHEARD_S
        else:
            self._unheard = False
            self._speak_at = min(self._renew_at, self._recover_at)

    def _after_renewals(self) -> float:
        """When lapsed leases are recovered where Redis may have been away: whoever lives renews before."""
        return time.monotonic() + 2 * self._settings.heartbeat_s

    def _renew(self) -> None:
        held = [(place.lane, found.job_id, found.token) for place in self._places if (found := place.slot.read()) and found.job_id]
        lost = self._leases.renew(held)
        for place in self._places:
            in_hand = place.slot.read()
            if in_hand and in_hand.token in lost & self._doubted:  # seen twice: it did not just end
                self._kill(place, in_hand, "works on what was canceled or begun anew")
        self._doubted = lost
        with available(), self._connection.pipeline(transaction=False) as pipe:
            for place in filter(lambda place: place.pid, self._places):
                in_hand = place.slot.read()
                self._registration(place).renew(pipe, in_hand.job_id if in_hand else "")
            pipe.execute(raise_on_error=False)

    def _registration(self, place: Place) -> Registration:
        known = self._registrations.get(place.name)
        if known is None or known.pid != place.pid:
            known = self._registrations[place.name] = Registration(place.lane, place.name, place.pid, self._connection, _REGISTERED_S)
        return known


def _with_job(in_hand: InHand | None) -> str:
    return f" with job {in_hand.job_id}" if in_hand and in_hand.job_id else ""
