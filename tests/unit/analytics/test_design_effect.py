"""The design effect: items of one letter share a fate, and intervals that know it cover the true rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.analytics.design_effect import LetterSums, design_effect
from imr_archive.analytics.rates import Rate

# Items a letter, about as real letters have them: 2.6 in the mean, a few with many.
SIZES = np.array([1] * 30 + [2] * 14 + [3] * 8 + [4] * 4 + [5] * 3 + [6] * 2 + [8, 10, 13])
CORRELATION = 0.4
REPETITIONS = 3_000


def letters(random, count, rate, correlation=CORRELATION):
    """Made letters: a beta-binomial number of overturned items in each, as correlated as real ones."""
    sizes = random.choice(SIZES, count)
    spread = (1 - correlation) / correlation
    return sizes, random.binomial(sizes, random.beta(rate * spread, (1 - rate) * spread, count))


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3])
@pytest.mark.parametrize("count", [12, 30, 100, 400])
def test_the_interval_covers_the_true_rate_94_to_96_times_in_100(count, rate):
    random = np.random.default_rng(1)
    covered = independent = 0
    for _ in range(REPETITIONS):
        sums = LetterSums.of_letters(*letters(random, count, rate))
        low, high = Rate(sums.overturned, sums.items, design_effect(sums, CORRELATION)).interval
        covered += low <= rate <= high
        low, high = Rate(sums.overturned, sums.items).interval
        independent += low <= rate <= high
    # Three standard errors of the simulation itself stand beside the promise of 94 to 96.
    tolerance = 3 * (0.05 * 0.95 / REPETITIONS) ** 0.5
    assert 0.94 - tolerance <= covered / REPETITIONS <= 0.96 + tolerance
    assert independent / REPETITIONS < 0.92


def test_the_correlation_of_many_letters_is_found():
    sums = LetterSums.of_letters(*letters(np.random.default_rng(1), 20_000, 0.1))
    assert sums.correlation == pytest.approx(CORRELATION, abs=0.03)


def test_letters_whose_items_always_agree_count_as_one_item_each():
    sizes = np.full(200, 4)
    sums = LetterSums.of_letters(sizes, np.where(np.arange(200) < 100, 4, 0))
    assert sums.correlation == 1
    assert design_effect(sums, 1.0) == pytest.approx(4)


def test_single_items_have_no_design_effect():
    sums = LetterSums.of_letters(np.ones(50, dtype=int), np.arange(50) % 2)
    assert sums.correlation is None
    assert design_effect(sums, None) == 1


sizes_and_parts = st.lists(
    st.integers(0, 12).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))), min_size=1, max_size=40
)


@given(sizes_and_parts, sizes_and_parts)
def test_sums_add_up_and_the_effect_is_at_least_one(first, second):
    def sums(pairs):
        sizes, parts = np.array(pairs).T
        return LetterSums.of_letters(sizes, parts)

    together, apart = sums(first + second), sums(first) + sums(second)
    assert (together.letters, together.items, together.overturned) == (apart.letters, apart.items, apart.overturned)
    assert together.squared_shares == pytest.approx(apart.squared_shares)
    assert design_effect(together, 0.4) >= 1
