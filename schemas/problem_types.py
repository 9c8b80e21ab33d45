"""Every sort of problem there is (RFC 9457). Without marshmallow: a worker takes its failures from here."""

from dataclasses import dataclass
from typing import Any

PREFIX = "/problems/"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A sort of problem: `name` ends its `type` URI and stays as it is for ever; `remedy` is what to do about it."""

    name: str
    status: int
    title: str
    remedy: str

    @property
    def uri(self) -> str:
        return PREFIX + self.name

    def body(self, detail: str) -> dict[str, Any]:
        """A problem of this sort; `detail` says what it is this time."""
        return {"type": self.uri, "title": self.title, "status": self.status, "detail": detail}


def _catalogue(*types: ProblemType) -> dict[str, ProblemType]:
    return {each.name: each for each in types}


TYPES = _catalogue(
    # the request cannot be read
    ProblemType(
        "invalid-json",
        400,
        "The body is not JSON",
        "Send one JSON object in UTF-8. The error names line and column. Names may stand only once in an object; "
        "NaN and Infinity are not JSON.",
    ),
    ProblemType(
        "invalid-encoding",
        400,
        "The body or a parameter is not UTF-8",
        "Encode as UTF-8. The error names the first byte of a body that is not.",
    ),
    ProblemType("bad-request", 400, "The request cannot be understood", "The request breaks HTTP's own rules; see the detail."),
    ProblemType(
        "uri-too-long", 414, "The request line is too long", "Path and query may take 8,000 bytes; send options in a JSON body instead."
    ),
    ProblemType("headers-too-large", 431, "The headers are too large", "A header may take 8,000 bytes, and there may be 100 of them."),
    ProblemType(
        "unsupported-media-type",
        415,
        "The body's media type is not supported",
        "Send application/json, or text/plain; charset=utf-8, without Content-Encoding, and say so in Content-Type.",
    ),
    ProblemType("body-too-large", 413, "The body is too large", "Split the document, or raise MAX_BODY_BYTES where the server is yours."),
    ProblemType(
        "unauthorized",
        401,
        "A valid API key is wanted",
        "Send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Whoever runs the service makes one: jujang keys add NAME.",
    ),
    ProblemType(
        "invalid-idempotency-key",
        400,
        "Idempotency-Key cannot be read",
        "Send one string of 1 to 255 visible ASCII characters, quoted or not; a new UUID for each request is a good key.",
    ),
    # the request can be read but not served
    ProblemType(
        "invalid-field",
        422,
        "A field is missing, unknown or wrong",
        "Mend the fields that `errors` names. Fields and options that the service does not know are refused rather than ignored.",
    ),
    ProblemType("not-found", 404, "There is nothing here", "See /openapi.yaml for the paths there are."),
    ProblemType(
        "extraction-not-found",
        404,
        "There is no such extraction",
        "Check the id: it is the one that POST /v1/extractions answered. Some time after it has expired, its id is forgotten as well.",
    ),
    ProblemType(
        "extraction-gone",
        410,
        "The extraction is gone",
        "Its text and result were erased: on request, or because their time was up (`expires_at`). Send the document again.",
    ),
    ProblemType(
        "extraction-not-ready",
        409,
        "The extraction has no result yet",
        "Ask again after Retry-After seconds, or wait for the job with `Prefer: wait=30`.",
    ),
    ProblemType(
        "batch-not-found",
        404,
        "There is no such batch",
        "Check the id: it is the one that POST /v1/batches answered. Some time after it has expired, its id is forgotten as well.",
    ),
    ProblemType(
        "batch-not-ready",
        409,
        "The batch has documents that have not ended",
        "Ask again after Retry-After seconds, or wait with `Prefer: wait=30`; NDJSON is to be had as the documents end.",
    ),
    ProblemType(
        "batch-gone",
        410,
        "The batch is gone",
        "Its texts and results were erased: on request, or because their time was up (`expires_at`). Send the documents again.",
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "The Idempotency-Key came with another request before",
        "A key stands for one request, byte for byte, as long as what it made is remembered. Send another request with a key of its own.",
    ),
    ProblemType(
        "idempotency-key-in-use",
        409,
        "The first request with this Idempotency-Key is still being taken",
        "Send it again after Retry-After seconds: the answer is then what the first request made.",
    ),
    ProblemType("method-not-allowed", 405, "The resource does not know this method", "Use one of the methods that Allow lists."),
    ProblemType(
        "not-acceptable", 406, "There is no such representation", "Ask in Accept for one of the media types that the detail lists."
    ),
    # the service cannot serve
    ProblemType(
        "internal-error", 500, "The service failed", "This is a fault of the service. Report it with the X-Request-Id of the answer."
    ),
    ProblemType(
        "store-unavailable",
        503,
        "The job store does not answer",
        "Redis cannot be reached or refuses to write. Nothing was lost that was acknowledged; try again after Retry-After seconds.",
    ),
    ProblemType(
        "too-many-requests",
        429,
        "Too many requests",
        "Go on after Retry-After seconds. RateLimit tells how many requests are left, RateLimit-Policy how many there are in which time; "
        "a batch is one request. RATE_LIMIT sets it where the server is yours.",
    ),
    ProblemType(
        "queue-full",
        503,
        "Too many documents wait",
        "Nothing is wrong with the document; try again after Retry-After seconds. More workers do more; MAX_QUEUED sets the limit.",
    ),
    ProblemType(
        "store-full",
        503,
        "The job store is full",
        "Nothing that was taken is lost. Try again after Retry-After seconds; erase what you no longer need. Where the server is yours: "
        "give Redis more memory, or keep results for a shorter time (RESULT_TTL).",
    ),
    ProblemType("no-worker", 503, "No worker is registered", "Jobs are taken but not worked on. Start a worker: jujang worker."),
    # the extraction failed; made by the job store
    ProblemType(
        "deadline-exceeded",
        500,
        "The extraction took too long",
        "Send the document in smaller parts, or raise JOB_DEADLINE where the server is yours.",
    ),
    ProblemType(
        "extraction-failed",
        500,
        "The extraction failed",
        "A fault of the extraction: the same text will fail again. Report it with the job's id.",
    ),
    ProblemType(
        "worker-lost",
        500,
        "The worker died",
        "The process that worked on the document died more than once, most likely for want of memory. Send it in smaller parts.",
    ),
    ProblemType(
        "request-expired",
        500,
        "The document expired before a worker was free",
        "It waited in the queue for longer than it is kept. Send it again; add workers or raise RESULT_TTL where the server is yours.",
    ),
)
