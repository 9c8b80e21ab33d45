"""A worker whose extraction misbehaves as the document's text says; for the tests of what happens then. Run as a module."""

import functools
import logging
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jobstore.leases import Leases
from jobstore.record import Attempt
from workers import tasks
from workers.main import serve
from workers.runtime import Runtime
from workers.settings import WorkerSettings
from workers.stopwatch import Lap


def misbehave(request: Mapping[str, Any], _runtime: Runtime, _lap: Lap) -> dict[str, Any]:
    """Do what the text says: raise, die, sleep N, spin (as a long call of C++ would), or answer with the text's length."""
    match request["text"].split():
        case ["raise", *_]:
            raise ValueError(f"cannot read {request['text']}")
        case ["die", *_]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["die-once", mark]:
            if not Path(mark).exists():
                Path(mark).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case ["sleep", seconds, *_]:
            time.sleep(float(seconds))
        case ["hang"]:
            while True:
                time.sleep(1000)
        case ["spin"]:
            while True:
                pass
    return {"characters": len(request["text"])}


def die_once_with_what_was_taken(mark: Path) -> None:
    """The first child that has a job from Redis dies before it knows."""
    take = Leases.take

    def take_and_die(*arguments: Any, **options: Any) -> Attempt | None:
        attempt = take(*arguments, **options)
        if attempt and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return attempt

    setattr(Leases, "take", take_and_die)  # noqa: B010


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = WorkerSettings.from_environment(os.environ, processes=int(os.environ.get("WORKER_PROCESSES", "1")))
    setattr(tasks, "extract_request", misbehave)  # noqa: B010
    if mark := os.environ.get("DIE_ONCE_TAKING"):
        die_once_with_what_was_taken(Path(mark))
    serve(settings, functools.partial(tasks.extract, runtime=cast(Runtime, None)))


if __name__ == "__main__":
    main()
