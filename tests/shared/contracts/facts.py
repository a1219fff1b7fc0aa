"""Any fact of any vocabulary, for Hypothesis: from the annotations that its class really has."""

from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import JsonValue

from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.topics import VOCABULARIES

CLASSES: tuple[type[Fact], ...] = tuple(
    dict.fromkeys(fact for vocabulary in VOCABULARIES.values() for fact in vocabulary.values())
)
ALL = {fact.type: fact for fact in CLASSES}
LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
WORDS = st.text(LETTERS, min_size=1, max_size=128)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC) | ZONES)  # noqa: DTZ001
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    datetime: MOMENTS,
    type(None): st.none(),
}
PLAIN[Any] = st.recursive(
    st.none() | st.one_of(PLAIN[bool], PLAIN[int], PLAIN[float], WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


def facts() -> st.SearchStrategy[Fact]:
    """A fact of any class."""
    return st.sampled_from(CLASSES).flatmap(fact_of)


def fact_of(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """A fact of this class."""
    fields = {name: of(field.annotation, field.metadata) for name, field in kind.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


def events() -> st.SearchStrategy[Event]:
    """A fact in any envelope, ours or another system's."""
    maybe_words, maybe_moment = st.none() | WORDS, st.none() | MOMENTS
    versions = st.none() | st.integers(0, 999_999_999)
    return st.builds(
        Event, WORDS, WORDS, WORDS | st.just(""), MOMENTS, facts(), maybe_moment, maybe_words, maybe_words,
        versions, maybe_words,
    )  # fmt: skip


def of(annotation: Any, metadata: Any = ()) -> st.SearchStrategy[Any]:
    """Values of an annotation, within the bounds that its metadata sets."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = [item for field in arguments[1:] for item in getattr(field, "metadata", [])]
        return of(arguments[0], inner)
    if origin in (Union, UnionType):
        return st.one_of([of(argument) for argument in arguments])
    if annotation is JsonValue:
        return st.recursive(st.none() | st.booleans() | PLAIN[int] | PLAIN[float], st.lists, max_leaves=4)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(of(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(of(arguments[0]), of(arguments[1]), max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, Fact):
        return fact_of(annotation)
    return bounded(annotation, metadata)


def bounded(annotation: Any, metadata: Any) -> st.SearchStrategy[Any]:
    """A plain value: a pattern or the least and the greatest number, when the contract names one."""
    said = {
        name: getattr(item, name)
        for item in metadata
        for name in ("ge", "le", "pattern")
        if hasattr(item, name)
    }
    if "pattern" in said:
        return st.from_regex(said["pattern"], fullmatch=True)
    if "ge" in said:
        return st.integers(said["ge"], said["le"])
    return PLAIN[annotation]
