"""Whether an amount is a limit, by the words around it: 30명 이상, 0.8초 미만, 최대 7조 달러."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from schemas.labels import Bound

TABLE: Final = "limits"
_NEAR: Final = 8
_ROUGHLY: Final = "(?:(?:약|대략) ?)?"


class Limit(NamedTuple):
    """`strict`: the amount itself is excluded; `durations`: of a duration it is one too; `word` says so."""

    bound: Bound
    strict: bool
    durations: bool
    word: str = ""


class Limits(NamedTuple):
    """The words of `TABLE`."""

    words: Mapping[str, Limit]
    before: "re.Pattern[str]"
    after: "re.Pattern[str]"
    verbs: frozenset[str]
    nouns: frozenset[str]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Limits":
        """From the parsed file."""
        rows = [(Limit(Bound(row["bound"]), row.get("strict", False), row.get("durations", True)), row) for row in table["limit"]]
        words = {word: limit._replace(word=word) for limit, row in rows for word in (*row.get("before", ()), *row.get("after", ()))}
        return cls(
            words,
            re.compile(rf"({_either(rows, 'before')})[ (]{{0,2}}{_ROUGHLY}\Z"),
            re.compile(rf" *({_either(rows, 'after')})"),
            *(frozenset(word for row in table["until"] for word in row[key]) for key in ("verbs", "nouns")),
        )

    def at(self, text: str, start: int, end: int) -> Limit | None:
        """What the amount in [start, end), code points of `text`, is by what stands around it; what follows it wins."""
        found = self.after.match(text, end)
        return self.words[found[1]] if found else self.ahead_of(text, start)

    def ahead_of(self, text: str, start: int) -> Limit | None:
        """What the amount at `start` is by what stands before it."""
        found = self.before.search(text, max(0, start - _NEAR), start)
        return self.words[found[1]] if found else None


def _either(rows: Iterable[tuple[Limit, Mapping[str, Any]]], side: str) -> str:
    words = (word for _, row in rows for word in row.get(side, ()))
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))
