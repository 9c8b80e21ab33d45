"""/metrics: for Prometheus."""

from flask import Response, current_app

from service import metrics
from service.blueprint import Blueprint

blueprint = Blueprint("metrics", __name__, description="What the service did and does, in figures.")

_EXAMPLE = """\
# HELP jujang_queue_length Jobs that wait, by queue.
# TYPE jujang_queue_length gauge
jujang_queue_length{queue="jujang"} 3.0
"""


@blueprint.operation(
    "/metrics",
    "GET",
    "getMetrics",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}, "examples": {"metrics": {"value": _EXAMPLE}}}}}},
)
@blueprint.answers(200, "The metrics, in Prometheus' text format.")
@blueprint.problems("internal-error")
def expose() -> Response:
    """Metrics for Prometheus

    Requests are those of this machine; queues, jobs, workers and Redis are those of the whole service, the same wherever one asks.
    Where the service has API keys, this takes one too.
    """
    response = Response(metrics.exposition(current_app.extensions["jujang.store"]), content_type=metrics.MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
