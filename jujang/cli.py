"""The command `jujang`: extract here, or run the service. Every command imports what it needs only when it runs."""

import os
import sys
from collections.abc import Callable
from functools import reduce
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from jujang.kept_store import DATA

FORMATS = ("json", "table", "csv", "jsonld", "html")  # without importing what makes them

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """Also those that stand in files of their own, each imported when it is asked for."""

    elsewhere = ("keys", "status", "webhooks")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.elsewhere:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(f"jujang.{cmd_name}"), cmd_name)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("jujang"), prog_name="jujang")
def main() -> None:
    """Claims, numbers, times, names and sources in Korean documents.

    \b
    한국어 문서에서 주장, 수, 때, 이름, 출처를 찾는다.

    `extract` works here, without a server; `submit` sends documents to one. `up` starts the whole service; `api`, `worker`
    and `deliver` are its parts, for those who supervise processes themselves. `keys` says who may use it, `status` how it does.
    """


_EXTRACTION_OPTIONS = (
    click.option("--published-at", metavar="DATE", help="When the documents were published (ISO 8601), for files of plain text."),
    click.option("--include", metavar="LAYERS", multiple=True, help="Only these layers: sentences,claims,numbers,times,entities."),
    click.option("--claim-types", metavar="TYPES", multiple=True, help="Only claims of these types: policy,prediction,comparison …"),
    click.option("--min-checkworthiness", type=float, metavar="0-1", help="Only claims that are at least so check-worthy."),
    click.option("--min-entity-score", type=float, metavar="0-1", help="Only names of at least this score."),
    click.option("--offset-unit", metavar="UNIT", help="What start and end count: code_point (default), utf16 or utf8."),
    click.option("--reference-date", metavar="DATE", help="Resolve relative times against this day."),
    click.option(
        "--entities",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help='Names that you know, as a JSON array: [{"surface": ["딥시크", "DeepSeek"], "canonical": "딥시크", "type": "product"}].',
    ),
    click.option("--ignore", metavar="NAMES", multiple=True, help="Names to leave out."),
)


def _extraction_options(command: Command) -> Command:
    """What `extract` and `submit` take alike."""
    return reduce(lambda decorated, option: option(decorated), reversed(_EXTRACTION_OPTIONS), command)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True, exists=True, dir_okay=False))
@click.option(
    "--jsonl",
    is_flag=True,
    help='Each line of FILE is a document: {"id", "text", "published_at", "title", "source", "url", "options"}; other keys are left aside.',
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=None,
    help="json (default); table, for reading; csv: a claim a row; jsonld: W3C Web Annotations; html: the text marked.",
)
@_extraction_options
@click.option("--processes", "-j", type=click.IntRange(1), default=None, help="Processes to work with.  [default: all cores]")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False, writable=True), help="Write there instead of to standard output."
)
def extract(
    files: tuple[Path, ...],
    jsonl: bool,
    form: str | None,
    published_at: str | None,
    processes: int | None,
    output: Path | None,
    **options: Any,
) -> None:
    """Extract from FILES here, without Redis or a server; `-` is standard input.

    Results come in the order of the documents, with --jsonl or several files a JSON object a line. A document that cannot be
    extracted gives a line {"document", "error"} in its place; the exit code is then 1.
    Lists are separated by commas. The options of a document in --jsonl go before those given here.

    \b
    Examples:
      jujang extract article.txt --published-at 2026-03-02
      jujang extract --jsonl documents.jsonl > results.jsonl
      cat article.txt | jujang extract - --format table
    """
    from jujang.documents import OptionError, read_options
    from jujang.extract import run

    try:
        asked = read_options(options, published_at)
        code = run(files, jsonl=jsonl, form=form or "json", published_at=published_at, options=asked, processes=processes, output=output)
    except OptionError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(code)


@main.command()
@click.argument("paths", metavar="FILE|DIR...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--url", envvar="JUJANG_URL", default="http://127.0.0.1:8000", show_default=True, help="Where the service is (JUJANG_URL).")
@click.option(
    "--api-key", envvar="JUJANG_API_KEY", metavar="KEY", help="The key to use it with; better in JUJANG_API_KEY, which nobody sees."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False, writable=True), help="Write there instead of to standard output."
)
@_extraction_options
@click.option("--batch-size", type=click.IntRange(1, 1000), default=200, show_default=True, help="Documents of a batch, at most.")
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="So long a busy or silent service is asked again.",
)
def submit(
    paths: tuple[Path, ...],
    url: str,
    api_key: str | None,
    output: Path | None,
    published_at: str | None,
    batch_size: int,
    patience: float,
    **options: Any,
) -> None:
    """Send documents to a running service in batches and write their results, a JSON object a line, in order.

    FILE is plain text (.txt), JSON Lines (.jsonl, .ndjson: a document a line, as `extract --jsonl` takes it) or JSON (.json: one
    document, or an array of them); of a folder all of these in it are sent, in the order of their names, but for files of earlier results.
    A document that fails gives a line {"document", "error"} in its place.

    Interrupted, run the same command again: batches are named by their content (Idempotency-Key), so what the service has read it does not
    read again, as long as it keeps the results. A busy service is asked again when it says (Retry-After).

    \b
    Exit codes: 0 all is well; 1 a document failed; 2 wrong usage; 3 the service cannot be reached or refuses; 130 interrupted.

    \b
    Examples:
      jujang submit articles/ --output results.jsonl
      jujang submit documents.jsonl --url https://jujang.example.org --include claims,numbers > results.jsonl
    """
    from jujang.documents import OptionError, read_options
    from jujang.submit import run

    try:
        code = run(
            paths,
            url=url,
            api_key=api_key,
            options=read_options(options, published_at),
            published_at=published_at,
            batch_size=batch_size,
            patience_s=patience,
            output=output,
        )
    except OptionError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(code)


@main.command()
def api() -> None:
    """Serve the HTTP API with gunicorn. Needs REDIS_URL; HOST and PORT say where (127.0.0.1:8000).

    Where other machines reach it, it wants API keys (jujang keys add NAME), or ALLOW_ANONYMOUS=yes.
    """
    from jobstore.settings import SettingError
    from service.access import refuse_open_bind
    from service.config import Config
    from telemetry.tracing import TracingUnavailable, configured

    try:
        refuse_open_bind(Config.from_environment(os.environ))
        configured(os.environ)
    except (SettingError, ValueError, TracingUnavailable) as error:
        raise click.ClickException(str(error)) from error
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # glibc would keep what each thread once needed for a long result
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", "python:service.gunicorn_config", "service.wsgi:app"])  # noqa: S606


@main.command()
def deliver() -> None:
    """Tell callback URLs what has ended, until told to stop. Needs REDIS_URL; one is enough, several share the work."""
    from jobstore.settings import SettingError
    from webhooks.main import main as deliver_webhooks

    try:
        sys.exit(deliver_webhooks())
    except SettingError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option(
    "--processes",
    "-p",
    type=click.IntRange(1),
    envvar="WORKER_PROCESSES",
    default=1,
    show_default=True,
    help="Documents to work on at once, in each of the two lanes; the first process takes ~0.6 GB, each further one little.",
)
def worker(processes: int) -> None:
    """Take jobs from the queue until told to stop. Needs REDIS_URL.

    SIGTERM: finish what is in hand first, for STOP_GRACE seconds at most; what is not done by then, another worker does.
    """
    from workers.process import prepare_to_load

    prepare_to_load(os.environ)
    from jobstore.settings import SettingError
    from telemetry.tracing import TracingUnavailable
    from workers.main import main as work

    try:
        sys.exit(work(processes=processes))
    except (SettingError, TracingUnavailable) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option(
    "--workers",
    "-w",
    type=click.IntRange(1),
    envvar="WORKERS",
    help="Documents to work on at once.  [default: the cores, 4 at most]",
)
@click.option("--sample", is_flag=True, help="Post a sample document when all is up and show what comes back.")
@DATA
def up(workers: int | None, sample: bool, data: Path) -> None:
    """Start the whole service: Redis (unless REDIS_URL names one), workers and the API; restart what dies; Ctrl-C ends all of it.

    HOST and PORT say where it listens (127.0.0.1:8000). Where other machines reach it, it wants API keys (jujang keys add NAME),
    or ALLOW_ANONYMOUS=yes.
    """
    from jujang.supervisor import StartError, run

    try:
        sys.exit(run(workers or min(os.cpu_count() or 1, 4), data, sample=sample))
    except StartError as error:
        raise click.ClickException(str(error)) from error
