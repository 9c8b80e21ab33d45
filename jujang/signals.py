"""Being told to stop, but never in the middle of looking after a process."""

import contextlib
import signal
from collections.abc import Iterator

STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Signals wait until this is over: an exception out of `Popen.poll` would leave its lock held, and nobody could wait for its end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
