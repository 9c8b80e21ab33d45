"""Every closed set of names on the wire, each in one place.

Their meaning is the annotation guideline's; the order of `ClaimType` is its order of precedence.
"""

from enum import StrEnum


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class BatchStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        return self not in (BatchStatus.QUEUED, BatchStatus.RUNNING)


class DocumentStatus(StrEnum):
    """Where a document of a batch stands: where its job does, or it never had one, or what it had is erased."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    REFUSED = "refused"
    GONE = "gone"


class DeliveryStatus(StrEnum):
    """How far telling a callback URL has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class ExtractionEventType(StrEnum):
    SUCCEEDED = "extraction.succeeded"
    FAILED = "extraction.failed"
    CANCELED = "extraction.canceled"


class BatchEventType(StrEnum):
    FINISHED = "batch.finished"
    CANCELED = "batch.canceled"


class OffsetUnit(StrEnum):
    CODE_POINT = "code_point"
    UTF16 = "utf16"
    UTF8 = "utf8"


class Role(StrEnum):
    BODY = "body"
    HEADING = "heading"
    LIST = "list"
    BOILERPLATE = "boilerplate"


class ClaimType(StrEnum):
    POLICY = "policy"
    PREDICTION = "prediction"
    OPINION = "opinion"
    PERSONAL = "personal"
    CAUSAL = "causal"
    COMPARISON = "comparison"
    QUANTITY = "quantity"
    EVENT = "event"
    STATE = "state"


CLAIM_TYPES = tuple(kind.value for kind in ClaimType)
LAYERS = ("sentences", "claims", "numbers", "times", "entities")
"""What a result consists of; a request may ask for some."""


class Modality(StrEnum):
    ASSERTED = "asserted"
    HEDGED = "hedged"
    HYPOTHETICAL = "hypothetical"


class AttributionStyle(StrEnum):
    DIRECT = "direct"
    INDIRECT = "indirect"


class Transparency(StrEnum):
    """How openly a source is named: by name; by its institution and no name; not at all; nobody is said to say it."""

    NAMED = "named"
    ROLE = "role"
    ANONYMOUS = "anonymous"
    NONE = "none"


class NumberKind(StrEnum):
    MONEY = "money"
    PERCENT = "percent"
    PERCENTAGE_POINT = "percentage_point"
    COUNT = "count"
    RANK = "rank"
    MULTIPLE = "multiple"
    FRACTION = "fraction"
    ORDINAL = "ordinal"
    MEASURE = "measure"
    AGE = "age"
    SCORE = "score"
    PLAIN = "plain"


class Bound(StrEnum):
    MIN = "min"
    MAX = "max"


class TimeType(StrEnum):
    DATE = "DATE"
    TIME = "TIME"
    DURATION = "DURATION"
    SET = "SET"


class TimeMod(StrEnum):
    """Of TIMEX3; the last four are of durations: 미만, 초과, 이하, 이상."""

    START = "START"
    MID = "MID"
    END = "END"
    APPROX = "APPROX"
    BEFORE = "BEFORE"
    AFTER = "AFTER"
    LESS_THAN = "LESS_THAN"
    MORE_THAN = "MORE_THAN"
    EQUAL_OR_LESS = "EQUAL_OR_LESS"
    EQUAL_OR_MORE = "EQUAL_OR_MORE"


class EntityType(StrEnum):
    PERSON = "person"
    ORGANIZATION = "organization"
    LOCATION = "location"
    PRODUCT = "product"
    EVENT = "event"
    WORK = "work"
    LAW = "law"
