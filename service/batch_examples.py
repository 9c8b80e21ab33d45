"""The examples of the specification that are about batches."""

import json
from typing import Any

from schemas.problem_types import TYPES
from service import examples
from service.representations.formats import FORMATS
from service.representations.outcome import Outcome

BATCH_ID = "b7a4a3d2-6c1f-4e55-8a8e-0d9a6f1c2e34"
_DOCUMENTS = [examples.REQUEST, {"text": "", "document": {"id": "news-2"}}]
WITH_OPTIONS = {"documents": _DOCUMENTS, "options": {"include": ["claims", "numbers"]}}
REQUESTS = {
    "array": {"summary": "Documents and nothing else", "value": _DOCUMENTS},
    "with_options": {"summary": "With options for all of them", "value": WITH_OPTIONS},
}
LINES = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in _DOCUMENTS)
_KIND = TYPES["invalid-field"]
_PROBLEM = {
    "type": _KIND.uri,
    "title": _KIND.title,
    "status": _KIND.status,
    "detail": "Wrong: text. See errors.",
    "errors": [{"field": "text", "message": "Is empty or blank; send at least one character that shows.", "code": "blank"}],
}


def _document(status: str) -> dict[str, Any]:
    links = examples.QUEUED["links"]
    return {"index": 0, "id": examples.JOB_ID, "status": status, "document": {"id": "news-1"}, "error": None, "links": links}


_REFUSED = {"index": 1, "id": None, "status": "refused", "document": {"id": "news-2"}, "error": _PROBLEM, "links": None}


def _batch(status: str, document: str, finished_at: str | None) -> dict[str, Any]:
    counts = dict.fromkeys(("queued", "running", "succeeded", "failed", "canceled"), 0) | {document: 1}
    path = f"/v1/batches/{BATCH_ID}"
    return {
        "id": BATCH_ID,
        "status": status,
        "created_at": "2024-02-12T00:00:00.000Z",
        "finished_at": finished_at,
        "expires_at": "2024-02-13T00:00:00.000Z",
        "counts": {"documents": 2, **counts, "refused": 1},
        "documents": [_document(document), _REFUSED],
        "callback": None,
        "links": {"self": path, "results": f"{path}/results", "cancel": f"{path}/cancel"},
    }


_ENDED = "2024-02-12T00:00:00.061Z"
QUEUED = _batch("queued", "queued", None)
RUNNING = _batch("running", "running", None)
FINISHED = _batch("finished", "succeeded", _ENDED)
CANCELED = _batch("canceled", "canceled", _ENDED)
RESULT = _document("succeeded") | {"result": examples.RESULT}
RESULT_REFUSED = _REFUSED | {"result": None}
_OUTCOMES = (Outcome(examples.TEXT, examples.RESULT), Outcome("", {"document": _REFUSED["document"], "error": _PROBLEM}))
REPRESENTATIONS = {each.media_type: each.example("".join(each.many(_OUTCOMES))) for each in FORMATS.values()}
