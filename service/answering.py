"""What the views of jobs and batches answer alike: held open, with an ETag, refusing parameters that there are not."""

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar

from flask import Response, current_app, request

from service.config import Config
from service.problems import field_error, invalid
from service.waiting import WaitingRoom, preferred_wait

POLL_AFTER_S = 1
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An id of a job or a batch as this service makes them."""

T = TypeVar("T")


def config() -> Config:
    """The settings."""
    found: Config = current_app.extensions["jujang.config"]
    return found


def waiting_room() -> WaitingRoom:
    """Where the requests of this process are that are held open."""
    room: WaitingRoom = current_app.extensions["jujang.waiting_room"]
    return room


def refuse_parameters(*there: str) -> None:
    """Raise `ProblemError` for every parameter of the query that is not `there`: none is silently ignored."""
    message = f"There is no such parameter; this resource takes {', '.join(there) or 'none'}."
    if wrong := [field_error(name, message, "unknown") for name in request.args if name not in there]:
        raise invalid(wrong)


def held(now: T, look: Callable[[float], T | None], done: Callable[[T], bool]) -> tuple[T, int]:
    """What `look(seconds)` sees after the wait that the request prefers, and that wait in seconds.

    As it is `now`, and 0, where there was none, or no seat for it.
    """
    seconds = preferred_wait(request.headers.getlist("Prefer"))
    if not seconds:
        return now, 0
    seen = waiting_room().hold(seconds, lambda timeout: look(timeout) or now, done)
    return (now, 0) if seen is None else (seen, seconds)


def conditional(response: Response, tag: str = "") -> Response:
    """With its ETag, that of the content unless given, or 304 where the client has it already."""
    response.set_etag(tag or blake2b(response.get_data(), digest_size=16).hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    answer: Response = response.make_conditional(request)  # type: ignore[assignment]
    return answer
