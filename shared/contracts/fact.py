"""What every fact has in common: a type name that never changes, a version that only grows."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=128)]
"""An opaque identifier or a code: 1 to 128 characters, never personal data."""

Minor = Annotated[int, Field(ge=0, le=10**15)]
"""Money in integer minor units (cents), never negative."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 alphabetic code."""

Moment = AwareDatetime
"""A moment with a time zone; UTC once it is inside."""


class Fact(BaseModel):
    """The `data` of one event. Additive only; readers ignore what they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]
    version: ClassVar[int] = 1


Vocabulary = Mapping[str, type[Fact]]


def vocabulary(*facts: type[Fact]) -> Vocabulary:
    """Index fact classes by their type name."""
    return {fact.type: fact for fact in facts}
