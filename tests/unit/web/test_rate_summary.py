"""The figure of the rate summary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.rates import Interval, Rate
from imr_archive.search.facets.selection import Unit
from imr_archive.web.formatting import percent_range
from imr_archive.web.results.rate_summary import RateSummary

rates = st.integers(1, 10**7).flatmap(
    lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole), st.floats(1, 20))
)


def summary_of(shown, everything=None):
    return RateSummary(shown, everything, Unit.ITEMS, outcome_left_out=False)


@given(rates, rates)
def test_everything_in_the_rate_summary_stands_inside_its_scale(shown, everything):
    summary = summary_of(shown, everything)
    assert 0 <= summary.low <= summary.point <= summary.high <= 100
    assert 0 <= summary.everything_at <= 100
    assert summary.width == pytest.approx(summary.high - summary.low, abs=0.01)


@pytest.mark.parametrize(
    ("shown", "everything", "end"),
    [
        (Rate(33, 459), Rate(107, 1000), 0.5),
        (Rate(1, 1000), None, 0.5),
        (Rate(49, 100), None, 1.0),  # the interval ends above 50 %
        (Rate(33, 459), Rate(600, 1000), 1.0),
    ],
)
def test_the_scale_ends_at_50_percent_or_where_that_is_not_enough_at_100(shown, everything, end):
    assert summary_of(shown, everything).scale == end
    assert summary_of(shown, everything).is_extended is (end == 1.0)


def test_an_interval_is_printed_as_a_range():
    assert percent_range(Interval(0.0519, 0.099)) == "5.2–9.9\N{NO-BREAK SPACE}%"


def test_below_30_items_a_rate_is_too_few():
    assert Rate(3, 29).is_too_few
    assert not Rate(3, 30).is_too_few
