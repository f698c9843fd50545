"""What a question finds, the same on either database."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devtools.testing.archive import items_matching
from imr_archive.models import Determination, DeterminationText, DisputedItem, DisputedItemText
from imr_archive.models.search_indexes import ITEMS, SUMMARIES
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.words.ranking import ranked_page
from imr_archive.search.query.parser import parse_query
from imr_archive.vocabulary import Basis, Layout, Outcome

pytestmark = pytest.mark.django_db


def letter(case: str, *items: dict[str, str], summary: str = "") -> Determination:
    """Store a determination of bare items, each given by its texts."""
    determination = Determination.objects.create(case_number=case, text_sha256=case, layout=Layout.BOXED)
    DeterminationText.objects.create(determination=determination, clinical_summary=summary)
    for position, texts in enumerate(items, start=1):
        item = DisputedItem.objects.create(
            determination=determination,
            position=position,
            outcome=Outcome.UPHELD,
            ca_basis=Basis.UNSTATED,
            reviewer_basis=Basis.UNSTATED,
        )
        DisputedItemText.objects.create(item=item, **texts)
    return determination


@pytest.fixture
def corpus() -> None:
    letter(
        "CM90-1",
        {"description": "Bone scan of the lumbar spine", "rationale": "After fusions at L4-5 a scan is sensible."},
        {"description": "Norco 10/325 mg #60", "rationale": "Opioids are not recommended."},
        summary="A 51-year-old with pain after a lumbar fusion.",
    )
    letter(
        "CM90-2",
        {"description": "MRI", "rationale": "The bone.", "reviewer_guideline": "Scan Imaging, pages 98-99"},
        {"description": "Physical therapy", "rationale": "The patient was to be or not to be treated."},
    )
    letter("CM90-3", {"description": "Consultation", "rationale": "For Ménière’s disease."}, summary="Bone scan done.")


def found(typed: str) -> set[tuple[str, int]]:
    items = items_matching(parse_query(typed))
    return set(items.values_list("determination__case_number", "position"))


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("scans", {("CM90-1", 1), ("CM90-2", 1), ("CM90-3", 1)}),
        ('"bone scan"', {("CM90-1", 1), ("CM90-3", 1)}),
        ("fusion", {("CM90-1", 1), ("CM90-1", 2)}),
        ("fusion opioid", {("CM90-1", 2)}),
        ("scan -fusion", {("CM90-2", 1), ("CM90-3", 1)}),
        ("norco OR mri", {("CM90-1", 2), ("CM90-2", 1)}),
        ('"to be or not to be"', {("CM90-2", 2)}),
        ("L4-5", {("CM90-1", 1)}),
        ("L4", {("CM90-1", 1)}),
        ("10/325", {("CM90-1", 2)}),
        ("#60", {("CM90-1", 2)}),
        ("98-99", {("CM90-2", 1)}),
        ("meniere", {("CM90-3", 1)}),
        ("Ménière’s", {("CM90-3", 1)}),
        ("arthroplasty", set()),
    ],
)
def test_a_question_finds(typed: str, expected: set[tuple[str, int]]) -> None:
    assert found(typed) == expected


@pytest.mark.usefixtures("corpus")
def test_a_phrase_stands_in_one_section() -> None:
    # "… lumbar spine" ends the request and "After …" begins the rationale.
    assert found('"spine after"') == set()


@pytest.mark.usefixtures("corpus")
def test_changed_text_is_found_at_once_and_old_text_no_more() -> None:
    DisputedItemText.objects.filter(description="MRI").update(description="Ultrasound")
    assert found("ultrasound") == {("CM90-2", 1)}
    assert found("mri") == set()


@pytest.mark.usefixtures("corpus")
def test_nothing_is_left_of_a_deleted_letter() -> None:
    Determination.objects.get(case_number="CM90-1").delete()
    assert found("scan") == {("CM90-2", 1), ("CM90-3", 1)}
    for table, model in ((ITEMS, DisputedItem), (SUMMARIES, Determination)):
        with connection.cursor() as cursor:
            source = f"{table.index}_docsize" if connection.vendor == "sqlite" else table.index
            cursor.execute(f"SELECT count(*) FROM {source}")
            assert cursor.fetchone()[0] == model.objects.count()


def ranked(typed: str, *, offset: int = 0, limit: int = 25) -> list[str]:
    query = parse_query(typed)
    selection = Selection.of_everything().matching(query)
    keys = ranked_page(selection, query, Unit.DETERMINATIONS, offset=offset, limit=limit).keys
    cases = Determination.objects.in_bulk(keys)
    return [str(cases[key].case_number) for key in keys]


@pytest.mark.usefixtures("corpus")
def test_a_request_ranks_before_a_guideline_and_a_guideline_before_a_summary() -> None:
    assert ranked("scan") == ["CM90-1", "CM90-2", "CM90-3"]


@pytest.mark.usefixtures("corpus")
def test_ranked_pages_are_pieces_of_one_order() -> None:
    assert ranked("scan", limit=1) + ranked("scan", offset=1, limit=2) == ranked("scan")


def test_equal_scores_stand_latest_first() -> None:
    letter("CM90-7", {"description": "Bone scan"})
    letter("CM90-8", {"description": "Bone scan"})
    assert ranked("scan") == ["CM90-8", "CM90-7"]


@pytest.mark.usefixtures("corpus")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_is_a_question(typed: str) -> None:
    query = parse_query(typed)
    selection = Selection.of_everything().matching(query)
    assert selection.size() <= 5
    if query.positive_leaves:
        assert len(ranked_page(selection, query, Unit.ITEMS, offset=0, limit=25).keys) == selection.size()
