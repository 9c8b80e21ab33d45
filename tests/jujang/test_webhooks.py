"""`jujang webhooks` as a user meets it."""

from collections.abc import Iterator

import pytest
import redis

from jobstore.store import JobStore
from jobstore.webhook_secrets import new_secret
from tests.jujang.test_keys import jujang


@pytest.fixture
def settings(redis_url: str) -> Iterator[dict[str, str]]:
    url = f"{redis_url}?db=11"
    yield {"REDIS_URL": url}
    redis.Redis.from_url(url).flushdb()


def test_secrets_are_shown_and_changed(settings: dict[str, str]) -> None:
    first, _ = jujang("webhooks", "secret", "newsroom", settings=settings)
    assert first.startswith("whsec_")
    assert jujang("webhooks", "secret", "newsroom", settings=settings)[0] == first
    assert jujang("webhooks", "secret", settings=settings)[0] != first, "anonymous has its own"
    second, _ = jujang("webhooks", "rotate", "newsroom", "--keep", "2h", settings=settings)
    assert jujang("webhooks", "secret", "newsroom", settings=settings)[0].splitlines() == [second, first]


def test_secrets_of_the_settings_are_shown_and_left_alone(settings: dict[str, str]) -> None:
    secret = new_secret()
    own = settings | {"WEBHOOK_SECRETS": f"desk:{secret}"}
    assert jujang("webhooks", "secret", "desk", settings=own)[0] == secret
    _, said = jujang("webhooks", "rotate", "desk", code=1, settings=own)
    assert "WEBHOOK_SECRETS" in said


def test_what_is_still_to_be_told(settings: dict[str, str]) -> None:
    _, said = jujang("webhooks", "pending", settings=settings)
    assert "Nothing" in said
    store = JobStore.connect(settings["REDIS_URL"])
    job_id = store.submit({"text": "가", "callback_url": "https://hooks.example.com/?key=secret"}).id
    store.erase(job_id)
    listed, _ = jujang("webhooks", "pending", settings=settings)
    assert listed.split()[1:] == ["0", "extraction.canceled", job_id, "anonymous", "hooks.example.com"]


@pytest.mark.parametrize(
    ("arguments", "more", "code", "says"),
    [
        (("webhooks", "rotate", "--keep", "long"), {}, 2, "24h"),
        (("webhooks", "secret", "a b"), {}, 1, "name"),
        (("webhooks", "secret"), {"WEBHOOK_SECRETS": "a:b"}, 1, "WEBHOOK_SECRETS"),
        (("deliver",), {"WEBHOOK_ALLOW": "http://a"}, 1, "WEBHOOK_ALLOW"),
        (("deliver",), {"WEBHOOK_RETRIES": "soon"}, 1, "WEBHOOK_RETRIES"),
        (("deliver",), {"WEBHOOK_TIMEOUT": "0"}, 1, "WEBHOOK_TIMEOUT"),
        (("deliver",), {"REDIS_URL": ""}, 1, "REDIS_URL"),
    ],
)
def test_what_cannot_be_done_is_said(
    settings: dict[str, str], arguments: tuple[str, ...], more: dict[str, str], code: int, says: str
) -> None:
    _, said = jujang(*arguments, code=code, settings=settings | more)
    assert says in said
