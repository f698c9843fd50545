"""Standardised rates have the standard's treatment mix, so that case mix does not pass for severity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.rates import Rate
from imr_archive.analytics.standardisation import standardise


def test_a_different_mix_of_the_same_stratum_rates_standardises_to_the_same_rate():
    standard = {"drug": 500, "imaging": 500}
    one = standardise({"drug": Rate(10, 100), "imaging": Rate(300, 1000)}, standard)
    other = standardise({"drug": Rate(100, 1000), "imaging": Rate(30, 100)}, standard)
    assert one.value == other.value == pytest.approx(0.2)


def test_the_standardised_rate_is_the_weighted_mean_of_statsmodels():
    # statsmodels 0.15.0: DescrStatsW([8 / 100, 30 / 60, 1 / 50], weights=[500, 120, 380]).mean.
    strata = {"drug": Rate(8, 100), "imaging": Rate(30, 60), "surgery": Rate(1, 50)}
    assert standardise(strata, {"drug": 500, "imaging": 120, "surgery": 380}).value == pytest.approx(0.1076, abs=1e-8)


def test_strata_without_items_are_left_out_and_told():
    standardised = standardise({"drug": Rate(10, 100)}, {"drug": 300, "imaging": 100})
    assert (standardised.value, standardised.coverage) == (pytest.approx(0.1), 0.75)


def test_nothing_in_common_gives_no_rate():
    assert standardise({"drug": Rate(1, 2)}, {"imaging": 5}) is None
    assert standardise({"drug": Rate(0, 0)}, {"drug": 5}) is None


def test_the_interval_covers_the_true_rate():
    random = np.random.default_rng(5)
    truth = {"drug": 0.05, "imaging": 0.2, "surgery": 0.35}
    standard = {"drug": 500, "imaging": 300, "surgery": 200}
    sizes = {"drug": 60, "imaging": 150, "surgery": 90}
    true = sum(standard[name] * truth[name] for name in truth) / sum(standard.values())
    covered = 0
    for _ in range(2_000):
        strata = {name: Rate(int(random.binomial(sizes[name], truth[name])), sizes[name]) for name in truth}
        low, high = standardise(strata, standard).interval
        covered += low <= true <= high
    assert 0.935 <= covered / 2_000 <= 0.975


strata = st.dictionaries(
    st.sampled_from("abcde"),
    st.integers(0, 300).flatmap(lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole), st.floats(1, 4))),
)


@given(strata, st.dictionaries(st.sampled_from("abcde"), st.integers(0, 1000)))
def test_the_interval_holds_the_rate(strata, standard):
    if standardised := standardise(strata, standard):
        assert 0 <= standardised.interval.low <= standardised.value <= standardised.interval.high <= 1
        assert 0 < standardised.coverage <= 1
