"""Documents from files and the options of the command line: what `extract` and `submit` read alike."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from schemas.extraction import DocumentFields, Options

Json = dict[str, Any]

PLAIN = (".txt",)
LINES = (".jsonl", ".ndjson")
WHOLE = (".json",)
_FIELDS = tuple(DocumentFields().fields)


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
        try:
            text = self.data.decode("utf-8-sig")
            flat = json.loads(text) if self.about is None else {"text": text, **self.about}
        except UnicodeDecodeError as error:
            raise Unreadable(f"not UTF-8: byte {error.start} cannot be read") from None
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"not JSON: {error}") from None
        if not isinstance(flat, dict):
            raise Unreadable("not JSON: a JSON object is wanted")
        return flat


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
        raise OptionError("; ".join(messages(error.normalized_messages()))) from error  # type: ignore[no-untyped-call]
    return options


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


def messages(nested: Mapping[str, Any], path: str = "") -> Iterable[str]:
    """marshmallow's nested messages, one a line, each with its field."""
    for key, value in nested.items():
        where = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from messages(value, where)
        else:
            yield from (f"{where}: {text}" for text in (value if isinstance(value, list) else [value]))


def _of_json(name: str, data: bytes) -> Iterator[Row]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        yield from (Row(f"{name}[{i}]", json.dumps(each).encode()) for i, each in enumerate(value))
    else:
        yield Row(name, data)  # it says what is wrong with itself
