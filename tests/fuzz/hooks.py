"""What schemathesis cannot know from the specification: lines of JSON, names of requests that must be new, addresses that may be told."""

import json
import os
import uuid
from typing import Any

import schemathesis
from marshmallow import ValidationError

from schemas.batch import BatchResult
from schemas.validators import NotBlank
from service.batch_body import NDJSON

LONGEST_QUERY = 2_000


@schemathesis.hook
def before_load_schema(ctx: Any, raw_schema: dict[str, Any]) -> None:
    """Lets sequences begin with a document: the `id` of its query is its own, and would be taken for that of an earlier extraction."""
    if os.environ.get("FUZZ_PHASES") == "stateful":
        create = raw_schema["paths"]["/v1/extractions"]["post"]
        create["parameters"] = [each for each in create["parameters"] if each.get("name") != "id"]


@schemathesis.serializer(NDJSON)
def lines(ctx: Any, value: Any) -> bytes:
    """A body of lines as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Keeps valid requests to what the specification can say in words only."""
    if case.meta is None:
        return
    if case.meta.generation.mode.value != "positive":
        if case.media_type == NDJSON and not (isinstance(case.body, str) and case.body.startswith("{")):
            case.body = b""  # a line that is no document is refused alone: only a body without lines is refused as a whole
        return
    for name in case.headers or {}:
        if name.lower() == "idempotency-key":
            case.headers[name] = uuid.uuid4().hex  # one that no request brought before
        elif name.lower() == "prefer":
            case.headers[name] = f"wait={os.environ.get('FUZZ_WAIT_S', 1)}"
    if case.media_type == "application/json" or len(str(case.query)) > LONGEST_QUERY:
        case.query = {}  # fields go into the body of JSON, and long ones into one
    elif case.query and case.query.get("format") not in (None, "ndjson"):
        case.query.pop("from", None)
    if isinstance(case.body, str):
        case.body = case.body if shows(case.body) else "가"
        if case.media_type == NDJSON and not case.body.startswith("{"):
            case.body = json.dumps({"text": case.body})
    body = case.body if isinstance(case.body, dict) else {}
    documents = case.body if isinstance(case.body, list) else body.get("documents") or []
    for holder in (case.query, body, *documents):
        if isinstance(holder, dict):
            mend(holder)
    for options in (case.query, body.get("options")):
        if isinstance(options, dict):
            name_things(options)


def mend(document: dict[str, Any]) -> None:
    """A document with a text and an id that show, an address of the web, and one that may be told."""
    if document.get("callback_url"):
        document["callback_url"] = "https://hooks.example/jujang"
    if isinstance(document.get("text"), str) and not shows(document["text"]):
        document["text"] = "가"
    for about in (document, document.get("document")):
        if isinstance(about, dict):
            about |= {"id": "기사 1"} if isinstance(about.get("id"), str) else {}
            about |= {"url": "https://news.example/1"} if isinstance(about.get("url"), str) else {}


def name_things(options: dict[str, Any]) -> None:
    """Names that are no two alike, without white space at their ends and what does not show."""
    if options.get("ignore"):
        options["ignore"] = [f"이름 {i}" for i in range(min(len(options["ignore"]), 100))]
    for i, entity in enumerate(options.get("entities") or []):
        entity["surface"] = [f"가람 {i}-{j}" for j in range(len(entity["surface"]))]
        entity |= {"canonical": f"가람 {i}"} if entity.get("canonical") else {}


def shows(text: str) -> bool:
    """Whether it holds a character that shows."""
    try:
        NotBlank()(text)
    except ValidationError:
        return False
    return True


@schemathesis.check
def every_line_is_a_result(ctx: Any, response: Any, case: Any) -> bool | None:
    """Each line of NDJSON is what the specification says of one."""
    if response.status_code == 200 and response.headers.get("content-type", [""])[0] == NDJSON:
        for line in response.content.splitlines():
            assert BatchResult().validate(json.loads(line)) == {}
    return None


@schemathesis.check
def after_delete_only_what_was_canceled(ctx: Any, response: Any, case: Any) -> bool | None:
    """What `use_after_free` asks of every operation, of a job but for one answer: that DELETE canceled it."""
    if case.operation.definition.raw.get("operationId") != "getExtraction" or response.status_code != 200:
        return None
    extraction_id = case.path_parameters["extraction_id"]
    if any(_erased(ctx, earlier, extraction_id) for earlier in ctx.internals.find_related(case_id=case.id)):
        assert response.json()["status"] == "canceled", "There is a job after DELETE that was not canceled by it."
    return None


def _erased(ctx: Any, case: Any, extraction_id: str) -> bool:
    answer = ctx.internals.find_response(case_id=case.id)
    return (
        case.operation.definition.raw.get("operationId") == "deleteExtraction"
        and (case.path_parameters or {}).get("extraction_id") == extraction_id
        and answer is not None
        and answer.status_code == 204
    )
