"""Callback URLs as requests bring them and answers show them."""

from typing import Any

from jobstore.record import Callback
from schemas.fields import written_instant
from service.problems import ProblemError, field_error, invalid
from webhooks.addresses import AllowList, CallbackUrlError, target_of


def not_allowed(url: str | None, allowed: AllowList) -> ProblemError | None:
    """Why this URL cannot be called back; None where it can, or where there is none."""
    if url is None:
        return None
    try:
        target_of(url, allowed)
    except CallbackUrlError as error:
        return invalid([field_error("callback_url", str(error), error.code)])
    return None


def body(callback: Callback | None) -> dict[str, Any] | None:
    """How it goes, for `schemas.callback.Callback`."""
    if callback is None:
        return None
    return {
        "url": callback.url,
        "status": callback.status.value,
        "attempts": callback.attempts,
        "attempted_at": callback.attempted_at and written_instant(callback.attempted_at),
        "problem": callback.problem,
    }
