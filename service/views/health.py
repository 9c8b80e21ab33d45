"""/healthz and /readyz: for whoever watches over the service."""

from flask import Response, current_app, json

from jobstore.store import JobStore
from schemas.health import Alive, Ready
from service.blueprint import Blueprint
from service.problems import RETRY_AFTER_S, ProblemError

blueprint = Blueprint("health", __name__, description="Whether the service lives, and whether work gets done.")


@blueprint.operation("/healthz", "GET", "getHealth")
@blueprint.answers(200, "The web process answers.", Alive, examples={"ok": {"value": {"status": "ok"}}})
@blueprint.problems("internal-error")
def alive() -> Response:
    """Whether the web process answers"""
    return _answer({"status": "ok"})


@blueprint.operation("/readyz", "GET", "getReadiness")
@blueprint.answers(
    200, "Redis answers and workers are registered.", Ready, examples={"ready": {"value": {"status": "ready", "workers": 2, "queued": 0}}}
)
@blueprint.problems("internal-error", "store-unavailable", "no-worker")
def ready() -> Response:
    """Whether Redis answers and a worker is registered"""
    store: JobStore = current_app.extensions["jujang.store"]
    health = store.health()
    if not health.workers:
        raise ProblemError(
            "no-worker",
            "Redis answers, but no worker is registered; start one: jujang worker.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )
    return _answer({"status": "ready", "workers": health.workers, "queued": health.queued})


def _answer(body: dict[str, str | int]) -> Response:
    response = Response(json.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
