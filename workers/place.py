"""One child's place in a worker: children come and go, the place stays. All that a parent does to a child's process is here."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from jobstore.connection import StoreUnavailable
from jobstore.keys import Lane
from workers.process import become_child
from workers.slot import Slot

log = logging.getLogger(__name__)

_YOUNG_S = 1.0  # a child that ends so young is not replaced at once
_BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 5.0)


@dataclass
class Place:
    """`slot` tells what the child has in hand. Times are monotonic seconds."""

    lane: Lane
    name: str
    slot: Slot = field(default_factory=Slot)
    pid: int = 0
    stopped_since: float | None = None
    _forked_at: float = 0.0
    _fork_at: float = 0.0
    _died_young: int = 0

    def fork(self, run: Callable[["Place"], None]) -> None:
        """Have a child here that does `run`, if there is none and its time has come."""
        if self.pid or time.monotonic() < self._fork_at:
            return
        parent, self._forked_at = os.getpid(), time.monotonic()
        self.slot.clear()
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # until the child has a handler of its own
        self.pid = os.fork()
        if not self.pid:
            self._be_child(parent, run)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)

    def _be_child(self, parent: int, run: Callable[["Place"], None]) -> None:
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            become_child(parent)
            run(self)
            code = 0
        except BaseException as error:
            log.error("%s: %s", self.name, error if isinstance(error, StoreUnavailable) else type(error).__name__)  # no text into logs
        finally:
            sys.stderr.flush()
            os._exit(code)  # never back into the parent's loop

    def reap(self) -> int | None:
        """The wait status of the child that was here if it has ended since; notes where it was stopped or goes on."""
        while self.pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if not pid:
                return None
            if os.WIFSTOPPED(status):
                self.stopped_since = time.monotonic()
            elif os.WIFCONTINUED(status):
                self.stopped_since = None
            else:
                young = status != 0 and time.monotonic() - self._forked_at < _YOUNG_S
                self._died_young = self._died_young + 1 if young else 0
                self._fork_at = time.monotonic() + _BACKOFF_S[min(self._died_young, len(_BACKOFF_S) - 1)]
                self.pid, self.stopped_since = 0, None
                return status
        return None

    def send(self, number: signal.Signals) -> None:
        """Signal the child, if there is one. It is ours and not reaped: the number cannot be another's."""
        if self.pid:
            os.kill(self.pid, number)
