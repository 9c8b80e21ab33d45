"""POST a document, poll, read its claims: through real HTTP, Redis, queue and workers."""

import json
import threading
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import httpx
import pytest

from schemas.job import Job
from schemas.result import Result
from tests.e2e.conftest import Service

SAMPLE = json.loads(files("jujang").joinpath("samples/news.json").read_text("utf-8"))


def extract(client: httpx.Client, request: dict[str, Any]) -> dict[str, Any]:
    job = client.post("/v1/extractions", json=request, headers={"Prefer": "wait=30"})
    assert job.status_code == 200, job.text
    assert Job().validate(job.json()) == {}
    result = client.get(job.json()["links"]["result"])
    assert result.status_code == 200, result.text
    assert Result().validate(result.json()) == {}
    return dict(result.json())


def items(result: dict[str, Any]) -> list[dict[str, Any]]:
    flat = [*result["claims"], *result["numbers"], *result["times"], *(m for e in result["entities"] for m in e["mentions"])]
    for claim in result["claims"]:
        if claim["attribution"]:
            flat += [span for span in (claim["attribution"][k] for k in ("source", "cue", "via")) if span]
    return flat + [n["of"] for n in result["numbers"] if n["of"]]


def test_post_poll_read(service: Service) -> None:
    with service.client() as client:
        posted = client.post("/v1/extractions", json=SAMPLE)
        assert posted.status_code == 202
        location = posted.headers["Location"]
        job = posted.json()
        while job["status"] in ("queued", "running"):
            job = client.get(location, headers={"Prefer": "wait=5"}).json()
        assert job["status"] == "succeeded"
        result = client.get(f"{location}/result").json()
    text = SAMPLE["text"]
    assert result["document"]["id"] == "sample-news"
    assert result["document"]["characters"] == len(text)
    assert all(text[i["start"] : i["end"]] == i["text"] for i in items(result))
    values = {n["text"]: (n["kind"], n["value"], n["unit"]) for n in result["numbers"]}
    assert values["312억원"] == ("money", "31200000000", "KRW")
    assert values["12.5%"] == ("percent", "12.5", "%")
    assert values["2배"] == ("multiple", "2", None)
    times = {t["text"]: t["value"] for t in result["times"]}
    assert times["지난해 12월"] == "2025-12"
    said = [
        c for c in result["claims"] if c["attribution"] and c["attribution"]["source"] and "윤도경" in c["attribution"]["source"]["text"]
    ]
    assert said
    assert all(c["attribution"]["style"] == "direct" for c in said)
    ranked = sorted(result["claims"], key=lambda c: -c["checkworthy"])
    assert any(c["numbers"] for c in ranked[:5])


DISGUISES = {
    "as it is": lambda text: text,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "emoji": lambda text: "👨‍👩‍👧 " + text.replace("다.", "다👍."),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "tabs": lambda text: text.replace("\n\n", "\n\t\n"),
    "zero-width": lambda text: text.replace("전기버스", "전기\u200b버스").replace("한빛시", "\ufeff한빛시"),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
@pytest.mark.parametrize("unit", ["code_point", "utf16", "utf8"])
def test_offsets_are_those_of_the_text_as_it_was_sent(service: Service, disguise: Any, unit: str) -> None:
    text = disguise(SAMPLE["text"])
    with service.client() as client:
        result = extract(client, SAMPLE | {"text": text, "options": {"offset_unit": unit}})
    encoding, width = {"code_point": ("utf-32-le", 4), "utf16": ("utf-16-le", 2), "utf8": ("utf-8", 1)}[unit]
    sent = text.encode(encoding)
    assert result["offset_unit"] == unit
    assert len(result["numbers"]) >= 10
    for item in items(result):
        assert sent[item["start"] * width : item["end"] * width].decode(encoding) == item["text"]
    found = {unicodedata.normalize("NFC", n["text"]).replace("\u200b", "") for n in result["numbers"]}
    assert {"312억원", "12.5%", "18만4천명"} <= found


def test_equal_input_gives_equal_output(service: Service) -> None:
    with service.client() as client:
        results = [extract(client, SAMPLE) for _ in range(3)]
    for result in results:
        del result["engine"]["elapsed_ms"]
    assert len({json.dumps(result, ensure_ascii=False) for result in results}) == 1


def test_two_hundred_documents_of_eight_clients(service: Service) -> None:
    """All succeed, none twice, none lost."""
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def client_run(number: int) -> None:
        with service.client() as client:
            jobs = {}
            for i in range(25):
                name = f"client-{number}-{i}"
                request = {"text": f"{SAMPLE['text']}\n\n새 버스는 {number * 100 + i + 1}대다.", "document": {"id": name}}
                posted = client.post("/v1/extractions", json=request)
                assert posted.status_code == 202
                jobs[name] = posted.json()
            for name, job in jobs.items():
                status = job["status"]
                while status in ("queued", "running"):
                    status = client.get(job["links"]["self"], headers={"Prefer": "wait=5"}).json()["status"]
                assert status == "succeeded"
                result = client.get(job["links"]["result"]).json()
                assert result["document"]["id"] == name
                with lock:
                    seen[name] += 1
                    seen[result["numbers"][-1]["text"]] += 1

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(client_run, range(8)))
    expected = {f"client-{n}-{i}" for n in range(8) for i in range(25)} | {f"{n * 100 + i + 1}대" for n in range(8) for i in range(25)}
    assert set(seen) == expected
    assert set(seen.values()) == {1}


def test_any_web_process_answers_for_any_job(service: Service) -> None:
    with service.client() as client:
        job = client.post("/v1/extractions", json=SAMPLE, headers={"Prefer": "wait=30"}).json()
    for _ in range(12):  # a new connection each time: gunicorn's processes share them out
        with service.client() as client:
            assert client.get(job["links"]["self"], headers={"Connection": "close"}).json()["status"] == "succeeded"


def test_deleting_erases_text_and_result(service: Service) -> None:
    with service.client() as client:
        job = client.post("/v1/extractions", json=SAMPLE, headers={"Prefer": "wait=30"}).json()
        assert client.delete(job["links"]["self"]).status_code == 204
        assert client.get(job["links"]["result"]).status_code == 410


@pytest.mark.parametrize(
    "text",
    ["가", "...", "ㅋㅋㅋ", "Hello, world.", "1234567890" * 200, "만" * 5000, "“" * 3000, "(" * 3000, "\n" * 50 + "끝.", "다. " * 3000],
)
def test_odd_texts_are_extracted_too(service: Service, text: str) -> None:
    with service.client() as client:
        result = extract(client, {"text": text})
    assert all(text[i["start"] : i["end"]] == i["text"] for i in items(result))
