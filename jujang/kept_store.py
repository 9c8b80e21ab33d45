"""The store that `keys`, `webhooks` and `status` work on: the Redis of REDIS_URL, or the embedded one of a folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import redis

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DATA_DIR",
    default=Path("var"),
    show_default=True,
    help="Folder of the embedded Redis, where REDIS_URL names none (DATA_DIR).",
)


@contextmanager
def store(data: Path, *, make: bool = False) -> Iterator["redis.Redis"]:
    """A connection to the store, whether its service runs or not; what goes wrong in it ends the command with a message.

    Only with `make` a folder without a store gets one: nothing is answered from a store that was made for the question. Where no service
    runs on the folder, it is told which folder that is.
    """
    from jobstore.connection import connect_redis
    from jujang.embedded_redis import reach

    begun = not redis_is_named() and not holds_store(data)
    if begun and not make:
        raise click.ClickException(no_store(data))
    with told(), reach(data / "redis", os.environ) as reached:
        if begun:
            click.echo(f"There was no data of a service in {data.resolve()}: it begins now. Start the service on it (DATA_DIR).", err=True)
        elif reached.idle:
            click.echo(f"No service runs on {data.resolve()} now; this is of the data kept there.", err=True)
        yield connect_redis(reached.url, socket_timeout_s=5)


def redis_is_named() -> bool:
    """Whether REDIS_URL names one."""
    return bool(os.environ.get("REDIS_URL", "").strip())


def holds_store(data: Path) -> bool:
    """Whether an embedded Redis was ever started on the folder."""
    from jujang.embedded_redis import url_file

    return url_file(data / "redis").exists()


def no_store(data: Path) -> str:
    """What is said of a folder without a store."""
    return (
        f"There is no data of a service in {data.resolve()}. Name the folder that it was started with (--data, DATA_DIR), "
        "or its Redis (REDIS_URL=redis://HOST:PORT/0)."
    )


@contextmanager
def told() -> Iterator[None]:
    """What went wrong as a message, not as a traceback."""
    from jobstore.api_keys import ApiKeyError
    from jobstore.connection import StoreUnavailable
    from jobstore.settings import SettingError
    from jujang.embedded_redis import EmbeddedRedisError

    try:
        yield
    except (ApiKeyError, SettingError, EmbeddedRedisError) as error:
        raise click.ClickException(str(error)) from error
    except StoreUnavailable as error:
        raise click.ClickException(f"Redis does not answer ({type(error.__cause__).__name__}). Is REDIS_URL right?") from error
    except BrokenPipeError:
        sys.exit(1)
