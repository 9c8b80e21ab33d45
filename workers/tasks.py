"""One attempt at a job: its document in, its end in the store."""

import json
import logging
from collections.abc import Callable

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from jobstore import counters, failures
from jobstore.connection import StoreUnavailable
from jobstore.leases import Leases
from jobstore.record import Attempt
from jobstore.submission import unpack
from telemetry import logs
from workers.extraction import extract as extract_request
from workers.runtime import Runtime
from workers.stopwatch import Stopwatch
from workers.tracing import JobSpans

log = logging.getLogger(__name__)

REDIS_OUTAGE_S = 120
"""So long a finished result waits for a Redis that does not answer."""


def extract(attempt: Attempt, leases: Leases, about_to_end: Callable[[], None], *, runtime: Runtime, spans: JobSpans | None = None) -> None:
    """Extract the job's document and end the job: with its result, or with the problem that says why not.

    `about_to_end` is called in between, when the work is done. Raises `StoreUnavailable` where the end could not be told in
    `REDIS_OUTAGE_S`.
    """
    trace_id = attempt.traceparent.split("-")[1] if attempt.traceparent else ""
    with logs.bound(job_id=attempt.job_id, request_id=attempt.request_id, trace_id=trace_id):
        if attempt.packed is None:
            _patiently(leases.fail)(attempt.job_id, attempt.token, failures.request_expired())
            return
        stopwatch, characters, failure = Stopwatch(), 0, ""
        try:
            request = json.loads(unpack(attempt.packed))
            characters = len(request["text"])
            result = json.dumps(extract_request(request, runtime, stopwatch.lap), ensure_ascii=False).encode()
            stopwatch.lap("serialize")
        except Exception as error:
            failure = type(error).__name__
            log.error("%s at %s", failure, _where(error), extra={"event": "extraction_failed"})  # its message may quote the text
            about_to_end()
            taken = _patiently(leases.fail)(attempt.job_id, attempt.token, failures.extraction_failed(error))
        else:
            about_to_end()
            observed = _observed(attempt, characters, stopwatch)
            taken = _patiently(leases.succeed)(attempt.job_id, attempt.token, result, observed)
        _tell(attempt, stopwatch, characters, taken=taken, failure=failure)
        if spans:
            spans.tell(attempt, stopwatch, characters, failure)


def _tell(attempt: Attempt, stopwatch: Stopwatch, characters: int, *, taken: bool, failure: str) -> None:
    """A line of the log; `taken` is False where the end came too late."""
    facts = {
        "status": ("failed" if failure else "succeeded") if taken else "refused",
        "characters": characters,
        "ms": round(sum(stopwatch.seconds().values()) * 1000, 1),
        "waited_ms": round(_waited_s(attempt) * 1000, 1),
    }
    log.info("job", extra={"event": "job", "facts": facts})


def _waited_s(attempt: Attempt) -> float:
    return max((attempt.started_at - attempt.created_at).total_seconds(), 0.0)  # two machines, two clocks


def _observed(attempt: Attempt, characters: int, stopwatch: Stopwatch) -> counters.Increments:
    """What a success adds to the counters."""
    spent_s = stopwatch.seconds()
    observed = counters.CHARACTERS.by(characters) | counters.QUEUE_WAIT.of(_waited_s(attempt))
    observed |= counters.JOB_DURATION.of(sum(spent_s.values()))
    for stage, seconds in spent_s.items():
        observed |= counters.STAGE_DURATION.of(seconds, stage=stage)
    return observed


# the work is done: an outage of Redis shall not cost it; the attempt's token keeps a repeated end harmless
_patiently = retry(
    retry=retry_if_exception_type(StoreUnavailable),
    wait=wait_exponential(multiplier=0.1, max=2),
    stop=stop_after_delay(REDIS_OUTAGE_S),
    reraise=True,
)


def _where(error: BaseException) -> str:
    """File and line where the error was raised, without any value of the text."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
