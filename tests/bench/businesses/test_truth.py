"""What the invented businesses promise: a log in order, the same for the same seed, and a truth that fits
it."""

from collections.abc import Callable

import pytest

from bench.businesses.business import Business
from bench.businesses.daily_tool import daily_tool
from bench.businesses.gifts import gifts
from bench.businesses.grocery import grocery
from bench.businesses.small_shop import small_shop
from bench.businesses.subscription import subscription
from bench.businesses.wholesale import wholesale

SMALL: dict[str, Callable[[int], Business]] = {
    "grocery": lambda seed: grocery(seed, 60),
    "daily tool": lambda seed: daily_tool(seed, 40),
    "subscription": lambda seed: subscription(seed, 80),
    "gifts": lambda seed: gifts(seed, 100),
    "small shop": small_shop,
    "wholesale": lambda seed: wholesale(seed, 60),
}


@pytest.fixture(params=SMALL)
def make(request: pytest.FixtureRequest) -> Callable[[int], Business]:
    return SMALL[request.param]


def test_the_same_seed_gives_the_same_log_and_another_seed_another(make: Callable[[int], Business]) -> None:
    assert make(1) == make(1)
    assert make(1).log != make(2).log


def test_a_log_is_in_order_within_its_ends_and_everybody_in_it_has_a_truth(
    make: Callable[[int], Business],
) -> None:
    made = make(1)
    times = [each.time for each in made.log]
    assert times == sorted(times)
    assert made.opens <= times[0] <= times[-1] < made.end
    assert {each.customer for each in made.log} == made.truth.keys()


def test_nobody_does_anything_after_leaving_and_whoever_declines_does_so_before(
    make: Callable[[int], Business],
) -> None:
    made = make(1)
    for each in made.log:
        left = made.truth[each.customer].left
        assert left is None or each.time <= left
    assert any(said.left for said in made.truth.values())
    assert all(s.declines <= s.left for s in made.truth.values() if s.declines and s.left)
