"""API keys as they are kept."""

from collections.abc import Iterator

import pytest
import redis

from jobstore.api_keys import ApiKey, ApiKeyError, ApiKeys, configured, digest, owner_of
from jobstore.settings import SettingError


@pytest.fixture
def api_keys(redis_url: str) -> Iterator[ApiKeys]:
    connection = redis.Redis.from_url(f"{redis_url}?db=10")
    yield ApiKeys(connection)
    connection.flushdb()


def test_a_key_opens_and_its_hash_is_kept(api_keys: ApiKeys) -> None:
    key, secret = api_keys.add("newsroom")
    assert api_keys.all() == [key]
    assert key.sha256 == digest(secret)
    assert key.sha256.startswith(key.id)
    assert secret.startswith("jjk_")
    assert owner_of(secret, api_keys.all()) == "newsroom"
    assert owner_of(secret + "a", api_keys.all()) is None


def test_names_own_and_keys_change(api_keys: ApiKeys) -> None:
    old, old_secret = api_keys.add("newsroom")
    with pytest.raises(ApiKeyError, match="--rotate"):
        api_keys.add("newsroom")
    new, new_secret = api_keys.add("newsroom", beside=True)
    assert owner_of(old_secret, api_keys.all()) == owner_of(new_secret, api_keys.all()) == "newsroom"
    assert [key.id for key in api_keys.revoke(old.id)] == [old.id]
    assert owner_of(old_secret, api_keys.all()) is None
    assert owner_of(new_secret, api_keys.all()) == "newsroom"
    assert [key.id for key in api_keys.revoke("newsroom")] == [new.id]
    with pytest.raises(ApiKeyError, match="jujang keys list"):
        api_keys.revoke("newsroom")


def test_revoked_keys_are_told_until_they_are_forgotten(api_keys: ApiKeys) -> None:
    api_keys.add("a")
    api_keys.add("b")
    api_keys.revoke("a")
    assert {key.name: bool(key.revoked_at) for key in api_keys.all()} == {"a": True, "b": False}
    assert api_keys.forget_revoked() == 1
    assert [key.name for key in api_keys.all()] == ["b"]


@pytest.mark.parametrize("name", ["", "anonymous", "a b", "가", "a" * 65, "-a", "a:b", "a\n"])
def test_names_that_cannot_be(api_keys: ApiKeys, name: str) -> None:
    with pytest.raises(ApiKeyError):
        api_keys.add(name)


def test_keys_of_the_settings() -> None:
    one, two = digest("one"), digest("two")
    found = configured({"API_KEYS": f"a:{one}, b:{two}\n"})
    assert found == (ApiKey(one[:8], "a", one, ""), ApiKey(two[:8], "b", two, ""))
    assert configured({}) == ()


@pytest.mark.parametrize("value", ["a", "a:", "a:jjk_secret", f"anonymous:{'0' * 64}", f":{'0' * 64}", f"a:{'A' * 64}", f"a={'0' * 64}"])
def test_settings_that_are_none_are_refused_and_not_shown(value: str) -> None:
    with pytest.raises(SettingError, match="API_KEYS") as error:
        configured({"API_KEYS": value})
    assert "jjk_secret" not in str(error.value)
