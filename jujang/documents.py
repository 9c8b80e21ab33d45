"""Documents from files and the options of the command line: what `extract` and `submit` read alike."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from schemas.extraction import DocumentFields, Options
from schemas.validators import each_message

Json = dict[str, Any]

PLAIN = (".txt",)
LINES = (".jsonl", ".ndjson")
WHOLE = (".json",)
_FIELDS = tuple(DocumentFields().fields)
_NOT_TEXT = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a packed file (.docx, .hwpx, .zip)",
    b"\xd0\xcf\x11\xe0": "a file of an office program (.hwp, .doc)",
}
"""What such files begin with."""


class OptionError(ValueError):
    """An option that cannot be used; the message names it and says what there is."""


class Unreadable(ValueError):
    """A document that is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document yet to be read: the bytes of a text with what is known `about` it, or of a line of JSON."""

    name: str
    data: bytes
    about: Json | None = None

    def fields(self) -> Json:
        """The text and what is known about it, as a flat object. Raises `Unreadable`."""
        for beginning, kind in _NOT_TEXT.items():
            if self.data.startswith(beginning):
                raise Unreadable(f"{kind}, not a text: save it as plain text first")
        try:
            text = self.data.decode("utf-8-sig")
            flat = json.loads(text) if self.about is None else {"text": text, **self.about}
        except UnicodeDecodeError as error:
            raise Unreadable(f"not UTF-8: byte {error.start} cannot be read; save it as text in UTF-8") from None
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"not JSON: {error}") from None
        if not isinstance(flat, dict):
            raise Unreadable("not JSON: a JSON object is wanted")
        return flat


def read_options(given: Mapping[str, Any], published_at: str | None = None) -> Json:
    """The options of the command line as those of a request: lists split at commas, `entities` read from its file.

    Those not given are left out; `published_at` is checked too. Raises `OptionError`.
    """
    options: Json = {}
    for name, value in given.items():
        if isinstance(value, tuple):
            options |= {name: [part.strip() for each in value for part in each.split(",")]} if value else {}
        elif isinstance(value, Path):
            try:
                options[name] = json.loads(value.read_text("utf-8-sig"))
            except (OSError, ValueError, RecursionError) as error:
                raise OptionError(f"--{name}: {value} is not JSON in UTF-8: {error}") from error
        elif value is not None:
            options[name] = value
    wrong: Json = {}
    for schema, asked in ((DocumentFields(), {"published_at": published_at}), (Options(), options)):
        try:
            schema.load(asked)
        except ValidationError as error:
            wrong |= error.normalized_messages()  # type: ignore[no-untyped-call]
    if wrong:
        raise OptionError("\n".join(f"{_typed(path, options)}: {message}" for path, message in each_message(wrong)))
    return options


def check_output(output: Path | None, files: Iterable[Path]) -> None:
    """Raise `OptionError` where results cannot be written to `output`, or would overwrite one of `files`."""
    if output and any(output.resolve() == file.resolve() for file in files):
        raise OptionError(f"{output} is one of the documents: choose another --output.")
    if output and not output.resolve().parent.is_dir():
        raise OptionError(f"There is no folder {output.resolve().parent} to write {output.name} into.")


def _typed(path: str, options: Json) -> str:
    """A field as it is typed: `claim_types[0]` as `--claim-types fact`, `entities[0].type` as `--entities [0].type`."""
    name, place = re.fullmatch(r"(\w*)(.*)", path, re.DOTALL).groups()  # type: ignore[union-attr]
    if item := re.fullmatch(r"\[(\d+)\]", place):
        place = str(options[name][int(item[1])])
    return f"--{name.replace('_', '-')} {place}".rstrip()


def rows(path: Path, *, jsonl: bool, published_at: str | None) -> Iterator[Row]:
    """Every document of a file, or of standard input where the path is `-`; with `jsonl` one a line."""
    stdin = str(path) == "-"
    name = "standard input" if stdin else str(path)
    data = sys.stdin.buffer.read() if stdin else path.read_bytes()
    if jsonl:
        yield from (Row(f"{name}:{i}", line) for i, line in enumerate(data.split(b"\n"), 1) if line.strip())
    else:
        yield Row(name, data, {"id": None if stdin else path.name, "published_at": published_at})


def rows_by_suffix(path: Path, root: Path, *, published_at: str | None) -> Iterator[Row]:
    """Every document of a file by what it is: plain text (named by its place below `root`), JSON Lines, or JSON (one, or an array)."""
    if path.suffix in LINES:
        yield from rows(path, jsonl=True, published_at=published_at)
    elif path.suffix in WHOLE:
        yield from _of_json(str(path), path.read_bytes())
    else:
        yield Row(str(path), path.read_bytes(), {"id": str(path.relative_to(root)), "published_at": published_at})


def files_in(path: Path) -> list[Path]:
    """The file itself; of a folder all files below it that `rows_by_suffix` knows, in order, the hidden left aside."""
    if not path.is_dir():
        return [path]
    found = (each for each in path.rglob("*") if each.suffix in PLAIN + LINES + WHOLE and each.is_file())
    return sorted(each for each in found if not any(part.startswith(".") for part in each.relative_to(path).parts))


def holds_results(path: Path) -> bool:
    """Whether what a file of JSON begins with is a result, or what stands in place of one, and so no document."""
    try:
        if path.suffix in LINES:
            with path.open("rb") as lines:
                first = json.loads(next((line for line in lines if line.strip()), b"{}").decode("utf-8-sig"))
        elif path.suffix in WHOLE:
            first = json.loads(path.read_bytes().decode("utf-8-sig"))
        else:
            return False
    except (ValueError, RecursionError):
        return False
    if isinstance(first, list):
        first = first[0] if first else None
    return isinstance(first, dict) and "text" not in first and "document" in first and bool(first.keys() & {"engine", "error"})


def request(flat: Mapping[str, Any], options: Json) -> Json:
    """A flat object as a request; what it holds besides (gold layers, say) stays outside. Its own options go before `options`."""
    own = flat.get("options", {})
    if isinstance(own, dict):
        flat = {**flat, "options": options | own}
    if "document" in flat:
        return dict(flat)
    document = {key: flat[key] for key in _FIELDS if flat.get(key) is not None}
    return {key: flat[key] for key in ("text", "options") if key in flat} | {"document": document}


def refused(name: str, detail: str) -> Json:
    """What stands in place of the result of a document that is none."""
    return {"document": {"id": name}, "error": {"title": "The document cannot be extracted", "detail": detail}}


def _of_json(name: str, data: bytes) -> Iterator[Row]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        yield from (Row(f"{name}[{i}]", json.dumps(each).encode()) for i, each in enumerate(value))
    else:
        yield Row(name, data)  # it says what is wrong with itself
