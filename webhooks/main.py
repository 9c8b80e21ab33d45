"""The process that tells callback URLs: takes what is due from the outbox, several at a time, and writes down how it went."""

import logging
import os
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential

from jobstore.connection import StoreUnavailable, connect_redis
from jobstore.outbox import LEASE_S, Event, Outbox
from jobstore.webhook_secrets import WebhookSecrets
from schemas.labels import DeliveryStatus
from telemetry.logs import bound, configure
from webhooks.courier import Courier, Outcome
from webhooks.seats import Seats, host_of
from webhooks.settings import WebhookSettings

POLL_S = 0.2
OUTAGE_PAUSE_S = 1.0
OWN_FAULT_PAUSE_S = 60.0
SOCKET_TIMEOUT_S = 5.0

log = logging.getLogger(__name__)


class Deliverer:
    """Delivers until told to stop. A host takes a quarter of the threads at most, an owner half: who hangs does not keep others waiting."""

    def __init__(self, outbox: Outbox, courier: Courier, threads: int) -> None:
        self._outbox = outbox
        self._courier = courier
        self._threads = threads
        self._free = threading.Semaphore(threads)
        self._seats = Seats(max(1, threads // 4), max(1, threads // 2))

    def run(self, stopping: threading.Event) -> None:
        """Returns when `stopping` is set and what is under way has come to its end."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="delivery") as pool:
            while not stopping.is_set():
                if not self._free.acquire(timeout=POLL_S):
                    continue
                event = self._take(stopping)
                if event is None:
                    self._free.release()
                else:
                    pool.submit(self._deliver, event)

    def _take(self, stopping: threading.Event) -> Event | None:
        """The next event that there is a seat for; after a pause None where there is none."""
        try:
            event = self._outbox.take()
            if event is None:
                stopping.wait(POLL_S)
                return None
            wait_s = self._seats.take(event)
            if wait_s is None:
                return event
            self._outbox.put_back(event, wait_s)
        except StoreUnavailable as error:
            log.warning("Redis does not answer: %s", type(error.__cause__).__name__)
            stopping.wait(OUTAGE_PAUSE_S)
        return None

    def _deliver(self, event: Event) -> None:
        began = time.monotonic()
        try:
            with bound(request_id=event.request_id, job_id=event.id):
                try:
                    outcome = self._courier.deliver(event)
                except StoreUnavailable:
                    raise
                except Exception:
                    log.exception("an attempt failed by a fault of ours")
                    outcome = Outcome(DeliveryStatus.PENDING, "The service met an error of its own.", OWN_FAULT_PAUSE_S)
                self._settle(event, outcome)
                self._tell(event, outcome, time.monotonic() - began)
        except StoreUnavailable:
            log.error("Redis was away for too long; event %s will be told once more", event.id)
        finally:
            self._seats.give_back(event)
            self._free.release()

    # an outage of Redis shall not make a receiver hear twice: what it accepted is written down as soon as Redis is back
    @retry(
        retry=retry_if_exception_type(StoreUnavailable),
        wait=wait_exponential(multiplier=0.1, max=2),
        stop=stop_after_delay(LEASE_S / 2),
        reraise=True,
    )
    def _settle(self, event: Event, outcome: Outcome) -> None:
        if not self._outbox.settle(event, outcome.status, outcome.problem, again_in_s=outcome.again_in_s):
            log.warning("the event was another's by then")

    def _tell(self, event: Event, outcome: Outcome, elapsed_s: float) -> None:
        facts = {
            "type": event.type,
            "host": host_of(event),  # not the URL: its path or query may hold a secret
            "attempt": event.attempts + 1,
            "status": outcome.status.value,
            "problem": outcome.problem,
            "ms": round(elapsed_s * 1000, 1),
        }
        level = logging.INFO if outcome.status is DeliveryStatus.DELIVERED else logging.WARNING
        log.log(level, "webhook", extra={"event": "webhook", "facts": facts})


def main(environ: Mapping[str, str] | None = None) -> int:
    """Deliver until SIGTERM or SIGINT; returns the exit code. Raises `SettingError` on settings that cannot be used."""
    settings = WebhookSettings.from_environment(os.environ if environ is None else environ)
    configure(settings.log_level)
    connection = connect_redis(settings.store.redis_url, socket_timeout_s=SOCKET_TIMEOUT_S)
    courier = Courier(
        settings.allowed,
        WebhookSecrets(connection, settings.secrets).signing,
        retries_s=settings.retries_s,
        timeout_s=settings.timeout_s,
        tls=httpx.create_ssl_context(),
    )
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    log.info("delivering webhooks")
    Deliverer(Outbox(connection), courier, settings.threads).run(stopping)
    return 0
