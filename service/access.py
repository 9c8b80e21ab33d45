"""Who asks: API keys, and what may be asked without one."""

import contextlib
import re
from functools import lru_cache
from hmac import compare_digest

from flask import Flask, g, request

from jobstore.api_keys import ANONYMOUS, ApiKeys, owner_of
from jobstore.connection import StoreUnavailable, connect_redis
from jobstore.settings import SettingError
from service.config import Config, is_loopback
from service.problems import ProblemError, unread_body
from service.sampled import Sampled

GUARDED = ("/v1/", "/metrics")
"""Where a key is wanted. Probes and the documentation hold nothing of anybody's and stay open."""

METRICS = "/metrics"
"""Holds figures and nobody's data: open on loopback; elsewhere, and where METRICS_TOKEN is set, for that token or a key."""

KEYS_LIFE_S = 2.0
"""So long a process goes on with the keys it knows: how soon a new key is taken and a revoked one is not."""

SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY`"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "For where Authorization is taken by a proxy."},
}
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}, {}]
"""The last: a service without keys answers anybody on its own machine."""


def guards(path: str) -> bool:
    """Whether a key is wanted at this path, or for this rule."""
    return path.startswith(GUARDED)


def register(app: Flask, config: Config) -> None:
    """Refuse requests without a valid key where one is wanted; `g.owner` is whose jobs a request may see."""
    in_redis = _in_redis(config)
    # the revoked ones too: once there was a key, nobody comes in without
    known = Sampled(lambda: (*config.api_keys, *in_redis.all()), KEYS_LIFE_S)
    anonymous = config.answers_anonymous
    local = is_loopback(config.host)

    @app.before_request
    def admit() -> None:
        g.owner = ANONYMOUS
        if not guards(request.path):
            return
        secret = _secret()
        if request.path == METRICS and (compare_digest(secret.encode(), config.metrics_token.encode()) if config.metrics_token else local):
            return  # asked while Redis is down, too
        keys = known()
        if not keys and anonymous:
            if config.allow_anonymous or _names_this_machine(request.host):
                return
            raise _unauthorized(
                "Without API keys only requests to localhost are answered, not to this Host: make a key, or set ALLOW_ANONYMOUS."
            )
        owner = owner_of(secret, keys) if secret else None
        if owner is None:
            raise _unauthorized(_UNKNOWN if secret else _MISSING)
        g.owner = owner


def refuse_open_bind(config: Config) -> None:
    """Raise `SettingError` where the service would listen for other machines and nobody has a key.

    Where Redis does not answer it cannot be known; then requests without a key are refused one by one.
    """
    if config.answers_anonymous or config.api_keys:
        return
    with contextlib.suppress(StoreUnavailable):
        if not _in_redis(config).all():
            raise SettingError(
                f"HOST={config.host} lets other machines in, and there are no API keys. Make one (jujang keys add NAME) or set API_KEYS; "
                "or listen on this machine only (HOST=127.0.0.1); "
                "or, where everybody who reaches the port may use the service, set ALLOW_ANONYMOUS=yes."
            )


def _in_redis(config: Config) -> ApiKeys:
    return ApiKeys(connect_redis(config.store.redis_url, socket_timeout_s=2.0))


def _secret() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else request.headers.get("X-API-Key", "").strip()


@lru_cache(maxsize=256)
def _names_this_machine(host: str) -> bool:
    """Whether the Host field names loopback.

    Another name comes from a proxy that makes this port public, or from a page in a browser here whose name was turned to loopback
    (DNS rebinding): neither is this machine's user.
    """
    name = host.rpartition(":")[0] if re.fullmatch(r".*:\d*", host) else host
    return is_loopback(name.removeprefix("[").removesuffix("]").lower())


_MISSING = "An API key is wanted: Authorization: Bearer KEY."
_UNKNOWN = "This API key is not known, or was revoked."


def _unauthorized(detail: str) -> ProblemError:
    challenge = 'Bearer realm="jujang"' + (', error="invalid_token"' if detail is _UNKNOWN else "")
    return ProblemError("unauthorized", detail, headers={"WWW-Authenticate": challenge, **unread_body()})
