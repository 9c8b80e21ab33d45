"""A worker: loads everything once, then has children take jobs that share what was loaded."""

import functools
import logging
import os
import time
from collections.abc import Mapping

from telemetry import logs, tracing
from workers import tasks
from workers.child import Extract, work_at
from workers.place import Place
from workers.prefork import Prefork
from workers.runtime import load
from workers.settings import WorkerSettings
from workers.tracing import SERVICE_NAME, JobSpans

log = logging.getLogger(__name__)


def main(processes: int, environ: Mapping[str, str] = os.environ) -> int:
    """Work on so many documents at once until told to stop; returns the exit code. Raises `SettingError` and `TracingUnavailable`."""
    settings = WorkerSettings.from_environment(environ, processes=processes)
    logs.configure(settings.log_level)
    spans = JobSpans(functools.partial(tracing.exporting, SERVICE_NAME)) if tracing.configured(environ) else None
    begun = time.monotonic()
    runtime = load()
    log.info("loaded in %.1f s", time.monotonic() - begun)
    serve(settings, functools.partial(tasks.extract, runtime=runtime, spans=spans), spans)
    return 0


def serve(settings: WorkerSettings, extract: Extract, spans: JobSpans | None = None) -> None:
    """Have children take jobs and `extract` them until told to stop; each sends its `spans` at its end."""
    Prefork(settings, functools.partial(_work, settings=settings, extract=extract, spans=spans)).run()


def _work(place: Place, *, settings: WorkerSettings, extract: Extract, spans: JobSpans | None) -> None:
    try:
        work_at(place, settings, extract)
    finally:
        if spans:
            spans.close()
