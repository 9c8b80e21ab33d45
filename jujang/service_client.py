"""A client of a running service, as patient as the service asks: what `jujang submit` speaks through."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
from marshmallow import ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from schemas.validators import WebAddress

Json = dict[str, Any]
T = TypeVar("T")

WAIT_S = 30  # that the service is asked to hold an answer
TIMEOUT = httpx.Timeout(10.0, read=WAIT_S + 30.0)
_BUSY = frozenset({429, 502, 503, 504})
_IN_USE = "/problems/idempotency-key-in-use"
_BACKOFF = wait_random_exponential(multiplier=0.5, max=30)


class ServiceError(Exception):
    """The service cannot be reached or does not take the request; the message says what it said."""

    def __init__(self, message: str, problem: str = "") -> None:
        super().__init__(message)
        self.problem = problem
        """Type of the problem that it answered with, '' where there is none."""


class _Busy(Exception):
    """Worth trying again, after `retry_after_s` where the service says so."""

    def __init__(self, message: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServiceClient:
    """Sends batches and reads their results. What fails for a passing reason is tried again for up to `patience_s`.

    `tell` is called with the reason and the seconds before each new attempt. Raises `ValueError` for a `url` or an `api_key` that is none;
    every method raises `ServiceError`.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        patience_s: float,
        tell: Callable[[str, float], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        try:
            WebAddress()(url)
            httpx.URL(url)
        except (ValidationError, httpx.InvalidURL) as error:
            raise ValueError(f"{url} is no address of a service, such as http://127.0.0.1:8000") from error
        if api_key and not (api_key.isascii() and api_key.isprintable()):
            raise ValueError("The API key (--api-key, JUJANG_API_KEY) may hold printable ASCII alone")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, transport=transport)
        self._patience_s = patience_s
        self._tell = tell

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def post_batch(self, body: bytes, key: str) -> Json:
        """The batch made of a body of JSON, once for each `key`."""

        def post() -> Json:
            headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"'}
            return _object(_checked(self._http.post("/v1/batches", content=body, headers=headers)))

        return self._patiently(post)

    def read_results(self, batch: Json, on_line: Callable[[Json], None]) -> None:
        """Call `on_line` for every line of the batch's results, as they come, each once, in order."""
        seen = 0

        def read() -> int:
            nonlocal seen
            before = seen
            with self._http.stream("GET", f"{batch['links']['results']}?from={seen}", headers={"Prefer": f"wait={WAIT_S}"}) as answer:
                if answer.is_error:
                    answer.read()
                for line in _checked(answer).iter_lines():
                    on_line(json.loads(line))
                    seen += 1
            if seen == before and "Preference-Applied" not in answer.headers:  # nobody could be kept waiting
                raise _Busy("The service is busy", 1.0)
            return seen

        while seen < batch["counts"]["documents"]:
            self._patiently(read)

    def _patiently(self, attempt: Callable[[], T]) -> T:
        retrying = Retrying(
            retry=retry_if_exception_type((_Busy, httpx.TransportError)),
            wait=_pause_s,
            stop=stop_after_delay(self._patience_s),
            before_sleep=self._told,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except (_Busy, httpx.TransportError) as error:
            raise ServiceError(f"Given up after {self._patience_s:g} s: {self._reason(error)}") from error

    def _told(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self._tell(self._reason(error) if error else "", state.next_action.sleep if state.next_action else 0.0)

    def _reason(self, error: BaseException) -> str:
        said = re.sub(r"\[Errno -?\d+\] ", "", str(error)).rstrip(".") or type(error).__name__
        if isinstance(error, _Busy):
            return f"{said}."
        hint = " Is the service running there (jujang up)?" if isinstance(error, httpx.ConnectError) else ""
        return f"No answer from {str(self._http.base_url).rstrip('/')}: {said}.{hint}"


def _pause_s(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Busy) and error.retry_after_s is not None:
        return error.retry_after_s
    return _BACKOFF(state)


def reason_of(problem: Mapping[str, Any]) -> str:
    """What a problem is, in a line: its fields and what is wrong with each, where it names them."""
    return "; ".join(f"{each['field']}: {each['message']}" for each in problem.get("errors", ()) if each["field"]) or str(problem["detail"])


def _checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_error:
        return answer
    try:
        problem: Mapping[str, Any] = answer.json()
        kind, detail = str(problem["type"]), reason_of(problem)
    except (ValueError, KeyError, TypeError):
        kind, detail = "", f"{answer.status_code} {answer.reason_phrase}"
    if answer.status_code in _BUSY or kind == _IN_USE:
        raise _Busy(detail, _seconds(answer.headers.get("Retry-After", "")))
    raise ServiceError(detail, kind)


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def _object(answer: httpx.Response) -> Json:
    try:
        value = answer.json()
    except ValueError:
        value = None
    if not isinstance(value, dict) or "links" not in value:
        raise ServiceError(f"{answer.url} answers, but not as Jujang does.")
    return value
