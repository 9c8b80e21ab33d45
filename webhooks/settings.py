"""Every setting of the process that tells callback URLs, read from the environment here only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jobstore.settings import SettingError, StoreSettings, whole_number
from jobstore.webhook_secrets import configured
from webhooks.addresses import AllowList

RETRIES_S = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800)
"""After how many seconds an attempt that failed is repeated: ten attempts in some 16 hours."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """`timeout_s` is for a whole attempt; `secrets` are those of the settings, by owner; `threads` attempts run at the same time."""

    store: StoreSettings
    allowed: AllowList = field(default_factory=AllowList)
    retries_s: tuple[int, ...] = RETRIES_S
    timeout_s: int = 15
    threads: int = 16
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    log_level: str = "info"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "WebhookSettings":
        """WEBHOOK_ALLOW, WEBHOOK_RETRIES, WEBHOOK_TIMEOUT, WEBHOOK_THREADS, WEBHOOK_SECRETS and those of the store.

        Raises `SettingError`.
        """
        return cls(
            store=StoreSettings.from_environment(environ),
            allowed=AllowList.from_environment(environ),
            retries_s=_seconds(environ, "WEBHOOK_RETRIES", RETRIES_S),
            timeout_s=whole_number(environ, "WEBHOOK_TIMEOUT", 15, least=1, most=30),
            threads=whole_number(environ, "WEBHOOK_THREADS", 16, least=1, most=256),
            secrets=configured(environ),
            log_level=environ.get("LOG_LEVEL", "").strip().lower() or "info",
        )


def _seconds(environ: Mapping[str, str], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    text = environ.get(name, "").replace(",", " ").split()
    if not text:
        return default
    if not all(each.isascii() and each.isdigit() and int(each) <= 86_400 for each in text) or len(text) > 100:
        raise SettingError(f"{name}={environ[name]!r}: seconds from one attempt to the next are wanted, such as 5,60,3600")
    return tuple(map(int, text))
