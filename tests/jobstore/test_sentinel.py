"""Addresses that name Sentinels, and a real failover: what was acknowledged is done, by whichever server is the master then."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from jobstore.connection import connect_redis, place_of
from jobstore.sentinel import SentinelAddress
from jobstore.settings import SettingError, StoreSettings
from jujang.embedded_redis import EmbeddedRedis, server_binary
from service.app import create_app
from service.config import Config
from tests.service.test_gunicorn import free_port, gunicorn

WAIT_S = 60


@pytest.mark.parametrize(
    ("url", "sentinels", "name", "options", "sentinel_options"),
    [
        ("redis+sentinel://a:1/m", (("a", 1),), "m", {"db": 0}, {}),
        ("redis+sentinel://a,b:2/m/3", (("a", 26379), ("b", 2)), "m", {"db": 3}, {}),
        ("redis+sentinel://[::1]:1,[::2]/m", (("::1", 1), ("::2", 26379)), "m", {"db": 0}, {}),
        ("redis+sentinel://:p%40ss@a/m", (("a", 26379),), "m", {"db": 0, "password": "p@ss"}, {}),
        ("redis+sentinel://u:p@a/m", (("a", 26379),), "m", {"db": 0, "username": "u", "password": "p"}, {}),
        ("redis+sentinel://a/m?sentinel_password=s", (("a", 26379),), "m", {"db": 0}, {"password": "s"}),
        (
            "rediss+sentinel://a/m?ssl_ca_certs=/ca.pem",
            (("a", 26379),),
            "m",
            {"db": 0, "ssl": True, "ssl_ca_certs": "/ca.pem"},
            {"ssl": True, "ssl_ca_certs": "/ca.pem"},
        ),
    ],
)
def test_an_address(
    url: str, sentinels: tuple[tuple[str, int], ...], name: str, options: dict[str, Any], sentinel_options: dict[str, Any]
) -> None:
    found = SentinelAddress.parse(url)
    assert (found.sentinels, found.name, found.options, found.sentinel_options) == (sentinels, name, options, sentinel_options)
    assert StoreSettings.from_environment({"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://SECRET@a:1",
        "redis+sentinel://:SECRET@/m",
        "redis+sentinel://:SECRET@a:port/m",
        "redis+sentinel://:SECRET@a:1,/m",
        "redis+sentinel://:SECRET@a:99999/m",
        "redis+sentinel://:SECRET@a/m/db",
        "redis+sentinel://:SECRET@a/m/²",
        "redis+sentinel://:SECRET@a/m?timeout=1",
        "redis+sentinel:/a/m",
    ],
)
def test_a_wrong_address_is_said_without_its_password(url: str) -> None:
    with pytest.raises(SettingError, match="REDIS_URL") as caught:
        StoreSettings.from_environment({"REDIS_URL": url})
    assert "SECRET" not in str(caught.value)


def test_people_see_no_password() -> None:
    assert place_of("redis+sentinel://u:SECRET@a:1,b/m/0?sentinel_password=SECRET") == "m by the Sentinels a:1, b:26379"
    assert place_of("redis://:SECRET@a/0") == "a:6379"
    assert "SECRET" not in repr(SentinelAddress.parse("redis+sentinel://u:SECRET@a/m?sentinel_password=SECRET"))


@dataclass
class Watched:
    """Two servers, one the replica of the other, under three Sentinels."""

    url: str
    servers: dict[int, subprocess.Popen[bytes]]
    sentinels: list[int]

    def master(self) -> int:
        return int(sentinel_state(self.sentinels[0])["port"])


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    binary, master, replica = str(server_binary()), free_port(), free_port()
    processes: list[subprocess.Popen[bytes]] = []

    def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
        folder.mkdir(exist_ok=True)
        with (folder / "log").open("ab") as log:
            processes.append(subprocess.Popen([binary, *arguments], cwd=folder, stdout=log, stderr=log))
        return processes[-1]

    try:
        common = ["--bind", "127.0.0.1", "--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"]
        servers = {
            master: start(tmp_path / "a", "--port", str(master), *common),
            replica: start(tmp_path / "b", "--port", str(replica), *common, "--replicaof", f"127.0.0.1 {master}"),
        }
        until(lambda: redis.Redis(port=master).info("replication").get("connected_slaves") == 1)
        until(lambda: redis.Redis(port=replica).info("replication").get("master_link_status") == "up")
        sentinels = [free_port() for _ in range(3)]
        for port in sentinels:
            settings = tmp_path / f"{port}.conf"
            settings.write_text(
                f"port {port}\nbind 127.0.0.1\nsentinel monitor jujang 127.0.0.1 {master} 2\n"
                "sentinel down-after-milliseconds jujang 1000\nsentinel failover-timeout jujang 5000\n"
            )
            start(tmp_path / str(port), str(settings), "--sentinel")
        for port in sentinels:
            until(lambda port=port: int(sentinel_state(port)["num-other-sentinels"]) == 2 and int(sentinel_state(port)["num-slaves"]) == 1)
        addresses = ",".join(f"127.0.0.1:{port}" for port in sentinels)
        yield Watched(f"redis+sentinel://{addresses}/jujang/0", servers, sentinels)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def sentinel_state(port: int) -> dict[str, Any]:
    state = redis.Redis(port=port, decode_responses=True).sentinel_master("jujang")
    assert isinstance(state, dict)
    return state


def until(true: Any, wait_s: float = WAIT_S) -> None:
    """Ask until it is; errors of Redis count as not yet."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        with contextlib.suppress(redis.RedisError, OSError, httpx.HTTPError):
            if true():
                return
        time.sleep(0.05)
    pytest.fail("it never came to be")


def test_a_failover_loses_nothing_that_was_replicated(watched: Watched, tmp_path: Path) -> None:
    environ = os.environ | {"REDIS_URL": watched.url, "JOB_DEADLINE": "20"}
    acknowledged: list[str] = []
    with contextlib.ExitStack() as stack:
        address, _ = stack.enter_context(gunicorn(watched.url, tmp_path / "api.log", WEB_PROCESSES="2"))
        worker = subprocess.Popen([sys.executable, "-m", "tests.workers.faulty_worker"], env=environ, cwd=Path(__file__).parents[2])
        stack.callback(worker.wait)
        stack.callback(worker.kill)
        client = stack.enter_context(httpx.Client(base_url=address, timeout=30))
        until(lambda: client.get("/readyz").status_code == 200)

        def post(text: str) -> int:
            answer = client.post("/v1/extractions", json={"text": text})
            if answer.status_code == 202:
                acknowledged.append(answer.json()["id"])
            return answer.status_code

        assert {post("sleep 0.2" if i % 5 == 0 else "가" * (i + 1)) for i in range(40)} == {202}
        before = watched.master()
        with redis.Redis(port=before) as master:
            assert master.wait(1, 5000) == 1  # what was acknowledged so far is on the replica
        os.kill(watched.servers[before].pid, signal.SIGKILL)
        refused = [status for _ in range(20) if (status := post("가"))]
        assert set(refused) <= {202, 503}, "an outage is a 503, never a 500"
        until(lambda: watched.master() != before)
        until(lambda: post("나") == 202)
        assert {post("다") for _ in range(10)} == {202}

        def ended(job: str) -> bool:
            return client.get(f"/v1/extractions/{job}").json()["status"] not in ("queued", "running")

        for job in acknowledged:
            until(lambda job=job: ended(job))
        ends = [client.get(f"/v1/extractions/{job}").json()["status"] for job in acknowledged]
        assert set(ends) == {"succeeded"}
        assert client.get("/readyz").json()["workers"] >= 1
        assert connect_redis(watched.url, socket_timeout_s=2).info("server")["tcp_port"] != before


def test_a_master_that_wants_a_replica_refuses_without_one() -> None:
    with EmbeddedRedis(options=("--min-replicas-to-write", "1")) as server:
        client = create_app(Config(StoreSettings(server.url), log_level="error")).test_client()
        answer = client.post("/v1/extractions", json={"text": "가"})
        assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/store-unavailable")
        assert "Retry-After" in answer.headers
        connect_redis(server.url, socket_timeout_s=2).config_set("min-replicas-to-write", 0)
        assert client.post("/v1/extractions", json={"text": "가"}).status_code == 202


def test_no_master_is_an_outage_like_any_other() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        client = connect_redis(f"redis+sentinel://127.0.0.1:{nobody.getsockname()[1]}/jujang/0", socket_timeout_s=1)
        with pytest.raises(redis.ConnectionError):
            client.ping()
