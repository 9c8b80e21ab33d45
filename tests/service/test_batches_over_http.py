"""Batches over a real connection: sent in chunks, read while they come."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.driver import Driver
from tests.service.test_gunicorn import gunicorn

LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def client(own_redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        gunicorn(own_redis_url, tmp_path_factory.mktemp("gunicorn") / "log", MAX_BATCH_BYTES="200000") as (address, _),
        httpx.Client(base_url=address, timeout=40) as client,
    ):
        yield client


def pieces(documents: int) -> Iterator[bytes]:
    """Cut where no line and no character ends."""
    body = "".join(json.dumps({"text": f"물가 {i}"}, ensure_ascii=False) + "\n" for i in range(documents)).encode()
    yield from (body[at : at + 7] for at in range(0, len(body), 7))


def test_lines_in_chunks(client: httpx.Client, driver: Driver) -> None:
    posted = client.post("/v1/batches", content=pieces(300), headers=LINES)
    assert posted.request.headers["Transfer-Encoding"] == "chunked"
    assert posted.status_code == 202
    documents = posted.json()["documents"]
    assert len(documents) == 300
    assert [driver.request(documents[i]["id"])["text"] for i in (0, 299)] == ["물가 0", "물가 299"]


def test_too_many_bytes_in_chunks(client: httpx.Client) -> None:
    answer = client.post("/v1/batches", content=(b" " * 1000 for _ in range(300)), headers=LINES)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"


def test_a_line_is_there_as_soon_as_its_document_has_ended(client: httpx.Client, driver: Driver) -> None:
    batch = client.post("/v1/batches", json=[{"text": "물가"}] * 3).json()
    first, *others = (document["id"] for document in batch["documents"])
    read_one = threading.Event()

    def end_others() -> None:
        assert read_one.wait(30)
        for job in others:
            driver.succeed(job)

    ending = threading.Thread(target=end_others)
    ending.start()
    driver.succeed(first)
    indexes = []
    with client.stream("GET", batch["links"]["results"], headers={"Prefer": "wait=30"}) as answer:
        for line in answer.iter_lines():
            indexes.append(json.loads(line)["index"])
            read_one.set()  # the others end only now
    ending.join()
    assert indexes == [0, 1, 2]


def test_who_stops_reading_gives_the_seat_back(client: httpx.Client, tmp_path: Path) -> None:
    batch = client.post("/v1/batches", json=[{"text": "물가"}]).json()
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            client.get(batch["links"]["results"], headers={"Prefer": "wait=2"}, timeout=0.2)
    answer = client.get(batch["links"]["results"], headers={"Prefer": "wait=1"})
    assert answer.headers["Preference-Applied"] == "wait=1"
