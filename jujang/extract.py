"""`jujang extract`: documents from files, results to standard output, in order, on all cores, without Redis."""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from marshmallow import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jujang.reading import print_result
from schemas.extraction import DocumentFields, ExtractionRequest, Options
from service.representations.formats import FORMATS
from service.representations.outcome import Outcome
from workers.extraction import extract
from workers.runtime import Runtime, load

Json = dict[str, Any]
DOCUMENT_FIELDS = tuple(DocumentFields().fields)
CHUNK_DOCUMENTS = 4

_runtime: Runtime | None = None  # loaded before the fork, shared by the children
_options: Json = {}  # likewise: they may hold thousands of names


class OptionError(ValueError):
    """An option that cannot be used; the message names it and says what there is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document yet to be read: the bytes of a text with what is known `about` it, or of a line of JSON."""

    name: str
    data: bytes
    about: Json | None = None


def read_options(given: Mapping[str, Any]) -> Json:
    """The options of the command line as those of a request: lists split at commas, `entities` read from its file.

    Those not given are left out. Raises `OptionError`.
    """
    options: Json = {}
    for name, value in given.items():
        if isinstance(value, tuple):
            options |= {name: [part.strip() for each in value for part in each.split(",")]} if value else {}
        elif isinstance(value, Path):
            try:
                options[name] = json.loads(value.read_text("utf-8-sig"))
            except (OSError, ValueError, RecursionError) as error:
                raise OptionError(f"{name}: {value} is not JSON in UTF-8: {error}") from error
        elif value is not None:
            options[name] = value
    try:
        Options().load(options)
    except ValidationError as error:
        raise OptionError("; ".join(_messages(error.normalized_messages()))) from error  # type: ignore[no-untyped-call]
    return options


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
    """Extract and write; returns the exit code: 1 where a document could not be extracted."""
    global _options
    _options = options
    console = Console(stderr=True)
    if output and any(output.resolve() == path.resolve() for path in files):
        console.print(f"{output} is one of the documents: choose another --output.", style="red", markup=False)
        return 2
    if output and not output.resolve().parent.is_dir():
        console.print(f"There is no folder {output.resolve().parent} to write {output.name} into.", style="red", markup=False)
        return 2
    rows = list(_rows(files, jsonl=jsonl, published_at=published_at))
    many = jsonl or len(rows) > 1
    failed = 0
    with ExitStack() as stack:
        out = stack.enter_context(output.open("w", encoding="utf-8", newline="")) if output else sys.stdout
        progress = stack.enter_context(_progress(console, disable=not (console.is_terminal and len(rows) > 1)))
        task = progress.add_task("documents", total=len(rows))

        def outcomes() -> Iterator[Outcome]:
            nonlocal failed
            for outcome in _outcomes(rows, processes or os.cpu_count() or 1):
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
        console.print(f"{failed} of {len(rows)} documents could not be extracted.", style="red")
    return 1 if failed else 0


def _rows(files: tuple[Path, ...], *, jsonl: bool, published_at: str | None) -> Iterator[Row]:
    """Every document as it lies in its file."""
    for path in files:
        stdin = str(path) == "-"
        name = "standard input" if stdin else str(path)
        data = sys.stdin.buffer.read() if stdin else path.read_bytes()
        if not jsonl:
            yield Row(name, data, {"id": None if stdin else path.name, "published_at": published_at})
            continue
        yield from (Row(f"{name}:{i}", line) for i, line in enumerate(data.split(b"\n"), 1) if line.strip())


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
        text = row.data.decode("utf-8-sig")
        flat = json.loads(text) if row.about is None else {"text": text, **row.about}
        if not isinstance(flat, dict):
            raise ValueError("a JSON object is wanted")
        name = str(flat.get("id") or name).encode("utf-8", "backslashreplace").decode()
        request = ExtractionRequest().load(_request(flat, _options))
    except ValidationError as error:
        return _refused(name, "; ".join(_messages(error.normalized_messages())))  # type: ignore[no-untyped-call]
    except UnicodeDecodeError as error:
        return _refused(name, f"not UTF-8: byte {error.start} cannot be read")
    except (ValueError, RecursionError) as error:
        return _refused(name, f"not JSON: {error}")
    try:
        return Outcome(request["text"], extract(request, _runtime))
    except Exception as error:  # one document must not end the run
        return _refused(request["document"]["id"] or name, f"the extraction ended with {type(error).__name__}: please report it")


def _request(flat: Mapping[str, Any], options: Json) -> Json:
    """A flat line as a request; what a line holds besides (gold layers, say) stays outside. Its own options go before `options`."""
    own = flat.get("options", {})
    if isinstance(own, dict):
        flat = {**flat, "options": options | own}
    if "document" in flat:
        return dict(flat)
    document = {key: flat[key] for key in DOCUMENT_FIELDS if flat.get(key) is not None}
    return {key: flat[key] for key in ("text", "options") if key in flat} | {"document": document}


def _refused(name: str, detail: str) -> Outcome:
    return Outcome("", {"document": {"id": name}, "error": {"title": "The document cannot be extracted", "detail": detail}})


def _messages(messages: Mapping[str, Any], path: str = "") -> Iterable[str]:
    for key, value in messages.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _messages(value, where)
        else:
            yield from (f"{where}: {text}" for text in (value if isinstance(value, list) else [value]))


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
