"""Why a job ends as failed, as problems (RFC 9457). Types are stable paths that the service explains."""

from typing import Any


def _problem(name: str, title: str, status: int, detail: str) -> dict[str, Any]:
    return {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail}


def deadline_exceeded(deadline_s: int) -> dict[str, Any]:
    return _problem(
        "deadline-exceeded",
        "The extraction took too long",
        500,
        f"The document was not done within {deadline_s} s. Send it in smaller parts, or raise JOB_DEADLINE_S.",
    )


def extraction_failed(exception: BaseException) -> dict[str, Any]:
    """For a fault of ours; names the exception, never the text."""
    return _problem(
        "extraction-failed",
        "The extraction failed",
        500,
        f"The extraction ended with {type(exception).__name__}. The same text will fail again until this is mended: please report it with the job's id.",
    )


def worker_lost(attempts: int) -> dict[str, Any]:
    return _problem(
        "worker-lost",
        "The worker died",
        500,
        f"The process that worked on the document died {attempts} times. Send it again in smaller parts, or give the workers more memory.",
    )


def request_expired() -> dict[str, Any]:
    return _problem(
        "request-expired",
        "The document expired before a worker was free",
        500,
        "It waited in the queue for longer than it is kept. Send it again; add workers, or raise RESULT_TTL.",
    )
