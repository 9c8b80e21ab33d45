"""Patterns of which a document needs few: each is compiled when it is first used, which takes as long as reading a sentence with it."""

import re
from typing import Any

_METHODS = ("finditer", "fullmatch", "match", "search")


class LazyPattern:
    """A regular expression with the methods of `re.Pattern` that are named above; raises `re.error` at its first use where it is none."""

    __slots__ = (*_METHODS, "source")

    def __init__(self, source: str) -> None:
        self.source = source

    def __getattr__(self, name: str) -> Any:  # called while a slot is empty, then no more
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.source)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(self, name)

    def __repr__(self) -> str:
        return f"LazyPattern({self.source!r})"
