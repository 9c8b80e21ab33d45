"""What `jujang up` does with what dies, without the whole of it."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from jujang import supervisor
from jujang.embedded_redis import EmbeddedRedis
from jujang.supervisor import Child, Embedded

WAIT_S = 30


def until_dead(child: Child) -> None:
    end = time.monotonic() + WAIT_S
    while child.exit_code() is None and time.monotonic() < end:
        time.sleep(0.01)


def test_who_dies_young_is_started_later_each_time(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACKOFF_S", (0.0, 0.01, 0.02))
    child = Child("the worker", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    child.start()
    for _ in range(3):
        until_dead(child)
        child.tend()  # notes it
        time.sleep(0.05)
        child.tend()  # starts it
    until_dead(child)
    said = capsys.readouterr().err.splitlines()
    assert said == [f"the worker ended (exit code 3); it starts again in {wait} s" for wait in ("0.01", "0.02", "0.02")]


def test_the_embedded_redis_comes_back_with_its_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with EmbeddedRedis(tmp_path / "redis") as server:
        embedded = Embedded(server)
        embedded.tend()
        assert capsys.readouterr().err == ""
        os.kill(server.pid, signal.SIGKILL)
        end = time.monotonic() + WAIT_S
        while server.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        embedded.tend()
        assert server.poll() is None
        assert "Redis ended (SIGKILL); it starts again" in capsys.readouterr().err


def test_an_embedded_redis_that_does_not_come_up_is_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BACKOFF_S", (0.0,))
    with EmbeddedRedis(tmp_path / "redis") as server:
        embedded = Embedded(server)
        manifest = next((tmp_path / "redis").glob("appendonlydir/*.manifest"))
        kept = manifest.read_bytes()
        os.kill(server.pid, signal.SIGKILL)
        end = time.monotonic() + WAIT_S
        while server.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        manifest.write_bytes(b"not a manifest\n")
        embedded.tend()
        assert server.poll() is not None
        said = capsys.readouterr().err
        assert "does not start" in said
        assert "tried again" in said
        manifest.write_bytes(kept)
        embedded.tend()
        assert server.poll() is None
