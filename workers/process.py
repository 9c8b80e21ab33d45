"""What every process of the product does to itself."""

import contextlib
import ctypes
import gc
import os
import random
import resource
import signal
import sys
from collections.abc import MutableMapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_OUT_OF_MEMORY_SCORE = 500  # the kernel takes a child before it takes Redis or the parent


def prepare_to_load(environ: MutableMapping[str, str]) -> None:
    """Before anything dear is imported: what a worker loads faster without. `Prefork` looks for garbage again once all is loaded."""
    gc.disable()  # none of it is garbage, and looking for some takes a fifth of the time
    environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's: processes work side by side, not threads
    if not any(name.startswith("OTEL_") for name in environ):
        sys.modules.setdefault("opentelemetry", None)  # type: ignore[arg-type]  # redis-py imports its metrics wherever it is installed


def die_with_parent(parent_pid: int, signal_number: int = signal.SIGTERM) -> None:
    """Have the kernel send `signal_number` to this process when its parent dies, however that dies (Linux; elsewhere nothing).

    `parent_pid` is the parent as it was before the fork: it may be dead already.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal_number)


def become_child(parent_pid: int) -> None:
    """Make a process that was just forked a child that never outlives its parent and cannot leave a text behind."""
    die_with_parent(parent_pid, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group of a terminal; the parent tells what to do
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the text
    with contextlib.suppress(OSError):  # not Linux, or a /proc that cannot be written
        Path("/proc/self/oom_score_adj").write_text(str(_OUT_OF_MEMORY_SCORE))
    random.seed()


def anonymous_bytes() -> int:
    """Resident memory of this process that no file backs."""
    try:
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
    except OSError:  # not Linux: the peak has to do
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (int(resident) - int(shared)) * resource.getpagesize()
