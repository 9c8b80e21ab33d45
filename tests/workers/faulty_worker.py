"""A worker whose extraction misbehaves as the document's text says; for the tests of what happens then. Run as a module."""

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jobstore.connection import connect_redis
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from workers import tasks
from workers.main import WORKER_TTL_S, ExtractionWorker
from workers.runtime import Runtime
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
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            while True:
                time.sleep(1000)
        case ["spin"]:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # no Python handler runs inside a C++ call
            while True:
                pass
    return {"characters": len(request["text"])}


def main() -> None:
    settings = StoreSettings.from_environment(os.environ)
    connection = connect_redis(settings.redis_url, socket_timeout_s=WORKER_TTL_S + 10)
    store = JobStore(connection, result_ttl_s=settings.result_ttl_s, deadline_s=settings.deadline_s)
    setattr(tasks, "extract_request", misbehave)  # noqa: B010
    tasks.prepare(tasks.Workplace(cast(Runtime, None), store, settings.deadline_s))
    ExtractionWorker(store, connection, settings.deadline_s).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
