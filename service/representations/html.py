"""The text with its claims, numbers, times and names marked: one page that needs nothing else and runs nothing.

Marks are told apart by a word as well as a colour, and can be pointed at or reached by keyboard: value, source and reasons then show.
"""

import json
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader

from service.representations.code_points import CodePoints
from service.representations.outcome import Json, Outcome
from service.representations.reading import amount_with_unit, by_id, inside, legible, moment, speaker

_SERVICE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same items cover throughout; `start` in code points."""

    start: int
    text: str
    claim: Json | None
    entity: Json | None
    number: Json | None
    time: Json | None


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces one after the other of one claim, or of none; `begins` where the claim does.

    `anchors` are the claims that begin here and do not show, because shorter ones cover them.
    """

    claim: Json | None
    begins: bool
    anchors: list[str]
    pieces: list[Piece]


def one(outcome: Outcome) -> str:
    """A page of one document."""
    title = _title(outcome.result)
    return _head(title) + _article(outcome, "d1", level=1) + _foot([outcome.result])


def many(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """A page of many documents, piece by piece; one that failed says why."""
    yield _head("") + '<h1 class="meta">Jujang</h1>\n'
    last: list[Json] = []
    for i, outcome in enumerate(outcomes, 1):
        yield _article(outcome, f"d{i}", level=2)
        last = [outcome.result] if not outcome.failed else last
    yield _foot(last)


def runs(text: str, result: Json) -> list[Run]:
    """`text` cut wherever an item begins or ends, each piece with the innermost item of each layer that covers it, by claim."""
    pieces = _pieces(text, result)
    seen = {piece.claim["id"] for piece in pieces if piece.claim}
    at = CodePoints(text, result["offset_unit"])
    covered = {claim["id"]: at.before(claim["start"]) for claim in result.get("claims", ()) if claim["id"] not in seen}
    found: list[Run] = []
    for claim_id, group in groupby(pieces, key=lambda p: p.claim["id"] if p.claim else None):
        run = list(group)
        anchors = [each for each, start in covered.items() if run[0].start <= start < run[-1].start + len(run[-1].text)]
        found.append(Run(run[0].claim, claim_id in seen, anchors, run))
        seen.discard(claim_id)
    return found


@cache
def content_security_policy() -> str:
    """What the page may do: nothing but wear its own style sheet."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _pieces(text: str, result: Json) -> list[Piece]:
    at = CodePoints(text, result["offset_unit"])
    layers: dict[str, list[dict[str, Any]]] = {
        "claim": list(result.get("claims", ())),
        "number": list(result.get("numbers", ())),
        "time": list(result.get("times", ())),
        "entity": [m | {"of": e} for e in result.get("entities", ()) for m in e["mentions"]],
    }
    placed = {
        name: [(at.before(item["start"]), at.before(item["end"]), item) for item in items if item["start"] < item["end"]]
        for name, items in layers.items()
    }
    cuts = sorted({0, len(text)} | {offset for items in placed.values() for start, end, _ in items for offset in (start, end)})
    covers = {name: _innermost(cuts, items) for name, items in placed.items()}
    return [
        Piece(start, text[start:end], **{name: cover[i] for name, cover in covers.items()}) for i, (start, end) in enumerate(pairwise(cuts))
    ]


def _innermost(cuts: Sequence[int], items: Iterable[tuple[int, int, Json]]) -> list[Json | None]:
    """For each piece between two cuts the shortest item that covers it."""
    cover: list[Json | None] = [None] * len(cuts)
    for start, end, item in sorted(items, key=lambda i: i[0] - i[1]):
        first, last = bisect_right(cuts, start) - 1, bisect_right(cuts, end) - 1
        cover[first:last] = [item] * (last - first)
    return cover


def _article(outcome: Outcome, prefix: str, *, level: int) -> str:
    result = outcome.result
    document = dict(result["document"])
    if urlsplit(document.get("url") or "").scheme not in ("http", "https"):
        document["url"] = None
    context: dict[str, Any] = {"document": document, "prefix": prefix, "level": level, "error": result.get("error"), "items": {}}
    if not outcome.failed:
        context |= {
            "items": by_id(result),
            "runs": runs(outcome.text, result),
            "ranked": sorted(result.get("claims", ()), key=lambda c: c["rank"]),
            "names": result.get("entities", ()),
        }
    return _environment().get_template("marked.html").render(context)


def _head(title: str) -> str:
    return _frame("head", title, content_security_policy(), _style(), _legend())


def _foot(results: list[Json]) -> str:
    return _frame("foot", results[0]["engine"] if results else None)


def _frame(part: str, *context: object) -> str:
    """What stands before or after the articles."""
    return str(getattr(_environment().get_template("export.html").module, part)(*context))


def _shown(number: Json) -> str:
    return legible(amount_with_unit(number))


def _title(result: Json) -> str:
    return str(result["document"].get("title") or result["document"]["id"] or "")


@cache
def _style() -> str:
    return "".join(path.read_text("utf-8") for path in (_SERVICE / "static/marks.css", _SERVICE / "templates/export.css"))


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    """What things are called in Korean and English."""
    labels: dict[str, dict[str, dict[str, str]]] = json.loads((_SERVICE / "static/labels.json").read_text("utf-8"))
    return labels


def _legend() -> list[tuple[str, str, dict[str, str]]]:
    labels = _labels()
    marks = [("tag", name, label) for name, label in labels["claim_type"].items()]
    return marks + [(name, "", label) for name, label in labels["layer"].items() if name != "claim"]


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("service"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(labels=_labels(), speaker=speaker, inside=inside, shown=_shown, moment=moment)
    environment.filters.update(amounts=lambda n: f"{n['text']} = {_shown(n)}", moments=lambda t: f"{t['text']} = {moment(t)}")
    return environment
