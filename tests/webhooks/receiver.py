"""A receiver of webhooks on loopback: answers as it is told to, and keeps what it was sent."""

import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """A request as it came, and the status it was answered with."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int


@dataclass
class Answer:
    """What to answer a request with: after a pause, and slowly where `pause_between_s` is set."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pause_s: float = 0.0
    drip: bytes = b""
    drip_pause_s: float = 0.0


class Receiver:
    """`answers` in order, then 204 for ever."""

    def __init__(self, *answers: Answer | int, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self._answers = [Answer(each) if isinstance(each, int) else each for each in answers]
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}/hook?from=jujang"

    @property
    def accepted(self) -> list[Received]:
        return [each for each in self.received if each.status < 300]

    def answer(self, *answers: Answer | int) -> None:
        self._answers += [Answer(each) if isinstance(each, int) else each for each in answers]

    def wait_for(self, count: int, within_s: float = 20.0) -> list[Received]:
        until = time.monotonic() + within_s
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.received) >= count, f"{len(self.received)} of {count} came"
        return self.received

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver._lock:
                    answer = receiver._answers.pop(0) if receiver._answers else Answer()
                    receiver.received.append(Received(self.path, dict(self.headers.items()), body, answer.status))
                time.sleep(answer.pause_s)
                try:
                    self._answer(answer)
                except OSError:
                    self.close_connection = True

            def _answer(self, answer: Answer) -> None:
                if answer.drip:
                    for byte in answer.drip:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(answer.drip_pause_s)
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
