"""Which addresses a callback may reach: the public Internet over https, and what the operator allows. Pure; nothing is resolved here.

A name says nothing about where it leads, so names are judged by the addresses that they resolve to, at the moment of connecting.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from jobstore.settings import SettingError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_CHARACTERS = 2000
PORTS = {"https": 443, "http": 80}

_NOT_PUBLIC: tuple[tuple[str, str], ...] = (
    # IANA's special-purpose registries, and what leads into them
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local, metadata of clouds"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments, metadata of clouds"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarks"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
    ("168.63.129.16/32", "a cloud's own services"),
    ("2001::/23", "protocol assignments, Teredo, ORCHID"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
)
_FORBIDDEN = tuple((ip_network(network), what) for network, what in _NOT_PUBLIC)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # the rest of IPv6: loopback, IPv4-mapped, NAT64, unique local, link-local, multicast …
_VISIBLE_ASCII = re.compile(r"[!-~]+")
_AUTHORITY = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "onion")


class CallbackUrlError(ValueError):
    """A URL that cannot be a callback's: the message says why and what would do, `code` is for programs."""

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A callback URL taken apart, once for all: what was checked is what is asked. `host` is without brackets, in lower case."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host field has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may be reached besides the public Internet: networks, and hosts at one port (None: at any), also over http."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "AllowList":
        """WEBHOOK_ALLOW: names, addresses and networks, names and addresses with or without a port. Raises `SettingError`."""
        networks: list[Network] = []
        hosts: set[tuple[str, int | None]] = set()
        for entry in environ.get("WEBHOOK_ALLOW", "").replace(",", " ").split():
            try:
                if "/" in entry:
                    networks.append(ip_network(entry))
                else:
                    hosts.add(_host_and_port(entry.lower()))
            except ValueError:
                raise SettingError(
                    f"WEBHOOK_ALLOW: {entry!r} is none of HOST, HOST:PORT, ADDRESS, [ADDRESS]:PORT and NETWORK (10.1.0.0/16)"
                ) from None
        return cls(tuple(networks), frozenset(hosts))

    def names(self, target: Target) -> bool:
        """Whether the host itself is allowed, wherever it leads."""
        return bool({(target.host, None), (target.host, target.port)} & self.hosts) or self.holds(_literal(target.host))

    def holds(self, address: Address | None) -> bool:
        """Whether the address is in one of the networks."""
        return address is not None and any(address in network for network in self.networks)


def target_of(url: str, allowed: AllowList) -> Target:
    """The URL taken apart, if it can be a callback's. Raises `CallbackUrlError`."""
    if len(url) > MOST_CHARACTERS:
        raise CallbackUrlError(f"Is too long: {len(url)} characters where {MOST_CHARACTERS} are allowed.", "too_long")
    if not _VISIBLE_ASCII.fullmatch(url) or "\\" in url:
        raise CallbackUrlError("Must be ASCII without blanks or backslashes; write other letters in punycode and percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise CallbackUrlError("Is no URL: https://HOST/PATH is wanted.") from None
    if parts.scheme not in PORTS or not url.lower().startswith(f"{parts.scheme}://") or not parts.hostname:
        raise CallbackUrlError("Must be an absolute URL: https://HOST/PATH.")
    if "@" in parts.netloc or "#" in url:
        raise CallbackUrlError("May hold neither a user name nor a fragment.")
    if not _AUTHORITY.fullmatch(parts.netloc) or port == 0:
        raise CallbackUrlError("Must name a host, and after a colon a port, where it is not 443.")
    host = parts.hostname.lower().rstrip(".") or "."
    _check_host(host, bracketed="[" in parts.netloc)
    target = Target(parts.scheme, _normal(host), port or PORTS[parts.scheme], _path(parts))
    _check_reach(target, allowed)
    return target


def forbidden(address: Address) -> str | None:
    """Why the address is not one of the public Internet; None where it is."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "not global unicast"
    return next((what for network, what in _FORBIDDEN if address.version == network.version and address in network), None)


def _check_host(host: str, *, bracketed: bool) -> None:
    if bracketed:
        if not isinstance(_literal(host), IPv6Address):
            raise CallbackUrlError("Has no IPv6 address in its brackets.")
        return
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise CallbackUrlError("Has no host name that can be.")
    if _NUMERIC_LABEL.fullmatch(labels[-1]) and not isinstance(_literal(host), IPv4Address):
        raise CallbackUrlError("Must write an IPv4 address as four decimal numbers.")


def _check_reach(target: Target, allowed: AllowList) -> None:
    """What can be known without asking a name server."""
    if allowed.names(target):
        return
    if target.scheme != "https":
        raise CallbackUrlError("Must be https; http is for hosts that the service's operator allows (WEBHOOK_ALLOW).", "unsupported")
    address = _literal(target.host)
    local = "." not in target.host or target.host.endswith(tuple(f".{name}" for name in _LOCAL_NAMES))
    if (address is not None and forbidden(address)) or (address is None and local):
        raise CallbackUrlError(
            "Must be a host of the public Internet, or one that the service's operator allows (WEBHOOK_ALLOW).", "refused"
        )


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _normal(host: str) -> str:
    """An address in its shortest form, a name as it is."""
    return str(_literal(host) or host)


def _host_and_port(entry: str) -> tuple[str, int | None]:
    """Raises `ValueError`."""
    if _literal(entry) is not None:
        return _normal(entry), None
    parts = urlsplit(f"//{entry}")
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.netloc != entry or "@" in entry or parts.port == 0:
        raise ValueError(entry)
    if _literal(host) is None and not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(entry)
    return _normal(host), parts.port
