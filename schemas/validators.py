"""Validators whose messages say what would be right and carry a code for programs."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, validate

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Message(str):
    """An error message with the code it has on the wire."""

    code: str
    __slots__ = ("code",)

    def __new__(cls, text: str, code: str = "invalid") -> "Message":
        message = super().__new__(cls, text)
        message.code = code
        return message


def each_message(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages one by one, each behind the path of its field (`documents[0].text`, '' for the whole)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from each_message(inner, _join(path, key))
    else:
        yield from ((path, message) for message in (messages if isinstance(messages, list) else [messages]))


def _join(path: str, key: object) -> str:
    if key == "_schema":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


class NotBlank(validate.Validator):
    """At least one character that shows: not only white space, zero-width and control characters."""

    def __call__(self, value: str) -> str:
        if any(unicodedata.category(character)[0] not in "ZC" for character in value.strip()):
            return value
        raise ValidationError(Message("Is empty or blank; send at least one character that shows.", "blank"))


class AtMost(validate.Length):
    """Not more than `max` characters or items."""

    def __init__(self, maximum: int) -> None:
        super().__init__(max=maximum)

    def __call__(self, value: Any) -> Any:
        if self.max is not None and len(value) > self.max:
            raise ValidationError(Message(f"Is too long: {len(value)} where {self.max} are allowed.", "too_long"))
        return value


class OneOf(validate.OneOf):
    """One of a closed set of strings; the message lists them."""

    def __init__(self, labels: Collection[str]) -> None:
        super().__init__([str(label) for label in labels])

    def __call__(self, value: Any) -> Any:
        if value not in self.choices:
            raise ValidationError(Message(f"Must be one of: {', '.join(self.choices)}.", "unsupported"))
        return value


class Distinct(validate.Validator):
    """No item twice."""

    METADATA: ClassVar[dict[str, Any]] = {"uniqueItems": True}

    def __call__(self, value: list[Any]) -> list[Any]:
        if len(set(value)) != len(value):
            raise ValidationError(Message("Names an item twice.", "duplicate"))
        return value


class NotEmpty(validate.Validator):
    """At least one item."""

    METADATA: ClassVar[dict[str, Any]] = {"minItems": 1}

    def __call__(self, value: list[Any]) -> list[Any]:
        if not value:
            raise ValidationError(Message("Is empty; leave it out to get everything.", "blank"))
        return value


class WebAddress(validate.Validator):
    """An absolute http or https address."""

    def __call__(self, value: str) -> str:
        try:
            parts = urlsplit(value)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f\x7f]", value)
        except ValueError:
            fine = False
        if not fine:
            raise ValidationError(Message("Must be an absolute address with http or https.", "invalid"))
        return value


class Printable(validate.Validator):
    """No control characters: it may end up in a header, a log line or a file name."""

    def __call__(self, value: str) -> str:
        if _CONTROL.search(value):
            raise ValidationError(Message("May not hold control characters such as line breaks.", "invalid"))
        return value


class Pattern(validate.Regexp):
    """A string of a given form."""

    def __init__(self, pattern: str, meaning: str) -> None:
        super().__init__(f"^(?:{pattern})$")
        self._full = re.compile(pattern)
        self._meaning = meaning

    def __call__(self, value: Any) -> Any:
        if not self._full.fullmatch(value):
            raise ValidationError(Message(f"Must be {self._meaning}.", "invalid"))
        return value
