"""Names in Redis, each in one place. Everything lives under `jujang:`, beside RQ's own `rq:`."""

PREFIX = "jujang:"
QUEUE = "jujang"
TASK = "workers.tasks.extract"
COUNTERS = f"{PREFIX}counters"
"""Hash: what happened, see `counters`."""
RECOVERIES = f"{PREFIX}recoveries"
"""List: the newest recoveries first, as `time kind job`."""
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
