"""What stands in the tables once a letter is stored."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.handmade import (
    all_rows,
    citation,
    credential,
    doubt,
    full_letter,
    full_profile,
    item,
    letter,
    mention,
    received,
    side,
    stated,
)
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.reading import reading_of
from imr_archive.models import (
    BodyPart,
    Determination,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    GuidelineMention,
    Reviewer,
    SourceLetter,
    Treatment,
)
from imr_archive.parsing.results import ReviewerProfile
from imr_archive.vocabulary import Basis, CitedBy, DiagnosticCode, GuidelineSource

pytestmark = pytest.mark.django_db


@pytest.fixture
def canonical(db):
    return canonical_sync()


def store(parsed, canonical, file=None):
    return determination_store(
        reading=reading_of(parsed), source=file or received(), canonical=canonical, cause=Cause("tests")
    )


def test_a_determination_has_the_facts_of_its_letter(canonical):
    determination = store(full_letter(), canonical).determination
    determination = Determination.objects.get(pk=determination.pk)
    assert (determination.case_number, determination.layout, determination.priority) == (
        "CM15-0000001",
        "boxed",
        "expedited",
    )
    assert determination.injury_date == date(2014, 1, 5)
    assert determination.ur_decision_date == date(2015, 1, 20)
    assert determination.received_date == date(2015, 2, 2)
    assert determination.assigned_date == date(2015, 3, 2)
    assert determination.decision_date == date(2015, 4, 1)
    assert (determination.worker_age, determination.worker_sex) == (51, "F")
    assert determination.outcome == "partially_overturned"
    assert determination.text.clinical_summary == "A made-up history."


def test_the_printed_words_stand_beside_every_coded_value(canonical):
    determination = store(full_letter(), canonical).determination
    raw = determination.text.raw
    assert raw["dates.injury"] == "01/05/2014"
    assert (raw["worker.age"], raw["worker.sex"], raw["priority"]) == ("51 year old", "female", "Expedited")
    assert raw["reviewer.certifications.0"] == "Orthopaedic Surgery"
    item = determination.items.get(position=1)
    assert item.text.raw == {
        "outcome": "Upheld",
        "laterality": "right",
        "quantity": "#60",
        "service_dates": "1/2/15-1/9/15",
    }
    assert item.item_treatments.get().raw == "Tramadol"
    assert item.item_body_parts.get().raw == "right knee"


def test_an_item_has_its_facts_and_its_text(canonical):
    store(full_letter(), canonical)
    item = DisputedItem.objects.get(position=1)
    assert (item.outcome, item.laterality, item.quantity) == ("upheld", "right", 60)
    assert (item.service_from, item.service_to) == (date(2015, 1, 2), date(2015, 1, 9))
    assert (item.ca_basis, item.reviewer_basis) == ("none_cited", "mtus")
    assert (item.text.description, item.text.original_request, item.text.authorized) == (
        "Tramadol 50mg #60",
        "Tramadol 50mg #90",
        "Tramadol 50mg #30",
    )
    assert (item.text.ca_guideline, item.text.reviewer_guideline) == ("As printed.", "As printed.")
    assert item.text.rationale == "Because, made up."
    assert [part.slug for part in item.body_parts.all()] == ["knee"]
    assert [treatment.slug for treatment in item.treatments.all()] == ["pharmaceuticals/opioid/tramadol"]


def test_each_side_keeps_its_citations_in_order(canonical):
    sides = {
        "claims_administrator": side(Basis.MTUS, citations=[citation(section="Opioids", pages="78", year=2009)]),
        "reviewer": side(Basis.MTUS, citations=[citation(section="A"), citation(section="B", tables=("8-8",))]),
    }
    store(letter(items=[item(**sides)]), canonical)
    cited = GuidelineCitation.objects.order_by("cited_by", "position").values_list(
        "cited_by", "position", "guideline__slug", "section", "year", "pages", "tables"
    )
    assert list(cited) == [
        ("claims_administrator", 1, "mtus-chronic-pain", "Opioids", 2009, "78", []),
        ("reviewer", 1, "mtus-chronic-pain", "A", None, "", []),
        ("reviewer", 2, "mtus-chronic-pain", "B", None, "", ["8-8"]),
    ]


def test_mentions_stand_apart_from_citations_in_the_order_of_the_rationale(canonical):
    chronic_pain = mention("MTUS Chronic Pain", "mtus-chronic-pain", GuidelineSource.MTUS_CHRONIC_PAIN)
    items = [item(mentions=(mention("ODG"), chronic_pain, mention("the ODG"))), item(2, mentions=())]
    store(letter(items=items), canonical)
    mentioned = GuidelineMention.objects.values_list("item__position", "position", "guideline__slug", "text")
    assert list(mentioned) == [
        (1, 1, "odg", "ODG"),
        (1, 2, "mtus-chronic-pain", "MTUS Chronic Pain"),
        (1, 3, "odg", "the ODG"),
    ]
    assert GuidelineCitation.objects.count() == 2
    assert Guideline.objects.filter(mentions__item__position=1).distinct().count() == 2


def test_mentions_go_with_the_letter_that_another_one_replaces(canonical):
    store(letter("First.", "CM15-0000001", [item(mentions=(mention(), mention()))]), canonical)
    store(letter("Second.", "CM15-0000001", [item(mentions=(mention("Official"),))]), canonical, received("b", b"b"))
    assert [each.text for each in GuidelineMention.objects.all()] == ["Official"]


def test_an_item_keeps_the_code_of_each_doubt_once(canonical):
    doubts = (doubt(), doubt(DiagnosticCode.SIDE_MISMATCH), doubt())
    store(letter(items=[item(doubts=doubts), item(2)]), canonical)
    assert list(DisputedItem.objects.values_list("doubts", flat=True)) == [["guideline-mismatch", "side-mismatch"], []]


def test_a_guideline_outside_our_tables_is_stated_but_not_listed(canonical):
    printed = citation("A Made-Up Society's Statement", slug=None, source=GuidelineSource.OTHER)
    store(letter(items=[item(reviewer=side(Basis.NON_MTUS, citations=[printed]))]), canonical)
    cited = GuidelineCitation.objects.get(cited_by=CitedBy.REVIEWER)
    assert (cited.guideline.slug, cited.guideline.label) == ("other-unlisted", "Other sources (not in our list)")
    assert cited.title == "A Made-Up Society's Statement"


def test_a_service_outside_our_tables_counts_for_its_subcategory(canonical):
    named = ("pharmaceuticals/opioid/made-up", "pharmaceuticals/opioid", "made/up", "rehabilitation/acupuncture")
    store(letter(items=[item(treatments=tuple(stated(slug) for slug in named))]), canonical)
    treatments = DisputedItem.objects.get().item_treatments.values_list("position", "treatment__slug", "raw")
    assert list(treatments) == [
        (1, "pharmaceuticals/opioid", "pharmaceuticals/opioid/made-up"),
        (2, "other/unclassified", "made/up"),
        (3, "rehabilitation/acupuncture", "rehabilitation/acupuncture"),
    ]


def test_a_source_letter_keeps_the_bytes_the_text_the_spans_and_the_remarks(canonical):
    stored = store(full_letter(), canonical, received("a.pdf", b"%PDF-1.7 made up"))
    row = SourceLetter.objects.get(pk=stored.letter.pk)
    assert (row.name, row.kind, row.size, bytes(row.content)) == ("a.pdf", "pdf", 16, b"%PDF-1.7 made up")
    assert (row.state, row.determination) == ("current", stored.determination)
    assert row.text == "A made-up letter.\n"
    assert row.spans["items.0.description"] == [0, 4]
    assert row.diagnostics == [
        {"code": "unclaimed-text", "message": "Text that no rule claimed.", "start": 2, "end": 6}
    ]


def test_reviewers_of_one_profile_are_one_row(canonical):
    store(full_letter(), canonical)
    store(letter("Another.", reviewer=full_profile()), canonical, received("b.pdf", b"b"))
    reviewer = Reviewer.objects.get()
    assert reviewer.determinations.count() == 2
    assert reviewer.certifications == ["Orthopedic Surgery"]
    assert list(reviewer.specialties.values_list("slug", "name")) == [
        ("orthopedic-surgery", "Orthopedic Surgery"),
        ("knee-whispering", "Knee Whispering"),
    ]
    assert list(reviewer.licences.values_list("slug", "name")) == [("california", "California")]


def test_the_order_of_boards_makes_another_profile_and_a_repeated_board_counts_once(canonical):
    boards = (credential("Pain Medicine"), credential("pain medicine"), credential("Neurology"))
    for number, certifications in enumerate((boards, boards[::-1])):
        parsed = letter(f"Letter {number}.", reviewer=ReviewerProfile(certifications=certifications))
        store(parsed, canonical, received(f"{number}.pdf", b"%d" % number))
    assert [reviewer.specialties.count() for reviewer in Reviewer.objects.all()] == [2, 2]


def test_a_letter_without_a_profile_has_no_reviewer(canonical):
    assert store(letter(), canonical).determination.reviewer is None


def test_an_item_without_an_outcome_leaves_the_case_without_one(canonical):
    determination = store(letter(items=[item(), item(2, outcome=None)]), canonical).determination
    assert determination.outcome == ""


def test_the_number_of_queries_does_not_grow_with_the_letter(canonical):
    counts = []
    for number in (1, 9):
        items = [item(position) for position in range(1, number + 1)]
        with CaptureQueriesContext(connection) as queries:
            store(letter(f"{number} items.", items=items), canonical, received(f"{number}.pdf", b"%d" % number))
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 17


def test_the_number_of_queries_does_not_grow_with_what_a_letter_replaces(canonical):
    counts = []
    for number in (1, 9):
        case = f"CM15-{number:07}"
        items = [item(position) for position in range(1, number + 1)]
        store(letter(f"First of {case}.", case, items), canonical, received("a.pdf", b"a%d" % number))
        with CaptureQueriesContext(connection) as queries:
            store(letter(f"Amended {case}.", case, items), canonical, received("b.pdf", b"b%d" % number))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 44


def test_canonical_rows_are_those_of_the_parsers_tables(canonical):
    opioid = Treatment.objects.get(slug="pharmaceuticals/opioid/tramadol")
    assert (opioid.level, opioid.parent.slug, opioid.category, opioid.subcategory) == (
        3,
        "pharmaceuticals/opioid",
        "pharmaceuticals",
        "pharmaceuticals/opioid",
    )
    assert opioid.parent.parent.slug == "pharmaceuticals"
    assert BodyPart.objects.get(slug="knee").name == "Knee"
    assert Guideline.objects.filter(slug__endswith="-unlisted").count() == len(GuidelineSource)


def test_canonical_rows_that_agree_are_not_written_again_and_those_that_differ_are(canonical):
    before = all_rows()
    with CaptureQueriesContext(connection) as queries:
        assert canonical_sync() == canonical
    assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    Guideline.objects.filter(slug="mtus-chronic-pain").update(title="Old", label="Old")
    Treatment.objects.filter(slug="pharmaceuticals/opioid").update(name="Old")
    assert canonical_sync() == canonical
    assert all_rows() == before


def test_no_two_guidelines_or_sources_share_a_label(canonical):
    labels = [*Guideline.objects.values_list("label", flat=True), *(source.label for source in GuidelineSource)]
    assert len({label.casefold() for label in labels}) == len(labels)
    chapter = Guideline.objects.filter(title="Shoulder Disorders").order_by("source")
    assert [each.label for each in chapter] == [
        "Shoulder Disorders (ACOEM outside the MTUS)",
        "Shoulder Disorders (MTUS/ACOEM)",
    ]
