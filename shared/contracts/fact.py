"""What every fact has in common: a type name that never changes, a version that only grows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")
MAX_ID = 128
MAX_VERSION = 999_999_999
YEARS = range(1900, 2201)
"""Outside of these a time is a slip of the sender, and sums with it may leave the calendar."""


def in_utc(moment: datetime) -> datetime:
    """The same moment, told in UTC."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def moment(told: Any) -> datetime:
    """A moment as RFC 3339 tells it, in UTC. Errors: `ValueError`, to be read on after what is wrong."""
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError:
            raise ValueError("is not RFC 3339, such as 1997-01-01T00:00:00Z") from None
    if not isinstance(told, datetime):
        raise ValueError("is not a string")
    if told.tzinfo is None:
        raise ValueError("has no time zone: add Z or an offset")
    try:
        return in_utc(told)
    except OverflowError:
        raise ValueError("lies outside of the calendar") from None


def plain(told: Any, deepest: int = 8) -> Any:
    """JSON that every reader holds exactly. Errors: `ValueError`, to be read on after what is wrong."""
    match told:
        case None | bool():
            return told
        case str() if len(told) <= MAX_ID:
            return told
        case int() | float() if abs(told) < (2**53 if isinstance(told, int) else float("inf")):
            return told
        case list() if deepest:
            return [plain(each, deepest - 1) for each in told]
        case dict() if deepest:
            return {name: plain(each, deepest - 1) for name, each in told.items()}
    raise ValueError(
        f"holds what is no plain number or text, or more than {MAX_ID} characters, or lies too deep"
    )


CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
"""Control characters (C0, DEL, C1) and Unicode's two that break a line, as they stand in a pattern's []."""

NO_CONTROL = f"^[^{CONTROL}]*$"

Text = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra={"pattern": NO_CONTROL})]
"""An opaque identifier or a code: 1 to 128 characters, never personal data.

No text of an event holds a control character: `characters.py` looks through all of them at once."""

Whole = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
"""A whole number that every reader of JSON holds exactly."""

Minor = Annotated[int, Field(ge=0, le=10**15)]
"""Money in integer minor units (cents), never negative."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 alphabetic code."""

Moment = Annotated[datetime, BeforeValidator(moment)]
"""A moment with a time zone, RFC 3339 in JSON; UTC once it is inside."""

Several = Annotated[tuple[T, ...], Field(strict=False)]
"""Any number of them, in order: a JSON array, a tuple once it is inside."""


Plain = Annotated[Any, AfterValidator(plain)]
"""Numbers, texts, and lists and objects of them: what only its writer knows the shape of."""


class Fact(BaseModel):
    """The `data` of one event. Additive only; readers ignore what they do not know.

    A field is of its type already: no float is rounded to an integer, no string is read as a number. What is
    stored are the bytes that came, and whoever reads them there takes them as they stand.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)
    type: ClassVar[str]
    version: ClassVar[int] = 1


Vocabulary = Mapping[str, type[Fact]]


def vocabulary(*facts: type[Fact]) -> Vocabulary:
    """Index fact classes by their type name."""
    return {fact.type: fact for fact in facts}
