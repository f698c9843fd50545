"""The back office shows every table, quickly, and lets nobody edit what letters say."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.handmade import Refused, all_rows, full_letter, full_profile, ingest, item, letter, reread
from imr_archive.history.correcting import corrections_make
from imr_archive.models import (
    Determination,
    DroppedFile,
    FacetIndex,
    FacetIndexPart,
    Guideline,
    IndexChange,
    LoginEvent,
    PreviewedLetter,
    PreviewFile,
    Review,
    SourceLetter,
    UploadPreview,
    Withdrawal,
    WithdrawnHash,
)
from imr_archive.parsing.results import ReviewerProfile

pytestmark = pytest.mark.django_db

# The facet index is derived from the other tables; nobody reads or mends it by hand.
DERIVED = {FacetIndex, FacetIndexPart, IndexChange}
# The hashes of withdrawn letters are shown on the page of their withdrawal.
WITHOUT_A_LIST = {WithdrawnHash, PreviewFile, PreviewedLetter, UploadPreview}
MODELS = sorted(
    set(apps.get_app_config("imr_archive").get_models()) - DERIVED - WITHOUT_A_LIST,
    key=lambda model: model.__name__,
)
# Deleted by hand where it does not belong in the archive.
DELETABLE = {Determination}
LISTED = [
    "bodypart",
    "determination",
    "disputeditem",
    "guideline",
    "guidelinecitation",
    "itembodypart",
    "itemtreatment",
    "reviewer",
    "sourceletter",
    "treatment",
]


def letters(first, last):
    """Letters that differ in their reviewers, their numbers of items and their files."""
    parsed = {}
    for number in range(first, last):
        items = [item(position) for position in range(1, number % 3 + 2)]
        reviewer = full_profile() if number % 2 else ReviewerProfile()
        parsed[b"%d" % number] = letter(f"{number}.", f"CM15-{number:07}", items, reviewer=reviewer)
    parsed[b"scan %d" % first] = Refused("The file is a scan.")
    return [(f"{content.decode()}.pdf", content) for content in parsed], parsed


@pytest.fixture
def archive(db):
    parsed = {b"a": full_letter(), b"b": Refused("The file is a scan.")}
    ingest([("a.pdf", b"a"), ("scan.pdf", b"b")], parsed)
    reread(parsed | {b"a": replace(full_letter(), parser_version="99.0")})
    DroppedFile.objects.create(name="list.csv", sha256="0" * 64, size=7, reason_code="source-refused", reason="A list.")
    key = Determination.objects.get().pk
    corrections_make(determination=key, values=[(1, "quantity", 7)], reason="A slip.", made_by="tests")
    Review.objects.create(determination_id=key, record_sha256="0" * 64, reviewed_by="tests")
    LoginEvent.objects.create(kind="logged-in", account="knee 50")
    Withdrawal.objects.create(reference="CM14-0999999", scope="hide", public_reason="A name.", reason="A name.")


@pytest.fixture
def office(admin_client):
    """A signed-in administrator's way to ask for an admin page by its name."""

    def get(name, *arguments, **query):
        return admin_client.get(reverse(f"admin:imr_archive_{name}", args=arguments), query)

    return get


def queries_of(get, *address, **query):
    with CaptureQueriesContext(connection) as queries:
        assert get(*address, **query).status_code == 200
    return len(queries)


def test_every_table_is_registered():
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_searches_and_pages_open_for_every_table(model, office, archive):
    name = model._meta.model_name
    listing = office(f"{name}_changelist")
    assert listing.status_code == 200
    assert listing.context["cl"].result_count > 0
    assert office(f"{name}_changelist", q="knee 50").status_code == 200
    assert office(f"{name}_change", model._default_manager.first().pk).status_code == 200


@pytest.mark.parametrize("name", [model._meta.model_name for model in MODELS])
def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(name, office):
    ingest(*letters(1, 4))
    office(f"{name}_changelist")  # the first page of a process also asks for content types
    few = queries_of(office, f"{name}_changelist")
    ingest(*letters(4, 20))
    assert queries_of(office, f"{name}_changelist") == few <= 12


@pytest.mark.parametrize("name", ["determination", "disputeditem"])
def test_the_number_of_queries_of_a_page_does_not_grow_with_its_rows(name, office):
    ingest(
        [("1.pdf", b"1"), ("9.pdf", b"9")],
        {
            b"1": letter("One.", items=[item()]),
            b"9": letter("Nine.", items=[item(position) for position in range(1, 10)]),
        },
    )
    model = apps.get_model("imr_archive", name)
    one, nine = (
        model.objects.filter(**{"text__isnull": False}).order_by("pk").first(),
        model.objects.order_by("-pk").first(),
    )
    office(f"{name}_change", one.pk)
    assert queries_of(office, f"{name}_change", one.pk) == queries_of(office, f"{name}_change", nine.pk) <= 24


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model not in DELETABLE], ids=lambda model: model.__name__
)
def test_what_letters_say_is_not_edited_by_hand(model, office, admin_client, archive):
    row = model._default_manager.first()
    before = all_rows()
    name = model._meta.model_name
    address = reverse(f"admin:imr_archive_{name}_change", args=[row.pk])
    assert admin_client.post(address, {"name": "Changed", "slug": "changed"}).status_code == 403
    assert office(f"{name}_add").status_code == 403
    if model is not SourceLetter:
        assert admin_client.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert all_rows() == before


def test_the_index_names_the_archive_and_its_main_tables(admin_client, archive):
    page = admin_client.get(reverse("admin:index"))
    assert "IMR Archive" in page.text
    listed = [model["admin_url"] for app in page.context["app_list"] for model in app["models"]]
    assert [f"/admin/imr_archive/{name}/" in listed for name in LISTED] == [True] * len(LISTED)
    assert [group["name"] for group in page.context["app_list"]] == [
        "Inbox",
        "Letters",
        "Runs",
        "Corrections",
        "Withdrawn",
        "People",
        "Audit",
        "Tables",
    ]
    assert "/admin/imr_archive/disputeditemtext/" not in listed


def found(page):
    return {str(row) for row in page.context["cl"].result_list}


def test_determinations_are_found_by_case_number(office):
    ingest(*letters(1, 4))
    assert found(office("determination_changelist", q="0000002")) == {"CM15-0000002"}


def test_determinations_show_how_many_items_they_have(office, archive):
    [row] = office("determination_changelist").context["cl"].result_list
    assert row.item_count == 2


def test_items_are_found_by_their_descriptions(office, archive):
    [row] = office("disputeditem_changelist", q="acupuncture").context["cl"].result_list
    assert row.position == 2


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("pharmaceuticals", [1]), ("pharmaceuticals/opioid", [1]), ("rehabilitation", []), ("pharma", [])],
)
def test_items_are_filtered_by_a_treatment_and_all_below_it(office, archive, treatment, expected):
    page = office("disputeditem_changelist", treatment=treatment)
    assert [row.position for row in page.context["cl"].result_list] == expected


def test_treatments_are_filtered_by_level(office, archive):
    page = office("treatment_changelist", level="1")
    assert {row.level for row in page.context["cl"].result_list} == {1}


def test_guidelines_lead_to_their_citations(office, admin_client, archive):
    guideline = Guideline.objects.get(slug="mtus-chronic-pain")
    page = office("guideline_changelist", q="mtus-chronic-pain")
    link = f"/admin/imr_archive/guidelinecitation/?guideline__id__exact={guideline.pk}"
    assert link in page.text
    assert admin_client.get(link).context["cl"].result_count == 2


def test_pages_of_the_back_office_lead_to_the_site(office, admin_client, archive):
    determination = Determination.objects.get()
    page = office("determination_change", determination.pk)
    links = [part.split('"')[0] for part in page.text.split('href="') if part.startswith("/admin/r/")]
    addresses = [admin_client.get(link).headers["Location"].removeprefix("http://testserver") for link in links]
    on_site = determination.get_absolute_url()
    assert addresses == [on_site, f"{on_site}#item-1", f"{on_site}#item-2"]
    current = SourceLetter.objects.get(state="current")
    assert f'href="{determination.get_absolute_url()}"' in office("sourceletter_change", current.pk).text


def test_determinations_are_withdrawn_and_never_deleted(office, admin_client, archive):
    determination = Determination.objects.get()
    address = reverse("admin:imr_archive_determination_delete", args=[determination.pk])
    assert admin_client.get(address).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [determination.pk], "post": "yes"}
    admin_client.post(reverse("admin:imr_archive_determination_changelist"), data)
    assert Determination.objects.get() == determination
    assert f"{determination.pk}/withdraw/" in office("determination_change", determination.pk).text
