"""A worker process: loads everything once, then takes jobs from the queue, each in a child that can be killed.

RQ is the engine; this adds what the store must know: the end of jobs whose process died.
"""

import contextlib
import logging
import os
import resource
import signal
import time
from collections.abc import Mapping
from typing import Any

import redis
from rq import Queue, Worker, worker_registration
from rq.exceptions import AbandonedJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from tenacity import before_sleep_log, retry, retry_if_exception_type, stop_after_delay, wait_exponential

from jobstore import failures
from jobstore.connection import connect_redis
from jobstore.settings import StoreSettings
from jobstore.store import CRASH_RETRIES, JobStore, queue
from workers import tasks
from workers.process import die_with_parent
from workers.runtime import load

log = logging.getLogger(__name__)

WORKER_TTL_S = 30  # how long a worker that fell silent still counts; it blocks on the queue for 15 s less
MAINTENANCE_INTERVAL_S = 15
HEARTBEAT_S = 3
LEASE_S = 15  # a job whose worker fell silent for as long is another's
CPU_GRACE_S = 5
REDIS_PATIENCE_S = 60


class _Queue(Queue):
    """The queue, with a maintenance lock that a dead holder keeps for seconds: RQ's lasts for 15 minutes."""

    def acquire_maintenance_lock(self) -> bool:
        return bool(self.connection.set(self.registry_cleaning_key, 1, nx=True, ex=LEASE_S))


class ExtractionWorker(Worker):
    """RQ's forking worker with short leases, children that die with it, and the store told of every end."""

    max_connection_wait_time = 5.0  # RQ's 60 s would leave jobs waiting after Redis is back

    def __init__(self, store: JobStore, connection: redis.Redis, deadline_s: int) -> None:
        self._store = store
        self._deadline_s = deadline_s
        self._overdue_job_id: str | None = None
        super().__init__(
            [queue(connection, _Queue)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=MAINTENANCE_INTERVAL_S,
            job_monitoring_interval=HEARTBEAT_S,
            exception_handlers=[self._abandoned],
            work_horse_killed_handler=self._horse_killed,
            log_job_description=False,
        )

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002
        return LEASE_S

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:  # noqa: ARG002
        """Sign in anew each time: Redis may have lost its data, or another worker may have struck this one off."""
        super().heartbeat(WORKER_TTL_S, pipeline)
        worker_registration.register(self, pipeline)

    def maintain_heartbeats(self, job: Job, execution: Any) -> None:
        with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):  # the child works on; Redis may be back before it ends
            super().maintain_heartbeats(job, execution)
        if job.started_at and (now() - job.started_at).total_seconds() > self._deadline_s + 2 * CPU_GRACE_S:
            self._overdue_job_id = job.id  # it hangs without using the processor: neither alarm nor RLIMIT_CPU reaches it
            self.kill_horse()

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """RQ's own kills this whole process group where the child is not there yet, or does not lead its group yet."""
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, sig)

    def main_work_horse(self, job: Job, queue: Any) -> None:
        try:
            die_with_parent(self.pid or os.getppid(), signal.SIGKILL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the text
            # RQ's own alarm waits for Kiwi's C++ to return; the kernel does not
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            soft = self._deadline_s + CPU_GRACE_S
            resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
        except BaseException:
            log.exception("the child cannot be set up")  # the traceback is of our own code, no text is loaded yet
            os._exit(1)  # it must never return into the parent's loop
        super().main_work_horse(job, queue)

    def _horse_killed(self, job: Job, _pid: int, status: int, _usage: object) -> None:
        out_of_cpu = bool(status) and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        if out_of_cpu or self._overdue_job_id == job.id:
            self._store.fail(job.id, failures.deadline_exceeded(self._deadline_s))
            job.retries_left = 0  # it would take as long again

    def handle_job_failure(self, job: Job, queue: Any, *args: Any, **kwargs: Any) -> None:
        """Whatever RQ will not try again ends in the store too, before RQ forgets it; the first end stays."""
        if not job.should_retry:
            self._store.fail(job.id, failures.worker_lost(CRASH_RETRIES + 1))
        super().handle_job_failure(job, queue, *args, **kwargs)

    def _abandoned(self, job: Job, _kind: type[BaseException], error: BaseException, _trace: object) -> bool:
        if isinstance(error, AbandonedJobError) and not job.should_retry:
            self._store.fail(job.id, failures.worker_lost(CRASH_RETRIES + 1))
        return True


@retry(
    retry=retry_if_exception_type((redis.ConnectionError, redis.TimeoutError, OSError)),
    wait=wait_exponential(multiplier=0.1, max=5),
    stop=stop_after_delay(REDIS_PATIENCE_S),
    before_sleep=before_sleep_log(log, logging.WARNING),
    reraise=True,
)
def wait_for_redis(connection: redis.Redis) -> None:
    """Return once Redis answers; after `REDIS_PATIENCE_S` raise what it said last."""
    connection.ping()


def main(environ: Mapping[str, str] | None = None) -> int:
    """Work until told to stop; returns the exit code. Raises `SettingError` on settings that cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    settings = StoreSettings.from_environment(os.environ if environ is None else environ)
    begun = time.monotonic()
    runtime = load()
    connection = connect_redis(settings.redis_url, socket_timeout_s=WORKER_TTL_S + 10)
    store = JobStore(connection, result_ttl_s=settings.result_ttl_s, deadline_s=settings.deadline_s)
    tasks.prepare(tasks.Workplace(runtime, store, settings.deadline_s))
    wait_for_redis(connection)
    log.info("worker %d ready after %.1f s", os.getpid(), time.monotonic() - begun)
    ExtractionWorker(store, connection, settings.deadline_s).work(logging_level="WARNING")
    return 0
