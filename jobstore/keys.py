"""Names in Redis, each in one place. Everything lives under `jujang:`, beside RQ's own `rq:`."""

from enum import Enum

PREFIX = "jujang:"
TASK = "workers.tasks.extract"
SUSPENDED = "rq:suspended"
"""String: while it is there (`rq suspend`), no job is begun."""
RQ_QUEUES = "rq:queues"
"""Set: the queues that RQ knows of."""
COUNTERS = f"{PREFIX}counters"
"""Hash: what happened, see `counters`."""
RECOVERIES = f"{PREFIX}recoveries"
"""List: the newest recoveries first, as `time kind job`."""
RATE = f"{PREFIX}rate"
"""Prefix of counters: requests of a client in a window."""
OUTBOX = f"{PREFIX}outbox"
"""Sorted set: ids of events by the moment they are due to be told, in seconds since 1970."""
WEBHOOK_SECRETS = f"{PREFIX}webhook_secrets"
"""Hash: owner to the secrets that sign what is told to it, as JSON."""
API_KEYS = f"{PREFIX}keys"
"""Hash: id of an API key to the key as JSON."""


class Lane(Enum):
    """A queue of RQ's with workers of its own, so that long documents do not hold up short ones."""

    SHORT = "jujang"
    LONG = "jujang-long"

    @classmethod
    def of(cls, characters: int) -> "Lane":
        """The lane of a document with so many characters."""
        return cls.SHORT if characters <= 20_000 else cls.LONG

    @property
    def queue(self) -> str:
        """List: the ids of the jobs that wait, the next first."""
        return f"rq:queue:{self.value}"

    @property
    def leases(self) -> str:
        """Sorted set: `JOB:TOKEN` by the time, in seconds since the epoch, when its lease lapses."""
        return f"rq:wip:{self.value}"


QUEUES = tuple(lane.value for lane in Lane)
"""Every queue there is, for who watches them."""


def rq_job(job_id: str) -> str:
    """Hash: the job as RQ knows it."""
    return f"rq:job:{job_id}"


def record(job_id: str) -> str:
    """Hash: status, times, document id, error, attempt token, request id, trace context."""
    return f"{PREFIX}job:{job_id}"


def request(job_id: str) -> str:
    """String: the request as compressed JSON."""
    return f"{PREFIX}request:{job_id}"


def result(job_id: str) -> str:
    """String: the result as compressed JSON."""
    return f"{PREFIX}result:{job_id}"


def batch(batch_id: str) -> str:
    """Hash: owner, times, and how many of its documents stand where."""
    return f"{PREFIX}batch:{batch_id}"


def documents(batch_id: str) -> str:
    """List: a batch's documents in the order they came, each a job's id or, as JSON, a document that was refused."""
    return f"{batch(batch_id)}:documents"


def idempotency(digest: str) -> str:
    """Hash: the fingerprint of a request and the record that it made."""
    return f"{PREFIX}idempotency:{digest}"


def event(record_id: str) -> str:
    """Hash: what is to be told to a callback URL about a job or batch that has ended."""
    return f"{PREFIX}event:{record_id}"
