"""/: a page to try a text in."""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request

from service.config import Config

LANGUAGES = ("ko", "en")
_WORDS = Path(__file__).resolve().parents[1] / "static" / "page" / "words.json"

blueprint = Blueprint("index", __name__)


@blueprint.get("/")
def index() -> Response:
    """The page, in Korean or English by `?lang=` or Accept-Language; its script can switch without asking again."""
    asked = request.args.get("lang", "")
    language = asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, default="en")
    config: Config = current_app.extensions["jujang.config"]
    page = render_template(
        "index.html", lang=language, words=words(), most_characters=config.max_characters, most_bytes=config.max_body_bytes
    )
    response = Response(page, mimetype="text/html")
    response.headers["Vary"] = "Accept-Language"
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def words() -> dict[str, dict[str, str]]:
    """What the page says, in each language."""
    loaded: dict[str, dict[str, str]] = json.loads(_WORDS.read_text("utf-8"))
    return loaded
