"""What a number among a rule's settings may be: types for the fields of its `Settings`."""

from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, TypeVar

from pydantic import AfterValidator

N = TypeVar("N", int, float)


def _must(holds: Callable[[N], bool], otherwise: str) -> AfterValidator:
    def check(value: N) -> N:
        if not holds(value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(check)


def _falls(values: tuple[float, ...]) -> bool:
    return all(one > other for one, other in pairwise(values))


def _rises(values: tuple[float, ...]) -> bool:
    return all(one < other for one, other in pairwise(values))


def _all_must(holds: Callable[[tuple[float, ...]], bool], otherwise: str) -> AfterValidator:
    def check(values: tuple[float, ...]) -> tuple[float, ...]:
        if not (holds(values) and values[0] > 0 and values[-1] > 0):
            raise ValueError(otherwise)
        return values

    return AfterValidator(check)


Part = Annotated[float, _must(lambda value: 0 < value < 1, "is no part between 0 and 1")]
"""Of a whole; neither nothing nor all."""

Count = Annotated[int, _must(lambda value: value >= 1, "is less than 1")]
"""How many, at least one."""

Positive = Annotated[float, _must(lambda value: value > 0, "is not above 0")]

Falling = Annotated[tuple[float, float, float], _all_must(_falls, "does not fall from step to step above 0")]
"""A bound for each severity: what is worse lies lower."""

Rising = Annotated[tuple[int, int, int], _all_must(_rises, "does not rise from step to step above 0")]
"""A bound for each severity: what is worse lies higher."""
