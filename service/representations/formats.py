"""Every form in which a result is to be had, by the name it has in `?format=` and on the command line."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from service.representations import csv, html, jsonld
from service.representations.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Format:
    """A form other than the result's own JSON: `one` writes a document, `many` several, piece by piece. Always UTF-8.

    `content_security_policy` is what a page of it may do, where it is a page.
    """

    name: str
    media_type: str
    suffix: str
    one: Callable[[Outcome], str]
    many: Callable[[Iterable[Outcome]], Iterator[str]]
    content_security_policy: str | None = None

    def example(self, text: str) -> Any:
        """Of `text` in this form what the specification shows: JSON as its value, a page without its style."""
        return json.loads(text) if self.media_type.endswith("json") else text.split("<style>")[0]


FORMATS = {
    each.name: each
    for each in (
        Format("csv", "text/csv", "csv", csv.one, csv.many),
        Format("jsonld", "application/ld+json", "jsonld", jsonld.one, jsonld.many),
        Format("html", "text/html", "html", html.one, html.many, html.content_security_policy()),
    )
}
