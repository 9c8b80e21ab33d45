"""`jujang submit`: documents from files to a running service in batches, results to a file, in order; begun again it goes on."""

import hashlib
import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from jujang.documents import (
    Json,
    OptionError,
    Row,
    Unreadable,
    check_output,
    files_in,
    holds_results,
    refused,
    request,
    rows_by_suffix,
)
from jujang.service_client import ServiceClient, ServiceError, reason_of

MOST_BYTES = 4_000_000  # of a batch: what does not fit begins the next
AHEAD = 3  # batches that the service has at once, so that its workers never wait for this program
_CUT_BITS = 6  # a batch ends behind one document in 64, whichever their digests say
_REPLAYS = 9  # how often a batch whose results are gone is sent under another key

GONE = ("/problems/batch-gone", "/problems/extraction-gone")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it is sent, or what stands in its place in the output because it cannot be."""

    name: str
    sent: bytes | None
    refused: Json | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Documents that go into one batch; with those beside them that are not sent."""

    entries: tuple[Entry, ...]

    def body(self, options: bytes) -> bytes:
        """The request."""
        return b'{"documents":[' + b",".join(each.sent for each in self.entries if each.sent is not None) + b'],"options":' + options + b"}"


def entry(row: Row) -> Entry:
    """A document as it is to be sent."""
    try:
        fields = row.fields()
    except Unreadable as error:
        return Entry(row.name, None, refused(row.name, str(error)))
    asked = request(fields, {})
    if not asked.get("options"):
        asked.pop("options", None)
    try:
        return Entry(row.name, json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode())
    except UnicodeEncodeError:  # half a surrogate pair: the service says so
        return Entry(row.name, json.dumps(asked).encode())


def parts(entries: Iterable[Entry], most: int) -> Iterator[Part]:
    """The documents in parts of at most `most`.

    Where a part ends depends on the documents there alone, so that when documents are added to a folder all parts but the one that they
    fall into stay what they were, and need not be read again.
    """
    part: list[Entry] = []
    size = 0
    for each in entries:
        if part and size + len(each.sent or b"") > MOST_BYTES:
            yield Part(tuple(part))
            part, size = [], 0
        part.append(each)
        size += len(each.sent or b"")
        ends = each.sent is not None and hashlib.sha256(each.sent).digest()[0] >> (8 - _CUT_BITS) == 0
        if ends or len(part) == most:
            yield Part(tuple(part))
            part, size = [], 0
    if part:
        yield Part(tuple(part))


class Submission:
    """Sends parts, a few ahead, and writes their results in order."""

    def __init__(self, client: ServiceClient, options: Json, write: Callable[[str, Json], None]) -> None:
        self._client = client
        self._options = json.dumps(options, ensure_ascii=False, sort_keys=True).encode()
        self._write = write

    def run(self, all_parts: Iterable[Part]) -> None:
        """Raises `ServiceError`."""
        ahead: deque[tuple[Part, Json | None]] = deque()
        for part in all_parts:
            ahead.append((part, self._post(part)))
            if len(ahead) == AHEAD:
                self._finish(*ahead.popleft())
        while ahead:
            self._finish(*ahead.popleft())

    def _post(self, part: Part) -> Json | None:
        """Its batch, the one of an earlier run where there is one; None where nothing is to be sent."""
        if not any(each.sent is not None for each in part.entries):
            return None
        body = part.body(self._options)
        key = f"jujang-submit-{hashlib.sha256(body).hexdigest()}"
        for replay in range(_REPLAYS):
            try:
                batch = self._client.post_batch(body, f"{key}-{replay}" if replay else key)
            except ServiceError as error:
                if error.problem not in GONE:
                    raise
            else:
                if batch["status"] != "canceled":
                    return batch
        raise ServiceError("The results of earlier runs are gone, again and again; change --batch-size to begin anew.")

    def _finish(self, part: Part, batch: Json | None) -> None:
        left = deque(part.entries)

        def write_refused() -> None:
            while left and left[0].refused is not None:
                each = left.popleft()
                self._write(each.name, each.refused or {})

        def on_line(line: Json) -> None:
            write_refused()
            each = left.popleft()
            error = {"document": {"id": line["document"]["id"] or each.name}, "error": line["error"]}
            self._write(each.name, line["result"] or error)

        if batch is not None:
            self._client.read_results(batch, on_line)
        write_refused()


def run(
    paths: tuple[Path, ...],
    *,
    url: str,
    api_key: str | None,
    options: Json,
    published_at: str | None,
    batch_size: int,
    patience_s: float,
    output: Path | None,
    transport: httpx.BaseTransport | None = None,
) -> int:
    """Submit and write; returns the exit code: 1 where a document failed, 3 where the service could not be used, 130 where interrupted.

    Raises `OptionError` where nothing can be submitted as it was asked.
    """
    console = Console(stderr=True)

    def complain(message: str) -> None:
        console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)

    sources = _sources(paths, output, complain)
    try:
        client = ServiceClient(
            url, api_key, patience_s=patience_s, tell=lambda why, s: complain(f"{why} Again in {s:.1f} s."), transport=transport
        )
    except ValueError as error:
        raise OptionError(str(error)) from error

    def documents() -> Iterator[Row]:
        for file, root in sources:
            yield from rows_by_suffix(file, root, published_at=published_at)

    total = sum(1 for _ in documents())
    written = failed = 0
    with ExitStack() as stack:
        out = stack.enter_context(output.open("w", encoding="utf-8")) if output else sys.stdout
        progress = stack.enter_context(_progress(console))
        task = progress.add_task("documents", total=total)
        stack.enter_context(closing(client))

        def write(name: str, result: Json) -> None:
            nonlocal written, failed
            if "error" in result:
                failed += 1
                complain(f"{name}: {reason_of(result['error'])}")
            print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
            written += 1
            progress.advance(task)

        try:
            Submission(client, options, write).run(parts(map(entry, documents()), batch_size))
        except ServiceError as error:
            complain(f"{error}\n{written} of {total} documents are written. Run the same command again to go on: nothing is read twice.")
            return 3
        except KeyboardInterrupt:
            complain(
                f"Interrupted: {written} of {total} documents are written. Run the same command again to go on: nothing is read twice."
            )
            return 130
    if failed:
        complain(f"{failed} of {total} documents failed.")
    return 1 if failed else 0


def _sources(paths: tuple[Path, ...], output: Path | None, tell: Callable[[str], None]) -> list[tuple[Path, Path]]:
    """The files to read, each with the folder that its name is told from. Raises `OptionError`.

    Of a folder what holds results is left aside: they may have been written there by an earlier run, this `output` too.
    """
    check_output(output, (path for path in paths if not path.is_dir()))
    sources = []
    for path in paths:
        for file in files_in(path):
            own = output is not None and file.resolve() == output.resolve()
            if not (holds_results(file) or (own and not file.stat().st_size)):
                sources.append((file, path if path.is_dir() else path.parent))
            elif not path.is_dir():
                raise OptionError(f"{path} holds results, not documents.")
            elif not own:
                tell(f"{file} holds results, not documents: it is left aside.")
    check_output(output, (file for file, _ in sources))
    if not sources:
        raise OptionError("There is no document: files end in .txt, .jsonl, .ndjson or .json.")
    return sources


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
