"""The review: every fact is corrected beside its letter, with a reason; letters are accepted one after another."""

from pathlib import Path

import pytest
from django.urls import reverse

from devtools.testing.handmade import all_rows, doubt, full_letter, ingest, item, letter, printed_letter
from devtools.testing.sent_forms import sent_form
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.admin.review import pages, subject
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, DisputedItem, Review, Revision, SourceLetter

pytestmark = pytest.mark.django_db

PDF = Path(__file__).parents[2] / "golden" / "letters" / "pdf_heading_over_a_page.pdf"
REASON = "The letter says otherwise."


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(subject, "PROCESSES", 0)


@pytest.fixture
def full():
    ingest([("a.pdf", b"a")], {b"a": full_letter()})
    return Determination.objects.get()


@pytest.fixture
def reviewer(client):
    client.force_login(staff_member(Role.REVIEWER))
    return client


def address_of(row):
    return reverse(f"admin:imr_archive_{row._meta.model_name}_review", args=[row.pk])


def send(client, row, button="_save", value="1", page=None, **changed):
    """Press a button of the page of a row, with some fields changed; ``page`` is one that was shown before."""
    shown = page or client.get(address_of(row)).text
    fields = sent_form(shown, "review")
    return client.post(address_of(row), fields | {button: value} | changed)


def saved(client, row, button="_save", page=None, **changed):
    answer = send(client, row, button, page=page, reason=REASON, **changed)
    assert answer.status_code == 302, answer.context["page"].error
    return answer.headers["Location"]


def record():
    return stored_records(Determination.objects.values_list("pk", flat=True))[Determination.objects.get().pk]


def made():
    return {(each.item, each.field): each for each in Correction.objects.all()}


# -- What is saved ----------------------------------------------------------------------------------------------------


def test_a_page_that_is_accepted_without_a_change_corrects_nothing(full, reviewer):
    before = all_rows()
    assert send(reviewer, full, "_accept").status_code == 302
    after = all_rows()
    assert [each["reviewed_by"] for each in after.pop("Review")] == ["reviewer"]
    del before["Review"]
    assert after == before
    assert not Revision.objects.filter(kind="correction").exists()


def test_facts_of_the_letter_are_corrected_with_the_reason_in_correction_and_revision(full, reviewer):
    changed = {
        "letter-worker_age": "40",
        "letter-decision_date": "2015-04-02",
        "letter-clinical_summary": "Another\r\n\r\nhistory.",
        "letter-certifications": ["Orthopedic surgery", "Pain Management", ""],
        "letter-states": ["CA", "Nevada"],
    }
    saved(reviewer, full, **changed)
    now = record()
    assert (now.worker.age, str(now.dates.decision), now.clinical_summary) == (40, "2015-04-02", "Another\n\nhistory.")
    assert now.reviewer.certifications == ("Orthopedic Surgery", "Pain Management")
    assert now.reviewer.states == ("California", "Nevada")
    assert {(name, each.parsed) for (_, name), each in made().items() if name.startswith("w")} == {("worker_age", 51)}
    assert {each.reason for each in made().values()} == {REASON}
    revision = Revision.objects.latest("pk")
    assert (revision.kind, revision.made_by, revision.reason) == ("correction", "reviewer", REASON)


def test_treatments_and_guidelines_are_named_by_other_names_too(full, reviewer):
    changed = {
        "item-2-treatments": ["Ultram", ""],
        "item-2-body_parts": ["Knee", ""],
        "item-2-outcome": "upheld",
        "item-2-reviewer_citations-0-DELETE": "on",
        "item-2-reviewer_citations-1-guideline": "CPMTG",
        "item-2-reviewer_citations-1-section": "Acupuncture",
        "item-2-reviewer_citations-1-pages": "8",
        "item-2-ca_citations-0-guideline": "Other sources (not in our list)",
        "item-2-ca_citations-0-title": "A made-up handbook",
    }
    saved(reviewer, full, **changed)
    second = record().items[1]
    assert second.treatments == ("pharmaceuticals/opioid/tramadol",)
    assert second.raw["treatments.0"] == "Acupuncture"
    [cited] = second.reviewer.citations
    assert (cited.slug, cited.section, cited.pages) == ("mtus-chronic-pain", "Acupuncture", "8")
    [other] = second.claims_administrator.citations
    assert (other.slug, other.guideline) == ("other-unlisted", "A made-up handbook")
    assert (second.claims_administrator.basis, second.reviewer.basis) == ("non_mtus", "mtus")
    assert record().outcome == "upheld"


def test_an_item_is_added_split_merged_and_removed(full, reviewer):
    page = send(reviewer, full, "_split", "2").text
    page = send(reviewer, full, "_merge", "2", page=page).text
    fields = sent_form(page, "review")
    assert fields["items"] == ["1,2,3"]
    assert fields["item-1-description"] == ["Tramadol 50mg #60; Acupuncture"]
    assert fields["item-2-removed"] == ["on"]
    assert not Correction.objects.exists()
    saved(reviewer, full, page=page, **{"item-3-description": "Cupping"})
    assert [(each.position, each.description) for each in record().items] == [
        (1, "Tramadol 50mg #60; Acupuncture"),
        (3, "Cupping"),
    ]
    assert {(2, "item"), (3, "item"), (1, "description")} <= {*made()}
    page = send(reviewer, full, "_add").text
    added = {"item-4-description": "A cane", "item-4-outcome": "upheld", "item-4-treatments": ["Cane"]}
    saved(reviewer, full, page=page, **added)
    assert [each.description for each in record().items][-1] == "A cane"
    assert DisputedItem.objects.count() == 3


def test_a_correction_is_shown_with_where_it_stands_and_is_withdrawn(full, reviewer):
    before = record()
    saved(reviewer, full, **{"letter-worker_age": "40"})
    assert "The parser differs." in reviewer.get(address_of(full)).text
    [correction] = Correction.objects.all()
    assert "Say why" in send(reviewer, full, "_withdraw", str(correction.pk)).text
    assert send(reviewer, full, "_withdraw", str(correction.pk), reason="It was right.").status_code == 302
    assert record() == before
    assert Revision.objects.latest("pk").reason == "It was right."


# -- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"letter-worker_age": "40"}, "Say why you correct it"),
        ({"letter-case_number": "knee", "reason": REASON}, "A case number has the form"),
        ({"item-1-service_to": "2014-01-01", "reason": REASON}, "ends before it begins"),
        ({"item-1-treatments": ["a treatment that is none"], "reason": REASON}, "is not the name of one entry"),
        ({"item-1-reviewer_citations-0-guideline": "a made-up one", "reason": REASON}, "is not the name of one"),
        ({"letter-worker_age": "40", "read_as": "0" * 64, "reason": REASON}, "changed by somebody else"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_saved(full, reviewer, changed, sentence):
    before = all_rows()
    answer = send(reviewer, full, "_accept", **changed)
    assert answer.status_code == 200
    assert sentence in answer.text
    assert all_rows() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"items": "1,2,99999999,x," + "9" * 5000, "item-99999999-description": "A cane"},
        {"item-1-quantity": "9" * 30},
        {"letter-states": ["x" * 300]},
        {"letter-case_number": "\x00"},
        {"item-1-ca_citations-TOTAL_FORMS": "9" * 5000},
        {"_merge": "2", "item-1-ca_citations-TOTAL_FORMS": "9" * 5000},
        {"_split": "9" * 5000},
        {"_withdraw": "9" * 5000},
    ],
)
def test_hostile_form_data_is_answered_and_changes_nothing(full, reviewer, changed):
    before = all_rows()
    assert send(reviewer, full, "_save", reason=REASON, **changed).status_code in (200, 302)
    assert all_rows() == before


def test_only_accounts_that_may_correct_open_it(full, client):
    client.force_login(staff_member(Role.UPLOADER))
    assert client.get(address_of(full)).status_code == 403
    assert client.post(address_of(full), {}).status_code == 403


# -- One after another ------------------------------------------------------------------------------------------------


def test_accepting_goes_to_the_next_in_doubt_until_none_is_left(reviewer):
    def doubtful(number):
        return letter(f"{number}.", f"CM15-{number:07}", [item(doubts=(doubt(),))])

    parsed = {b"1": doubtful(1), b"2": letter("2.", "CM15-0000002"), b"3": doubtful(3)}
    ingest([("1.pdf", b"1"), ("2.pdf", b"2"), ("3.pdf", b"3")], parsed)
    first, _, third = Determination.objects.order_by("pk")
    start = reviewer.get(reverse("admin:imr_archive_sourceletter_work", args=["doubt"])).headers["Location"]
    assert start == f"{address_of(first)}?list=doubt"
    assert send(reviewer, first, "_accept").headers["Location"] == f"{address_of(third)}?list=doubt"
    assert send(reviewer, third, "_accept").headers["Location"] == reverse("admin:index")
    saved(reviewer, first, **{"letter-worker_age": "40"})
    assert send(reviewer, third, "_accept").headers["Location"] == f"{address_of(first)}?list=doubt"
    assert Review.objects.count() == 2


def test_a_held_letter_is_published_with_what_is_corrected_in_it(reviewer):
    ingest([("named.txt", printed_letter() + b"Employee: Maria Lopez\n")])
    held = SourceLetter.objects.get()
    page = reviewer.get(address_of(held)).text
    assert "A person&#x27;s name seems to be printed." in page
    assert "Say why the letter may be published" in send(reviewer, held, "_publish").text
    assert not Determination.objects.exists()
    changed = {"item-1-quantity": "9", "letter-worker_age": ""}
    assert saved(reviewer, held, "_publish", **changed) == reverse("admin:index")
    assert (record().items[0].quantity, record().worker.age, record().case_number) == (9, None, "CM15-0000001")
    assert [*Revision.objects.order_by("pk").values_list("kind", "made_by", "reason")][-2:] == [
        ("publish", "reviewer", REASON),
        ("correction", "reviewer", REASON),
    ]
    assert reviewer.get(address_of(held)).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_items(reviewer, django_assert_max_num_queries):
    items = [item(position) for position in range(1, 10)]
    ingest([("9.pdf", b"9")], {b"9": letter("Nine.", "CM15-0000009", items)})
    with django_assert_max_num_queries(28):
        reviewer.get(address_of(Determination.objects.get()))


def test_the_pages_of_a_pdf_are_drawn_for_those_who_may_see_it(reviewer, monkeypatch, client):
    monkeypatch.setattr(pages, "PROCESSES", 0)
    ingest([("a.pdf", PDF.read_bytes()), ("b.txt", printed_letter())])
    pdf, text = SourceLetter.objects.order_by("name")
    answer = reviewer.get(reverse("admin:imr_archive_sourceletter_pages", args=[pdf.pk]))
    assert (answer.headers["Content-Type"], answer.content[1:4]) == ("image/png", b"PNG")
    assert reviewer.get(reverse("admin:imr_archive_sourceletter_pages", args=[text.pk])).status_code == 404
    client.force_login(staff_member(Role.UPLOADER))
    assert client.get(reverse("admin:imr_archive_sourceletter_pages", args=[pdf.pk])).status_code == 404
