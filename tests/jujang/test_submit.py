"""`jujang submit`: documents to a service and back in order, through whatever the service and the network do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import redis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from jobstore import failures, keys
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from jujang import submit
from jujang.documents import OptionError
from jujang.submit import Entry, Part, parts, run
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver

Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def app(url: str) -> Flask:
    return create_app(Config(StoreSettings(url), log_level="error"))


def ids(connection: redis.Redis, prefix: str) -> set[str]:
    names = cast("list[bytes]", connection.keys(f"{prefix}*"))
    return {name.decode().removeprefix(prefix) for name in names}


@contextmanager
def at_work(url: str) -> Iterator[None]:
    """A worker that answers each document with its text, and fails those that say so."""
    driver, connection, stop = Driver(JobStore.connect(url)), redis.Redis.from_url(url), threading.Event()

    def work() -> None:
        done: set[str] = set()
        while not stop.wait(0.01):
            for job_id in sorted(ids(connection, keys.record("")) - done):
                done.add(job_id)
                if b"fail" in driver.text(job_id):
                    driver.fail(job_id, failures.worker_lost(3))
                else:
                    driver.succeed(job_id, {"said": driver.text(job_id).decode()})

    working = threading.Thread(target=work)
    working.start()
    try:
        yield
    finally:
        stop.set()
        working.join()


class Network(httpx.BaseTransport):
    """To the application, unless `faults` (one a request, None where there is none) come between."""

    def __init__(self, app: Flask, *faults: Handler | None) -> None:
        self._inner = httpx.WSGITransport(app=app)
        self._faults = list(faults)
        self.requests: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(f"{request.method} {request.url.path.split('/')[-1]}")
        fault = self._faults.pop(0) if self._faults else None
        return fault(request) if fault else self._inner.handle_request(request)

    def breaking_after(self, lines: int) -> Handler:
        """The answer breaks off after so many lines."""

        def handle(request: httpx.Request) -> httpx.Response:
            whole = self._inner.handle_request(request)
            body = b"".join(whole.stream)  # type: ignore[arg-type]

            def stream() -> Iterator[bytes]:
                yield b"".join(body.splitlines(keepends=True)[:lines])
                raise httpx.RemoteProtocolError("peer closed connection")

            return httpx.Response(whole.status_code, headers=whole.headers, stream=_Stream(stream()))

        return handle


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


def busy(status: int, **headers: str) -> Handler:
    return lambda _: httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def lost(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("connection refused")


def send(network: httpx.BaseTransport, out: Path, *paths: Path, **settings: Any) -> tuple[int, list[dict[str, Any]]]:
    known: dict[str, Any] = {"api_key": None, "options": {}, "published_at": None, "batch_size": 200, "patience_s": 60.0}
    code = run(paths, url="http://127.0.0.1", output=out, transport=network, **known | settings)
    return code, [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def said(lines: list[dict[str, Any]]) -> list[str]:
    return [line.get("said") or f"! {line['document']['id']}" for line in lines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "b").mkdir(parents=True)
    (folder / "a.txt").write_text("가", "utf-8")
    (folder / "b" / "1.txt").write_bytes(b"\xff")
    (folder / "b" / "2.txt").write_text("나 fail", "utf-8")
    (folder / "c.json").write_text('[{"text": "다"}, {"text": ""}, 5]', "utf-8")
    (folder / "d.json").write_text('{"text": "라", "id": "d", "gold": []}', "utf-8")
    (folder / "e.jsonl").write_text('{"text": "마"}\n\n{"text": \n{"text": "\\ud800"}\n{"text": "바"}', "utf-8")
    (folder / "f.md").write_text("no document", "utf-8")
    (folder / ".hidden.txt").write_text("no document", "utf-8")
    return folder


def test_a_folder_comes_back_in_order_each_failure_in_its_place(app: Flask, url: str, folder: Path, tmp_path: Path) -> None:
    with at_work(url):
        code, lines = send(Network(app), tmp_path / "out.jsonl", folder)
    e = folder / "e.jsonl"
    expected = [
        "가",
        f"! {folder / 'b' / '1.txt'}",
        "! b/2.txt",
        "다",
        f"! {folder / 'c.json'}[1]",
        f"! {folder / 'c.json'}[2]",
        "라",
        "마",
    ]
    assert said(lines) == [*expected, f"! {e}:3", f"! {e}:4", "바"]
    assert code == 1
    details = [line["error"]["detail"] for line in lines if "error" in line]
    assert "not UTF-8" in details[0]
    assert "died" in details[1]
    assert "text" in details[2]


def test_all_is_well(app: Flask, url: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f'{{"text": "{i}"}}\n' for i in range(100)))
    with at_work(url):
        code, lines = send(Network(app), tmp_path / "out.jsonl", source, batch_size=7)
        again, same = send(Network(app), tmp_path / "again.jsonl", source, batch_size=7)
    assert (code, said(lines)) == (0, [str(i) for i in range(100)])
    assert (again, same) == (0, lines)
    assert len(redis.Redis.from_url(url).keys(keys.record("*"))) == 100, "the second run made no jobs"


def test_options_go_along(app: Flask, url: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "가"}\n{"text": "나", "options": {"include": ["times"]}}\n')
    with at_work(url):
        code, _ = send(Network(app), tmp_path / "out.jsonl", source, options={"include": ["claims"], "offset_unit": "utf16"})
    driver, connection = Driver(JobStore.connect(url)), redis.Redis.from_url(url)
    asked = {request["text"]: request["options"] for request in map(driver.request, ids(connection, keys.record("")))}
    assert code == 0
    assert [asked[text]["include"] for text in "가나"] == [["claims"], ["times"]]
    assert [asked[text]["offset_unit"] for text in "가나"] == ["utf16", "utf16"]


@pytest.mark.parametrize("fault", [busy(503), busy(429, Retry_After="0"), busy(502), lost, busy(503, Retry_After="1")])
def test_what_passes_is_waited_for(app: Flask, url: str, tmp_path: Path, fault: Handler, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.txt").write_text("가")
    network = Network(app, fault, None, fault)  # the POST and the first look at the results
    begun = time.monotonic()
    with at_work(url):
        code, lines = send(network, tmp_path / "out.jsonl", tmp_path / "in.txt")
    assert (code, said(lines)) == (0, ["가"])
    assert network.requests == ["POST batches"] * 2 + ["GET results"] * 2
    told = capsys.readouterr().err
    assert told.count("Again in") == 2
    if "Again in 1.0 s" in told:
        assert time.monotonic() - begun >= 2


def test_a_post_whose_answer_was_lost_makes_no_second_batch(app: Flask, url: str, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("가")

    def answer_lost(request: httpx.Request) -> httpx.Response:
        httpx.WSGITransport(app=app).handle_request(request)
        raise httpx.ReadTimeout("timed out")

    with at_work(url):
        code, _ = send(Network(app, answer_lost), tmp_path / "out.jsonl", tmp_path / "in.txt")
    assert code == 0
    assert len(redis.Redis.from_url(url).keys(keys.record("*"))) == 1


def test_results_that_break_off_go_on_where_they_were(app: Flask, url: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f'{{"text": "{i}"}}\n' for i in range(30)))
    network = Network(app)
    network._faults = [None, network.breaking_after(5), network.breaking_after(0), network.breaking_after(7)]
    with at_work(url):
        code, lines = send(network, tmp_path / "out.jsonl", source, batch_size=1000)
    assert (code, said(lines)) == (0, [str(i) for i in range(30)])


def test_an_interrupted_run_goes_on(app: Flask, url: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(f'{{"text": "{i}"}}\n' for i in range(50)))

    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    with at_work(url):
        code, lines = send(Network(app, *[None] * 4, interrupt), tmp_path / "out.jsonl", source, batch_size=10)
        assert code == 130
        assert len(lines) < 50
        code, lines = send(Network(app), tmp_path / "out.jsonl", source, batch_size=10)
    assert (code, said(lines)) == (0, [str(i) for i in range(50)])
    assert len(redis.Redis.from_url(url).keys(keys.record("*"))) == 50


@pytest.mark.parametrize("ending", ["delete", "expire"])
def test_results_that_are_gone_are_made_anew(app: Flask, url: str, tmp_path: Path, ending: str) -> None:
    (tmp_path / "in.txt").write_text("가")
    connection = redis.Redis.from_url(url)
    with at_work(url):
        send(Network(app), tmp_path / "out.jsonl", tmp_path / "in.txt")
        (batch_id,) = (name for name in ids(connection, keys.batch("")) if not name.endswith(":documents"))
        if ending == "delete":
            app.test_client().delete(f"/v1/batches/{batch_id}")
        else:
            connection.hset(keys.batch(batch_id), "expires_at", "2020-01-01T00:00:00+00:00")
        code, lines = send(Network(app), tmp_path / "out.jsonl", tmp_path / "in.txt")
    assert (code, said(lines)) == (0, ["가"])


def test_a_service_that_stays_silent_is_given_up(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.txt").write_text("가")
    code, lines = send(Network(app, lost), tmp_path / "out.jsonl", tmp_path / "in.txt", patience_s=0)
    assert (code, lines) == (3, [])
    told = capsys.readouterr().err
    assert "No answer from http://127.0.0.1: connection refused. Is the service running there" in told


def test_a_service_that_refuses_is_not_asked_again(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.txt").write_text("가")
    app = create_app(Config(StoreSettings(url), host="0.0.0.0", log_level="error"))
    network = Network(app)
    assert send(network, tmp_path / "out.jsonl", tmp_path / "in.txt", api_key="jjk_wrong")[0] == 3
    assert network.requests == ["POST batches"]
    assert "API key" in capsys.readouterr().err


def test_something_else_that_answers_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.txt").write_text("가")
    for answer in (httpx.Response(200, text="<html>"), httpx.Response(404, text="<html>")):
        network = httpx.MockTransport(lambda _, answer=answer: answer)
        assert send(network, tmp_path / "out.jsonl", tmp_path / "in.txt")[0] == 3
    told = capsys.readouterr().err
    assert "not as Jujang does" in told
    assert "404" in told


def test_what_cannot_be_submitted_is_said(tmp_path: Path) -> None:
    source, result, empty = tmp_path / "in.jsonl", tmp_path / "result.json", tmp_path / "empty"
    source.write_text('{"text": "가"}')
    result.write_text('{"document": {"id": null}, "engine": {}}')
    empty.mkdir()
    network = httpx.MockTransport(lambda _: httpx.Response(500))
    for path, settings, says in (
        (source, {"output": source}, "choose another"),
        (tmp_path, {"output": source}, "choose another"),
        (source, {"output": tmp_path / "no" / "out"}, "There is no folder"),
        (empty, {}, "There is no document"),
        (result, {}, "holds results"),
        (source, {"url": "localhost:8000"}, "localhost:8000 is no address"),
        (source, {"url": "http://[::1"}, "is no address"),
        (source, {"api_key": "열쇠"}, "API key"),
    ):
        with pytest.raises(OptionError, match=says):
            run((path,), **{"output": None} | SETTINGS | settings, transport=network)
    assert source.read_text() == '{"text": "가"}'


def test_results_that_lie_in_the_folder_are_no_documents(app: Flask, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("가")
    (tmp_path / "a.json").write_text('{"document": {"id": null}, "claims": [], "engine": {}}')
    (tmp_path / "b.jsonl").write_text('\n{"document": {"id": "b"}, "error": {}}\n')
    (tmp_path / "c.json").write_text('[{"text": "다", "document": {"id": "c"}}]')
    (tmp_path / "out.jsonl").write_text('{"document": {"id": "a"}, "engine": {}}\n')  # of an interrupted run
    with at_work(url):
        code, lines = send(Network(app), tmp_path / "out.jsonl", tmp_path)
    assert (code, said(lines)) == (0, ["가", "다"])
    told = capsys.readouterr().err
    assert "a.json holds results" in told
    assert "b.jsonl holds results" in told
    assert "out.jsonl" not in told


def test_a_failed_document_is_told_with_its_fields(app: Flask, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": " ", "id": "d"}')
    with at_work(url):
        assert send(Network(app), tmp_path / "out.jsonl", tmp_path / "in.jsonl")[0] == 1
    assert "in.jsonl:1: text: Is empty or blank" in capsys.readouterr().err


SETTINGS: dict[str, Any] = {
    "url": "http://127.0.0.1",
    "api_key": None,
    "options": {},
    "published_at": None,
    "batch_size": 10,
    "patience_s": 1.0,
}

ENTRIES = st.lists(st.binary(min_size=1, max_size=3) | st.none(), max_size=300)


def cut(documents: list[bytes | None], most: int = 40) -> list[Part]:
    return list(parts((Entry(str(i), sent, None if sent else {"error": {}}) for i, sent in enumerate(documents)), most))


@given(ENTRIES, st.integers(1, 50))
def test_parts_hold_every_document_once_in_order(documents: list[bytes | None], most: int) -> None:
    found = cut(documents, most)
    assert [each.sent for part in found for each in part.entries] == documents
    assert all(0 < len(part.entries) <= most for part in found)


def test_a_document_more_leaves_most_parts_as_they_were() -> None:
    documents: list[bytes | None] = [b"%d" % i for i in range(2000)]
    more = [*documents[:1000], b"new", *documents[1000:]]
    before, after = ({part.body(b"{}") for part in cut(each, most=1000)} for each in (documents, more))
    assert len(before) > 10
    assert len(before - after) == 1


def test_large_documents_go_in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "MOST_BYTES", 10)
    assert [len(part.entries) for part in cut([b"a" * 4, b"a" * 4, b"a" * 4, b"a" * 40, b"a"])] == [2, 1, 1, 1]
