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

from jujang.embedded_redis import EmbeddedRedis, EmbeddedRedisError


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
