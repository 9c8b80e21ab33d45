"""In which form a result is wanted: by `?format=`, else by `Accept`."""

from typing import Any

from flask import Response, request
from werkzeug.datastructures import MIMEAccept

from service.problems import ProblemError, field_error, invalid
from service.representations.formats import FORMATS, Format

PARAMETER = "format"


def parameter(own_name: str) -> dict[str, Any]:
    """`?format=` as the specification has it."""
    schema = {"type": "string", "enum": [own_name, *FORMATS], "default": own_name}
    return {"in": "query", "name": PARAMETER, "description": "In which form; goes before Accept.", "schema": schema}


def wanted(own_name: str, own_media_type: str) -> Format | None:
    """The form that the request wants; None for the resource's own (`own_name` in the parameter, `own_media_type` in Accept).

    Raises `ProblemError` for a form that there is not, with those there are.
    """
    names = request.args.getlist(PARAMETER)
    if len(names) > 1:
        raise invalid([field_error(PARAMETER, "Is given more than once.", "duplicate")])
    if names:
        if names[0] != own_name and names[0] not in FORMATS:
            raise invalid([field_error(PARAMETER, f"Must be one of: {', '.join((own_name, *FORMATS))}.", "unsupported")])
        return FORMATS.get(names[0])
    if not request.accept_mimetypes.provided:
        return None
    accepted = MIMEAccept([(kind.partition(";")[0].strip(), quality) for kind, quality in request.accept_mimetypes])  # charset=utf-8, say
    by_media_type = {own_media_type: None} | {each.media_type: each for each in FORMATS.values()}
    best = accepted.best_match(list(by_media_type))
    if best is None:
        raise ProblemError("not-acceptable", f"The result is to be had as {', '.join(by_media_type)}.")
    return by_media_type[best]


def headed(response: Response, form: Format, name: str) -> Response:
    """`response` in this form with the headers it wants; as a file it would be called `name`."""
    response.mimetype = form.media_type
    response.content_type = f"{form.media_type}; charset=utf-8" if form.media_type.startswith("text/") else form.media_type
    kind = "inline" if form.content_security_policy else "attachment"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}.{form.suffix}"'
    if form.content_security_policy:
        response.headers["Content-Security-Policy"] = f"{form.content_security_policy}; frame-ancestors 'none'"
    return response
