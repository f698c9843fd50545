"""Rates and their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.rates import Interval, Rate, wilson_interval


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(part, whole, low, high):
    assert wilson_interval(part / whole, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # statsmodels 0.15.0: proportion_confint(part, whole, method="wilson").
        (33, 459, 0.05164865, 0.0992485),
        (0, 40, 0.0, 0.0876216),
        (40, 40, 0.9123784, 1.0),
        (1, 30, 0.00590859, 0.16670391),
        (9816, 91316, 0.10550237, 0.10952036),
    ],
)
def test_wilsons_interval_is_that_of_statsmodels(part, whole, low, high):
    assert Rate(part, whole).interval == pytest.approx((low, high), abs=1e-8)


def test_of_nothing_the_rate_is_unknown_and_everything_possible():
    assert Rate(0, 0).value is None
    assert Rate(0, 0).interval == Interval(0.0, 1.0)


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 3), (1, 0)])
def test_a_part_is_never_more_than_its_whole(part, whole):
    with pytest.raises(ValueError, match="no share"):
        Rate(part, whole)


rates = st.integers(1, 10**7).flatmap(lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole)))


@given(rates)
def test_an_interval_lies_in_0_to_1_and_holds_its_rate(rate):
    low, high = rate.interval
    assert 0 <= low <= rate.value <= high <= 1
