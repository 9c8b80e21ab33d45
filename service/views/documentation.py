"""The specification, the page that shows it, and the pages of the problems. Nothing comes from elsewhere."""

from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, current_app, json, render_template, request, send_file

from schemas.problem_types import TYPES, ProblemType
from service.problems import ProblemError

YAML = "application/yaml"
ASSETS = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"})
_A_DAY_S = 86_400

blueprint = Blueprint("documentation", __name__)


@blueprint.get("/openapi.yaml")
def openapi_yaml() -> Response:
    """The specification as it stands in the repository."""
    return _cacheable(Response(current_app.extensions["jujang.openapi"].yaml, mimetype=YAML))


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    """The same as JSON."""
    return _cacheable(Response(current_app.extensions["jujang.openapi"].json, mimetype="application/json"))


@blueprint.get("/docs")
def docs() -> str:
    """Swagger UI on /openapi.json."""
    return render_template("docs.html")


@blueprint.get("/docs/<string:name>")
def docs_asset(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in ASSETS:
        raise ProblemError("not-found", "There is no such file.")
    return send_file(_swagger_ui() / name, max_age=_A_DAY_S, conditional=True)


@cache
def _swagger_ui() -> Path:
    """Where the package's files lie; its code is not run."""
    package = find_spec("swagger_ui")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("the package swagger-ui-py is not installed")
    return Path(package.submodule_search_locations[0]) / "static"


@blueprint.get("/problems")
def problem_index() -> Response:
    """Every sort of problem there is."""
    return _page("problems.html", [_described(kind) for kind in TYPES.values()], problems=list(TYPES.values()))


@blueprint.get("/problems/<string:problem_name>")
def problem_page(problem_name: str) -> Response:
    """What a sort of problem means and what to do about it: where its `type` points."""
    kind = TYPES.get(problem_name)
    if kind is None:
        raise ProblemError("not-found", "There is no such sort of problem. They are listed in /problems.")
    return _page("problems.html", _described(kind), problems=[kind])


def _described(kind: ProblemType) -> dict[str, str | int]:
    return {"type": kind.uri, "title": kind.title, "status": kind.status, "remedy": kind.remedy}


def _page(template: str, body: object, **context: object) -> Response:
    """HTML for browsers, JSON for programs."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json") == "text/html":
        response = Response(render_template(template, **context), mimetype="text/html")
    else:
        response = Response(json.dumps(body), mimetype="application/json")
    response.headers["Vary"] = "Accept"
    return response


def _cacheable(response: Response) -> Response:
    response.set_etag(blake2b(response.get_data(), digest_size=16).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    conditional: Response = response.make_conditional(request)  # type: ignore[assignment]
    return conditional
