"""How much one may ask for: requests a key, documents in the queue, memory of Redis."""

import random
import re
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from limits import parse
from limits.storage import RedisStorage
from werkzeug.test import TestResponse

from jobstore import capacity
from jobstore.api_keys import ApiKeys
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from jujang.embedded_redis import EmbeddedRedis
from service import access, limits
from service.app import create_app
from service.config import Config
from tests.begin import begin, leases

TEXT = "물가가 올랐다."


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CAPACITY_LIFE_S", 0.0)
    monkeypatch.setattr(access, "KEYS_LIFE_S", 0.0)


def client_of(url: str, **settings: Any) -> FlaskClient:
    return create_app(Config(StoreSettings(url), log_level="error", **settings)).test_client()


def post(client: FlaskClient, **options: Any) -> TestResponse:
    return client.post("/v1/extractions", json={"text": TEXT}, **options)


def refused(response: TestResponse, status: int, name: str) -> None:
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.get_json()["type"] == f"/problems/{name}"
    assert int(response.headers["Retry-After"]) >= 1


def left(response: TestResponse) -> int:
    assert response.headers["RateLimit-Policy"] == '"default";q=3;w=86400'
    field = re.fullmatch(r'"default";r=(\d+);t=(\d+)', response.headers["RateLimit"])
    assert field
    assert 0 < int(field[2]) <= 86_400
    return int(field[1])


def test_requests_are_counted_and_then_refused(url: str) -> None:
    client = client_of(url, rate_limit=parse("3/day"))
    answers = [post(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert [left(answer) for answer in answers] == [2, 1, 0]
    answer = post(client)
    refused(answer, 429, "too-many-requests")
    assert left(answer) == 0
    assert answer.headers["Retry-After"] == re.split("t=", answer.headers["RateLimit"])[1]
    path = answers[0].headers["Location"]
    assert client.get(path).status_code == 200, "only what makes work is counted"
    assert "RateLimit" not in client.get(path).headers
    assert client.delete(path).status_code == 204


def test_a_long_body_is_not_read_to_refuse_it(url: str) -> None:
    client = client_of(url, rate_limit=parse("1/day"))
    assert post(client).status_code == 202
    assert "Connection" not in post(client).headers, "a short one is, and the connection stays"
    long = client.post("/v1/extractions", json={"text": TEXT * 10_000})
    refused(long, 429, "too-many-requests")
    assert long.headers["Connection"] == "close"


def test_bad_requests_count_too(url: str) -> None:
    client = client_of(url, rate_limit=parse("3/day"))
    assert [left(client.post("/v1/extractions", data="{", content_type="application/json")) for _ in range(3)] == [2, 1, 0]
    refused(post(client), 429, "too-many-requests")


def test_each_key_has_its_own(url: str) -> None:
    api_keys = ApiKeys(redis.Redis.from_url(url))
    one, two = ({"Authorization": f"Bearer {api_keys.add(name)[1]}"} for name in ("one", "two"))
    client = client_of(url, rate_limit=parse("3/day"))
    assert [left(post(client, headers=one)) for _ in range(3)] == [2, 1, 0]
    refused(post(client, headers=one), 429, "too-many-requests")
    assert left(post(client, headers=two)) == 2
    assert post(client, headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["192.0.2.1", "192.0.2.1", "192.0.2.2"], [2, 1, 2]),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::1", "2001:db8:1:3::1"], [2, 1, 2]),
        (["", ""], [2, 1]),
    ],
)
def test_without_keys_each_address_has_its_own(url: str, addresses: list[str], expected: list[int]) -> None:
    client = client_of(url, rate_limit=parse("3/day"))
    assert [left(post(client, environ_base={"REMOTE_ADDR": address})) for address in addresses] == expected


def test_forwarded_addresses_are_believed_of_our_own_proxies_only(url: str) -> None:
    forwarded = [{"X-Forwarded-For": address} for address in ("192.0.2.1", "192.0.2.2", "6.6.6.6, 192.0.2.2")]
    assert [left(post(client_of(url, rate_limit=parse("3/day")), headers=each)) for each in forwarded] == [2, 1, 0]
    behind = client_of(url, rate_limit=parse("3/day"), trusted_proxies=1)
    assert [left(post(behind, headers=each)) for each in forwarded] == [2, 2, 1]


def test_several_processes_serve_no_more_than_there_may_be(url: str) -> None:
    connection = redis.Redis.from_url(url)
    storage = RedisStorage("redis://", connection_pool=connection.connection_pool)
    now_s = 7200.0
    processes = [limits.RequestCounter(storage, parse("1000/hour"), lambda: now_s) for _ in range(3)]
    left = [processes[i % 3].count("a")[0] for i in range(1500)]
    assert left[0] == 999
    assert sum(each >= 0 for each in left) == 1000, "all that there may be, where all processes are asked"
    assert left[-1] == -1
    assert processes[0].count("b") == (999, 3600)
    now_s += 3599
    assert processes[0].count("a") == (-1, 1)
    now_s += 1
    assert processes[0].count("a") == (999, 3600)


def test_most_requests_ask_redis_for_nothing(url: str) -> None:
    connection = redis.Redis.from_url(url)
    counter = limits.RequestCounter(RedisStorage("redis://", connection_pool=connection.connection_pool), parse("6000/day"))
    counter.count("a")
    before = connection.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert [counter.count("a")[0] for _ in range(600)] == list(range(5998, 5398, -1))
    assert connection.info("commandstats")["cmdstat_evalsha"]["calls"] - before <= 12


def test_off_is_off(url: str) -> None:
    assert "RateLimit" not in post(client_of(url, rate_limit=None)).headers


def test_a_full_queue_takes_no_more_and_then_does_again(url: str) -> None:
    client = client_of(url, max_queued=2)
    paths = [post(client).headers["Location"] for _ in range(2)]
    refused(post(client), 503, "queue-full")
    assert client.get(paths[0]).status_code == 200
    client.delete(paths[0])
    assert post(client).status_code == 202


def test_what_was_taken_is_drained_when_the_memory_is_nearly_full() -> None:
    """Refused well before Redis refuses: all that waits finds room for its result."""
    with EmbeddedRedis(options=("--maxmemory", "12mb")) as server:
        client = client_of(server.url)
        taken = []
        for seed in range(2_000):
            response = client.post("/v1/extractions", json={"text": random.Random(seed).randbytes(10_000).hex()})
            if response.status_code != 202:
                break
            taken.append(response.get_json()["id"])
        refused(response, 503, "store-full")
        assert len(taken) > 20
        store = JobStore.connect(server.url)
        for job_id in taken:
            attempt = begin(store, job_id)
            assert attempt is not None
            result = random.Random(job_id).randbytes(int(3.3 * 10_000))  # a result takes 3.3 times its request
            assert leases(store).succeed(job_id, attempt.token, result)


def test_what_waits_is_measured(url: str) -> None:
    store, connection = JobStore.connect(url), redis.Redis.from_url(url)
    assert capacity.measure(connection).queued == 0
    for i in range(100):
        store.submit({"text": random.Random(i).randbytes(500 * (1 + i % 2)).hex()})
    measured = capacity.measure(connection)
    truth = sum(connection.strlen(name) for name in connection.scan_iter("jujang:request:*"))
    assert measured.queued == 100
    assert truth / 2 < measured.waiting_bytes < truth * 2
    assert 0 < measured.used_bytes < measured.limit_bytes
