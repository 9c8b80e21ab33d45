"""A claim a row, for spreadsheets: UTF-8 with a byte order mark, every text quoted, no cell that runs as a formula.

A cell that a spreadsheet would take for a formula gets a `'` before it, and so does one that begins with such a `'` already:
`unescape` takes it off again, so nothing is lost.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from service.representations.outcome import Json, Outcome
from service.representations.reading import amount_with_unit, by_id, inside, moment, speaker

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "document_id", "document_title", "document_source", "document_url", "published_at",
    "claim_id", "start", "end", "offset_unit", "claim", "type", "checkworthy", "rank", "repeats", "modality", "negated",
    "said_by", "cue", "via", "style", "transparency", "numbers", "times", "names", "reasons", "rule", "error",
)  # fmt: skip
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def one(outcome: Outcome) -> str:
    """The claims of one document."""
    return "".join(many([outcome]))


def many(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The claims of many documents under one header, piece by piece; a document that failed is a row with its `error`."""
    yield BYTE_ORDER_MARK + _lines([{name: name for name in COLUMNS}])
    for outcome in outcomes:
        yield _lines(_rows(outcome.result))


def escape(cell: str) -> str:
    """`cell` so that no spreadsheet runs it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescape(cell: str) -> str:
    """What was escaped."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(result: Json) -> Iterator[Json]:
    document = result["document"]
    about = {f"document_{key}": document.get(key) for key in ("id", "title", "source", "url")} | {
        "published_at": document.get("published_at")
    }
    if "error" in result:
        yield {**about, "error": result["error"]["detail"]}
        return
    items = by_id(result)
    for claim in result.get("claims", ()):
        attribution = claim["attribution"] or {}
        yield {
            **about,
            "claim_id": claim["id"],
            "start": claim["start"],
            "end": claim["end"],
            "offset_unit": result["offset_unit"],
            "claim": claim["text"],
            **{key: claim[key] for key in ("type", "checkworthy", "rank", "repeats", "modality")},
            "negated": "true" if claim["negated"] else "false",
            "said_by": speaker(attribution.get("source"), items),
            "cue": attribution["cue"]["text"] if attribution else "",
            "via": speaker(attribution.get("via"), items),
            "style": attribution.get("style"),
            "transparency": attribution.get("transparency"),
            "numbers": "; ".join(f"{n['text']} = {amount_with_unit(n)}" for n in inside(claim, "numbers", items)),
            "times": "; ".join(f"{t['text']} = {moment(t)}" for t in inside(claim, "times", items)),
            "names": "; ".join(e["canonical"] for e in inside(claim, "entities", items)),
            "reasons": "; ".join(f"{r['feature']} {r['weight']:+.2f}" for r in claim["reasons"]),
            "rule": claim.get("rule"),
        }


def _lines(rows: Iterable[Json]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        cells = (row.get(name) for name in COLUMNS)
        writer.writerow(["" if cell is None else escape(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()
