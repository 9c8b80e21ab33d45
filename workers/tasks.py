"""What RQ runs: a job's id in, its end in the store."""

import json
import logging
from dataclasses import dataclass

from rq.timeouts import JobTimeoutException
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from jobstore import counters, failures
from jobstore.connection import StoreUnavailable
from jobstore.record import Attempt
from jobstore.store import JobStore
from workers.extraction import extract as extract_request
from workers.runtime import Runtime
from workers.stopwatch import Stopwatch

log = logging.getLogger(__name__)

REDIS_OUTAGE_S = 60


@dataclass(frozen=True, slots=True)
class Workplace:
    """What was loaded before the fork and every job of this process shares."""

    runtime: Runtime
    store: JobStore
    deadline_s: int


_workplace: Workplace | None = None


def prepare(workplace: Workplace) -> None:
    """Set what `extract` works with; once, in the parent."""
    global _workplace  # RQ calls tasks by name, with the job's arguments only
    _workplace = workplace


def extract(job_id: str) -> None:
    """Extract the job's document and end the job: with its result, or with the problem that says why not."""
    if _workplace is None:
        raise RuntimeError("workers.tasks.prepare has not run: start workers with `jujang worker`")
    store, runtime = _workplace.store, _workplace.runtime
    attempt = store.start(job_id)
    if attempt is None:
        return
    token, request, stopwatch = attempt.token, attempt.request, Stopwatch()
    try:
        result = json.dumps(extract_request(request, runtime, stopwatch.lap), ensure_ascii=False).encode()
        stopwatch.lap("serialize")
    except JobTimeoutException:
        _patiently(store.fail)(job_id, failures.deadline_exceeded(_workplace.deadline_s), token)
    except Exception as error:
        log.error("job %s: %s at %s", job_id, type(error).__name__, _where(error))  # the message may quote the text
        _patiently(store.fail)(job_id, failures.extraction_failed(error), token)
    else:
        _patiently(store.succeed)(job_id, token, result, _observed(attempt, stopwatch))


def _observed(attempt: Attempt, stopwatch: Stopwatch) -> counters.Increments:
    """What a success adds to the counters."""
    spent_s = stopwatch.seconds()
    waited_s = max((attempt.started_at - attempt.created_at).total_seconds(), 0.0)  # two machines, two clocks
    observed = counters.CHARACTERS.by(len(attempt.request["text"])) | counters.QUEUE_WAIT.of(waited_s)
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
