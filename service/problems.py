"""Every error as `application/problem+json` (RFC 9457), and no other way out."""

import logging
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from jobstore.connection import StoreUnavailable
from jobstore.idempotency import KeyInUse, KeyReused
from schemas.problem_types import TYPES, ProblemType
from schemas.validators import Message, each_message

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
MAX_ERRORS = 50
_MAX_FIELD = 200
_SHORT_BODY_BYTES = 65_536

log = logging.getLogger("jujang.service")


class ProblemError(Exception):
    """Ends a request with a problem of the catalogue."""

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name)
        self.type: ProblemType = TYPES[name]
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The problem itself."""
        return problem(self.type, self.detail, self.errors)

    def response(self) -> Response:
        return respond(self.body(), self.headers)


def field_error(field: str, message: str, code: str, **place: int) -> dict[str, Any]:
    """One entry of `errors`; a field's name comes from outside, so it is cut and made writable."""
    return {"field": field[:_MAX_FIELD].encode("utf-8", "backslashreplace").decode(), "message": message, "code": code, **place}


def invalid(errors: list[dict[str, Any]], most: int = MAX_ERRORS) -> ProblemError:
    """The problem of a request with these wrong fields, the first `most` of them named."""
    shown = errors[:most]
    named = ", ".join(error["field"] or "the body" for error in shown[:5])
    more = len(errors) - min(len(errors), 5)
    detail = f"Wrong: {named}{f' and {more} more' if more else ''}. See errors."
    return ProblemError("invalid-field", detail, errors=shown)


def field_errors(messages: Any) -> list[dict[str, Any]]:
    """marshmallow's nested messages as a flat list, each with the path of its field."""
    return [field_error(path, str(each), each.code if isinstance(each, Message) else "invalid") for path, each in each_message(messages)]


def problem(kind: ProblemType, detail: str, errors: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The body of a problem of this kind for the request at hand."""
    body = {**kind.body(detail), "instance": quote(request.path)}
    if errors:
        body["errors"] = list(errors)
    return body


def respond(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The response that carries a problem."""
    response = Response(json.dumps(body), status=body["status"], mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def unread_body() -> dict[str, str]:
    """Headers of an answer that is given before the body is read: one that is long, or may be, is not worth reading to its end."""
    short = (request.content_length or 0) <= _SHORT_BODY_BYTES and "Transfer-Encoding" not in request.headers
    return {} if short else {"Connection": "close"}


def register(app: Flask) -> None:
    """Turn whatever a request ends with into a problem."""
    app.register_error_handler(ProblemError, ProblemError.response)
    app.register_error_handler(StoreUnavailable, _store_unavailable)
    app.register_error_handler(KeyReused, _key_reused)
    app.register_error_handler(KeyInUse, _key_in_use)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _store_unavailable(error: StoreUnavailable) -> Response:
    log.warning("store unavailable: %s", type(error.__cause__).__name__, extra={"event": "store_unavailable"})
    return ProblemError(
        "store-unavailable",
        f"The job store does not answer just now; try again in {RETRY_AFTER_S} s.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    ).response()


def _key_reused(_error: KeyReused) -> Response:
    return ProblemError("idempotency-key-reused", "This Idempotency-Key came with another body or other parameters before.").response()


def _key_in_use(_error: KeyInUse) -> Response:
    return ProblemError(
        "idempotency-key-in-use", "Another request with this Idempotency-Key is being read just now.", headers={"Retry-After": "1"}
    ).response()


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return ProblemError("method-not-allowed", f"{_method()} is not known here; use {allowed}.", headers={"Allow": allowed}).response()
    if status == 404:
        return ProblemError("not-found", "There is nothing at this path. The paths are listed in /openapi.yaml.").response()
    if status >= 500:
        return _internal_error()
    if status < 400:  # a redirect
        return Response(status=status, headers={"Location": error.get_response().headers.get("Location", "/")})
    body = problem(TYPES["bad-request"], f"{HTTP_STATUS_CODES.get(status, 'Refused')}: the request breaks a rule of HTTP.")
    return respond({**body, "status": status})


def _method() -> str:
    return request.method if request.method.isascii() and request.method.isalpha() and len(request.method) <= 20 else "This method"


def _unexpected(error: Exception) -> Response:
    # neither the exception's message nor its locals: they may hold a document's text
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    log.error("unexpected %s\n%s", type(error).__name__, frames, extra={"event": "unexpected_error"})
    return _internal_error()


def _internal_error() -> Response:
    return ProblemError("internal-error", "The service met an error of its own. Report the X-Request-Id of this answer.").response()
