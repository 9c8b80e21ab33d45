"""One document and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A document's text and its result, or `{"document": {"id"}, "error": problem}` in place of one."""

    text: str
    result: Json

    @property
    def failed(self) -> bool:
        return "error" in self.result
