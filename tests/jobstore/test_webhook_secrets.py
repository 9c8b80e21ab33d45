"""Secrets that sign webhooks: one an owner, two while it is changed."""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
import redis

from jobstore import keys
from jobstore.settings import SettingError
from jobstore.webhook_secrets import WebhookSecrets, configured, key_of, new_secret


@pytest.fixture
def secrets(redis_url: str) -> Iterator[WebhookSecrets]:
    connection = redis.Redis.from_url(f"{redis_url}?db=15")
    yield WebhookSecrets(connection)
    connection.flushdb()


def test_each_owner_has_its_own_and_keeps_it(secrets: WebhookSecrets) -> None:
    (one,), (two,) = secrets.signing("one"), secrets.signing("two")
    assert one != two
    assert secrets.signing("one") == (one,)
    assert len(key_of(one)) == 32
    assert secrets.owners() == ["one", "two"]


def test_of_several_at_once_one_makes_it(secrets: WebhookSecrets) -> None:
    found: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(secrets.signing("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_two_sign_while_it_is_changed(secrets: WebhookSecrets) -> None:
    (first,) = secrets.signing("a")
    second = secrets.rotate("a", 3600).secret
    assert secrets.signing("a") == (second, first)
    third = secrets.rotate("a", 3600).secret
    assert secrets.signing("a") == (third, second), "never three"
    fourth = secrets.rotate("a", 0).secret
    assert secrets.signing("a") == (fourth,)


def test_the_one_before_it_signs_no_longer_than_it_was_to(secrets: WebhookSecrets) -> None:
    secrets.signing("a")
    new = secrets.rotate("a", 3600)
    old = secrets.kept("a")[1]
    assert old.until is not None
    past = replace(old, until="2026-01-01T00:00:00+00:00")
    secrets._redis.hset(keys.WEBHOOK_SECRETS, "a", json.dumps([asdict(new), asdict(past)]))
    assert secrets.signing("a") == (new.secret,)


def test_those_of_the_settings_go_before(secrets: WebhookSecrets) -> None:
    new, old = new_secret(), new_secret()
    found = configured({"WEBHOOK_SECRETS": f"a:{new},a:{old} b:{old}"})
    assert found == {"a": (new, old), "b": (old,)}
    own = WebhookSecrets(secrets._redis, found)
    assert own.signing("a") == (new, old)
    assert len(own.signing("c")) == 1


SHORT = "whsec_c2hvcnQ="


@pytest.mark.parametrize("entry", ["name", "name:", "name:whsec_", f"name:{SHORT}", f"name:{SHORT[6:]}", "name:whsec_!!!!", new_secret()])
def test_settings_that_are_none_are_refused_and_not_shown(entry: str) -> None:
    with pytest.raises(SettingError, match="WEBHOOK_SECRETS: entry 2 ") as error:
        configured({"WEBHOOK_SECRETS": f"good:{new_secret()},{entry}"})
    assert SHORT[6:] not in str(error.value)
    assert "!!!!" not in str(error.value)
