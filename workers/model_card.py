"""A model's card: what it was trained on, how well it does, and what it refuses to run with.

`card.json` beside the weights holds at least {"files": {name: sha256}, "features": fingerprint, "kiwi": version,
"data": …, "licence": …, "scores": …}.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any


class ModelMismatch(RuntimeError):
    """The weights, the features or Kiwi are not those that the card names; train again."""


def fingerprint(features: object) -> str:
    """Hash of what a feature function gives for a fixed probe; `features` needs a stable repr."""
    return hashlib.sha256(repr(features).encode()).hexdigest()[:16]


def kiwi_version() -> str:
    """Versions of Kiwi and its model, as a card holds them."""
    return f"{version('kiwipiepy')}+model{version('kiwipiepy-model')}"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified(folder: Path, features: str) -> dict[str, Any]:
    """The card of the model in `folder`, once its files, the `features` fingerprint and Kiwi agree with it.

    Raises `ModelMismatch` where they do not.
    """
    card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
    found = {"features": features, "kiwi": kiwi_version()} | {f"files.{name}": sha256(folder / name) for name in card["files"]}
    stated = {"features": card["features"], "kiwi": card["kiwi"]} | {f"files.{name}": s for name, s in card["files"].items()}
    wrong = [f"{key} is {found[key]}, the card says {stated[key]}" for key in stated if found[key] != stated[key]]
    if wrong:
        raise ModelMismatch(f"{folder.name}: " + "; ".join(wrong))
    return card
