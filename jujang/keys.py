"""`jujang keys`: who may use the service."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jujang.kept_store import DATA, store, told

if TYPE_CHECKING:
    from jobstore.api_keys import ApiKeys


@click.group()
def keys() -> None:
    """Add, list and revoke API keys. Takes effect within seconds, without a restart.

    Keys are kept in the Redis of REDIS_URL, or in the embedded one of `jujang up`, whether that runs or not. Once there is a key, every
    request wants one, and sees only the jobs that came with a key of its name.
    """


@keys.command()
@click.argument("name")
@click.option("--rotate", is_flag=True, help="NAME has a key already: have another beside it until that one is revoked.")
@click.option("--print", "only_print", is_flag=True, help="Keep nothing; print a key and its entry for the setting API_KEYS.")
@DATA
def add(name: str, rotate: bool, only_print: bool, data: Path) -> None:
    """Make a key for NAME and print it. It is shown this once: only its hash is kept."""
    from jobstore.api_keys import checked_name, digest, new_key

    with told():
        if only_print:
            secret = new_key()
            click.echo(f"API_KEYS entry: {checked_name(name)}:{digest(secret)}", err=True)
        else:
            with _api_keys(data, make=True) as api_keys:
                key, secret = api_keys.add(name, beside=rotate)
            click.echo(f"Key {key.id} of {name}, shown this once. Send it as: Authorization: Bearer KEY", err=True)
    click.echo(secret)


@keys.command("list")
@DATA
def list_(data: Path) -> None:
    """List the keys there are: id, name, when made, whether in force."""
    from jobstore.api_keys import configured

    with _api_keys(data) as api_keys:
        rows = [(key.id, key.name, key.created_at, f"revoked {key.revoked_at}" if key.revoked_at else "in force") for key in api_keys.all()]
        rows += [(key.id, key.name, "-", "in force, by API_KEYS") for key in configured(os.environ)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if not rows:
        click.echo("There are no keys: the service answers anybody, on loopback only. Make one: jujang keys add NAME", err=True)


@keys.command()
@click.argument("which", metavar="ID|NAME")
@DATA
def revoke(which: str, data: Path) -> None:
    """Revoke the key of this id, or every key of this name. Their jobs stay, for the name's next key."""
    with _api_keys(data) as api_keys:
        for key in api_keys.revoke(which):
            click.echo(f"Key {key.id} of {key.name} is revoked.", err=True)


@keys.command()
@DATA
def forget(data: Path) -> None:
    """Erase revoked keys from the list. Where none is left, the service answers without keys again, on loopback only."""
    with _api_keys(data) as api_keys:
        click.echo(f"{api_keys.forget_revoked()} revoked keys are forgotten.", err=True)


@contextmanager
def _api_keys(data: Path, *, make: bool = False) -> Iterator["ApiKeys"]:
    from jobstore.api_keys import ApiKeys

    with store(data, make=make) as connection:
        yield ApiKeys(connection)
