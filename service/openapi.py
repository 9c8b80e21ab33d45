"""openapi.yaml, rendered from the schemas and the views. `python -m service.openapi` writes it."""

import inspect
import json
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from apispec import APISpec
from marshmallow import class_registry

from schemas.problem_types import TYPES, ProblemType
from service import idempotency
from service.access import SECURITY_SCHEMES
from service.problems import MEDIA_TYPE

FILE = Path(__file__).resolve().parents[1] / "openapi.yaml"
DESCRIPTION = """\
Send a Korean document and read, as JSON, the claims, numbers, times, names and sources in it, each with its place in the text.

1. `POST /v1/extractions` with the text answers `202` and a job.
2. `GET` the job (its `links.self`) until it has ended; with `Prefer: wait=30` the answer waits for that.
3. `GET` its `links.result`.

Where the service has API keys, each request brings one (`Authorization: Bearer KEY`) and sees its own jobs only.

Every error is `application/problem+json` (RFC 9457) with a stable `type`, whose page says what to do; `errors` names each wrong field.
Offsets count code points of the text exactly as it was sent, unless `options.offset_unit` asks for UTF-16 units or UTF-8 bytes.
Texts and results are erased after a day unless the server is set otherwise (`expires_at`), or at once by `DELETE`.
"""
FLASK_SETTINGS = {
    "API_TITLE": "Jujang",
    "API_VERSION": version("jujang"),
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "summary": "Claims, numbers, times, names and sources in Korean documents",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server"}],
        "security": [],
    },
}
_REQUEST_SCHEMAS = ("BatchRequest", "ExtractionRequest", "DocumentFields", "Options", "CustomEntity")
_TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "The request's id: the one it came with, or a new one.", "schema": _TEXT},
    "Location": {"description": "Path of the job.", "schema": {"type": "string", "format": "uri-reference"}},
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": {"type": "integer", "minimum": 1}},
    "Preference-Applied": {"description": "`wait=N` where the answer was held for it.", "schema": _TEXT},
    "ETag": {"description": "Changes with the content; for If-None-Match.", "schema": _TEXT},
    "RateLimit-Policy": {"description": "How many requests a key has in which time: `q` in `w` seconds.", "schema": _TEXT},
    "RateLimit": {"description": "What is left of it: `r` requests, all of them again in `t` seconds.", "schema": _TEXT},
    "WWW-Authenticate": {"description": "`Bearer`: a key is wanted (RFC 6750).", "schema": _TEXT},
    "Content-Disposition": {"description": "A name for the file, in forms other than JSON.", "schema": _TEXT},
    "Accept": {"description": "The media types that are taken.", "schema": _TEXT},
    "Accept-Encoding": {"description": "The content codings that are taken.", "schema": _TEXT},
    "Allow": {"description": "The methods there are.", "schema": _TEXT},
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "Prefer": {
        "description": "`wait=N`: hold the answer for up to N ≤ 30 seconds until the job has ended (RFC 7240). "
        "A busy server may answer at once.",
        "schema": _TEXT,
        "example": "wait=10",
    },
    "Idempotency-Key": {
        "description": "Your own name for this request (IETF draft), 1 to 255 visible ASCII characters. Sent again with the same key and "
        "the same body, a request takes effect once; with another body it is refused. A key is kept as long as what it made is remembered.",
        "schema": {"type": "string", "pattern": idempotency.PATTERN},
        "example": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    },
    "If-None-Match": {"description": "The ETag that the client has; `304` where it still holds.", "schema": _TEXT},
}
FIELDS_IN_QUERY = {"createExtraction": "text/plain", "createBatch": "application/x-ndjson"}
"""Operations whose parameters stand for fields of a JSON body, and the bodies that they go with."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The specification as it is served."""

    yaml: str
    json: str


def describe(spec: APISpec) -> None:
    """Name the headers, parameters and examples that operations share."""
    for name, header in HEADERS.items():
        spec.components.header(name, dict(header))
    for name, parameter in PARAMETERS.items():
        spec.components.parameter(name, "header", dict(parameter))
    for name, scheme in SECURITY_SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    for kind in TYPES.values():
        spec.components.example(kind.name, {"summary": kind.title, "value": problem_example(kind)})


def problem_example(kind: ProblemType) -> dict[str, Any]:
    """A problem of this kind as a client may see it."""
    body: dict[str, Any] = {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": kind.remedy,
        "instance": "/v1/extractions",
    }
    if kind.name == "invalid-field":
        body["detail"] = "Wrong: text. See errors."
        body["errors"] = [{"field": "text", "message": "Is empty or blank; send at least one character that shows.", "code": "blank"}]
    if kind.name == "invalid-json":
        body["detail"] = "Expecting ',' delimiter at line 1, column 17."
        body["errors"] = [{"field": "", "message": body["detail"], "code": "syntax", "line": 1, "column": 17}]
    return body


def render(spec: APISpec) -> Rendered:
    """The specification as YAML and as JSON."""
    document = _arranged(spec.to_dict())
    return Rendered(
        yaml=yaml.dump(document, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=120),
        json=json.dumps(document, ensure_ascii=False),
    )


def _arranged(document: dict[str, Any]) -> dict[str, Any]:
    """In the order one reads it."""
    document = _ordered(document, ("openapi", "info", "servers", "security", "tags", "paths", "webhooks", "components"))
    document["info"] = _ordered(document["info"], ("title", "version"))
    document["components"] = _ordered(document["components"], ("schemas",))
    for name, schema in document["components"]["schemas"].items():
        document["components"]["schemas"][name] = {"description": _meaning(name), **schema}
        if name not in _REQUEST_SCHEMAS:  # answers may grow
            document["components"]["schemas"][name].pop("additionalProperties", None)
    for path in document["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                path[method] = _arranged_operation(operation)
    return document


def _meaning(schema: str) -> str:
    return inspect.getdoc(class_registry.get_class(schema)) or ""


def _arranged_operation(operation: dict[str, Any]) -> dict[str, Any]:
    operation = _ordered(operation, ("operationId", "tags", "summary", "description", "parameters", "requestBody", "responses"))
    operation["responses"] = dict(sorted(operation["responses"].items(), key=lambda item: str(item[0])))
    for answer in operation["responses"].values():
        if problems := answer.get("content", {}).get(MEDIA_TYPE):
            answer["description"] += ": " + "; ".join(f"`{TYPES[name].uri}`" for name in problems["examples"])
    if with_type := FIELDS_IN_QUERY.get(operation["operationId"]):
        operation["parameters"] = [_as_parameter(each, with_type) for each in operation["parameters"]]
    operation.setdefault("parameters", [])
    return operation


def _as_parameter(parameter: dict[str, Any], media_type: str) -> dict[str, Any]:
    """A field of the body as a parameter, which goes with bodies of `media_type` only and is left out rather than null."""
    if parameter.get("in") != "query":
        return parameter
    # neither default nor example: pages and generated clients would send them along with JSON, where they do not belong
    schema = {key: value for key, value in parameter["schema"].items() if key not in ("default", "example")}
    if isinstance(schema["type"], list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    described = f"With {media_type} only. {parameter.get('description', '')}".strip()
    return {**parameter, "description": described, "schema": schema}


def _ordered(mapping: dict[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    return {key: mapping[key] for key in first if key in mapping} | {key: value for key, value in mapping.items() if key not in first}


class _PlainDumper(yaml.SafeDumper):
    """Writes shared parts out instead of YAML anchors, and paragraphs as they read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml fixes the signature
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_PlainDumper.add_representer(str, _PlainDumper.represent_text)


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` only compare it with what is served; returns the exit code."""
    from jobstore.settings import StoreSettings
    from service.app import create_app
    from service.config import Config

    rendered: Rendered = create_app(Config(StoreSettings(redis_url="unix://"))).extensions["jujang.openapi"]
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m service.openapi [--check]\n")
        return 2
    if arguments:
        current = FILE.exists() and FILE.read_text("utf-8") == rendered.yaml
        sys.stdout.write(f"{FILE.name} is what is served\n" if current else f"{FILE.name} is not what is served: make openapi\n")
        return 0 if current else 1
    FILE.write_text(rendered.yaml, encoding="utf-8")
    sys.stdout.write(f"{FILE.name} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
