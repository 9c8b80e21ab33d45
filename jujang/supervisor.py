"""`jujang up`: Redis, workers and the API on one machine, restarted when they die, ended together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click
import httpx
import redis

from jobstore.connection import connect_redis, place_of
from jobstore.settings import SettingError, StoreSettings
from jujang.embedded_redis import EmbeddedRedis, EmbeddedRedisError
from jujang.signals import STOPPING_SIGNALS, undisturbed
from service.access import refuse_open_bind
from service.config import Config
from workers.process import die_with_parent

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.1
STABLE_S = 30.0  # a process that lived as long starts over with its backoff
BACKOFF_S = (0.5, 1, 2, 5, 10, 30)


class StartError(RuntimeError):
    """The service cannot be started; the message says why and what to do."""


class _Stop(BaseException):
    """Not an Exception: whoever catches those must not swallow Ctrl-C."""


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: list[str]
    environ: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float | None = field(default=None)

    def start(self) -> None:
        parent = os.getpid()
        self.started, self.restart_at = time.monotonic(), None
        # a session of its own: Ctrl-C reaches the supervisor only, which ends the children in order
        self.process = subprocess.Popen(
            self.command, env=self.environ, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=lambda: die_with_parent(parent)
        )

    def exit_code(self) -> int | None:
        with undisturbed():
            return self.process.poll() if self.process else None

    def tend(self) -> None:
        """Start it again when it has died, later each time it dies young."""
        if (code := self.exit_code()) is None:
            return
        now = time.monotonic()
        if self.restart_at is None:
            self.failures = 0 if now - self.started > STABLE_S else self.failures + 1
            wait_s = BACKOFF_S[min(self.failures, len(BACKOFF_S) - 1)]
            click.echo(f"{self.name} ended ({_ending(code)}); it starts again in {wait_s:g} s", err=True)
            self.restart_at = now + wait_s
        elif now >= self.restart_at:
            self.start()

    def terminate(self) -> None:
        if self.process and self.exit_code() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Embedded:
    """The embedded Redis, kept running."""

    server: EmbeddedRedis
    failures: int = 0
    restart_at: float | None = None

    def tend(self) -> None:
        """Start it again when it has died: at once, and later each time it does not come up (the disk is full, say)."""
        if (code := self.server.poll()) is None:
            return
        if self.restart_at is None:
            click.echo(f"Redis ended ({_ending(code)}); it starts again", err=True)
        elif time.monotonic() < self.restart_at:
            return
        try:
            self.server.start()
            self.failures, self.restart_at = 0, None
        except EmbeddedRedisError as error:
            wait_s = BACKOFF_S[min(self.failures, len(BACKOFF_S) - 1)]
            click.echo(f"{error}\nIt is tried again in {wait_s:g} s", err=True)
            self.failures, self.restart_at = self.failures + 1, time.monotonic() + wait_s


def run(workers: int, data: Path, *, sample: bool) -> int:
    """Start everything, tell when it is ready, keep it running until SIGINT or SIGTERM; returns the exit code.

    Raises `StartError` where the port is taken, Redis cannot be had, or a process ends before it was ready.
    """
    for number in STOPPING_SIGNALS:
        signal.signal(number, _stop)
    try:
        with contextlib.ExitStack() as stack:
            embedded, environ = _redis(stack, data)
            config = _config(environ)
            refuse_open_bind(config)
            _check_port(config.host, config.port)
            children = [Child("the API", [sys.executable, "-m", "jujang", "api"], environ)]
            children += [Child("the worker", [sys.executable, "-m", "jujang", "worker", "--processes", str(workers)], environ)]
            children.append(Child("the delivery of webhooks", [sys.executable, "-m", "jujang", "deliver"], environ))
            stack.enter_context(_ended_together(children))
            url = f"http://{_url_host(config.host)}:{config.port}"
            click.echo(f"Starting the worker ({workers} process{'es' if workers > 1 else ''}) and the API …", err=True)
            for child in children:
                child.start()
            _wait_until_ready(url, children, workers)
            click.echo(f"Jujang is ready at {url} (documentation: {url}/docs). Ctrl-C ends it.", err=True)
            if sample:
                from jujang.sample import show

                show(url)
            while True:
                for child in children:
                    child.tend()
                if embedded:
                    embedded.tend()
                time.sleep(POLL_S)
    except _Stop:
        return 0
    except (EmbeddedRedisError, SettingError) as error:
        raise StartError(str(error)) from error


def _stop(_number: int, _frame: FrameType | None) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    click.echo("\nStopping …", err=True)
    raise _Stop


def _redis(stack: contextlib.ExitStack, data: Path) -> tuple[Embedded | None, dict[str, str]]:
    """The server of REDIS_URL, else an embedded one; and the environment for the children."""
    environ = {"LOG_LEVEL": "warning"} | dict(os.environ)  # a terminal is not a log: requests are left out unless asked for
    if environ.get("REDIS_URL"):
        settings = StoreSettings.from_environment(environ)
        try:
            connect_redis(settings.redis_url, socket_timeout_s=2).ping()
        except (redis.RedisError, OSError) as error:
            where, why = place_of(settings.redis_url), type(error).__name__
            raise StartError(f"No Redis answers at {where}, which REDIS_URL names ({why}). Start it, or unset REDIS_URL.") from error
        return None, environ
    server = stack.enter_context(EmbeddedRedis(data / "redis"))
    environ["REDIS_URL"] = server.url
    return Embedded(server), environ


def _config(environ: dict[str, str]) -> Config:
    try:
        return Config.from_environment(environ)
    except ValueError as error:
        raise StartError(str(error)) from error


def _check_port(host: str, port: int) -> None:
    """Raise `StartError` where nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"Nothing can listen on {host}:{port} ({error.strerror}). Is it in use? Choose another port: PORT={port + 1}"
            ) from error


@contextlib.contextmanager
def _ended_together(children: list[Child]) -> Iterator[None]:
    """First the API takes no more, then the workers finish what they have in hand."""
    try:
        yield
    finally:
        until = time.monotonic() + STOP_TIMEOUT_S
        for child in children:
            child.terminate()
        for child in children:
            child.wait(until)


def _wait_until_ready(url: str, children: list[Child], workers: int) -> None:
    until = time.monotonic() + START_TIMEOUT_S
    answer = "no answer yet"
    with httpx.Client(timeout=2, trust_env=False) as client:
        while time.monotonic() < until:
            for child in children:
                if (code := child.exit_code()) is not None:
                    raise StartError(f"{child.name} ended while starting ({_ending(code)}); what it said stands above.")
            with contextlib.suppress(httpx.HTTPError, ValueError):
                response = client.get(f"{url}/readyz")
                answer = response.text[:200]
                if response.status_code == httpx.codes.OK and response.json().get("workers", 0) >= workers:
                    return
            time.sleep(POLL_S)
    raise StartError(f"Not ready after {START_TIMEOUT_S:.0f} s: {answer}")


def _url_host(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to ask, not where to listen
    return f"[{host}]" if ":" in host else host


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
