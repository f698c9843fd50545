"""The parser reads made letters right, as they are and in the shapes that other extractors give them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from devtools.accuracy.gold import GoldLetter, read_gold
from devtools.accuracy.report import ORIGINAL, ShapeScore, score_letters, shape_names
from devtools.synthetic.letters import Making, make_letters
from devtools.synthetic.page.files import write_folder
from imr_archive.vocabulary import Layout

GOLDEN = Path(__file__).parent / "letters"
MADE, SEED = 40, 11

# The share that each field must reach; all that are not named here must be right in every letter.
ENOUGH = {
    "item.category": 0.98,
    "item.subcategory": 0.98,
    "item.body_parts": 0.98,
    "item.laterality": 0.98,
    "item.quantity": 0.98,
    "item.service_dates": 0.98,
    "claims_administrator.citations.guideline": 0.99,
    "claims_administrator.citations.section": 0.97,
    "reviewer.citations.guideline": 0.99,
    "reviewer.citations.section": 0.97,
}
ONE_POINT = 0.01
SHAPES = [shape for shape in shape_names() if shape != ORIGINAL]


@cache
def golden_score(shape: str) -> ShapeScore:
    return score_letters(read_gold(GOLDEN), shape)


@pytest.fixture(scope="session", params=Layout)
def made_letters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[GoldLetter]:
    folder = tmp_path_factory.mktemp(request.param)
    write_folder(folder, make_letters(MADE, SEED, Making(layout=request.param)), truth=True)
    return read_gold(folder)


def told(score: ShapeScore, fields: Sequence[str]) -> dict[str, list[str]]:
    """Say for each field what was read wrong, for whoever reads the failure."""
    return {
        field: [f"{miss.where}: {miss.truth!r} / {miss.parsed!r}" for miss in score.misses if miss.field == field][:5]
        for field in fields
    }


def test_golden_letters_are_read_right_in_every_field() -> None:
    score = golden_score(ORIGINAL)
    assert score.failures == []
    assert told(score, [field for field, tally in score.tallies.items() if tally.share < 1]) == {}


@pytest.mark.parametrize("shape", SHAPES)
def test_golden_letters_in_another_shape_score_within_a_point_of_the_original(shape: str) -> None:
    score = golden_score(shape)
    original = golden_score(ORIGINAL)
    assert score.failures == []
    worse = [field for field, tally in score.tallies.items() if tally.share < original.tallies[field].share - ONE_POINT]
    assert told(score, worse) == {}


@pytest.mark.parametrize("shape", shape_names())
def test_generated_letters_are_read_as_well_as_the_archive_promises(shape: str, made_letters: list[GoldLetter]) -> None:
    score = score_letters(made_letters, shape)
    assert score.failures == []
    below = [field for field, tally in score.tallies.items() if tally.share < ENOUGH.get(field, 1.0)]
    assert told(score, below) == {}
