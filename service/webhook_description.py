"""What callback URLs are told, as the specification has it."""

from typing import Any

from apispec import APISpec

from schemas.event import BatchEvent, ExtractionEvent
from service import batch_examples, examples

_TEXT = {"type": "string"}
_HEADERS = (
    ("webhook-id", "The event's id, the same in every attempt: what has been seen may be left aside.", f"msg_{examples.JOB_ID}"),
    ("webhook-timestamp", "When this attempt was made, in seconds since 1970; refuse what is older than some minutes.", "1707696000"),
    (
        "webhook-signature",
        "`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`; several, with blanks between, while the "
        "secret is changed: one that is right is enough. The libraries of Standard Webhooks check it.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
)
EXTRACTION_EVENT = {
    "type": "extraction.succeeded",
    "timestamp": "2024-02-12T00:00:00.061Z",
    "data": {"id": examples.JOB_ID, "status": "succeeded", "document": {"id": "news-1"}, "links": examples.SUCCEEDED["links"]},
}
BATCH_EVENT = {
    "type": "batch.finished",
    "timestamp": "2024-02-12T00:00:00.061Z",
    "data": {
        "id": batch_examples.BATCH_ID,
        "status": "finished",
        "links": {name: batch_examples.FINISHED["links"][name] for name in ("self", "results")},
    },
}


def describe(spec: APISpec) -> None:
    """Name the events and how they are sent."""
    for schema in (ExtractionEvent, BatchEvent):
        spec.components.schema(schema.__name__, schema=schema)
    told = (
        ("extractionEnded", "extractions", "An extraction has ended", ExtractionEvent, EXTRACTION_EVENT),
        ("batchEnded", "batches", "The last document of a batch has ended", BatchEvent, BATCH_EVENT),
    )
    spec.options["webhooks"] = {
        name: {"post": _operation(name, tag, summary, schema, example)} for name, tag, summary, schema, example in told
    }


def _operation(operation_id: str, tag: str, summary: str, schema: type[Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema.__name__}"}, "examples": {"event": {"value": example}}}
    return {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": "Sent to the `callback_url` that the request brought, signed per Standard Webhooks, until it is accepted "
        "or some hours have passed.",
        "parameters": [
            {"in": "header", "name": name, "description": description, "required": True, "schema": _TEXT, "example": value}
            for name, description, value in _HEADERS
        ],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "204": {"description": "Any 2xx accepts it."},
            "410": {"description": "Not wanted any more: it is not sent again. After any other answer it is, later and later."},
        },
    }
