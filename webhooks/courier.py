"""One attempt to tell an event: the request, and what its answer means."""

import json
import random
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version

import httpcore

from jobstore.outbox import Event
from schemas.labels import DeliveryStatus
from webhooks import signing
from webhooks.addresses import AllowList, CallbackUrlError, Target, target_of
from webhooks.guarded_connection import AddressRefused, GuardedBackend, Resolve, resolved

CONNECT_TIMEOUT_S = 5.0
MOST_ANSWER_BYTES = 65_536
LONGEST_WAIT_S = 86_400
_PATHS = {"extraction": "/v1/extractions", "batch": "/v1/batches"}
_GONE = 410
_USER_AGENT = f"Jujang/{version('jujang')}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: delivered, to be repeated `again_in_s` (pending), or failed for good; `problem` says why in words."""

    status: DeliveryStatus
    problem: str = ""
    again_in_s: float = 0.0


class Courier:
    """Tells events. `secrets` gives those of an owner; an attempt that fails is to be repeated after each of `retries_s`."""

    def __init__(
        self,
        allowed: AllowList,
        secrets: Callable[[str], tuple[str, ...]],
        *,
        retries_s: tuple[int, ...],
        timeout_s: float,
        tls: ssl.SSLContext,
        resolve: Resolve = resolved,
    ) -> None:
        self._allowed = allowed
        self._secrets = secrets
        self._retries_s = retries_s
        self._timeout_s = timeout_s
        self._tls = tls
        self._resolve = resolve

    def deliver(self, event: Event) -> Outcome:
        """Make an attempt. Raises `StoreUnavailable` where the secrets cannot be had."""
        try:
            target = target_of(event.url, self._allowed)  # once more: what is allowed may have changed
        except CallbackUrlError as error:
            return Outcome(DeliveryStatus.FAILED, f"The URL is not allowed. {error}")
        body = payload(event)
        signed = signing.headers(f"msg_{event.id}", int(time.time()), body, self._secrets(event.owner))
        try:
            status, retry_after_s = self._post(target, body, signed)
        except AddressRefused:
            return Outcome(DeliveryStatus.FAILED, "The host leads to an address that is not public, and is not in WEBHOOK_ALLOW.")
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
            return self._again(event, _in_words(error))
        if 200 <= status < 300:
            return Outcome(DeliveryStatus.DELIVERED)
        if status == _GONE:
            return Outcome(DeliveryStatus.FAILED, "Answered 410: not wanted any more.")
        return self._again(event, f"Answered {status}.", retry_after_s)

    def _again(self, event: Event, problem: str, at_least_s: float = 0.0) -> Outcome:
        if event.attempts >= len(self._retries_s):
            return Outcome(DeliveryStatus.FAILED, problem)
        wait_s = self._retries_s[event.attempts] * random.uniform(0.9, 1.1)  # noqa: S311 - so that many do not come at once
        return Outcome(DeliveryStatus.PENDING, problem, max(wait_s, at_least_s))

    def _post(self, target: Target, body: bytes, signed: dict[str, str]) -> tuple[int, float]:
        """Status and Retry-After in seconds of the answer. No redirect is followed, no proxy asked, no cookie kept."""
        backend = GuardedBackend(
            target,
            self._allowed,
            deadline=time.monotonic() + self._timeout_s,
            connect_timeout_s=CONNECT_TIMEOUT_S,
            most_bytes=MOST_ANSWER_BYTES,
            resolve=self._resolve,
        )
        url = httpcore.URL(scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode())
        fields = {"Host": target.authority, "User-Agent": _USER_AGENT, "Content-Type": "application/json", "Connection": "close", **signed}
        fields["Content-Length"] = str(len(body))
        with (
            httpcore.ConnectionPool(self._tls, max_connections=1, network_backend=backend) as pool,
            pool.stream("POST", url, headers=list(fields.items()), content=body) as response,
        ):
            with suppress(httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
                for _ in response.iter_stream():  # to its end, so that the receiver sees no broken connection
                    pass
            return response.status, _retry_after_s(response)


def payload(event: Event) -> bytes:
    """What is told: thin, for whoever may read the result asks for it with a key. The same in every attempt."""
    path = f"{_PATHS[event.type.partition('.')[0]]}/{event.id}"
    what, _, status = event.type.partition(".")
    data: dict[str, object] = {"id": event.id, "status": status}
    if what == "extraction":
        data |= {"document": {"id": event.document_id or None}, "links": {"self": path, "result": f"{path}/result"}}
    else:
        data |= {"links": {"self": path, "results": f"{path}/results"}}
    at = event.at.removesuffix("+00:00") + "Z"
    return json.dumps({"type": event.type, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()


def _retry_after_s(response: httpcore.Response) -> float:
    value = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return float(min(int(value), LONGEST_WAIT_S)) if value.isdigit() and len(value) < 10 else 0.0


def _in_words(error: Exception) -> str:
    reason = next(iter(error.args), None)  # httpcore's errors hold those of the system
    if isinstance(error, httpcore.ConnectTimeout):
        return "No connection in time."
    if isinstance(error, httpcore.TimeoutException):
        return "No answer in time."
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"TLS: {reason.verify_message}"
    if isinstance(error, ssl.SSLError) or isinstance(reason, ssl.SSLError):
        return "TLS failed."
    if isinstance(error, httpcore.ConnectError):
        return "No connection."
    return "The connection broke off, or the answer was no HTTP."
