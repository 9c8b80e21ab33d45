"""gunicorn's threaded worker, answering as problem+json also where a request never reaches the application."""

import contextlib
import json
import socket
import struct
import uuid
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from schemas.problem_types import TYPES
from service.config import Config
from service.problems import MEDIA_TYPE
from service.response_headers import HEADERS, REQUEST_ID
from service.waiting import STOPPING

_REFUSALS: tuple[tuple[type[Exception], HTTPStatus, str], ...] = (
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG, "uri-too-long"),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-too-large"),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED, "bad-request"),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED, "bad-request"),
    (errors.ParseException, HTTPStatus.BAD_REQUEST, "bad-request"),
    (errors.NoMoreData, HTTPStatus.BAD_REQUEST, "bad-request"),
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
        for kind, status, name in _REFUSALS:
            if isinstance(exc, kind):
                self.log.warning("refused: %s", type(exc).__name__)
                broken = f"{status.phrase}: the request breaks a rule of HTTP."
                _write(client, status, name, broken if name == "bad-request" else TYPES[name].remedy)
                return
        self.log.error("failed: %s", type(exc).__name__)
        _write(client, HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "The service met an error of its own.")


def _closing(application: Any) -> Any:
    """gunicorn drops an application's `Connection: close` and would read the rest of a refused body, however long."""

    def closing(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if ("Connection", "close") in headers:
                start_response.__self__.force_close()
            return start_response(status, headers, *error)

        return application(environ, start)

    return closing


def _write(client: Any, status: HTTPStatus, name: str, detail: str) -> None:
    kind = TYPES[name]
    body = json.dumps({"type": kind.uri, "title": kind.title, "status": status, "detail": detail}).encode()
    headers = {"Connection": "close", "Content-Type": MEDIA_TYPE, "Content-Length": len(body), REQUEST_ID: uuid.uuid4().hex, **HEADERS}
    head = f"HTTP/1.1 {status} {status.phrase}\r\n" + "".join(f"{each}: {value}\r\n" for each, value in headers.items()) + "\r\n"
    with contextlib.suppress(OSError):
        client.sendall(head.encode() + body)
