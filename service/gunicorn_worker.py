"""gunicorn's threaded worker, answering as problem+json also where a request never reaches the application."""

import contextlib
import json
import socket
import struct
from typing import Any

from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from schemas.problem import TYPES
from service.config import Config
from service.problems import MEDIA_TYPE
from service.waiting import STOPPING

_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.LimitRequestLine, 414, "URI Too Long"),
    (errors.LimitRequestHeaders, 431, "Request Header Fields Too Large"),
    (errors.ExpectationFailed, 417, "Expectation Failed"),
    (errors.UnsupportedTransferCoding, 501, "Not Implemented"),
    (errors.ParseException, 400, "Bad Request"),
    (errors.NoMoreData, 400, "Bad Request"),
)


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """Writes gunicorn's own refusals as problems, logs no part of the request, and closes where the application says so."""

    def load_wsgi(self) -> None:
        """Load the application."""
        self._stall = struct.pack("ll", Config.from_environment().client_timeout_s, 0)
        super().load_wsgi()
        self.wsgi: Any = _closing(self.wsgi)

    def handle(self, conn: Any) -> Any:
        """Serve a request. A client that stalls in the middle of one must not keep the thread."""
        # not settimeout(), which gunicorn undoes
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, self._stall)
        return super().handle(conn)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """On SIGTERM those who wait get their answer."""
        STOPPING.set()
        super().handle_exit(sig, frame)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:  # noqa: ARG002 - gunicorn fixes the signature
        """Answer a request that could not be read, or whose answer could not be written."""
        for kind, status, reason in _STATUS:
            if isinstance(exc, kind):
                self.log.warning("refused: %s", type(exc).__name__)
                _write(client, status, reason, "bad-request", f"{reason}: the request breaks a rule of HTTP.")
                return
        self.log.error("failed: %s", type(exc).__name__)
        _write(client, 500, "Internal Server Error", "internal-error", "The service met an error of its own.")


def _closing(application: Any) -> Any:
    """gunicorn drops an application's `Connection: close` and would read the rest of a refused body, however long."""

    def closing(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if ("Connection", "close") in headers:
                start_response.__self__.force_close()
            return start_response(status, headers, *error)

        return application(environ, start)

    return closing


def _write(client: Any, status: int, reason: str, name: str, detail: str) -> None:
    kind = TYPES[name]
    body = json.dumps({"type": kind.uri, "title": kind.title, "status": status, "detail": detail}).encode()
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    with contextlib.suppress(OSError):
        client.sendall(head.encode() + body)
