"""API keys through HTTP: who comes in, whose jobs one sees, and how soon a revocation acts."""

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from jobstore import keys
from jobstore.api_keys import ApiKeys, digest
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service import access
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver

CONFIGURED = "a-key-from-the-settings"


@pytest.fixture
def api_keys(url: str) -> ApiKeys:
    return ApiKeys(redis.Redis.from_url(url))


@pytest.fixture
def app(url: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(access, "KEYS_LIFE_S", 0.0)
    return create_app(Config(StoreSettings(url), log_level="error"))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_without_keys_loopback_is_open(client: FlaskClient) -> None:
    assert client.post("/v1/extractions", json={"text": "가"}).status_code == 202


HOSTS = [
    ("localhost", 202),
    ("LOCALHOST:8000", 202),
    ("127.0.0.1", 202),
    ("127.8.0.1:80", 202),
    ("[::1]", 202),
    ("[::1]:8000", 202),
    ("jujang.example.com", 401),
    ("jujang.example.com:8000", 401),
    ("127.0.0.1.example.com", 401),
    ("localhost.example.com", 401),
    ("192.168.0.1:8000", 401),
    ("[2001:db8::1]:80", 401),
    ("2130706433", 401),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_without_keys_only_this_machine_is_answered(client: FlaskClient, host: str, status: int) -> None:
    """Not a name that was turned to loopback, nor a proxy's."""
    assert client.post("/v1/extractions", json={"text": "가"}, headers={"Host": host}).status_code == status


def test_with_a_key_any_host_will_do(client: FlaskClient, api_keys: ApiKeys) -> None:
    _, secret = api_keys.add("newsroom")
    headers = {"Host": "jujang.example.com", **bearer(secret)}
    assert client.post("/v1/extractions", json={"text": "가"}, headers=headers).status_code == 202


def test_without_keys_nothing_else_is_open(url: str) -> None:
    client = create_app(Config(StoreSettings(url), host="0.0.0.0", log_level="error")).test_client()
    assert client.post("/v1/extractions", json={"text": "가"}).status_code == 401
    allowed = create_app(Config(StoreSettings(url), host="0.0.0.0", allow_anonymous=True, log_level="error")).test_client()
    for host in ("localhost", "jujang.example.com"):
        assert allowed.post("/v1/extractions", json={"text": "가"}, headers={"Host": host}).status_code == 202


def test_once_there_is_a_key_one_is_wanted(client: FlaskClient, api_keys: ApiKeys) -> None:
    _, secret = api_keys.add("newsroom")
    response = client.post("/v1/extractions", json={"text": "가"})
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.get_json()["type"] == "/problems/unauthorized"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="jujang"'
    wrong = client.post("/v1/extractions", json={"text": "가"}, headers=bearer("jjk_wrong"))
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="jujang", error="invalid_token"'
    for headers in (bearer(secret), {"Authorization": f"bearer  {secret}"}, {"X-API-Key": secret}):
        assert client.post("/v1/extractions", json={"text": "가"}, headers=headers).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic bmV3c3Jvb206"},
        {"Authorization": "Bearer 가"},
        {"Authorization": "Bearer " + "a" * 8000},
        {"X-API-Key": ""},
        {"X-API-Key": "newsroom"},
    ],
)
def test_what_is_no_key(client: FlaskClient, api_keys: ApiKeys, headers: dict[str, str]) -> None:
    key, _ = api_keys.add("newsroom")
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert client.get("/v1/extractions/x", headers=sent).status_code == 401
    assert client.get("/v1/extractions/x", headers=bearer(key.sha256)).status_code == 401, "the hash that is kept opens nothing"
    assert client.get("/v1/extractions/x", headers=bearer(key.id)).status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/openapi.yaml", "/problems", "/", "/static/site.css"])
def test_what_holds_nothing_of_anybody_stays_open(client: FlaskClient, api_keys: ApiKeys, path: str) -> None:
    api_keys.add("newsroom")
    assert client.get(path).status_code == 200


def test_the_jobs_of_others_are_not_there(client: FlaskClient, api_keys: ApiKeys, url: str) -> None:
    _, one = api_keys.add("one")
    _, two = api_keys.add("two")
    job = client.post("/v1/extractions", json={"text": "가"}, headers=bearer(one)).get_json()
    Driver(JobStore.connect(url)).succeed(job["id"])
    for path in job["links"].values():
        assert client.get(path, headers=bearer(one)).status_code == 200
        for wait in ({}, {"Prefer": "wait=1"}):
            assert client.get(path, headers={**bearer(two), **wait}).status_code == 404
    unknown = client.get("/v1/extractions/3f0c1c52-8b0e-4a4c-9d83-0c5cf8a6b1de", headers=bearer(two)).get_json()
    theirs = client.get(job["links"]["self"], headers=bearer(two)).get_json()
    assert {**theirs, "instance": ""} == {**unknown, "instance": ""}, "whether it exists is not told"
    assert client.delete(job["links"]["self"], headers=bearer(two)).status_code == 404
    assert client.get(job["links"]["result"], headers=bearer(one)).status_code == 200
    assert client.delete(job["links"]["self"], headers=bearer(one)).status_code == 204


def test_jobs_of_before_there_were_keys_are_nobodys(client: FlaskClient, api_keys: ApiKeys) -> None:
    path = client.post("/v1/extractions", json={"text": "가"}).headers["Location"]
    _, secret = api_keys.add("newsroom")
    assert client.get(path, headers=bearer(secret)).status_code == 404


def test_a_revoked_key_is_refused_without_a_restart(client: FlaskClient, api_keys: ApiKeys) -> None:
    key, secret = api_keys.add("newsroom")
    path = client.post("/v1/extractions", json={"text": "가"}, headers=bearer(secret)).headers["Location"]
    api_keys.revoke(key.id)
    assert client.get(path, headers=bearer(secret)).status_code == 401
    assert client.get(path).status_code == 401, "revoking the last key opens nothing"
    _, successor = api_keys.add("newsroom")
    assert client.get(path, headers=bearer(successor)).status_code == 200, "jobs are the name's: a key can be changed"


@given(
    st.dictionaries(
        st.sampled_from(["Authorization", "X-API-Key"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
        | st.text(max_size=9).map(lambda text: f"Bearer {text.encode().decode('latin-1')}".replace("\r", "").replace("\n", "")),
    )
)
def test_nothing_that_strangers_send_lets_them_in_or_breaks_it(client: FlaskClient, api_keys: ApiKeys, headers: dict[str, str]) -> None:
    if not api_keys.all():
        api_keys.add("newsroom")
    response = client.get("/v1/extractions/x", headers=headers)
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")


def test_keys_of_the_settings(url: str) -> None:
    config = Config.from_environment({"REDIS_URL": url, "API_KEYS": f"desk:{digest(CONFIGURED)}", "LOG_LEVEL": "error"})
    client = create_app(config).test_client()
    assert client.post("/v1/extractions", json={"text": "가"}).status_code == 401
    assert client.post("/v1/extractions", json={"text": "가"}, headers=bearer(CONFIGURED)).status_code == 202


def test_redis_and_rq_hold_no_key(client: FlaskClient, api_keys: ApiKeys, url: str) -> None:
    _, secret = api_keys.add("newsroom")
    client.post("/v1/extractions", json={"text": "가"}, headers=bearer(secret))
    connection = redis.Redis.from_url(url)
    kept = [connection.dump(name) for name in connection.scan_iter()]
    assert connection.hlen(keys.API_KEYS) == 1
    assert all(secret.encode() not in (value or b"") for value in kept)


def test_without_redis_nobody_comes_in() -> None:
    client = create_app(Config(StoreSettings("redis://127.0.0.1:1/0"), log_level="critical")).test_client()
    assert client.get("/v1/extractions/x").status_code == 503


def test_a_long_body_of_a_stranger_is_not_read(client: FlaskClient, api_keys: ApiKeys) -> None:
    api_keys.add("newsroom")
    assert client.post("/v1/extractions", json={"text": "가" * 30_000}).headers["Connection"] == "close"
    assert "Connection" not in client.post("/v1/extractions", json={"text": "가"}).headers
    assert "Connection" not in client.get("/v1/extractions/x").headers
