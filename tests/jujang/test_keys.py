"""`jujang keys`, and the refusal to serve strangers, as a user meets them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from jobstore.api_keys import ApiKeys, digest, owner_of
from jujang.embedded_redis import EmbeddedRedis


def jujang(*arguments: str, settings: dict[str, str], code: int = 0) -> tuple[str, str]:
    environ = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "API_KEYS", "HOST")} | settings
    done = subprocess.run(
        [sys.executable, "-m", "jujang", *arguments], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout.strip(), done.stderr


def test_keys_of_the_embedded_redis_whether_it_runs_or_not(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path)}
    secret, said = jujang("keys", "add", "newsroom", settings=settings)
    assert secret.startswith("jjk_")
    assert secret not in said
    assert f"no data of a service in {tmp_path}: it begins now" in said
    with EmbeddedRedis(tmp_path / "redis") as server:
        api_keys = ApiKeys(redis.Redis.from_url(server.url))
        assert owner_of(secret, api_keys.all()) == "newsroom"
        second, said = jujang("keys", "add", "newsroom", "--rotate", settings=settings)
        assert "No service runs" not in said
        listed, _ = jujang("keys", "list", settings=settings)
        assert [line.split()[1:2] + line.split()[3:] for line in listed.splitlines()] == [["newsroom", "in", "force"]] * 2
        jujang("keys", "revoke", digest(secret)[:8], settings=settings)
        assert owner_of(secret, api_keys.all()) is None
        assert owner_of(second, api_keys.all()) == "newsroom"
    _, said = jujang("keys", "revoke", "newsroom", settings=settings)
    assert f"No service runs on {tmp_path} now" in said
    listed, _ = jujang("keys", "list", settings=settings)
    assert listed.count("revoked 20") == 2
    jujang("keys", "forget", settings=settings)
    assert jujang("keys", "list", settings=settings)[0] == ""


@pytest.mark.parametrize("arguments", [("keys", "list"), ("keys", "revoke", "a"), ("webhooks", "secret"), ("webhooks", "pending")])
def test_a_folder_without_a_store_gets_none_from_a_question(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    _, said = jujang(*arguments, code=1, settings={"DATA_DIR": str(tmp_path)})
    for way_out in (str(tmp_path), "--data", "DATA_DIR", "REDIS_URL"):
        assert way_out in said
    assert list(tmp_path.iterdir()) == []


def test_a_key_for_the_settings(redis_url: str) -> None:
    secret, said = jujang("keys", "add", "desk", "--print", settings={"REDIS_URL": "redis://127.0.0.1:1/0"})
    entry = said.split()[-1]
    assert entry == f"desk:{digest(secret)}"
    listed, _ = jujang("keys", "list", settings={"REDIS_URL": f"{redis_url}?db=11", "API_KEYS": entry})
    assert listed.split()[1] == "desk"


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (("add", "anonymous"), {}, "anonymous"),
        (("add", "a b"), {}, "name"),
        (("revoke", "nobody"), {}, "jujang keys list"),
        (("list",), {"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL"),
        (("list",), {"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL"),
        (("list",), {"API_KEYS": "jjk_secret"}, "API_KEYS"),
    ],
)
def test_what_cannot_be_done_is_said(redis_url: str, arguments: tuple[str, ...], settings: dict[str, str], says: str) -> None:
    _, said = jujang("keys", *arguments, code=1, settings={"REDIS_URL": f"{redis_url}?db=11"} | settings)
    assert says in said
    assert "jjk_secret" not in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_the_api_does_not_listen_for_others_without_keys(redis_url: str, host: str) -> None:
    _, said = jujang("api", code=1, settings={"HOST": host, "PORT": "0", "REDIS_URL": f"{redis_url}?db=11"})
    for way_out in (f"HOST={host}", "jujang keys add", "HOST=127.0.0.1", "ALLOW_ANONYMOUS=yes"):
        assert way_out in said


def test_up_does_not_listen_for_others_without_keys(tmp_path: Path) -> None:
    _, said = jujang("up", code=1, settings={"HOST": "0.0.0.0", "PORT": "0", "DATA_DIR": str(tmp_path)})
    assert "ALLOW_ANONYMOUS=yes" in said
