"""Batches from POST to DELETE."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobstore import failures, keys
from jobstore.idempotency import IdempotencyKey, taking
from jobstore.settings import StoreSettings
from schemas.batch import Batch, BatchRequest, BatchResult
from service import batch_examples, examples
from service.app import create_app
from service.batch_body import MOST_ERRORS_EACH, NDJSON
from service.config import Config
from tests.service.driver import Driver
from tests.service.test_extractions import problem_of

TEXT = "새빛시는 지난해 출생아가 늘었다고 밝혔다."
GOOD = {"text": TEXT, "document": {"id": "a"}}
BAD = {"text": " ", "document": {"id": "b"}}


def post(client: FlaskClient, body: Any, query: str = "", **headers: str) -> TestResponse:
    """As JSON, or as NDJSON where the body is a string."""
    path = f"/v1/batches?{query}" if query else "/v1/batches"
    if isinstance(body, str | bytes):
        return client.post(path, data=body, content_type=NDJSON, headers=headers)
    return client.post(path, json=body, headers=headers)


def accepted(response: TestResponse) -> dict[str, Any]:
    assert response.status_code in (200, 202), response.get_data(as_text=True)
    batch = response.get_json()
    assert Batch().validate(batch) == {}
    assert batch["counts"]["documents"] == sum(n for name, n in batch["counts"].items() if name != "documents") == len(batch["documents"])
    assert [document["index"] for document in batch["documents"]] == list(range(len(batch["documents"])))
    assert isinstance(batch, dict)
    return batch


def jobs(batch: dict[str, Any]) -> list[str]:
    return [document["id"] for document in batch["documents"] if document["id"]]


def results(client: FlaskClient, batch: dict[str, Any], query: str = "", **headers: str) -> list[dict[str, Any]]:
    response = client.get(f"{batch['links']['results']}{query}", headers=headers)
    assert (response.status_code, response.mimetype) == (200, NDJSON)
    lines = [json.loads(line) for line in response.get_data().splitlines()]
    assert [BatchResult().validate(line) for line in lines] == [{}] * len(lines)
    assert all((line["result"] is None) != (line["error"] is None) for line in lines)
    return lines


BODIES = {
    "array": [GOOD, BAD, {"text": "둘째."}],
    "object": {"documents": [GOOD, BAD, {"text": "둘째."}]},
    "lines": "\n".join(json.dumps(each, ensure_ascii=False) for each in (GOOD, BAD, {"text": "둘째."})),
    "lines with blank ones, CRLF and a last line end": "\r\n \r\n".join(json.dumps(each) for each in (GOOD, BAD, {"text": "둘째."}))
    + "\n\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_each_document_is_judged_alone(client: FlaskClient, driver: Driver, body: Any) -> None:
    response = post(client, body)
    assert response.status_code == 202
    batch = accepted(response)
    assert response.headers["Location"] == batch["links"]["self"] == f"/v1/batches/{batch['id']}"
    assert int(response.headers["Retry-After"]) >= 1
    assert (batch["status"], batch["counts"]["queued"], batch["counts"]["refused"]) == ("queued", 2, 1)
    first, refused, last = batch["documents"]
    assert (first["status"], first["document"], last["document"]) == ("queued", {"id": "a"}, {"id": None})
    assert (refused["status"], refused["id"], refused["document"], refused["links"]) == ("refused", None, {"id": "b"}, None)
    assert refused["error"]["type"] == "/problems/invalid-field"
    assert [(error["field"], error["code"]) for error in refused["error"]["errors"]] == [("text", "blank")]
    assert client.get(first["links"]["self"]).get_json()["id"] == first["id"]
    assert driver.start(last["id"])[1]["text"] == "둘째."


def test_a_batch_goes_from_queued_to_finished(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, BAD, GOOD, GOOD]))
    first, second, third = jobs(batch)
    path = batch["links"]["self"]
    driver.start(first)
    running = accepted(client.get(path))
    assert (running["status"], running["counts"]["running"]) == ("running", 1)
    driver.succeed(first)
    driver.fail(second, failures.worker_lost(3))
    client.delete(f"/v1/extractions/{third}")
    response = client.get(path)
    done = accepted(response)
    assert (done["status"], done["finished_at"] is not None) == ("finished", True)
    assert "Retry-After" not in response.headers
    assert [document["status"] for document in done["documents"]] == ["succeeded", "refused", "failed", "canceled"]
    assert done["documents"][2]["error"]["type"] == "/problems/worker-lost"
    lines = results(client, batch)
    assert [line["status"] for line in lines] == ["succeeded", "refused", "failed", "canceled"]
    assert lines[0]["result"] == examples.RESULT
    assert lines[1] == {**done["documents"][1], "result": None}
    assert lines[3]["error"]["type"] == "/problems/extraction-gone"
    assert results(client, batch, "?from=2") == lines[2:]
    assert results(client, batch, "?from=4") == results(client, batch, "?from=999999999") == []


def test_results_stop_before_the_first_that_has_not_ended(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, GOOD, GOOD]))
    first, second, third = jobs(batch)
    assert results(client, batch) == []
    driver.succeed(first)
    driver.succeed(third)
    assert [line["index"] for line in results(client, batch)] == [0]
    driver.start(second)
    assert [line["index"] for line in results(client, batch)] == [0]


def test_results_come_while_they_are_waited_for(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD] * 30))

    def work() -> None:
        for job in reversed(jobs(batch)):
            time.sleep(0.01)
            driver.succeed(job)

    working = threading.Thread(target=work)
    working.start()
    response = client.get(batch["links"]["results"], headers={"Prefer": "wait=25"})
    lines = response.get_data().splitlines()
    working.join()
    assert response.headers["Preference-Applied"] == "wait=25"
    assert [json.loads(line)["index"] for line in lines] == list(range(30))


def test_results_that_are_waited_for_too_shortly_break_off_and_go_on(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, GOOD]))
    first, second = jobs(batch)
    driver.succeed(first)
    assert [line["index"] for line in results(client, batch, Prefer="wait=1")] == [0]
    driver.succeed(second)
    assert [line["index"] for line in results(client, batch, "?from=1", Prefer="wait=1")] == [1]


def test_post_and_get_wait_for_the_end(app: Flask, driver: Driver, own_redis_url: str) -> None:
    connection = redis.Redis.from_url(own_redis_url)
    connection.flushdb()

    def wait() -> TestResponse:
        return post(app.test_client(), [GOOD, BAD], Prefer="wait=25")

    with ThreadPoolExecutor(1) as clients:
        answer = clients.submit(wait)
        while not (ids := connection.keys(keys.record("*"))):
            time.sleep(0.01)
        driver.succeed(bytes(ids[0]).decode().removeprefix(keys.record("")))  # type: ignore[arg-type]
        response = answer.result(20)
    assert (response.status_code, response.headers["Preference-Applied"]) == (200, "wait=25")
    batch = accepted(response)
    assert batch["status"] == "finished"
    assert app.test_client().get(batch["links"]["self"], headers={"Prefer": "wait=25"}).get_json()["status"] == "finished"


def test_who_finds_no_seat_to_wait_in_is_answered_at_once(own_redis_url: str) -> None:
    client = create_app(Config(StoreSettings(own_redis_url), waiters=0, log_level="error")).test_client()
    response = post(client, [GOOD], Prefer="wait=30")
    assert response.status_code == 202
    assert "Preference-Applied" not in client.get(f"{response.headers['Location']}/results", headers={"Prefer": "wait=30"}).headers


def test_seats_are_free_again(app: Flask, client: FlaskClient) -> None:
    batch = accepted(post(client, [BAD]))
    for _ in range(2 * app.extensions["jujang.config"].waiters):
        response = client.get(batch["links"]["results"], headers={"Prefer": "wait=5"})
        response.close()
        assert "Preference-Applied" in response.headers


def test_a_batch_of_refused_documents_is_finished_at_once(client: FlaskClient) -> None:
    response = post(client, [BAD, 1, None, [], "text", {}])
    assert response.status_code == 200
    batch = accepted(response)
    assert (batch["status"], batch["counts"]["refused"]) == ("finished", 6)
    assert len(results(client, batch)) == 6


def test_lines_that_are_no_json_fail_alone(client: FlaskClient) -> None:
    good = json.dumps(GOOD).encode()
    bad = [
        b"{",
        b"\xff",
        b'{"text": "a", "text": "b"}',
        b"[" * 9000,
        b'{"text": NaN}',
        b'"' + b"a" * 100_001 + b'"',
        b'{"text": "\\ud800"}',
    ]
    batch = accepted(post(client, b"\n".join([good, *bad, good])))
    kinds = [document["error"]["type"].removeprefix("/problems/") for document in batch["documents"] if document["error"]]
    json_, encoding, size, field = "invalid-json", "invalid-encoding", "body-too-large", "invalid-field"
    assert kinds == [json_, encoding, json_, json_, json_, size, field]
    assert batch["counts"]["queued"] == 2
    assert "instance" not in batch["documents"][1]["error"]


def test_a_document_may_be_as_long_as_alone(client: FlaskClient) -> None:
    batch = accepted(post(client, [{"text": "가" * 10_000}, {"text": "가" * 10_001}]))
    assert [document["status"] for document in batch["documents"]] == ["queued", "refused"]
    assert batch["documents"][1]["error"]["errors"][0]["code"] == "too_long"


def test_a_thousand_documents_ten_of_them_bad(client: FlaskClient, driver: Driver) -> None:
    bad = set(range(7, 1000, 100))
    documents = [BAD if i in bad else {"text": TEXT, "document": {"id": f"n{i}"}} for i in range(1000)]
    batch = accepted(post(client, documents))
    assert (batch["counts"]["queued"], batch["counts"]["refused"]) == (990, 10)
    for job in jobs(batch):
        driver.succeed(job)
    lines = results(client, batch)
    assert {line["index"] for line in lines if line["error"]} == bad
    assert [line["document"]["id"] for line in lines] == [each["document"]["id"] for each in documents]  # type: ignore[index]
    assert sum(line["result"] is not None for line in lines) == 990


@pytest.mark.parametrize("as_lines", [True, False])
def test_more_than_a_thousand_are_refused_as_a_whole(client: FlaskClient, own_redis_url: str, as_lines: bool) -> None:
    redis.Redis.from_url(own_redis_url).flushdb()
    documents = [{"text": "가"}] * 1001
    response = post(client, "\n".join(map(json.dumps, documents)) if as_lines else documents)
    assert response.status_code == 422
    assert problem_of(response)["errors"][0] == {"field": "documents", "code": "too_long", "message": "Has more than 1000 items."}
    kept = redis.Redis.from_url(own_redis_url)
    assert [key for kind in ("job", "request", "batch") for key in kept.keys(f"jujang:{kind}:*")] == []


def test_options_for_all_and_for_one(client: FlaskClient, driver: Driver) -> None:
    own = {"text": TEXT, "options": {"include": ["times"], "ignore": ["새빛시"]}}
    for_all = {"offset_unit": "utf16", "include": ["claims"]}
    lines = "\n".join(json.dumps(each) for each in (GOOD, own))
    for response in (post(client, {"documents": [GOOD, own], "options": for_all}), post(client, lines, "offset_unit=utf16&include=claims")):
        first, second = (driver.start(job)[1]["options"] for job in jobs(accepted(response)))
        assert (first["offset_unit"], first["include"], first["ignore"]) == ("utf16", ["claims"], [])
        assert (second["offset_unit"], second["include"], second["ignore"]) == ("utf16", ["times"], ["새빛시"])
        assert first.keys() == second.keys()


def test_options_of_one_may_contradict_those_for_all(client: FlaskClient) -> None:
    entities = [{"surface": ["딥가람"], "type": "product"}]
    body = {"documents": [GOOD, {"text": TEXT, "options": {"ignore": ["딥가람"]}}], "options": {"entities": entities}}
    first, second = accepted(post(client, body))["documents"]
    assert first["status"] == "queued"
    assert [(error["field"], error["code"]) for error in second["error"]["errors"]] == [("options.ignore[0]", "conflict")]


WRONG: dict[str, tuple[Any, str, int, str, str]] = {
    "options for all": ({"documents": [GOOD], "options": {"include": ["x"]}}, "", 422, "options.include[0]", "unsupported"),
    "options for all that contradict": (
        {"documents": [GOOD], "options": {"ignore": ["가"], "entities": [{"surface": ["가"], "type": "product"}]}},
        "",
        422,
        "options.ignore[0]",
        "conflict",
    ),
    "parameter with lines": ('{"text": "가"}', "include=x", 422, "include[0]", "unsupported"),
    "unknown parameter with lines": ('{"text": "가"}', "id=x", 422, "id", "unknown"),
    "parameter with JSON": ([GOOD], "include=claims", 422, "include", "unknown"),
    "no documents": ({}, "", 422, "documents", "missing"),
    "empty array": ([], "", 422, "documents", "blank"),
    "no lines": (" \n\n", "", 422, "documents", "blank"),
    "documents that are no array": ({"documents": {}}, "", 422, "documents", "invalid"),
    "a number": (5, "", 422, "", "invalid"),
    "unknown field": ({"documents": [GOOD], "text": "가"}, "", 422, "text", "unknown"),
}


@pytest.mark.parametrize(("body", "query", "status", "field", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_the_whole(client: FlaskClient, body: Any, query: str, status: int, field: str, code: str) -> None:
    response = post(client, body, query)
    assert response.status_code == status
    assert (field, code) in {(error["field"], error["code"]) for error in problem_of(response)["errors"]}


def test_errors_of_one_document_are_not_endless(client: FlaskClient) -> None:
    (document,) = accepted(post(client, [{f"f{i}": 0 for i in range(500)}]))["documents"]
    assert len(document["error"]["errors"]) == MOST_ERRORS_EACH


def test_bodies_of_too_many_bytes(own_redis_url: str) -> None:
    config = Config(StoreSettings(own_redis_url), max_body_bytes=1000, max_batch_bytes=2000, log_level="error")
    client = create_app(config).test_client()
    lines = (json.dumps({"text": f"{i}"}) + "\n" for i in range(200))
    for response in (post(client, "".join(lines)), post(client, ["a" * 2000])):
        assert response.status_code == 413
        assert response.headers["Connection"] == "close"
    entities = [{"surface": [f"이름{i}"], "type": "person"} for i in range(20)]
    response = post(client, {"documents": [{"text": "가"}] * 60, "options": {"entities": entities}})
    assert problem_of(response)["type"] == "/problems/body-too-large", "the options are kept with each document"


def test_etag_changes_with_the_batch_only(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, GOOD]))
    path = batch["links"]["self"]

    def changed(tag: str) -> bool:
        response = client.get(path, headers={"If-None-Match": tag})
        assert response.headers["ETag"]
        return response.status_code != 304

    queued = client.get(path).headers["ETag"]
    assert not changed(queued)
    driver.start(jobs(batch)[0])
    assert changed(queued)
    running = client.get(path).headers["ETag"]
    assert not changed(running)
    for job in jobs(batch):
        driver.succeed(job)
    assert changed(running)
    finished = client.get(path).headers["ETag"]
    assert not changed(finished)
    client.delete(f"/v1/extractions/{jobs(batch)[0]}")
    assert changed(finished)


def test_canceling_half_way_leaves_the_results_there_are(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, GOOD, BAD, GOOD]))
    driver.succeed(jobs(batch)[0])
    for _ in range(2):  # once more is no error
        canceled = accepted(client.post(batch["links"]["cancel"]))
        assert (canceled["status"], canceled["finished_at"] is not None) == ("canceled", True)
        assert [document["status"] for document in canceled["documents"]] == ["succeeded", "canceled", "refused", "canceled"]
    lines = results(client, batch)
    assert lines[0]["result"] == examples.RESULT
    assert {line["error"]["type"] for line in lines[1:]} == {"/problems/extraction-gone", "/problems/invalid-field"}
    assert all(driver.refused(job) for job in jobs(batch)[1:])


def test_canceling_what_has_ended_changes_nothing(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD]))
    driver.succeed(jobs(batch)[0])
    assert accepted(client.post(batch["links"]["cancel"]))["status"] == "finished"
    assert results(client, batch)[0]["result"] == examples.RESULT


def test_deleting_half_way_erases_all(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD, GOOD, BAD]))
    done, waiting = jobs(batch)
    driver.succeed(done)
    for _ in range(2):
        response = client.delete(batch["links"]["self"])
        assert (response.status_code, response.get_data()) == (204, b"")
        assert "Content-Type" not in response.headers
    for gone in client.get(batch["links"]["self"]), client.get(batch["links"]["results"]), client.post(batch["links"]["cancel"]):
        assert (gone.status_code, problem_of(gone)["type"]) == (410, "/problems/batch-gone")
    assert client.get(f"/v1/extractions/{waiting}").get_json()["status"] == "canceled"
    assert client.get(f"/v1/extractions/{done}/result").status_code == 410
    assert driver.refused(waiting)


def test_deleting_what_has_ended(client: FlaskClient, driver: Driver) -> None:
    batch = accepted(post(client, [GOOD]))
    driver.succeed(jobs(batch)[0])
    assert client.delete(batch["links"]["self"]).status_code == 204
    for path in batch["links"]["self"], batch["links"]["results"]:
        assert problem_of(client.get(path))["type"] == "/problems/batch-gone"


def test_expired_batch_is_gone(client: FlaskClient, driver: Driver, own_redis_url: str) -> None:
    batch = accepted(post(client, [GOOD]))
    driver.succeed(jobs(batch)[0])
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    redis.Redis.from_url(own_redis_url).hset(keys.batch(batch["id"]), "expires_at", past)
    for path in batch["links"]["self"], batch["links"]["results"]:
        assert client.get(path).status_code == 410


def test_documents_whose_results_are_gone_say_so(client: FlaskClient, driver: Driver, own_redis_url: str) -> None:
    batch = accepted(post(client, [GOOD, GOOD, GOOD]))
    connection = redis.Redis.from_url(own_redis_url)
    first, second, third = jobs(batch)
    driver.succeed(first)
    driver.succeed(second)
    connection.delete(keys.record(first))
    client.delete(f"/v1/extractions/{second}")
    driver.succeed(third)
    connection.delete(keys.result(third))
    assert [document["status"] for document in accepted(client.get(batch["links"]["self"]))["documents"]] == ["gone", "gone", "succeeded"]
    assert [line["error"]["type"] for line in results(client, batch)] == ["/problems/extraction-gone"] * 3


@pytest.mark.parametrize("tail", ["", "/results", "/cancel"])
@pytest.mark.parametrize("batch_id", [batch_examples.BATCH_ID, "x", "B7A4A3D2-6C1F-4E55-8A8E-0D9A6F1C2E34", "*", "..%2f"])
def test_what_nobody_knows(client: FlaskClient, batch_id: str, tail: str) -> None:
    path = f"/v1/batches/{batch_id}{tail}"
    response = client.post(path) if tail == "/cancel" else client.get(path)
    assert response.status_code == 404
    if not tail:
        assert client.delete(path).status_code == 404


@pytest.mark.parametrize("given", ["-1", "1.5", "", "x", "1&from=2", "٣", "9999999999"])
def test_places_that_are_none(client: FlaskClient, given: str) -> None:
    batch = accepted(post(client, [BAD]))
    response = client.get(f"{batch['links']['results']}?from={given}")
    assert response.status_code == 422
    assert problem_of(response)["errors"][0]["field"] == "from"


def test_the_same_batch_sent_again_is_one(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "batch-1"}
    first, second = (accepted(post(client, [GOOD, BAD], **key)) for _ in range(2))
    assert (first["id"], jobs(first)) == (second["id"], jobs(second))
    assert problem_of(post(client, [GOOD], **key))["type"] == "/problems/idempotency-key-reused"
    single = client.post("/v1/extractions", json=GOOD, headers=key)
    assert problem_of(single)["type"] == "/problems/idempotency-key-reused"
    assert problem_of(post(client, [GOOD], **{"Idempotency-Key": "a b"}))["type"] == "/problems/invalid-idempotency-key"
    client.delete(first["links"]["self"])
    assert problem_of(post(client, [GOOD, BAD], **key))["type"] == "/problems/batch-gone"


def test_a_refused_batch_leaves_its_key_free(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "batch-2"}
    assert post(client, [], **key).status_code == 422
    assert post(client, [GOOD], **key).status_code == 202


def test_a_key_whose_batch_is_being_read_is_in_use(client: FlaskClient, own_redis_url: str) -> None:
    key = {"Idempotency-Key": "batch-3"}
    with taking(redis.Redis.from_url(own_redis_url), IdempotencyKey("batch-3", "anonymous")):
        response = post(client, [GOOD], **key)
        assert response.status_code == 409
        assert problem_of(response)["type"] == "/problems/idempotency-key-in-use"
        assert int(response.headers["Retry-After"]) >= 1
    assert post(client, [GOOD], **key).status_code == 202


def test_fifty_at_once_make_one_batch(app: Flask, own_redis_url: str) -> None:
    connection = redis.Redis.from_url(own_redis_url)
    connection.flushdb()

    def send(_: int) -> str:
        while (response := post(app.test_client(), [GOOD, BAD], **{"Idempotency-Key": "once"})).status_code == 409:
            time.sleep(0.01)
        return str(accepted(response)["id"])

    with ThreadPoolExecutor(50) as clients:
        assert len(set(clients.map(send, range(50)))) == 1
    assert connection.llen("rq:queue:jujang") == len(connection.keys(keys.request("*"))) == 1


OPERATIONS = [("POST", "/v1/batches")]
OPERATIONS += [
    ("GET" if tail != "/cancel" else "POST", f"/v1/batches/{batch_examples.BATCH_ID}{tail}") for tail in ("", "/results", "/cancel")
]


@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, ("DELETE", f"/v1/batches/{batch_examples.BATCH_ID}")])
def test_without_redis_the_answer_is_503(method: str, path: str) -> None:
    app = create_app(Config(StoreSettings("unix:///nowhere/redis.sock"), log_level="error"))
    response = app.test_client().open(path, method=method, json=[GOOD] if path == "/v1/batches" else None)
    assert (response.status_code, problem_of(response)["type"]) == (503, "/problems/store-unavailable")


def test_examples_fit_the_schemas() -> None:
    assert BatchRequest().validate(batch_examples.WITH_OPTIONS) == {}
    for batch in (batch_examples.QUEUED, batch_examples.RUNNING, batch_examples.FINISHED, batch_examples.CANCELED):
        assert Batch().validate(batch) == {}
    for line in (batch_examples.RESULT, batch_examples.RESULT_REFUSED):
        assert BatchResult().validate(line) == {}
