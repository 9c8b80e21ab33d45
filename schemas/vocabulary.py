"""The names that a client brings along: its own entities, and names to leave out.

Thousands may come with one request, so what is plainly right passes without a schema of its own; whatever is not goes by the schema,
which says what is wrong with it.
"""

# ruff: noqa: ARG002 - marshmallow fixes the signatures

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validate

from schemas.fields import Many, One, StrictSchema, Text, label
from schemas.labels import EntityType
from schemas.validators import AtMost, Message, NotBlank

MOST_ENTITIES = 10_000
MOST_SURFACES = 20_000
MOST_SURFACES_EACH = 200
MOST_IGNORED = 10_000
MOST_CHARACTERS = 100
MOST_ERRORS = 50
_PLAIN = re.compile(r"[가-힣A-Za-z0-9]+(?:[ .&-][가-힣A-Za-z0-9]+)*")
# control characters, and what no text is searched for: soft hyphen, zero-width and direction marks, variation selectors
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_TYPES = frozenset(str(kind) for kind in EntityType)


class Name(Text):
    """A name as it stands in a text, put into NFC."""

    default_error_messages = {  # noqa: RUF012 - marshmallow merges them by class
        "invisible": "Holds a line break, a control character or one that does not show.",
        "edges": "Begins or ends with white space.",
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.metadata = {"minLength": 1, "maxLength": MOST_CHARACTERS, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        AtMost(MOST_CHARACTERS)(text)  # before work is put into it
        name = unicodedata.normalize("NFC", text)
        NotBlank()(name)
        if _INVISIBLE.search(name):
            raise self.make_error("invisible")
        if name != name.strip():
            raise self.make_error("edges")
        return name


class AtLeastOne(validate.Validator):
    """At least one item."""

    def __call__(self, value: list[Any]) -> list[Any]:
        if not value:
            raise ValidationError(Message("Is empty; send at least one.", "blank"))
        return value


class CustomEntity(StrictSchema):
    """A thing that the client knows, by every name it may have in the text."""

    surface = Many(
        Name(),
        most=MOST_SURFACES_EACH,
        required=True,
        validate=AtLeastOne(),
        metadata={"description": "How it is written in texts; upper and lower case count.", "minItems": 1},
    )
    canonical = Name(
        load_default=None,
        allow_none=True,
        metadata={"description": "The name that stands for all of them in the result; the first surface unless given."},
    )
    type = label(EntityType)


class Names(Many):
    """Names, each once."""

    def __init__(self, **settings: Any) -> None:
        self._name = Name()
        super().__init__(self._name, **settings)
        self.metadata = {"uniqueItems": True, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        names: dict[str, int] = {}
        errors: dict[int, Any] = {}
        for i, item in enumerate(self._counted(value)):
            try:
                name = _name(self._name, item)
                if names.setdefault(name, i) != i:
                    raise ValidationError(Message(f"Is the same as number {names[name]}, counted from 0.", "duplicate"))
            except ValidationError as error:
                errors[i] = error.messages
                if len(errors) >= MOST_ERRORS:
                    break
        if errors:
            raise ValidationError(errors)
        return list(names)


class CustomEntities(Many):
    """Custom entities; no two share a surface."""

    def __init__(self, **settings: Any) -> None:
        self._one = One(CustomEntity)
        self._name = Name()
        super().__init__(self._one, most=MOST_ENTITIES, **settings)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        found: list[dict[str, Any]] = []
        errors: dict[int, Any] = {}
        owners: dict[str, dict[str, Any]] = {}
        surfaces = 0
        for i, item in enumerate(self._counted(value)):
            try:
                entity = self._entity(item)
            except ValidationError as error:
                errors[i] = error.messages
            else:
                found.append(entity)
                new, surfaces = entity["surface"], surfaces + len(entity["surface"])
                if surfaces > MOST_SURFACES:
                    raise ValidationError(Message(f"Has more than {MOST_SURFACES} surfaces in all.", "too_long"))
                known = len(owners)
                for surface in new:
                    owners.setdefault(surface, entity)
                if len(owners) != known + len(new):
                    errors[i] = {"surface": _twice(entity, owners)}
            if len(errors) >= MOST_ERRORS:
                break
        if errors:
            raise ValidationError(errors)
        return found

    def _entity(self, item: Any) -> dict[str, Any]:
        if type(item) is dict and type(kind := item.get("type")) is str and kind in _TYPES and item.keys() <= _FIELDS:
            surfaces, canonical = item.get("surface"), item.get("canonical")
            if type(surfaces) is list and 0 < len(surfaces) <= MOST_SURFACES_EACH:
                try:
                    names = [_name(self._name, s) for s in surfaces]
                    return {
                        "surface": names,
                        "canonical": names[0] if canonical is None else _name(self._name, canonical),
                        "type": item["type"],
                    }
                except ValidationError:
                    pass  # the schema says where
        entity: dict[str, Any] = self._one.deserialize(item)
        return entity | {"canonical": entity["canonical"] or entity["surface"][0]}


_FIELDS = frozenset(CustomEntity().fields)


def _name(field: Name, value: Any) -> str:
    if type(value) is str and len(value) <= MOST_CHARACTERS and _PLAIN.fullmatch(value):
        return value
    name: str = field.deserialize(value)
    return name


def _twice(entity: dict[str, Any], owners: Mapping[str, dict[str, Any]]) -> dict[int, list[Message]]:
    """What is wrong with the surfaces that stand in `entity` or in an earlier one already, by their number."""
    found: dict[int, list[Message]] = {}
    met: set[str] = set()
    for j, surface in enumerate(entity["surface"]):
        owner = owners[surface]
        if owner is not entity:
            same = (owner["canonical"], owner["type"]) == (entity["canonical"], entity["type"])
            conflict = Message("Stands in an earlier entity too, which is another thing.", "conflict")
            found[j] = [Message("Stands in an earlier entity too.", "duplicate") if same else conflict]
        elif surface in met:
            found[j] = [Message("Stands twice.", "duplicate")]
        met.add(surface)
    return found
