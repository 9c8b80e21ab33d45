"""Why a job ends as failed, as problems of the catalogue."""

from typing import Any

from schemas.problem_types import TYPES


def _problem(name: str, detail: str) -> dict[str, Any]:
    sort = TYPES[name]
    return sort.body(f"{detail} {sort.remedy}")


def deadline_exceeded(deadline_s: int) -> dict[str, Any]:
    return _problem("deadline-exceeded", f"The document was not done within {deadline_s} s.")


def extraction_failed(exception: BaseException) -> dict[str, Any]:
    """For a fault of ours; names the exception's type only: its message may quote the text."""
    return _problem("extraction-failed", f"The extraction ended with {type(exception).__name__}.")


def worker_lost(attempts: int) -> dict[str, Any]:
    return _problem("worker-lost", f"The process that worked on the document died, {attempts} times in all.")


def request_expired() -> dict[str, Any]:
    return _problem("request-expired", "No worker was free while the document was kept.")
