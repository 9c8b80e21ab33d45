"""Bodies of requests: read within limits, decoded strictly, checked against their schema."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Request, current_app, g
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException

from schemas.extraction import NOT_IN_QUERY, DocumentFields, Options
from service import idempotency
from service.config import Config
from service.problems import ProblemError, field_error, field_errors, invalid

JSON = "application/json"
PLAIN = "text/plain"
CALLBACK = "callback_url"
ACCEPTED = f"{JSON}, {PLAIN}"
_PIECE_BYTES = 65_536
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_DOCUMENT = tuple(DocumentFields().fields)
_OPTIONS = tuple(Options(exclude=NOT_IN_QUERY).fields)
_LISTS = frozenset({"include", "claim_types", "ignore"})
_NUMBERS = frozenset({"min_checkworthiness", "min_entity_score"})


def load_body(req: Request, schema: Schema) -> Any:
    """The body as `schema` loads it: JSON, or plain text with its document's fields in the query. Raises `ProblemError`."""
    if req.mimetype == JSON:
        value = parse_json(json_text(req, _limit()))
    elif req.mimetype == PLAIN:
        check_encoding(req, ACCEPTED)
        value = {"text": decoded(b"".join(pieces(req, _limit()))), **_fields_of_query(req)}
    else:
        raise unsupported(req, ACCEPTED)
    try:
        return schema.load(value)
    except ValidationError as error:
        errors = field_errors(error.messages)
        if req.mimetype == PLAIN:  # there the fields are parameters, without their group
            errors = [{**each, "field": each["field"].removeprefix("document.").removeprefix("options.")} for each in errors]
        raise invalid(errors) from None


def json_text(req: Request, limit: int) -> str:
    """A body of JSON, byte order mark included; it takes no parameters. Raises `ProblemError`."""
    if req.args:
        raise invalid([field_error(name, "Belongs into the JSON body, under document or options.", "unknown") for name in req.args])
    check_encoding(req, ACCEPTED)
    return decoded(b"".join(pieces(req, limit)))


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


def _fields_of_query(req: Request) -> dict[str, Any]:
    found = _query(req, (*_DOCUMENT, *_OPTIONS, CALLBACK))
    groups = {
        group: {name: found[name] for name in names if name in found} for group, names in (("document", _DOCUMENT), ("options", _OPTIONS))
    }
    return groups | ({CALLBACK: found[CALLBACK]} if CALLBACK in found else {})


def options_of_query(req: Request) -> dict[str, Any]:
    """The options and the callback URL that stand in the query, yet to be checked. Raises `ProblemError`."""
    return _query(req, (*_OPTIONS, CALLBACK))


def _query(req: Request, names: tuple[str, ...]) -> dict[str, Any]:
    try:
        unquote_to_bytes(req.query_string).decode()
    except UnicodeDecodeError:
        raise ProblemError("invalid-encoding", "A parameter is not UTF-8.") from None
    found: dict[str, Any] = {}
    errors = []
    for name, values in req.args.lists():
        if name not in names:
            errors.append(field_error(name, f"There is no such parameter. There are: {', '.join(names)}.", "unknown"))
        elif len(values) > 1 and name not in _LISTS:
            errors.append(field_error(name, "Is given more than once.", "duplicate"))
        elif name in _LISTS:
            found[name] = [part.strip() for value in values for part in value.split(",")]
        else:
            found[name] = _number(values[0]) if name in _NUMBERS else values[0]
    if errors:
        raise invalid(errors)
    return found


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value  # the schema says what is wrong with it


def text_too_long(text: str, limit: int) -> ProblemError | None:
    """The problem of a document of more than `limit` characters."""
    if len(text) <= limit:
        return None
    return invalid([field_error("text", f"Is too long: {len(text)} characters where {limit} are allowed; split it.", "too_long")])


def check_encoding(req: Request, accepted: str) -> None:
    """Raise `ProblemError` unless the body is UTF-8, as it is."""
    charset = req.mimetype_params.get("charset", "utf-8").lower()
    if charset not in _UTF8 or _is_encoded(req):
        raise unsupported(req, accepted)


def decoded(body: bytes) -> str:
    """The body as text. Raises `ProblemError`."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8: byte {error.start}, counted from 0, fits no character."
        raise ProblemError("invalid-encoding", message, errors=[field_error("", message, "encoding")]) from None


def pieces(req: Request, limit: int) -> Iterator[bytes]:
    """The whole body, of at most `limit` bytes. Counted here, because Flask's own limit cuts a chunked body short without a word.

    When it is read, `g.body_sha256` (hexadecimal) is set where the request has an idempotency key. Raises `ProblemError`.
    """
    if (req.content_length or 0) > limit:
        raise _too_large(limit)
    digest = hashlib.sha256() if idempotency.is_sent() else None
    left = limit
    while piece := _piece(req):
        left -= len(piece)
        if left < 0:
            raise _too_large(limit)
        if digest is not None:
            digest.update(piece)
        yield piece
    if digest is not None:
        g.body_sha256 = digest.hexdigest()


def _piece(req: Request) -> bytes:
    try:
        piece: bytes = req.stream.read(_PIECE_BYTES)
    except HTTPException:
        raise
    except Exception as error:  # whatever the server raises for chunks that are none
        raise ProblemError("bad-request", "The body breaks off, or its chunks are malformed.", headers={"Connection": "close"}) from error
    return piece


def _limit() -> int:
    config: Config = current_app.extensions["jujang.config"]
    return config.max_body_bytes


def _too_large(limit: int) -> ProblemError:
    # the rest of the body is not read, so the connection cannot serve another request
    return ProblemError(
        "body-too-large", f"The body is larger than {limit} bytes, the most that is taken.", headers={"Connection": "close"}
    )


def _is_encoded(req: Request) -> bool:
    return req.headers.get("Content-Encoding", "identity").lower() != "identity"


def unsupported(req: Request, accepted: str) -> ProblemError:
    """The problem of a media type, charset or encoding that the resource does not take; it takes `accepted`."""
    kinds = accepted.replace(", ", ", or ")
    if _is_encoded(req):
        detail = "Content-Encoding is not supported; send the body as it is."
    elif req.mimetype in accepted.split(", "):
        detail = "The only charset is utf-8."
    elif not req.mimetype:
        detail = f"Content-Type is missing. Send Content-Type: {kinds}."
    else:
        detail = f"This media type is not supported. Send Content-Type: {kinds}."
    return ProblemError("unsupported-media-type", detail, headers={"Accept": accepted, "Accept-Encoding": "identity"})
