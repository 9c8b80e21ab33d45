"""What `jujang up` does with what dies, without the whole of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jujang import supervisor
from jujang.embedded_redis import EmbeddedRedis
from jujang.supervisor import Child, Embedded

WAIT_S = 30
STOPPED_AGAIN_AND_AGAIN = """
import contextlib, os, random, signal, subprocess, sys, time
from jujang import supervisor

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
kill = f"import os, random, sys, time\\nfor _ in sys.stdin: time.sleep(random.random() / 500); os.kill({os.getpid()}, 15)"
killer = subprocess.Popen([sys.executable, "-c", kill], stdin=subprocess.PIPE)
child = supervisor.Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ))
child.start()
for _ in range(300):
    with contextlib.suppress(supervisor._Stop):
        signal.signal(signal.SIGTERM, supervisor._stop)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        killer.stdin.write(b"now\\n"); killer.stdin.flush()
        while True:
            child.tend()
killer.kill()
child.process.kill()
sys.exit(0 if child.process.wait(30) == -9 else 1)
"""


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


def test_a_signal_at_any_moment_leaves_no_child_unwaitable() -> None:
    """Told to stop while it looks after a child, the supervisor can still wait for that child to end."""
    done = subprocess.run([sys.executable, "-c", STOPPED_AGAIN_AND_AGAIN], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
