"""Connections to checked addresses: a name is resolved once, and the address that was checked is the one that is connected to.

So a name that leads elsewhere a moment later (DNS rebinding) gains nothing. Host and TLS keep the name. Every connection has a moment
at which it is over, however slowly the other side talks, and a number of bytes that it may be sent.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore

from webhooks.addresses import Address, AllowList, Target, forbidden

MOST_ADDRESSES = 3  # of a host are tried

Resolve = Callable[[str, int], Sequence[Address]]


class AddressRefused(Exception):
    """The host leads to an address that callbacks must not reach. The address itself is told to nobody outside."""


def resolved(host: str, port: int) -> list[Address]:
    """The addresses of a host, as the system resolves it. Raises `OSError`."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens the connections of one request to `target`, until `deadline` (of `time.monotonic`)."""

    def __init__(
        self, target: Target, allowed: AllowList, *, deadline: float, connect_timeout_s: float, most_bytes: int, resolve: Resolve = resolved
    ) -> None:
        self._target = target
        self._allowed = allowed
        self._deadline = deadline
        self._connect_timeout_s = connect_timeout_s
        self._most_bytes = most_bytes
        self._resolve = resolve
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore fixes the signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, connect. Raises `AddressRefused` and what httpcore raises."""
        if (host, port) != (self._target.host, self._target.port):
            raise AddressRefused("another host than the one that was checked")
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in self._checked()[:MOST_ADDRESSES]:
            try:
                connect_timeout_s = min(self._connect_timeout_s, _left_s(self._deadline, httpcore.ConnectTimeout))
                stream = self._network.connect_tcp(str(address), port, connect_timeout_s, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._deadline, self._most_bytes)
        raise failure

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None) -> Any:  # noqa: ARG002
        """Never."""
        raise AddressRefused("a Unix socket")

    def _checked(self) -> Sequence[Address]:
        """All or none: a host that leads to forbidden addresses among others is not to be trusted with the others either."""
        try:
            addresses = self._resolve(self._target.host, self._target.port)
        except OSError as error:
            raise httpcore.ConnectError("the host cannot be resolved") from error
        if not self._allowed.names(self._target):
            for address in addresses:
                if forbidden(address) and not self._allowed.holds(address):
                    raise AddressRefused(f"{forbidden(address)}")
        return addresses


class _BoundedStream(httpcore.NetworkStream):
    """A stream that ends at the deadline, and after so many bytes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float, most_bytes: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._bytes_left = most_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline goes before
        if self._bytes_left <= 0:
            raise httpcore.ReadError("the answer is too long")
        received = self._stream.read(min(max_bytes, self._bytes_left), _left_s(self._deadline, httpcore.ReadTimeout))
        self._bytes_left -= len(received)
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left_s(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left_s(self._deadline, httpcore.ConnectTimeout))
        return _BoundedStream(stream, self._deadline, self._bytes_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left_s(deadline: float, over: type[Exception]) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise over("the time is over")
    return left_s
