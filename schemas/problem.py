"""How a problem (RFC 9457) looks on the wire; the sorts there are stand in `problem_types`."""

from schemas.fields import Many, One, StrictSchema, Text, Whole


class FieldError(StrictSchema):
    """One thing that is wrong with the request."""

    field = Text(
        required=True,
        metadata={"description": "Path of the field, such as document.published_at or options.include[0]; empty for the body as a whole."},
    )
    message = Text(required=True, metadata={"description": "What is wrong and what would be right."})
    code = Text(required=True, metadata={"description": "For programs: missing, unknown, invalid, unsupported, blank, too_long …"})
    line = Whole(least=1, metadata={"description": "Where the JSON breaks."})
    column = Whole(least=1, metadata={"description": "Where the JSON breaks, in characters."})


class Problem(StrictSchema):
    """What went wrong (RFC 9457)."""

    type = Text(
        required=True, metadata={"format": "uri-reference", "description": "The sort of problem; the page at this path explains it."}
    )
    title = Text(required=True)
    status = Whole(required=True, least=400, metadata={"maximum": 599})
    detail = Text(required=True, metadata={"description": "This case in words."})
    instance = Text(metadata={"format": "uri-reference", "description": "The path that was asked for."})
    errors = Many(One(FieldError), metadata={"description": "Each field that is wrong."})
