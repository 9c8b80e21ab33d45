"""What every answer carries: its request's id, and headers that keep browsers from doing more than they are asked."""

import re
import uuid

from flask import Flask, Response, g, request

REQUEST_ID = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SHUT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE = f"{_SHUT}; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Give every request an id and every answer its headers."""

    @app.before_request
    def identify() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def complete(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.get("request_id") or uuid.uuid4().hex
        response.headers.update(HEADERS)
        if response.is_sequence and not any(response.response):  # of nothing there is no media type
            response.headers.pop("Content-Type", None)
        response.headers.setdefault("Content-Security-Policy", _PAGE if response.mimetype == "text/html" else _SHUT)
        return response
