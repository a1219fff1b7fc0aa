from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recorder.notification_id import HIGHEST, RANKS, notification_id, place

places = st.tuples(st.integers(0, HIGHEST // RANKS), st.integers(0, RANKS - 1))


@given(places)
def test_an_id_is_taken_apart_into_what_it_was_made_of(where: tuple[int, int]) -> None:
    assert place(notification_id(*where)) == where


@given(st.lists(places, min_size=2, unique=True))
def test_ids_are_ordered_as_their_places(wheres: list[tuple[int, int]]) -> None:
    ids = [notification_id(*where) for where in sorted(wheres)]
    assert all(one < next_ for one, next_ in pairwise(ids))


def test_every_id_fits_where_the_library_keeps_it() -> None:
    assert notification_id(HIGHEST // RANKS, RANKS - 1) == HIGHEST == 2**63 - 1


@pytest.mark.parametrize("where", [(7, RANKS), (HIGHEST // RANKS + 1, 0)])
def test_what_has_no_id_is_refused_by_name(where: tuple[int, int]) -> None:
    with pytest.raises(OverflowError, match=f"transaction {where[0]} .* followers can't number"):
        notification_id(*where)
