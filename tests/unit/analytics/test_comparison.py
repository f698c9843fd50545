"""Differences of rates have the published intervals, and sentences claim no more than the numbers allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.comparison import Difference
from imr_archive.analytics.rates import Rate


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_is_newcombes(first, second, low, high):
    assert Difference(Rate(*first), Rate(*second)).interval == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # statsmodels 0.15.0: confint_proportions_2indep(..., method="newcomb", compare="diff").
        ((41, 450), (31, 443), -0.01497595, 0.05745886),
        ((0, 50), (7, 60), -0.22178788, -0.0240911),
        ((120, 400), (90, 410), 0.02010076, 0.14024413),
    ],
)
def test_the_interval_is_that_of_statsmodels(first, second, low, high):
    assert Difference(Rate(*first), Rate(*second)).interval == pytest.approx((low, high), abs=1e-8)


def test_a_design_effect_widens_the_interval():
    independent = Difference(Rate(30, 200), Rate(60, 200))
    clustered = Difference(Rate(30, 200, 2.5), Rate(60, 200, 2.5))
    assert clustered.interval.low < independent.interval.low
    assert clustered.interval.high > independent.interval.high


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (
            Rate(91, 1000),
            Rate(70, 1000),
            "ODG 9.1 %, MTUS 7.0 %: difference 2.1 points (−0.3 to 4.5), no evidence of a difference.",
        ),
        (
            Rate(300, 1000),
            Rate(70, 1000),
            "ODG 30.0 %, MTUS 7.0 %: difference 23.0 points (19.7 to 26.2), ODG is overturned more often.",
        ),
        (
            Rate(70, 1000),
            Rate(300, 1000),
            "ODG 7.0 %, MTUS 30.0 %: difference −23.0 points (−26.2 to −19.7), ODG is overturned less often.",
        ),
        (Rate(5, 10), Rate(70, 1000), "ODG 50.0 %, MTUS 7.0 %: fewer than 30 items on a side, too few to say."),
        (Rate(0, 0), Rate(1, 2), "One of the two has no item with a stated outcome, so there is nothing to compare."),
    ],
)
def test_the_sentence_says_what_the_numbers_allow(first, second, sentence):
    assert Difference(first, second).sentence("ODG", "MTUS") == sentence


rates = st.integers(1, 5000).flatmap(
    lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole), st.floats(1, 5))
)


@given(rates, rates)
def test_the_interval_holds_the_difference_and_turns_with_the_sides(first, second):
    forward, backward = Difference(first, second), Difference(second, first)
    assert -1 <= forward.interval.low <= forward.value <= forward.interval.high <= 1
    assert backward.interval == pytest.approx((-forward.interval.high, -forward.interval.low))
