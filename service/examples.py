"""The examples of the specification, all of one small document written for it. A test holds them against the schemas."""

from typing import Any

from schemas.labels import OffsetUnit
from service.representations.formats import FORMATS
from service.representations.outcome import Outcome

JOB_ID = "3f0c1c52-8b0e-4a4c-9d83-0c5cf8a6b1de"
TEXT = "새빛시는 지난해 12월 출생아가 1천240명으로 전달보다 3.2% 늘었다고 밝혔다."
SHA256 = "816cfaa18baaf865480576e17d41fa546c723fb79abab1ecd9d99f59c8f85b9b"

REQUEST: dict[str, Any] = {
    "text": TEXT,
    "document": {"id": "news-1", "published_at": "2024-02-12"},
}
REQUESTS = {
    "smallest": {"summary": "A text and nothing else", "value": {"text": TEXT}},
    "dated": {"summary": "With the day it was published, so that 지난해 is known", "value": REQUEST},
    "with_names": {
        "summary": "With a name that you know and one to leave out",
        "value": {
            "text": "딥가람을 만든 새빛전자가 새빛시와 손잡았다.",
            "options": {"entities": [{"surface": ["딥가람", "DeepGaram"], "canonical": "딥가람", "type": "product"}], "ignore": ["새빛시"]},
        },
    },
    "for_javascript": {
        "summary": "Offsets for JavaScript, only claims and numbers",
        "value": {"text": TEXT, "options": {"offset_unit": "utf16", "include": ["claims", "numbers"], "min_checkworthiness": 0.5}},
    },
}


def _job(status: str, **known: Any) -> dict[str, Any]:
    path = f"/v1/extractions/{JOB_ID}"
    return {
        "id": JOB_ID,
        "status": status,
        "created_at": "2024-02-12T00:00:00.000Z",
        "started_at": None,
        "finished_at": None,
        "expires_at": "2024-02-13T00:00:00.000Z",
        "queue_position": None,
        "document": {"id": "news-1"},
        "error": None,
        "callback": None,
        "links": {"self": path, "result": f"{path}/result"},
        **known,
    }


_TIMES = {"started_at": "2024-02-12T00:00:00.012Z", "finished_at": "2024-02-12T00:00:00.061Z"}
QUEUED = _job("queued", queue_position=1)
SUCCEEDED = _job("succeeded", **_TIMES)
FAILED = _job(
    "failed",
    **_TIMES,
    error={
        "type": "/problems/worker-lost",
        "title": "The worker died",
        "status": 500,
        "detail": "The process that worked on the document died 3 times. Send it again in smaller parts, or give the workers more memory.",
    },
)


def _span(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"start": start, "end": start + len(text), "text": text}


def _number(identity: str, text: str, **values: Any) -> dict[str, Any]:
    return {"id": identity, **_span(text), "low": None, "high": None, "approx": False, "bound": None, "same_as": None, "si": None, **values}


RESULT: dict[str, Any] = {
    "document": {"id": "news-1", "title": None, "published_at": "2024-02-12", "characters": len(TEXT), "sha256": SHA256},
    "offset_unit": OffsetUnit.CODE_POINT.value,
    "sentences": [{"id": "s1", "start": 0, "end": len(TEXT), "role": "body", "checkworthy": 0.94}],
    "claims": [
        {
            "id": "c1",
            **_span("지난해 12월 출생아가 1천240명으로 전달보다 3.2% 늘었다"),
            "sentence": "s1",
            "type": "comparison",
            "checkworthy": 0.94,
            "rank": 1,
            "repeats": None,
            "modality": "asserted",
            "negated": False,
            "numbers": ["n1", "n2"],
            "times": ["t1"],
            "entities": [],
            "reasons": [{"feature": "number:percent", "weight": 1.4}],
            "attribution": {
                "source": {**_span("새빛시"), "entity": "e1"},
                "cue": _span("밝혔다"),
                "via": None,
                "style": "indirect",
                "transparency": "named",
            },
        }
    ],
    "numbers": [
        _number("n1", "1천240명", kind="count", value="1240", unit="명", rule="units.count"),
        _number("n2", "3.2%", kind="percent", value="3.2", unit="%", rule="units.percent"),
    ],
    "times": [{"id": "t1", **_span("지난해 12월"), "type": "DATE", "value": "2023-12", "mod": None, "rule": "times.relative_year_month"}],
    "entities": [{"id": "e1", "type": "organization", "canonical": "새빛시", "mentions": [_span("새빛시")], "score": 0.97}],
    "engine": {"version": "0.1.0", "kiwi": "0.24.1", "models": {"ner": f"sha256:{SHA256}"}, "elapsed_ms": 41},
}

REPRESENTATIONS = {each.media_type: each.example(each.one(Outcome(TEXT, RESULT))) for each in FORMATS.values()}
