"""`jujang webhooks`: the secrets that sign what callback URLs are told, and what is still to be told."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from jujang.kept_store import DATA, store

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Duration(click.ParamType[int]):
    """A whole number and s, m, h or d, as seconds."""

    name = "duration"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not (match := re.fullmatch(r"(\d{1,6})([smhd])", value)):
            self.fail(f"{value!r}: a number and s, m, h or d is wanted, such as 24h", param, ctx)
        return int(match[1]) * _UNITS_S[match[2]]


@click.group()
def webhooks() -> None:
    """Show and change the secrets that sign webhooks; see what is still to be told.

    Every name that owns jobs (an API key's, or `anonymous`) has a secret of its own. Give it to whoever receives that name's webhooks.
    """


@webhooks.command()
@click.argument("name", default="anonymous")
@DATA
def secret(name: str, data: Path) -> None:
    """Print the secret of NAME, made now if there is none; while it is changed the one before it too, a line each."""
    from jobstore.webhook_secrets import WebhookSecrets, configured

    with store(data) as connection:
        click.echo("\n".join(WebhookSecrets(connection, configured(os.environ)).signing(_owner(name))))


@webhooks.command()
@click.argument("name", default="anonymous")
@click.option("--keep", type=Duration(), default="24h", show_default=True, help="How long the secret before it signs beside it.")
@DATA
def rotate(name: str, keep: int, data: Path) -> None:
    """Print a new secret for NAME. For a while webhooks carry two signatures, so that receivers can change over."""
    from jobstore.webhook_secrets import WebhookSecrets, configured

    with store(data) as connection:
        if name in configured(os.environ):
            raise click.ClickException(f"The secrets of {name} stand in WEBHOOK_SECRETS; change them there, the new one first.")
        click.echo(WebhookSecrets(connection).rotate(_owner(name), keep).secret)


@webhooks.command()
@DATA
def pending(data: Path) -> None:
    """List what is still to be told, the first due first: when, attempts so far, event, owner, host."""
    from jobstore.outbox import Outbox

    with store(data) as connection:
        waiting = Outbox(connection).waiting()
    for each in waiting:
        due = each.due_at.isoformat(timespec="seconds")
        click.echo(f"{due}  {each.attempts:2}  {each.type:20}  {each.id}  {each.owner}  {urlsplit(each.url).hostname}")
    if not waiting:
        click.echo("Nothing is to be told.", err=True)


def _owner(name: str) -> str:
    from jobstore.api_keys import ANONYMOUS, checked_name

    return name if name == ANONYMOUS else checked_name(name)
