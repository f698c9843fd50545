"""Stems, for every caller."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from imr_archive.search.query.stems import stem

WORDS = [f"{beginning}{ending}" for beginning in map(str, range(60)) for ending in ("ational", "fulness", "ing", "ed")]


@pytest.fixture
def _eager_threads():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_eager_threads")
def test_several_threads_get_the_stems_that_one_gets():
    expected = [*map(stem, WORDS)]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(stem, WORDS)] == expected
