"""The layout table, compiled: what makes a line boilerplate, a bullet or a heading, and what ends no sentence."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TABLES: tuple[str, ...] = ("layout",)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled patterns. `boilerplate` is searched in lines of any length, `short_boilerplate` in lines that are no prose."""

    boilerplate: re.Pattern[str]
    short_boilerplate: re.Pattern[str]
    tail: re.Pattern[str]
    menu_words: frozenset[str]
    list_bullet: re.Pattern[str]
    heading_bullet: re.Pattern[str]
    item: re.Pattern[str]
    abbreviations: frozenset[str]
    continuation: re.Pattern[str]

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        """Build from `tables["layout"]`; raises `KeyError` or `re.error` where the table is malformed."""
        layout = tables["layout"]
        rows = layout["boilerplate"]
        return cls(
            boilerplate=_any(row["pattern"] for row in rows if row.get("in_prose")),
            short_boilerplate=_any(row["pattern"] for row in rows),
            tail=_any(row["pattern"] for row in rows if row.get("opens_tail")),
            menu_words=frozenset(layout["menu"]["words"]),
            list_bullet=re.compile(layout["bullets"]["list"]),
            heading_bullet=re.compile(layout["bullets"]["heading"]),
            item=_any(layout["bullets"].values()),
            abbreviations=frozenset(layout["boundaries"]["abbreviations"]),
            continuation=re.compile(layout["boundaries"]["continuation"]),
        )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))
