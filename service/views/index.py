"""/: what this is, and where to go on."""

from flask import Blueprint, render_template

blueprint = Blueprint("index", __name__)


@blueprint.get("/")
def index() -> str:
    """The first page."""
    return render_template("index.html")
