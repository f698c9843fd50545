"""The figure of the rate summary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.rates import Rate
from imr_archive.web.results.rate_summary import RateSummary

rates = st.integers(1, 10**7).flatmap(lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole)))


@given(rates, rates)
def test_everything_in_the_rate_summary_stands_inside_its_scale(shown, everything):
    summary = RateSummary(shown, everything, outcome_left_out=False)
    assert 0 <= summary.low <= summary.point <= summary.high <= 100
    assert 0 <= summary.everything_at <= 100
    assert summary.width == pytest.approx(summary.high - summary.low, abs=0.01)
