"""Names in Redis, each in one place. Everything lives under `jujang:`, beside RQ's own `rq:`."""

PREFIX = "jujang:"
QUEUE = "jujang"
RQ_QUEUE = f"rq:queue:{QUEUE}"
"""List: RQ's queue itself, ids of jobs."""
QUEUES = (QUEUE,)
"""Every queue there is, for who watches them."""
TASK = "workers.tasks.extract"
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
