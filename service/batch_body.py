"""The documents of a batch, from JSON or line by line from NDJSON, each judged alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Request
from marshmallow import ValidationError

from jobstore.batch_record import Refused
from schemas.batch import MOST_DOCUMENTS, BatchRequest
from schemas.callback import CallbackParameter
from schemas.extraction import DocumentFields, ExtractionRequest, Options
from service import callbacks
from service.config import Config
from service.problems import ProblemError, field_error, field_errors, invalid
from service.request_body import (
    CALLBACK,
    JSON,
    check_encoding,
    decoded,
    json_text,
    options_of_query,
    parse_json,
    pieces,
    text_too_long,
    unsupported,
)

NDJSON = "application/x-ndjson"
ACCEPTED = f"{JSON}, {NDJSON}"

MOST_ERRORS_EACH = 10  # of a refused document: they are kept with its batch

_REQUEST = ExtractionRequest()
_BATCH = BatchRequest()
_OPTIONS = Options()
_CALLBACK = CallbackParameter()
_DOCUMENT_ID = DocumentFields(only=("id",))


@dataclass(frozen=True, slots=True)
class Incoming:
    """A batch as it comes: whom to tell of its end, and its documents in their order, each validated, or refused with a problem.

    Reading on in `documents` raises `ProblemError` where the request as a whole is wrong.
    """

    callback_url: str | None
    documents: Iterator[dict[str, Any] | Refused]


def read(req: Request, config: Config) -> Incoming:
    """The batch that the request brings. Raises `ProblemError` where it cannot be one."""
    if req.mimetype == JSON:
        batch = _of_json(req, config)
        documents: Iterable[dict[str, Any] | Refused] = map(Judge(batch.get("options"), config), batch["documents"])
    elif req.mimetype == NDJSON:
        check_encoding(req, ACCEPTED)
        batch = _of_query(req)
        judge = Judge(batch.get("options"), config)
        documents = (_of_line(line, judge, config.max_body_bytes) for line in _lines(req, config))
    else:
        raise unsupported(req, ACCEPTED)
    if refused := callbacks.not_allowed(batch.get(CALLBACK), config.callbacks):
        raise refused
    return Incoming(batch.get(CALLBACK), _counted(documents))


def _counted(found: Iterable[dict[str, Any] | Refused]) -> Iterator[dict[str, Any] | Refused]:
    count = 0
    for count, each in enumerate(found, 1):
        if count > MOST_DOCUMENTS:
            raise invalid([field_error("documents", f"Has more than {MOST_DOCUMENTS} items.", "too_long")])
        yield each
    if not count:
        raise invalid([field_error("documents", "Is empty; send at least one document.", "blank")])


class Judge:
    """Says of one value after the other whether it is a document."""

    def __init__(self, options: Mapping[str, Any] | None, config: Config) -> None:
        """`options`, validated, are for documents that do not say otherwise."""
        self._options = options
        self._config = config

    def __call__(self, value: Any) -> dict[str, Any] | Refused:
        """The validated request, or why it is none."""
        try:
            request: dict[str, Any] = _REQUEST.load(value)
            if self._options is not None:
                request["options"] = self._merged(value.get("options", {}), request["options"])
        except ValidationError as error:
            return _refused(invalid(field_errors(error.messages), MOST_ERRORS_EACH), value)
        refused = text_too_long(request["text"], self._config.max_characters) or callbacks.not_allowed(
            request.get(CALLBACK), self._config.callbacks
        )
        return _refused(refused, value) if refused else request

    def _merged(self, given: Mapping[str, Any], loaded: Mapping[str, Any]) -> dict[str, Any]:
        merged = {**(self._options or {}), **{name: loaded[name] for name in given}}
        try:
            if given.keys() & {"entities", "ignore"}:
                _OPTIONS.refuse_conflicts(merged)
        except ValidationError as error:
            raise ValidationError({"options": error.messages}) from None
        return merged


def _of_json(req: Request, config: Config) -> dict[str, Any]:
    value = parse_json(json_text(req, config.max_batch_bytes))
    try:
        batch: dict[str, Any] = _BATCH.load({"documents": value} if isinstance(value, list) else value)
    except ValidationError as error:
        raise invalid(field_errors(error.messages)) from None
    return batch


def _of_query(req: Request) -> dict[str, Any]:
    given = options_of_query(req)
    try:
        callback: dict[str, Any] = _CALLBACK.load({CALLBACK: given.pop(CALLBACK)} if CALLBACK in given else {})
        return callback | ({"options": _OPTIONS.load(given)} if given else {})
    except ValidationError as error:
        raise invalid(field_errors(error.messages)) from None


def _lines(req: Request, config: Config) -> Iterator[bytes]:
    """The lines that are not blank; of one that is too long as much as shows that it is."""
    line = bytearray()
    for piece in pieces(req, config.max_batch_bytes):
        *ended, rest = piece.split(b"\n")
        for end in ended:
            line += end
            if line.strip():
                yield bytes(line)
            line.clear()
        if len(line) <= config.max_body_bytes:
            line += rest
    if line.strip():
        yield bytes(line)


def _of_line(line: bytes, judge: Judge, max_bytes: int) -> dict[str, Any] | Refused:
    if len(line) > max_bytes:
        return _refused(ProblemError("body-too-large", f"The line is longer than {max_bytes} bytes, the most that one document may take."))
    try:
        return judge(parse_json(decoded(line)))
    except ProblemError as problem:
        return _refused(problem)


def _refused(problem: ProblemError, value: Any = None) -> Refused:
    """With the document's own name, where it is one."""
    try:
        document_id: str | None = _DOCUMENT_ID.load({"id": value["document"]["id"]})["id"]
    except (ValidationError, TypeError, KeyError):
        document_id = None
    body = problem.body()
    del body["instance"]
    return Refused(document_id, body)
