"""A result for a person at a terminal."""

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.representations.reading import amount, legible, moment

Json = dict[str, Any]

PAPER_COLUMNS = 140  # where no terminal says how wide it is


def print_result(result: Json, console: Console) -> None:
    """Print the layers of a result (offsets left out) as tables."""
    if not console.is_terminal:
        console.width = max(console.width, PAPER_COLUMNS)
    document = result["document"]
    title = document["title"] or document["id"] or "document"
    console.print(f"[bold]{escape(title)}[/bold]  {document['published_at'] or ''}  {document['characters']:,} characters")
    entities = {e["id"]: e["canonical"] for e in result.get("entities", ())}
    claims = sorted(result.get("claims", ()), key=lambda c: c["rank"])
    _table(
        console,
        "Claims, the most check-worthy first",
        ("check", "type", "claim", "said by"),
        ((f"{c['checkworthy']:.2f}", _kind(c), c["text"], _speaker(c["attribution"], entities)) for c in claims),
    )
    _table(
        console,
        "Numbers",
        ("text", "kind", "value", "unit"),
        ((n["text"], n["kind"], legible(amount(n)), n["unit"] or "") for n in result.get("numbers", ())),
    )
    _table(
        console,
        "Times",
        ("text", "type", "value"),
        ((t["text"], t["type"], moment(t)) for t in result.get("times", ())),
    )
    _table(
        console,
        "Names",
        ("name", "type", "mentions"),
        ((e["canonical"], e["type"], ", ".join(dict.fromkeys(m["text"] for m in e["mentions"]))) for e in result.get("entities", ())),
    )


def _table(console: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    if table.row_count:
        console.print(table)


def _kind(claim: Json) -> str:
    marks = [claim["type"]]
    if claim["modality"] != "asserted":
        marks.append(claim["modality"])
    if claim["negated"]:
        marks.append("negated")
    return ", ".join(marks)


def _speaker(attribution: Json | None, entities: dict[str, str]) -> str:
    if attribution is None:
        return ""
    source = attribution["source"]
    name = "?" if source is None else entities.get(source["entity"] or "", source["text"])
    return f"{name} ({attribution['cue']['text']})"
