"""A thousand documents in one request, through real HTTP, Redis, queue and workers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from schemas.batch import Batch, BatchResult
from tests.e2e.conftest import Service

DOCUMENTS = 1000
BAD = frozenset(range(50, DOCUMENTS, 100))


def request(index: int) -> dict[str, Any]:
    text = "" if index in BAD else f"한빛시는 버스를 {index + 1}대 늘렸다."
    return {"text": text, "document": {"id": f"n{index}"}}


def post(client: httpx.Client, **headers: str) -> httpx.Response:
    lines = "".join(json.dumps(request(i), ensure_ascii=False) + "\n" for i in range(DOCUMENTS))
    return client.post("/v1/batches", content=lines.encode(), headers={"Content-Type": "application/x-ndjson", **headers})


@pytest.fixture(scope="module")
def finished(service: Service) -> dict[str, Any]:
    """The batch, with the lines of its results as they came."""
    with service.client() as client:
        posted = post(client)
        assert posted.status_code == 202
        batch = posted.json()
        assert batch["counts"]["refused"] == len(BAD)
        assert batch["status"] in ("queued", "running")
        lines: list[dict[str, Any]] = []
        streams = 0
        while len(lines) < DOCUMENTS:
            path = f"{batch['links']['results']}?from={len(lines)}"
            with client.stream("GET", path, headers={"Prefer": "wait=30"}) as stream:
                lines += [json.loads(line) for line in stream.iter_lines()]
            streams += 1
            assert streams < 50
        return {**client.get(batch["links"]["self"]).json(), "lines": lines}


def test_ten_bad_ones_fail_alone_and_order_is_kept(finished: dict[str, Any]) -> None:
    lines = finished.pop("lines")
    assert Batch().validate(finished) == {}
    counts = finished["counts"]
    assert (finished["status"], counts["succeeded"], counts["refused"]) == ("finished", DOCUMENTS - len(BAD), len(BAD))
    assert [line["index"] for line in lines] == list(range(DOCUMENTS))
    assert [line["document"]["id"] for line in lines] == [f"n{i}" for i in range(DOCUMENTS)]
    assert {line["index"] for line in lines if line["error"]} == BAD
    assert all(BatchResult().validate(line) == {} for line in lines[:200])
    found = [next(n["value"] for n in line["result"]["numbers"] if n["text"].endswith("대")) for line in lines if line["result"]]
    assert found == [str(i + 1) for i in range(DOCUMENTS) if i not in BAD]


def test_canceled_half_way_nothing_runs_on(service: Service) -> None:
    with service.client() as client:
        batch = post(client).json()
        path = batch["links"]["self"]
        while client.get(path).json()["counts"]["succeeded"] < 30:
            time.sleep(0.05)
        canceled = client.post(batch["links"]["cancel"]).json()
        assert canceled["status"] == "canceled"
        counts = canceled["counts"]
        assert (counts["queued"], counts["running"]) == (0, 0)
        assert counts["succeeded"] + counts["canceled"] == DOCUMENTS - len(BAD)
        assert counts["canceled"] > 0
        # the workers are at once free for the next, and nothing of the batch ends any more
        after = client.post("/v1/extractions", json={"text": "다음 글이다."}, headers={"Prefer": "wait=30"})
        assert after.json()["status"] == "succeeded"
        assert client.get("/readyz").json()["queued"] == 0
        assert client.get(path).json()["counts"] == counts
        lines = [json.loads(line) for line in client.get(batch["links"]["results"]).text.splitlines()]
        assert sum(line["result"] is not None for line in lines) == counts["succeeded"]
        assert client.delete(path).status_code == 204
        assert client.get(batch["links"]["results"]).status_code == 410


def test_fifty_equal_posts_at_once_make_one_job(service: Service) -> None:
    def send(_: int) -> tuple[int, str]:
        with service.client() as client:
            answer = client.post("/v1/extractions", json={"text": "한 번만 읽는다."}, headers={"Idempotency-Key": '"once"'})
            return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(send, range(50)))
    assert {status for status, _ in answers} <= {200, 202}
    assert len({job for _, job in answers}) == 1
