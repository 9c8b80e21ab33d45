"""A POST that is sent again takes effect once (Idempotency-Key)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobstore import keys
from jobstore.idempotency import IdempotencyKey
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver
from tests.service.test_extractions import problem_of

TEXT = "새빛시는 지난해 출생아가 늘었다고 밝혔다."


@pytest.fixture
def connection(own_redis_url: str) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(own_redis_url)
    connection.flushdb()
    yield connection
    connection.flushdb()


def post(client: FlaskClient, key: str, text: str = TEXT, path: str = "/v1/extractions", **headers: str) -> TestResponse:
    return client.post(path, json={"text": text}, headers={"Idempotency-Key": key} | headers)


def jobs(connection: redis.Redis) -> int:
    assert len(connection.keys(keys.record("*"))) == len(connection.keys("rq:job:*")) == connection.llen("rq:queue:jujang")
    return len(connection.keys(keys.record("*")))


def test_the_same_request_makes_one_job(client: FlaskClient, connection: redis.Redis, driver: Driver) -> None:
    first, second = post(client, "a-1"), post(client, "a-1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["Location"] == second.headers["Location"]
    assert first.get_json()["id"] == second.get_json()["id"]
    assert jobs(connection) == 1
    driver.succeed(first.get_json()["id"])
    third = post(client, "a-1")
    assert third.status_code == 200
    assert third.headers["Location"] == first.headers["Location"]
    assert third.get_json()["status"] == "succeeded"


def test_another_key_and_no_key_make_another(client: FlaskClient, connection: redis.Redis) -> None:
    requests = [post(client, "a-1"), post(client, "a-2"), client.post("/v1/extractions", json={"text": TEXT})]
    assert len({each.get_json()["id"] for each in requests}) == jobs(connection) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"data": '{"text": "다른 말이다."}', "content_type": "application/json"},
        {"data": '{"text":"가"}', "content_type": "text/plain"},
        {"data": '{"text":"가"}', "content_type": "text/plain", "query_string": {"id": "a"}},
    ],
    ids=["body", "media type", "parameters"],
)
def test_the_key_of_another_request_is_refused(client: FlaskClient, connection: redis.Redis, changed: dict[str, Any]) -> None:
    first = client.post("/v1/extractions", data='{"text":"가"}', content_type="application/json", headers={"Idempotency-Key": "a"})
    assert first.status_code == 202
    response = client.post("/v1/extractions", headers={"Idempotency-Key": "a"}, **changed)
    assert response.status_code == 422
    assert problem_of(response)["type"] == "/problems/idempotency-key-reused"
    assert jobs(connection) == 1


def test_quoted_or_not_it_is_the_same_key(client: FlaskClient, connection: redis.Redis) -> None:
    assert post(client, '"8e03-57d5"').get_json()["id"] == post(client, "8e03-57d5").get_json()["id"]
    assert post(client, r'"a\"b\\c"').status_code == post(client, '"with spaces"').status_code == post(client, "a" * 255).status_code == 202


@pytest.mark.parametrize(
    "key", ["", " ", '""', '"a', 'a"', "a b", "a,b", '"a","a"', "가", "a" * 256, '"' + "a" * 256 + '"', '"\\x"', "a\tb"]
)
def test_a_key_that_is_none_is_refused(client: FlaskClient, connection: redis.Redis, key: str) -> None:
    response = post(client, key)
    assert response.status_code == 400
    problem = problem_of(response)
    assert problem["type"] == "/problems/invalid-idempotency-key"
    assert problem["errors"][0]["field"] == "Idempotency-Key"
    assert jobs(connection) == 0


def test_a_refused_request_leaves_its_key_free(client: FlaskClient, connection: redis.Redis) -> None:
    assert post(client, "a", text=" ").status_code == 422
    assert post(client, "a").status_code == 202
    assert jobs(connection) == 1


def test_what_was_erased_is_not_made_again(client: FlaskClient, connection: redis.Redis, driver: Driver) -> None:
    done, waiting = post(client, "done"), post(client, "waiting")
    driver.succeed(done.get_json()["id"])
    for response in (done, waiting):
        client.delete(response.headers["Location"])
    assert problem_of(post(client, "done"))["type"] == "/problems/extraction-gone"
    again = post(client, "waiting")
    assert (again.status_code, again.get_json()["status"]) == (200, "canceled")


def test_a_key_lives_as_long_as_its_job_is_remembered(client: FlaskClient, connection: redis.Redis, driver: Driver) -> None:
    first = post(client, "a").get_json()["id"]
    (kept,) = connection.keys(keys.idempotency("*"))
    assert abs(connection.ttl(kept) - connection.ttl(keys.record(first))) <= 1
    driver.succeed(first)
    assert abs(connection.ttl(kept) - connection.ttl(keys.record(first))) <= 1
    connection.delete(keys.record(first))
    assert post(client, "a").get_json()["id"] != first


def test_fifty_at_once_make_one_job(own_redis_url: str, connection: redis.Redis) -> None:
    apps = [create_app(Config(StoreSettings(own_redis_url), log_level="error")) for _ in range(2)]

    def send(number: int) -> TestResponse:
        return post(apps[number % 2].test_client(), "once")

    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(send, range(50)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert jobs(connection) == 1


def test_keys_of_different_owners_have_nothing_to_do_with_one_another(app: Flask, connection: redis.Redis) -> None:
    store: JobStore = app.extensions["jujang.store"]
    made = [store.submit({"text": TEXT}, owner=owner, key=IdempotencyKey("a", owner, "same")) for owner in ("desk", "lab", "desk")]
    assert made[0].id == made[2].id
    assert made[1].id != made[0].id
    assert [job.owner for job in made] == ["desk", "lab", "desk"]
