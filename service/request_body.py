"""Bodies of requests: read within limits, decoded strictly, checked against their schema."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Request, current_app, g
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from schemas.extraction import NOT_IN_QUERY, DocumentFields, Options
from service import idempotency
from service.config import Config
from service.problems import ProblemError, field_error, field_errors, invalid

JSON = "application/json"
PLAIN = "text/plain"
ACCEPTED = f"{JSON}, {PLAIN}"
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_DOCUMENT = tuple(DocumentFields().fields)
_OPTIONS = tuple(Options(exclude=NOT_IN_QUERY).fields)
_LISTS = frozenset({"include", "claim_types", "ignore"})
_NUMBERS = frozenset({"min_checkworthiness", "min_entity_score"})


class RequestParser(FlaskParser):
    """What `Blueprint.arguments` loads bodies with: JSON, or plain text with its document's fields in the query."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 - webargs fixes the signature
        if req.mimetype == JSON:
            if req.args:
                raise invalid([field_error(name, "Belongs into the JSON body, under document or options.", "unknown") for name in req.args])
            return parse_json(_decode(req))
        if req.mimetype == PLAIN:
            return {"text": _decode(req), **_fields_of_query(req)}
        raise _unsupported(req)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        messages = error.messages["json"] if isinstance(error.messages, dict) else error.messages
        errors = field_errors(messages)
        if req.mimetype == PLAIN:  # there the fields are parameters, without their group
            errors = [{**each, "field": each["field"].removeprefix("document.").removeprefix("options.")} for each in errors]
        raise invalid(errors) from None


def parse_json(text: str) -> Any:
    """The value that `text` holds, by the letter of RFC 8259 and with distinct names (RFC 7493).

    Raises `ProblemError` with line and column, and never a piece of the text.
    """
    if not text.strip():
        raise _invalid_json("The body is empty.", "blank")
    try:
        return _DECODER.decode(text.removeprefix("\ufeff"))
    except JSONDecodeError as error:
        reason = error.msg.split(":")[0].removesuffix(" at")  # what follows may quote the text
        raise _invalid_json(
            f"{reason} at line {error.lineno}, column {error.colno}.", "syntax", line=error.lineno, column=error.colno
        ) from None
    except RecursionError:
        raise _invalid_json("Arrays or objects are nested too deeply.", "too_deep") from None
    except ValueError:
        raise _invalid_json("A number has too many digits.", "too_long") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _invalid_json("A name stands twice in one object; send it once.", "duplicate", field=twice)
    return found


def _no_constant(name: str) -> NoReturn:
    raise _invalid_json(f"{name} is not JSON; leave the field out or send null.", "syntax")


def _invalid_json(message: str, code: str, *, field: str = "", **place: int) -> ProblemError:
    return ProblemError("invalid-json", message, errors=[field_error(field, message, code, **place)])


_DECODER = JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_constant)


def _fields_of_query(req: Request) -> dict[str, dict[str, Any]]:
    try:
        unquote_to_bytes(req.query_string).decode()
    except UnicodeDecodeError:
        raise ProblemError("invalid-encoding", "A parameter is not UTF-8.") from None
    groups: dict[str, dict[str, Any]] = {"document": {}, "options": {}}
    errors = []
    for name, values in req.args.lists():
        if name not in _DOCUMENT + _OPTIONS:
            errors.append(field_error(name, f"There is no such parameter. There are: {', '.join(_DOCUMENT + _OPTIONS)}.", "unknown"))
        elif len(values) > 1 and name not in _LISTS:
            errors.append(field_error(name, "Is given more than once.", "duplicate"))
        else:
            group = groups["document" if name in _DOCUMENT else "options"]
            if name in _LISTS:
                group[name] = [part.strip() for value in values for part in value.split(",")]
            else:
                group[name] = _number(values[0]) if name in _NUMBERS else values[0]
    if errors:
        raise invalid(errors)
    return groups


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value  # the schema says what is wrong with it


def _decode(req: Request) -> str:
    """The body as text, byte order mark included."""
    charset = req.mimetype_params.get("charset", "utf-8").lower()
    if charset not in _UTF8 or req.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _unsupported(req)
    body = _read(req)
    if idempotency.is_sent():
        g.body_sha256 = hashlib.sha256(body).hexdigest()
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8: byte {error.start}, counted from 0, fits no character."
        raise ProblemError("invalid-encoding", message, errors=[field_error("", message, "encoding")]) from None


def _read(req: Request) -> bytes:
    """The whole body. Counted here, because Flask's own limit cuts a chunked body short without a word."""
    config: Config = current_app.extensions["jujang.config"]
    limit = config.max_body_bytes
    if (req.content_length or 0) > limit:
        raise _too_large(limit)
    try:
        body: bytes = req.stream.read(limit + 1)
    except HTTPException:
        raise
    except Exception as error:  # whatever the server raises for chunks that are none
        raise ProblemError("bad-request", "The body breaks off, or its chunks are malformed.", headers={"Connection": "close"}) from error
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> ProblemError:
    # the rest of the body is not read, so the connection cannot serve another request
    return ProblemError(
        "body-too-large", f"The body is larger than {limit} bytes, the most that is taken.", headers={"Connection": "close"}
    )


def _unsupported(req: Request) -> ProblemError:
    if req.headers.get("Content-Encoding", "identity").lower() != "identity":
        detail = "Content-Encoding is not supported; send the body as it is."
    elif req.mimetype in (JSON, PLAIN):
        detail = "The only charset is utf-8."
    elif not req.mimetype:
        detail = "Content-Type is missing. Send Content-Type: application/json, or text/plain; charset=utf-8."
    else:
        detail = "This media type is not supported. Send Content-Type: application/json, or text/plain; charset=utf-8."
    return ProblemError("unsupported-media-type", detail, headers={"Accept": ACCEPTED, "Accept-Encoding": "identity"})
