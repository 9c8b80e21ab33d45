"""The Idempotency-Key header (IETF draft): a POST that is sent again takes effect once."""

import hashlib
import re

from flask import g, request

from jobstore.idempotency import IdempotencyKey
from service.problems import ProblemError, field_error

HEADER = "Idempotency-Key"
LONGEST = 255  # characters
_QUOTED = re.compile(rf'"((?:[ !#-\[\]-~]|\\["\\]){{1,{LONGEST}}})"')  # a string of RFC 8941, as the draft has it
_BARE = re.compile(rf"[!#-+\--:<-\[\]-~]{{1,{LONGEST}}}")  # as many clients send it
PATTERN = f"^(?:{_QUOTED.pattern}|{_BARE.pattern})$"
"""Of the header, for the specification."""


def is_sent() -> bool:
    """Whether the request names a key, readable or not."""
    return HEADER in request.headers


def key(body_sha256: str = "") -> IdempotencyKey | None:
    """The request's key, None where it names none; `body_sha256` (hexadecimal) tells its body from others.

    Raises `ProblemError` for a key that is none.
    """
    if not is_sent():
        return None
    value = request.headers[HEADER].strip()
    if quoted := _QUOTED.fullmatch(value):
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    elif not _BARE.fullmatch(value):
        message = f'Must be one string of 1 to {LONGEST} visible ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324".'
        raise ProblemError("invalid-idempotency-key", f"{HEADER}: {message}", errors=[field_error(HEADER, message, "invalid")])
    asked = "\n".join((request.method, request.path, request.mimetype, request.query_string.decode("latin-1"), body_sha256))
    return IdempotencyKey(value, g.owner, hashlib.sha256(asked.encode()).hexdigest())
