"""Every setting of a worker, read from the environment here only (those it shares with the service in `jobstore.settings`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobstore.settings import StoreSettings, log_level, whole_number


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker works. A child leaves, and a fresh one takes its place, after `child_jobs` jobs or grown by `child_megabytes`."""

    store: StoreSettings
    processes: int
    lease_s: int = 12
    grace_s: int = 25
    child_jobs: int = 20_000
    child_megabytes: int = 256
    log_level: str = "info"

    @property
    def heartbeat_s(self) -> float:
        """Between two renewals of a lease: it outlives three that fail."""
        return self.lease_s / 4

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, processes: int) -> "WorkerSettings":
        """JOB_LEASE, STOP_GRACE, CHILD_JOBS, CHILD_MEGABYTES, LOG_LEVEL and those of the store.

        Raises `SettingError`.
        """
        return cls(
            store=StoreSettings.from_environment(environ),
            processes=processes,
            lease_s=whole_number(environ, "JOB_LEASE", 12, least=1, most=3600),
            grace_s=whole_number(environ, "STOP_GRACE", 25, least=0, most=86_400),
            child_jobs=whole_number(environ, "CHILD_JOBS", 20_000, least=1, most=1_000_000_000),
            child_megabytes=whole_number(environ, "CHILD_MEGABYTES", 256, least=1, most=1_000_000),
            log_level=log_level(environ),
        )
