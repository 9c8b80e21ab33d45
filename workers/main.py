"""A worker: loads everything once, then has children take jobs that share what was loaded."""

import functools
import logging
import os
import time
from collections.abc import Mapping

from workers import tasks
from workers.child import Extract, work_at
from workers.prefork import Prefork
from workers.runtime import load
from workers.settings import WorkerSettings

log = logging.getLogger(__name__)


def main(processes: int, environ: Mapping[str, str] = os.environ) -> int:
    """Work on so many documents at once until told to stop; returns the exit code. Raises `SettingError`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = WorkerSettings.from_environment(environ, processes=processes)
    begun = time.monotonic()
    runtime = load()
    log.info("loaded in %.1f s", time.monotonic() - begun)
    serve(settings, functools.partial(tasks.extract, runtime=runtime))
    return 0


def serve(settings: WorkerSettings, extract: Extract) -> None:
    """Have children take jobs and `extract` them until told to stop."""
    Prefork(settings, functools.partial(work_at, settings=settings, extract=extract)).run()
