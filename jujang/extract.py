"""`jujang extract`: documents from files, results to standard output, in order, on all cores, without Redis."""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from marshmallow import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jujang.documents import Json, Row, Unreadable, check_output, refused, rows
from jujang.documents import request as as_request
from jujang.reading import print_result
from schemas.extraction import ExtractionRequest
from schemas.validators import each_message
from service.representations.formats import FORMATS
from service.representations.outcome import Outcome
from workers.extraction import extract
from workers.runtime import Runtime, load

CHUNK_DOCUMENTS = 4

_runtime: Runtime | None = None  # loaded before the fork, shared by the children
_options: Json = {}  # likewise: they may hold thousands of names


def run(
    files: tuple[Path, ...],
    *,
    jsonl: bool,
    form: str,
    published_at: str | None,
    options: Json,
    processes: int | None,
    output: Path | None,
) -> int:
    """Extract and write; returns the exit code: 1 where a document could not be extracted. Raises `OptionError`."""
    global _options
    _options = options
    check_output(output, files)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    found = [row for path in files for row in rows(path, jsonl=jsonl, published_at=published_at)]
    many = jsonl or len(found) > 1
    failed = 0
    with ExitStack() as stack:
        out = stack.enter_context(output.open("w", encoding="utf-8", newline="")) if output else sys.stdout
        progress = stack.enter_context(_progress(console, disable=not (console.is_terminal and len(found) > 1)))
        task = progress.add_task("documents", total=len(found))

        def outcomes() -> Iterator[Outcome]:
            nonlocal failed
            for outcome in _outcomes(found, processes or os.cpu_count() or 1):
                if outcome.failed:
                    failed += 1
                    console.print(f"{outcome.result['document']['id']}: {outcome.result['error']['detail']}", style="red", markup=False)
                yield outcome
                progress.advance(task)

        try:
            _write(form, out, outcomes(), many=many)
        except BrokenProcessPool:
            console.print(
                "A process died, most likely for want of memory: what is written is right, the rest is missing. Try -j 1.", style="red"
            )
            return 1
    if failed:
        console.print(f"{failed} of {len(found)} documents could not be extracted.", style="red")
    return 1 if failed else 0


def _outcomes(rows: list[Row], processes: int) -> Iterator[Outcome]:
    global _runtime
    _runtime = load()
    if min(processes, len(rows)) <= 1:
        yield from map(_outcome, rows)
        return
    fork = multiprocessing.get_context("fork")
    chunk = max(1, min(CHUNK_DOCUMENTS, len(rows) // processes))
    with ProcessPoolExecutor(min(processes, len(rows)), mp_context=fork) as pool:
        yield from pool.map(_outcome, rows, chunksize=chunk)


def _outcome(row: Row) -> Outcome:
    """Extract one document, or say why not; never raises for what a document holds."""
    if _runtime is None:
        raise RuntimeError("load the runtime before the fork")
    name = row.name
    try:
        flat = row.fields()
        name = str(flat.get("id") or name).encode("utf-8", "backslashreplace").decode()
        request = ExtractionRequest().load(as_request(flat, _options))
    except ValidationError as error:
        return _refused(name, "; ".join(_messages(error, grouped="document" in flat)))
    except Unreadable as error:
        return _refused(name, str(error))
    try:
        return Outcome(request["text"], extract(request, _runtime))
    except Exception as error:  # one document must not end the run
        return _refused(request["document"]["id"] or name, f"the extraction ended with {type(error).__name__}: please report it")


def _messages(error: ValidationError, *, grouped: bool) -> Iterator[str]:
    """What is wrong, by the fields of the document as they are written: those of a flat one have no group."""
    for path, message in each_message(error.normalized_messages()):  # type: ignore[no-untyped-call]
        field = path if grouped else path.removeprefix("document.")
        yield f"{field}: {message}" if field else message


def _refused(name: str, detail: str) -> Outcome:
    return Outcome("", refused(name, detail))


def _progress(console: Console, *, disable: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=disable, transient=True)


def _write(form: str, out: IO[str], outcomes: Iterable[Outcome], *, many: bool) -> None:
    """Write each outcome as soon as it is there."""
    if form == "table":
        for outcome in outcomes:
            if not outcome.failed:
                print_result(dict(outcome.result), Console(file=out))
    elif form == "json":
        for outcome in outcomes:
            print(json.dumps(outcome.result, ensure_ascii=False, indent=None if many else 2), file=out, flush=True)
    else:
        write = FORMATS[form].many if many else lambda one: map(FORMATS[form].one, one)
        for piece in write(outcomes):
            print(piece, end="", file=out, flush=True)
