"""/v1/extractions: one document in, its claims out."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, json, request

from jobstore.connection import StoreUnavailable
from jobstore.record import JobRecord
from jobstore.store import JobStore
from schemas.callback import CallbackParameter
from schemas.extraction import NOT_IN_QUERY, DocumentFields, ExtractionRequest, Options
from schemas.fields import written_instant
from schemas.job import Job
from schemas.labels import JobStatus
from schemas.result import Result
from service import callbacks, examples, idempotency, negotiation, problems
from service.answering import ID, POLL_AFTER_S, conditional, config, held, refuse_parameters
from service.blueprint import Blueprint, links
from service.problems import ProblemError
from service.representations.outcome import Outcome
from service.request_body import text_too_long

PREFIX = "/v1/extractions"

blueprint = Blueprint("extractions", __name__, description="One document: post it, follow its job, read its claims, erase it.")

_JOB_LINKS = links(
    "extraction_id",
    [
        ("job", "getExtraction", "How it stands."),
        ("result", "getExtractionResult", "What was found."),
        ("erase", "deleteExtraction", "Cancel and erase it."),
    ],
)


@blueprint.operation(
    PREFIX,
    "POST",
    "createExtraction",
    parameters=[
        "Prefer",
        "Idempotency-Key",
        {"in": "query", "schema": DocumentFields},
        {"in": "query", "schema": Options(exclude=NOT_IN_QUERY)},
        {"in": "query", "schema": CallbackParameter},
    ],
    requestBody={"content": {"text/plain": {"schema": {"type": "string", "minLength": 1}, "example": examples.TEXT}}},
    responses={status: {"links": _JOB_LINKS} for status in (200, 202)},
)
@blueprint.takes(ExtractionRequest(), examples.REQUESTS)
@blueprint.answers(
    202,
    "The document is queued. Follow the job at Location.",
    Job,
    examples={"queued": {"value": examples.QUEUED}},
    headers=["Location", "Retry-After", "Preference-Applied"],
)
@blueprint.answers(
    200,
    "With `Prefer: wait=N`: the job has ended already.",
    Job,
    examples={"succeeded": {"value": examples.SUCCEEDED}, "failed": {"value": examples.FAILED}},
    headers=["Location", "Preference-Applied"],
)
@blueprint.problems(
    "invalid-json",
    "invalid-encoding",
    "body-too-large",
    "unsupported-media-type",
    "invalid-field",
    "invalid-idempotency-key",
    "idempotency-key-reused",
    "extraction-gone",
    "internal-error",
    "store-unavailable",
)
def create(document: dict[str, Any]) -> Response:
    """Have a document read

    Answers at once with a job. `Prefer: wait=N` holds the answer for up to N ≤ 30 seconds until the job has ended.
    As `text/plain; charset=utf-8` the body is the text itself, and the fields of `document` and `options` are query parameters;
    with JSON there are none.
    Sent again with the same `Idempotency-Key`, it makes no second job: the answer is the first one's, as it stands.
    """
    if too_long := text_too_long(document["text"], config().max_characters):
        raise too_long
    if refused := callbacks.not_allowed(document.get("callback_url"), config().callbacks):
        raise refused
    record = _store().submit(
        document,
        owner=g.owner,
        request_id=g.request_id,
        traceparent=g.get("traceparent", ""),
        key=idempotency.key(g.get("body_sha256", "")),
    )
    _refuse_gone(record)
    try:
        record, waited = _wait(record)
    except StoreUnavailable:  # it is queued all the same
        waited = 0
    ended = record.status.ended
    response = _job_response(record, 200 if ended else 202, waited)
    response.headers["Location"] = _path(record.id)
    return response


@blueprint.operation(f"{PREFIX}/<string:extraction_id>", "GET", "getExtraction", parameters=["Prefer", "If-None-Match"])
@blueprint.answers(
    200,
    "How the job stands. Retry-After is given until it has ended.",
    Job,
    examples={"queued": {"value": examples.QUEUED}, "succeeded": {"value": examples.SUCCEEDED}, "failed": {"value": examples.FAILED}},
    headers=["ETag", "Retry-After", "Preference-Applied"],
)
@blueprint.answers(304, "It stands as If-None-Match says.", headers=["ETag"])
@blueprint.problems("extraction-not-found", "extraction-gone", "invalid-field", "internal-error", "store-unavailable")
def fetch(extraction_id: str) -> Response:
    """How a job stands

    `Prefer: wait=N` holds the answer for up to N ≤ 30 seconds until the job has ended.
    """
    record, waited = _wait(_find(extraction_id))
    _refuse_gone(record)
    return conditional(_job_response(record, 200, waited))


@blueprint.operation(
    f"{PREFIX}/<string:extraction_id>/result", "GET", "getExtractionResult", parameters=[negotiation.parameter("json"), "If-None-Match"]
)
@blueprint.answers(
    200,
    "What was found in the document.",
    Result,
    examples={"result": {"value": examples.RESULT}},
    headers=["ETag", "Content-Disposition"],
)
@blueprint.also_answers(200, examples.REPRESENTATIONS)
@blueprint.answers(304, "It is as If-None-Match says.", headers=["ETag"])
@blueprint.problems(
    "extraction-not-found",
    "extraction-gone",
    "extraction-not-ready",
    "not-acceptable",
    "invalid-field",
    "internal-error",
    "deadline-exceeded",
    "extraction-failed",
    "worker-lost",
    "request-expired",
    "store-unavailable",
)
def fetch_result(extraction_id: str) -> Response:
    """What was found

    By `Accept` or `?format=`: JSON; CSV, a claim a row; JSON-LD, W3C Web Annotations whose positions count code points;
    HTML, the text with what was found in it marked. Where the extraction failed, its problem is the answer.
    """
    form = negotiation.wanted("json", "application/json")
    record = _find(extraction_id)
    if record.status is JobStatus.FAILED and record.error:
        return problems.respond({**record.error, "instance": quote(request.path)})
    if not record.status.ended:
        raise ProblemError(
            "extraction-not-ready",
            f"The extraction is {record.status}; ask again in {POLL_AFTER_S} s.",
            headers={"Retry-After": str(POLL_AFTER_S)},
        )
    if record.status is JobStatus.CANCELED:
        raise ProblemError("extraction-gone", "The extraction was canceled before it had a result.")
    result = _store().result(record.id)
    if result is None:
        raise _gone()
    if form is None:
        response = Response(result, mimetype="application/json")
    else:
        sent = _store().request(record.id)
        if sent is None:
            raise _gone()
        outcome = Outcome(sent["text"], json.loads(result))
        response = negotiation.headed(Response(form.one(outcome)), form, f"jujang-{record.id}")
    response.headers["Vary"] = "Accept"
    return conditional(response)


@blueprint.operation(f"{PREFIX}/<string:extraction_id>", "DELETE", "deleteExtraction")
@blueprint.answers(204, "Text and result are erased; the job was canceled where it had not ended.")
@blueprint.problems("extraction-not-found", "invalid-field", "internal-error", "store-unavailable")
def erase(extraction_id: str) -> Response:
    """Cancel and erase

    Cancels the job where it is queued or running, and erases text and result. A job that had ended is gone then; one that was canceled
    by this stays to be seen, as `canceled`. Once more is no error.
    """
    if not ID.fullmatch(extraction_id) or not _store().erase(extraction_id, g.owner):
        raise _unknown()
    return Response(status=204)


@blueprint.before_request  # type: ignore[untyped-decorator]
def check_parameters() -> None:
    """No parameter is silently ignored; POST has its own."""
    if request.method != "POST":
        refuse_parameters(*[negotiation.PARAMETER] if request.endpoint == f"{blueprint.name}.getExtractionResult" else [])


def _store() -> JobStore:
    store: JobStore = current_app.extensions["jujang.store"]
    return store


def _path(job_id: str) -> str:
    return f"{PREFIX}/{job_id}"


def _find(job_id: str) -> JobRecord:
    """The job, if it is known and not gone."""
    record = _store().fetch(job_id, g.owner) if ID.fullmatch(job_id) else None
    if record is None:
        raise _unknown()
    _refuse_gone(record)
    return record


def _refuse_gone(record: JobRecord) -> None:
    if record.erased and record.status is not JobStatus.CANCELED:
        raise ProblemError("extraction-gone", "The extraction was erased on request.")
    if record.status.ended and record.expires_at <= datetime.now(UTC):
        raise _gone()


def _unknown() -> ProblemError:
    return ProblemError("extraction-not-found", "There is no extraction with this id, or it was forgotten long after it expired.")


def _gone() -> ProblemError:
    return ProblemError("extraction-gone", "The extraction has expired; send the document again.")


def _wait(record: JobRecord) -> tuple[JobRecord, int]:
    store = _store()
    return held(record, lambda seconds: store.wait(record.id, seconds, g.owner), lambda job: job.status.ended)


def _job_response(record: JobRecord, status: int, waited: int) -> Response:
    response = Response(json.dumps(_represent(record)), status=status, mimetype="application/json")
    if not record.status.ended:
        response.headers["Retry-After"] = str(POLL_AFTER_S)
    if waited:
        response.headers["Preference-Applied"] = f"wait={waited}"
    response.headers["Vary"] = "Prefer"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _represent(record: JobRecord) -> dict[str, Any]:
    """As `schemas.job.Job` describes it; a test holds it against that."""
    path = _path(record.id)
    return {
        "id": record.id,
        "status": record.status.value,
        "created_at": written_instant(record.created_at),
        "started_at": record.started_at and written_instant(record.started_at),
        "finished_at": record.finished_at and written_instant(record.finished_at),
        "expires_at": written_instant(record.expires_at),
        "queue_position": record.queue_position,
        "document": {"id": record.document_id},
        "error": record.error,
        "callback": callbacks.body(record.callback),
        "links": {"self": path, "result": f"{path}/result"},
    }
