"""flask-smorest's Blueprint and Api with our request parser and problems, and with types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar, cast

import flask_smorest
from flask import request
from marshmallow import Schema

from schemas.problem import Problem
from schemas.problem_types import TYPES, ProblemType
from service import access, limits, problems
from service.request_body import load_body

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Leaves the view's type as it is."""

    def __call__(self, view: View, /) -> View: ...


PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "extraction_id": {
        "description": "As POST /v1/extractions answered it.",
        "schema": {"type": "string", "format": "uuid"},
        "example": "3f0c1c52-8b0e-4a4c-9d83-0c5cf8a6b1de",
    },
    "batch_id": {
        "description": "As POST /v1/batches answered it.",
        "schema": {"type": "string", "format": "uuid"},
        "example": "b7a4a3d2-6c1f-4e55-8a8e-0d9a6f1c2e34",
    },
}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """Errors are `problems`' business."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        problems.register(self._app)

    def _register_responses(self) -> None:
        """None of flask-smorest's own: every operation names its problems."""

    def _register_etag_headers(self) -> None:
        """None: `openapi` names the headers."""

    def _register_pagination_header(self) -> None:
        """None: there are no pages."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Routes whose requests are checked, whose answers are written and which are documented from the same schemas."""

    def operation(self, rule: str, method: str, operation_id: str, **doc: Any) -> Decorator:
        """Register a view under one method of `rule`; stands first."""

        def decorate(view: View) -> View:
            view = self.problems("bad-request", "uri-too-long", "headers-too-large")(view)
            if access.guards(rule):
                view = self.problems("unauthorized")(view)
                doc["security"] = access.SECURITY
            if limits.limited(rule, method):
                view = _counted(self.problems(*limits.PROBLEMS)(view))
            view._apidoc = self.doc(operationId=operation_id, **doc)(view)._apidoc  # type: ignore[attr-defined] # without a call more
            self.add_url_rule(rule, operation_id, view, methods=[method], parameters=_path_parameters(rule))
            return view

        return decorate

    def takes(self, schema: Schema, examples: Mapping[str, Any]) -> Decorator:
        """The view's first argument is the body, loaded by `schema`."""
        described = self.arguments(schema, examples=dict(examples))

        def decorate(view: View) -> View:
            @wraps(view)
            def loaded(*arguments: Any, **parameters: Any) -> Any:
                return view(load_body(request, schema), *arguments, **parameters)

            loaded._apidoc = described(view)._apidoc  # type: ignore[attr-defined] # of webargs only the description: loading costs a third
            return cast("View", loaded)

        return decorate

    def answers(
        self,
        status: int,
        description: str,
        schema: type[Schema] | None = None,
        *,
        examples: Mapping[str, Any] | None = None,
        headers: Sequence[str] = (),
        content_type: str | None = None,
    ) -> Decorator:
        """Document an answer; the view returns a whole Response. Written as `alt_response` writes it, without a call more a request."""
        answer: dict[str, Any] = {
            "description": description,
            "headers": {name: name for name in ["X-Request-Id", *headers]},
            "content_type": content_type,
        }
        if schema is not None:
            answer |= {"schema": schema(), "examples": dict(examples or {})}

        def decorate(view: View) -> View:
            documentation = deepcopy(getattr(view, "_apidoc", {}))
            documentation.setdefault("response", {}).setdefault("responses", {}).setdefault(status, []).append(answer)
            view._apidoc = documentation  # type: ignore[attr-defined]
            return view

        return decorate

    def also_answers(self, status: int, examples: Mapping[str, Any]) -> Decorator:
        """Document other media types of an answer, each with an example of it: a text, or an object or array of JSON."""

        def decorate(view: View) -> View:
            documentation = deepcopy(getattr(view, "_apidoc", {}))
            responses = documentation.setdefault("manual_doc", {}).setdefault("responses", {})
            responses[status] = {
                "content": {
                    kind: {"schema": {"type": _JSON_TYPES[type(example)]}, "examples": {"result": {"value": example}}}
                    for kind, example in examples.items()
                }
            }
            view._apidoc = documentation  # type: ignore[attr-defined]
            return view

        return decorate

    def problems(self, *names: str) -> Decorator:
        """Document the problems that an operation may end with."""

        def decorate(view: View) -> View:
            by_status: dict[int, list[ProblemType]] = {}
            for name in names:
                by_status.setdefault(TYPES[name].status, []).append(TYPES[name])
            for status, kinds in by_status.items():
                view = self.answers(
                    status,
                    HTTPStatus(status).phrase,  # `openapi` adds which there are, from all that name problems of this status
                    Problem,
                    content_type=problems.MEDIA_TYPE,
                    examples={kind.name: kind.name for kind in kinds},
                    headers=_HEADERS.get(status, ()),
                )(view)
            return view

        return decorate


def _counted(view: View) -> View:
    """Document that every answer tells what is left, except those to strangers, who are not counted."""
    documentation = deepcopy(view._apidoc)  # type: ignore[attr-defined]
    for status, answers in documentation["response"]["responses"].items():
        for answer in answers if status != 401 else ():
            answer["headers"] |= {name: name for name in limits.FIELDS}
    view._apidoc = documentation  # type: ignore[attr-defined]
    return view


_JSON_TYPES: dict[type[Any], str] = {str: "string", dict: "object", list: "array"}
_HEADERS = {
    401: ("WWW-Authenticate",),
    405: ("Allow",),
    409: ("Retry-After",),
    415: ("Accept", "Accept-Encoding"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    return [{"in": "path", "name": name, **PATH_PARAMETERS[name]} for name in PATH_PARAMETERS if f":{name}>" in rule]


def links(parameter: str, rows: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, Any]]:
    """OpenAPI's links from an answer to operations on what it names: `parameter` is its `id`; rows of name, operation, description."""
    return {
        name: {"operationId": operation, "parameters": {parameter: "$response.body#/id"}, "description": description}
        for name, operation, description in rows
    }
