"""One attempt: what is sent, verified by a library of another hand; what the answer means; and what no answer can do."""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

import pytest
import trustme
from standardwebhooks import Webhook, WebhookVerificationError

from jobstore.outbox import Event
from jobstore.webhook_secrets import new_secret
from schemas.event import BatchEvent, ExtractionEvent
from schemas.labels import DeliveryStatus
from tests.webhooks.receiver import Answer, Receiver
from webhooks.addresses import AllowList
from webhooks.courier import MOST_ANSWER_BYTES, Courier, Outcome
from webhooks.guarded_connection import Resolve

SECRET = new_secret()
LOOPBACK = AllowList.from_environment({"WEBHOOK_ALLOW": "127.0.0.0/8"})
EVENT = Event(
    id="3f0c1c52-8b0e-4a4c-9d83-0c5cf8a6b1de",
    type="extraction.succeeded",
    at="2026-03-04T05:06:07.123456+00:00",
    url="",
    owner="newsroom",
    record="jujang:job:3f0c1c52-8b0e-4a4c-9d83-0c5cf8a6b1de",
    document_id="기사-1",
    request_id="r1",
    attempts=0,
    taken_by="t",
)

Deliver = Callable[..., Outcome]


def courier(
    allowed: AllowList = LOOPBACK,
    secrets: tuple[str, ...] = (SECRET,),
    *,
    timeout_s: float = 5.0,
    tls: ssl.SSLContext | None = None,
    resolve: Resolve | None = None,
) -> Courier:
    more = {"resolve": resolve} if resolve else {}
    return Courier(allowed, lambda _: secrets, retries_s=(10, 100), timeout_s=timeout_s, tls=tls or ssl.create_default_context(), **more)


def test_what_is_sent(receiver: Receiver) -> None:
    outcome = courier().deliver(replace(EVENT, url=receiver.url))
    assert outcome == Outcome(DeliveryStatus.DELIVERED)
    (received,) = receiver.received
    assert received.path == "/hook?from=jujang"
    assert received.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["User-Agent"].startswith("Jujang/")
    assert received.headers["webhook-id"] == f"msg_{EVENT.id}"
    body = Webhook(SECRET).verify(received.body, received.headers)
    assert ExtractionEvent().validate(body) == {}
    assert body == {
        "type": "extraction.succeeded",
        "timestamp": "2026-03-04T05:06:07.123456Z",
        "data": {
            "id": EVENT.id,
            "status": "succeeded",
            "document": {"id": "기사-1"},
            "links": {"self": f"/v1/extractions/{EVENT.id}", "result": f"/v1/extractions/{EVENT.id}/result"},
        },
    }


def test_a_batch(receiver: Receiver) -> None:
    courier().deliver(replace(EVENT, url=receiver.url, type="batch.finished", document_id=""))
    body = json.loads(receiver.received[0].body)
    assert BatchEvent().validate(body) == {}
    assert body["type"] == "batch.finished"
    assert body["data"]["links"] == {"self": f"/v1/batches/{EVENT.id}", "results": f"/v1/batches/{EVENT.id}/results"}


def test_while_the_secret_is_changed_both_sign(receiver: Receiver) -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    courier(secrets=(new, old)).deliver(replace(EVENT, url=receiver.url))
    (received,) = receiver.received
    for secret in (new, old):
        Webhook(secret).verify(received.body, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(received.body, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(received.body.replace(b"succeeded", b"canceled_"), received.headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_ends_it(receiver: Receiver, status: int) -> None:
    receiver.answer(Answer(status, body=b"" if status == 204 else b"thanks"))
    assert courier().deliver(replace(EVENT, url=receiver.url)).status is DeliveryStatus.DELIVERED


def test_410_ends_it(receiver: Receiver) -> None:
    receiver.answer(410)
    outcome = courier().deliver(replace(EVENT, url=receiver.url))
    assert outcome.status is DeliveryStatus.FAILED
    assert "410" in outcome.problem


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 409, 429, 500, 503])
def test_everything_else_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answer(Answer(status, {"Location": receiver.url}))
    outcome = courier().deliver(replace(EVENT, url=receiver.url))
    assert (outcome.status, outcome.problem) == (DeliveryStatus.PENDING, f"Answered {status}.")
    assert 9 <= outcome.again_in_s <= 11
    assert len(receiver.received) == 1, "no redirect is followed"


def test_later_each_time_and_then_no_more(receiver: Receiver) -> None:
    receiver.answer(500, 500, 500)
    waits = [courier().deliver(replace(EVENT, url=receiver.url, attempts=attempts)) for attempts in (0, 1, 2)]
    assert [each.status for each in waits] == [DeliveryStatus.PENDING, DeliveryStatus.PENDING, DeliveryStatus.FAILED]
    assert waits[0].again_in_s < 20 < waits[1].again_in_s


@pytest.mark.parametrize(
    ("value", "least_s", "most_s"), [("40", 40, 40), ("1", 9, 11), ("soon", 9, 11), ("9" * 30, 9, 11), ("999999", 86_400, 86_400)]
)
def test_a_receiver_may_ask_for_more_time(receiver: Receiver, value: str, least_s: float, most_s: float) -> None:
    receiver.answer(Answer(429, {"Retry-After": value}))
    assert least_s <= courier().deliver(replace(EVENT, url=receiver.url)).again_in_s <= most_s


def test_what_is_forbidden_never_arrives(receiver: Receiver) -> None:
    outcome = courier(AllowList()).deliver(replace(EVENT, url=receiver.url))
    assert outcome.status is DeliveryStatus.FAILED
    named = courier(AllowList(), resolve=lambda _h, _p: [ip_address("127.0.0.1")])
    outcome = named.deliver(replace(EVENT, url=f"https://hooks.example.com:{receiver.port}/"))
    assert outcome.status is DeliveryStatus.FAILED
    assert "127.0.0.1" not in outcome.problem, "where a name leads inside is nobody's business"
    assert receiver.received == []


def test_proxies_of_the_environment_are_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert courier().deliver(replace(EVENT, url=receiver.url)).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [
        Answer(pause_s=3),
        Answer(drip=b"HTTP/1.1 204 No Content\r\n" * 50, drip_pause_s=0.05),
        Answer(drip=b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500, drip_pause_s=0.05),
    ],
    ids=["silent", "dripping", "a field without end"],
)
def test_slow_answers_are_not_waited_for(receiver: Receiver, answer: Answer) -> None:
    receiver.answer(answer)
    outcome = courier(timeout_s=0.5).deliver(replace(EVENT, url=receiver.url))
    assert outcome.status is DeliveryStatus.PENDING, "who waited to the end would have been told 204 or 200"
    assert "in time" in outcome.problem


def test_a_body_without_end_takes_nothing_back(receiver: Receiver) -> None:
    receiver.answer(Answer(200, body=b"a" * 50 * MOST_ANSWER_BYTES))
    assert courier().deliver(replace(EVENT, url=receiver.url)).status is DeliveryStatus.DELIVERED


def test_a_head_without_end_is_cut_off(receiver: Receiver) -> None:
    receiver.answer(Answer(200, {f"X-{i}": "a" * 1000 for i in range(90)}))
    assert courier().deliver(replace(EVENT, url=receiver.url)).status is DeliveryStatus.PENDING


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00" * 100,
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 999999 No\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    ],
)
def test_what_is_no_answer(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(said)

        thread = threading.Thread(target=talk)
        thread.start()
        outcome = courier(timeout_s=2).deliver(replace(EVENT, url=f"http://127.0.0.1:{server.getsockname()[1]}/"))
        thread.join()
    assert outcome.status is DeliveryStatus.PENDING
    assert outcome.problem


def test_nobody_listens(unused_port: int) -> None:
    outcome = courier().deliver(replace(EVENT, url=f"http://127.0.0.1:{unused_port}/"))
    assert (outcome.status, outcome.problem) == (DeliveryStatus.PENDING, "No connection.")


def test_a_name_that_leads_nowhere() -> None:
    def resolve(_host: str, _port: int) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    outcome = courier(resolve=resolve).deliver(replace(EVENT, url="https://hooks.example.com/"))  # type: ignore[arg-type]
    assert (outcome.status, outcome.problem) == (DeliveryStatus.PENDING, "No connection.")


def serving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def test_tls_is_for_the_name_and_goes_to_the_checked_address(authority: trustme.CA, trusting: ssl.SSLContext) -> None:
    asked: list[str | None] = []
    tls = serving(authority, "hooks.example.com")
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Receiver(tls=tls) as receiver:
        own = courier(tls=trusting, resolve=lambda _h, _p: [ip_address("127.0.0.1")])
        outcome = own.deliver(replace(EVENT, url=f"https://hooks.example.com:{receiver.port}/"))
        assert outcome.status is DeliveryStatus.DELIVERED, outcome
        assert receiver.received[0].headers["Host"] == f"hooks.example.com:{receiver.port}"
    assert asked == ["hooks.example.com"]


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA, trusting: ssl.SSLContext) -> None:
    with Receiver(tls=serving(authority, "other.example.com")) as receiver:
        own = courier(tls=trusting, resolve=lambda _h, _p: [ip_address("127.0.0.1")])
        outcome = own.deliver(replace(EVENT, url=f"https://hooks.example.com:{receiver.port}/"))
        assert receiver.received == []
    assert outcome.status is DeliveryStatus.PENDING
    assert "Hostname mismatch" in outcome.problem


def test_a_certificate_of_nobody_is_refused(authority: trustme.CA) -> None:
    with Receiver(tls=serving(authority, "hooks.example.com")) as receiver:
        own = courier(resolve=lambda _h, _p: [ip_address("127.0.0.1")])
        outcome = own.deliver(replace(EVENT, url=f"https://hooks.example.com:{receiver.port}/"))
        assert receiver.received == []
    assert outcome.problem.startswith("TLS:")
