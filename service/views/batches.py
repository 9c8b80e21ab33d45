"""/v1/batches: many documents in, the claims of each out."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from time import monotonic

from flask import Response, current_app, g, json, request

from jobstore.batch_record import BatchRecord, Refused
from jobstore.batches import BatchStore
from jobstore.connection import StoreUnavailable
from jobstore.idempotency import TAKING_S
from jobstore.intake import Intake
from jobstore.store import JobStore
from jobstore.submission import Origin
from schemas.batch import MOST_DOCUMENTS, Batch, BatchRequest, BatchResult
from schemas.callback import CallbackParameter
from schemas.extraction import NOT_IN_QUERY, ExtractionRequest, Options
from service import batch_examples, idempotency, negotiation
from service.answering import ID, POLL_AFTER_S, conditional, config, held, refuse_parameters, waiting_room
from service.batch_body import NDJSON, read
from service.batch_documents import batch_body, document_body, lines, outcomes
from service.blueprint import Blueprint, links
from service.problems import ProblemError, field_error, invalid
from service.representations.formats import Format
from service.waiting import preferred_wait

PREFIX = "/v1/batches"

blueprint = Blueprint("batches", __name__, description="Many documents in one request: post them, follow them, read their claims, stop.")

_BATCH_LINKS = links(
    "batch_id",
    [
        ("batch", "getBatch", "How it stands."),
        ("results", "getBatchResults", "What was found."),
        ("cancel", "cancelBatch", "Stop it."),
        ("erase", "deleteBatch", "Stop and erase it."),
    ],
)


@blueprint.operation(
    PREFIX,
    "POST",
    "createBatch",
    parameters=[
        "Prefer",
        "Idempotency-Key",
        {"in": "query", "schema": Options(exclude=NOT_IN_QUERY)},
        {"in": "query", "schema": CallbackParameter},
    ],
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [BatchRequest, {"type": "array", "items": ExtractionRequest, "minItems": 1, "maxItems": MOST_DOCUMENTS}]
                },
                "examples": batch_examples.REQUESTS,
            },
            NDJSON: {
                "schema": {"type": "string", "description": "A JSON object, as POST /v1/extractions takes it, a line."},
                "example": batch_examples.LINES,
            },
        },
    },
    responses={status: {"links": _BATCH_LINKS} for status in (200, 202)},
)
@blueprint.answers(
    202,
    "Every document is queued or refused. Follow the batch at Location.",
    Batch,
    examples={"queued": {"value": batch_examples.QUEUED}},
    headers=["Location", "Retry-After", "Preference-Applied"],
)
@blueprint.answers(
    200,
    "All documents have ended already: after a wait, or because all were refused.",
    Batch,
    examples={"finished": {"value": batch_examples.FINISHED}},
    headers=["Location", "Preference-Applied"],
)
@blueprint.problems(
    "invalid-json",
    "invalid-encoding",
    "body-too-large",
    "unsupported-media-type",
    "invalid-field",
    "invalid-idempotency-key",
    "idempotency-key-in-use",
    "idempotency-key-reused",
    "batch-gone",
    "internal-error",
    "store-unavailable",
)
def create() -> Response:
    """Have many documents read

    Up to 1,000 documents, each as POST /v1/extractions takes it: as JSON, an array of them or an object that has `options` for all beside
    them; or as NDJSON (`application/x-ndjson`), one a line, with options for all as query parameters. Each is judged alone: one that is
    wrong is refused with its problem, and the others are queued. The answer says that all are queued; until then none is worked on.
    Sent again with the same `Idempotency-Key`, it makes no second batch: the answer is the first one's, as it stands.
    """
    batches = _store()
    with batches.taking(idempotency.key()) as go_on, batches.intake(_origin()) as intake:
        _fill(intake, go_on)
        batch_id = intake.submit(idempotency.key(g.get("body_sha256", "")))
    batch = _find(batch_id)
    try:
        batch, waited = _wait(batch)
    except StoreUnavailable:  # it is queued all the same
        waited = 0
    response = _batch_response(batch, 200 if batch.finished_at else 202, waited)
    response.headers["Location"] = _path(batch.id)
    return response


@blueprint.operation(f"{PREFIX}/<string:batch_id>", "GET", "getBatch", parameters=["Prefer", "If-None-Match"])
@blueprint.answers(
    200,
    "How the batch stands. Retry-After is given until all its documents have ended.",
    Batch,
    examples={"running": {"value": batch_examples.RUNNING}, "finished": {"value": batch_examples.FINISHED}},
    headers=["ETag", "Retry-After", "Preference-Applied"],
)
@blueprint.answers(304, "It stands as If-None-Match says.", headers=["ETag"])
@blueprint.problems("batch-not-found", "batch-gone", "invalid-field", "internal-error", "store-unavailable")
def fetch(batch_id: str) -> Response:
    """How a batch stands

    `Prefer: wait=N` holds the answer for up to N ≤ 30 seconds until all documents have ended. With If-None-Match polls cost little.
    """
    batch, waited = _wait(_find(batch_id))
    _refuse_gone(batch)
    tag = f"{batch.id}-{batch.version}"
    if not batch.finished_at and tag in request.if_none_match:  # nothing has changed: the documents need not be looked at
        return conditional(Response(), tag)
    return conditional(_batch_response(batch, 200, waited), "" if batch.finished_at else tag)


@blueprint.operation(
    f"{PREFIX}/<string:batch_id>/results",
    "GET",
    "getBatchResults",
    parameters=[
        "Prefer",
        negotiation.parameter("ndjson"),
        {
            "in": "query",
            "name": "from",
            "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
            "description": "With NDJSON only. Index of the first document that is wanted: how many lines you have.",
        },
    ],
)
@blueprint.answers(
    200,
    "A line of JSON for each document that has ended, in the order of the request, up to the first that has not.",
    BatchResult,
    examples={"succeeded": {"value": batch_examples.RESULT}, "refused": {"value": batch_examples.RESULT_REFUSED}},
    headers=["Preference-Applied", "Content-Disposition"],
    content_type=NDJSON,
)
@blueprint.also_answers(200, batch_examples.REPRESENTATIONS)
@blueprint.problems(
    "batch-not-found", "batch-gone", "batch-not-ready", "not-acceptable", "invalid-field", "internal-error", "store-unavailable"
)
def fetch_results(batch_id: str) -> Response:
    """What was found

    NDJSON, a line a document, in the order of the request, as far as they have ended. With `Prefer: wait=N` the lines come as the documents
    end, for up to N ≤ 30 seconds. You have all when you have as many lines as the batch has documents; until then ask on with
    `?from=` the number of lines you have. By `Accept` or `?format=` also as CSV, JSON-LD or HTML, of the whole batch once all its
    documents have ended.
    """
    form = negotiation.wanted("ndjson", NDJSON)
    batch = _find(batch_id)
    if form is not None:
        return _exported(batch, form)
    first = _first()
    seconds = preferred_wait(request.headers.getlist("Prefer"))
    held_open = ExitStack()
    seated = bool(seconds) and held_open.enter_context(waiting_room().seat())
    response = Response(lines(_store(), batch, first, seconds if seated else 0), mimetype=NDJSON)
    response.call_on_close(held_open.close)
    if seated:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    response.headers["Vary"] = "Prefer"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep the lines until it has many
    return response


@blueprint.operation(f"{PREFIX}/<string:batch_id>/cancel", "POST", "cancelBatch")
@blueprint.answers(
    200,
    "What had not ended is canceled and its text erased; the results there are stay.",
    Batch,
    examples={"canceled": {"value": batch_examples.CANCELED}},
)
@blueprint.problems("batch-not-found", "batch-gone", "invalid-field", "internal-error", "store-unavailable")
def cancel(batch_id: str) -> Response:
    """Stop a batch

    Cancels the documents that have not ended; the results of the others stay. Once more is no error.
    """
    _store().cancel(_find(batch_id).id, g.owner)
    return _batch_response(_find(batch_id), 200, 0)


@blueprint.operation(f"{PREFIX}/<string:batch_id>", "DELETE", "deleteBatch")
@blueprint.answers(204, "All texts and results are erased; what had not ended was canceled.")
@blueprint.problems("batch-not-found", "invalid-field", "internal-error", "store-unavailable")
def erase(batch_id: str) -> Response:
    """Stop and erase a batch

    Cancels the documents that have not ended, and erases all texts and results. The batch is gone then; what it canceled can be seen
    in the jobs of its documents. Once more is no error.
    """
    if not ID.fullmatch(batch_id) or not _store().erase(batch_id, g.owner):
        raise _unknown()
    return Response(status=204)


@blueprint.before_request  # type: ignore[untyped-decorator]
def check_parameters() -> None:
    """No parameter is silently ignored; createBatch looks at its own."""
    if request.endpoint != f"{blueprint.name}.createBatch":
        refuse_parameters(*["from", negotiation.PARAMETER] if request.endpoint == f"{blueprint.name}.getBatchResults" else [])


def _store() -> BatchStore:
    store: BatchStore = current_app.extensions["jujang.batches"]
    return store


def _origin() -> Origin:
    return Origin(g.owner, g.request_id, g.get("traceparent", ""))


def _path(batch_id: str) -> str:
    return f"{PREFIX}/{batch_id}"


def _fill(intake: Intake, go_on: Callable[[], None]) -> None:
    settings = config()
    held_at = monotonic()
    incoming = read(request, settings)
    intake.callback_url = incoming.callback_url
    for document in incoming.documents:
        if isinstance(document, Refused):
            intake.refuse(document)
        else:
            intake.add(document)
        if intake.kept_bytes > settings.max_batch_bytes:  # they may be larger than the body: each is kept with the options for all
            raise ProblemError("body-too-large", f"Documents with their options take more than {settings.max_batch_bytes} bytes.")
        if monotonic() - held_at > TAKING_S / 3:
            go_on()
            held_at = monotonic()


def _find(batch_id: str) -> BatchRecord:
    """The batch, if it is known and not gone."""
    batch = _store().fetch(batch_id, g.owner) if ID.fullmatch(batch_id) else None
    if batch is None:
        raise _unknown()
    _refuse_gone(batch)
    return batch


def _refuse_gone(batch: BatchRecord) -> None:
    if batch.erased:
        raise _gone("The batch was erased on request.")
    if batch.finished_at and batch.expires_at <= datetime.now(UTC):
        raise _gone("The batch has expired; send the documents again.")


def _unknown() -> ProblemError:
    return ProblemError("batch-not-found", "There is no batch with this id, or it was forgotten long after it expired.")


def _gone(detail: str) -> ProblemError:
    return ProblemError("batch-gone", detail)


def _first() -> int:
    given = request.args.getlist("from")
    if not given:
        return 0
    if len(given) > 1 or not given[0].isascii() or not given[0].isdigit() or len(given[0]) > 9:
        raise invalid([field_error("from", "Must be one whole number, at least 0.", "invalid")])
    return int(given[0])


def _wait(batch: BatchRecord) -> tuple[BatchRecord, int]:
    store = _store()
    return held(batch, lambda seconds: store.wait(batch.id, seconds, g.owner), lambda now: now.finished_at is not None)


def _batch_response(batch: BatchRecord, status: int, waited: int) -> Response:
    body = batch_body(batch, _path(batch.id)) | {"documents": [document_body(each) for each in _store().documents(batch)]}
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    if not batch.finished_at:
        response.headers["Retry-After"] = str(POLL_AFTER_S)
    if waited:
        response.headers["Preference-Applied"] = f"wait={waited}"
    response.headers["Vary"] = "Prefer"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _exported(batch: BatchRecord, form: Format) -> Response:
    if _first():
        raise invalid([field_error("from", "Goes with NDJSON only; the other forms are of the whole batch.", "unsupported")])
    batch, waited = _wait(batch)
    if not batch.finished_at:
        detail = f"{batch.counts['queued'] + batch.counts['running']} of {batch.documents} documents have not ended."
        raise ProblemError("batch-not-ready", detail, headers={"Retry-After": str(POLL_AFTER_S)})
    jobs: JobStore = current_app.extensions["jujang.store"]
    response = negotiation.headed(Response(form.many(outcomes(_store(), jobs, batch))), form, f"jujang-{batch.id}")
    if waited:
        response.headers["Preference-Applied"] = f"wait={waited}"
    response.headers["Vary"] = "Accept, Prefer"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
