"""What a callback may reach and what it may not: rows, and every address there is."""

import time
import tomllib
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobstore.settings import SettingError
from webhooks.addresses import Address, AllowList, CallbackUrlError, Target, forbidden, target_of
from webhooks.guarded_connection import AddressRefused, GuardedBackend, Resolve, resolved

ROWS: dict[str, list[dict[str, Any]]] = tomllib.loads((Path(__file__).parents[1] / "corpus" / "callback_addresses.toml").read_text("utf-8"))
NOTHING = AllowList()


def connect(target: Target, resolve: Resolve = resolved, allowed: AllowList = NOTHING) -> httpcore.NetworkStream:
    backend = GuardedBackend(target, allowed, deadline=time.monotonic() + 5, connect_timeout_s=2, most_bytes=1000, resolve=resolve)
    return backend.connect_tcp(target.host, target.port)


def row_id(row: dict[str, Any]) -> str:
    return " ".join([row["url"], *row.get("leads_to", [])])


def test_the_corpus_is_large_and_every_row_is_another() -> None:
    assert len(ROWS["refused"]) >= 40
    for rows in ROWS.values():
        assert len({row_id(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("row", [row for row in ROWS["refused"] if "leads_to" not in row], ids=row_id)
def test_refused_when_it_comes_and_when_it_is_connected_to(row: dict[str, Any]) -> None:
    with pytest.raises(CallbackUrlError) as error:
        target_of(row["url"], NOTHING)
    assert error.value.code == "refused"
    url = httpcore.URL(row["url"])
    host = url.host.decode().lower().rstrip(".")
    if host[-1].isdigit() or ":" in host or host == "localhost":  # no name server is asked here
        with pytest.raises(AddressRefused):
            connect(Target("https", host, url.port or 443, "/"))


@pytest.mark.parametrize("row", [row for row in ROWS["refused"] if "leads_to" in row], ids=row_id)
def test_refused_for_where_the_name_leads(row: dict[str, Any]) -> None:
    with pytest.raises(AddressRefused) as error:
        connect(target_of(row["url"], NOTHING), lambda _host, _port: [ip_address(each) for each in row["leads_to"]])
    assert not any(each in str(error.value) for each in row["leads_to"])


@pytest.mark.parametrize("row", ROWS["never"], ids=row_id)
def test_what_is_no_url_for_a_callback(row: dict[str, Any]) -> None:
    with pytest.raises(CallbackUrlError):
        target_of(row["url"], NOTHING)


@pytest.mark.parametrize("row", ROWS["taken"], ids=row_id)
def test_what_is_one(row: dict[str, Any]) -> None:
    target = target_of(row["url"], NOTHING)
    assert (target.scheme, target.authority, target.path) == ("https", row["authority"], row["path"])


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to(unused_port: int) -> None:
    """A name server that answers otherwise the second time (rebinding) is not asked a second time."""
    asked: list[str] = []
    answers: list[list[Address]] = [[ip_address("127.0.0.1")], [ip_address("10.0.0.1")]]

    def resolve(host: str, _port: int) -> list[Address]:
        asked.append(host)
        return answers.pop(0)

    allowed = AllowList.from_environment({"WEBHOOK_ALLOW": "127.0.0.0/8"})
    with pytest.raises(httpcore.ConnectError):  # nobody listens there
        connect(Target("https", "hooks.example.com", unused_port, "/"), resolve, allowed)
    assert asked == ["hooks.example.com"]


def test_no_other_host_and_no_socket_file_can_be_asked_for() -> None:
    backend = GuardedBackend(target_of("https://example.com/", NOTHING), NOTHING, deadline=1e12, connect_timeout_s=1, most_bytes=1)
    for host, port in [("example.org", 443), ("example.com", 80)]:
        with pytest.raises(AddressRefused):
            backend.connect_tcp(host, port)
    with pytest.raises(AddressRefused):
        backend.connect_unix_socket("/tmp/redis.sock")


@given(st.ip_addresses(v=4))
def test_no_address_that_python_calls_private_is_public(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert forbidden(address)


@given(st.ip_addresses(v=6) | st.ip_addresses(v=6, network="::/96") | st.ip_addresses(v=6, network="2001::/16"))
def test_no_address_that_python_calls_private_is_public_in_ipv6(address: IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.ipv4_mapped or address.sixtofour or address.teredo:
        assert forbidden(address)


@given(st.text(max_size=60) | st.from_regex(r"https?://[ -~]{0,30}", fullmatch=True))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        target = target_of(text, NOTHING)
    except CallbackUrlError:
        return
    assert target.scheme == "https"
    assert 1 <= target.port <= 65_535
    assert target.path.startswith("/")
    assert not set(target.host + target.path) & set("\r\n\t @#\\")


ALLOWED = AllowList.from_environment({"WEBHOOK_ALLOW": "hooks.intranet, 127.0.0.1:9000 10.1.0.0/16,[::1]:9000,localhost"})


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.intranet/",
        "https://hooks.intranet:8443/",
        "http://127.0.0.1:9000/",
        "http://10.1.2.3/",
        "http://[::1]:9000/",
        "http://[0:0::0:1]:9000/",
        "http://localhost:1/",
        "https://example.com/",
    ],
)
def test_what_the_operator_allows(url: str) -> None:
    target_of(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.intranet.example.com/",
        "https://other.hooks.intranet/",
        "https://127.0.0.1/",
        "https://127.0.0.1:6379/",
        "https://10.2.0.1/",
        "https://[::1]/",
        "http://example.com/",
        "ftp://hooks.intranet/",
    ],
)
def test_and_nothing_beyond_that(url: str) -> None:
    with pytest.raises(CallbackUrlError):
        target_of(url, ALLOWED)


def test_names_in_allowed_networks_are_reached() -> None:
    def backend(*leads_to: str) -> httpcore.NetworkStream:
        addresses = [ip_address(each) for each in leads_to]
        return connect(Target("https", "hooks.example.com", 1, "/"), lambda _h, _p: addresses, AllowList((_LOOPBACK,)))

    with pytest.raises(httpcore.ConnectError):
        backend("127.0.0.1")
    with pytest.raises(AddressRefused):
        backend("127.0.0.1", "10.0.0.1")


_LOOPBACK = AllowList.from_environment({"WEBHOOK_ALLOW": "127.0.0.0/8"}).networks[0]


@pytest.mark.parametrize("entry", ["http://a", "a b:c", "10.0.0.1/8", "a:99999", "a:0", "*.example.com", "a/b", "user@a", "[::1", ":80"])
def test_settings_that_are_none(entry: str) -> None:
    with pytest.raises(SettingError, match="WEBHOOK_ALLOW"):
        AllowList.from_environment({"WEBHOOK_ALLOW": entry})
