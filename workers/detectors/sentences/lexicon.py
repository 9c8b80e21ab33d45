"""The layout table, compiled: what makes a line boilerplate, a bullet or a heading, and what ends no sentence."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

TABLES: tuple[str, ...] = ("layout",)


class Signs(NamedTuple):
    """Patterns looked for together: those that begin with `^` are tried at the start alone, the others where words stand that they need."""

    opening: tuple[re.Pattern[str], ...]
    anywhere: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, patterns: Iterable[str]) -> "Signs":
        parts = [part for pattern in patterns for part in alternatives(pattern)]
        groups = ([part for part in parts if part.startswith("^") is opening] for opening in (True, False))
        opening, anywhere = ((_any(group),) if group else () for group in groups)
        return cls(opening, anywhere)

    @classmethod
    def all_of(cls, groups: Iterable["Signs"]) -> "Signs":
        """Those of all `groups`, which are shared: to compile them takes long."""
        each = [*groups]
        return cls(*(tuple(chain.from_iterable(patterns)) for patterns in zip(*each, strict=True))) if each else cls((), ())

    def stand_in(self, text: str, start: int, end: int, hints: Sequence[int]) -> bool:
        """Whether one of them matches in `text[start:end]`; `hints` are those of the whole text."""
        end = min(end, start + _LONGEST_SIGN)
        line = text[start:end]
        if any(pattern.match(line) for pattern in self.opening):
            return True
        hinted = bisect_left(hints, start) < bisect_left(hints, end)
        return hinted and any(pattern.search(line) for pattern in self.anywhere)


_LONGEST_SIGN = 400  # letters of a line that are looked at


class Lexicon(NamedTuple):
    """Compiled patterns. `boilerplate` is searched in lines of any length, `short_boilerplate` in lines that are no prose."""

    boilerplate: Signs
    short_boilerplate: Signs
    tail: Signs
    needs: tuple[str, ...]
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
        patterns: dict[tuple[bool, bool], list[str]] = {}
        for row in rows:
            patterns.setdefault((row.get("in_prose", False), row.get("opens_tail", False)), []).append(row["pattern"])
        signs = {use: Signs.of(group) for use, group in patterns.items()}
        return cls(
            boilerplate=Signs.all_of(group for (in_prose, _), group in signs.items() if in_prose),
            short_boilerplate=Signs.all_of(signs.values()),
            tail=Signs.all_of(group for (_, opens_tail), group in signs.items() if opens_tail),
            needs=tuple(sorted({word for row in rows for word in row.get("needs", ())})),
            menu_words=frozenset(layout["menu"]["words"]),
            list_bullet=re.compile(layout["bullets"]["list"]),
            heading_bullet=re.compile(layout["bullets"]["heading"]),
            item=_any(layout["bullets"].values()),
            abbreviations=frozenset(layout["boundaries"]["abbreviations"]),
            continuation=re.compile(layout["boundaries"]["continuation"]),
        )

    def hints(self, text: str) -> list[int]:
        """Where words stand without which no sign but those at a line's start is to be found, in order."""
        found: list[int] = []
        for word in self.needs:
            at = text.find(word)
            while at >= 0:
                found.append(at)
                at = text.find(word, at + 1)
        found.sort()
        return found


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[(]|[)]|[|]|[^\\\[()|]+")


def alternatives(pattern: str) -> list[str]:
    """`pattern` cut at the bars that stand in no group."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
