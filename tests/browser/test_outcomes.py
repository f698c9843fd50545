"""Pages of outcomes, treatments, guidelines and specialties in a browser: with and without scripts, and accessible."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from devtools.testing.archive import Cited, ItemRow, add_determination

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/outcomes/",
    "/outcomes/?rows=year&split=guideline_source&treatment=injection",
    "/outcomes/?rows=guideline_section",
    "/outcomes/?rows=year&split=reason",
    "/treatments/",
    "/treatments/injection/",
    "/guidelines/",
    "/guidelines/odg/odg-low-back/",
    "/specialties/",
]


@pytest.fixture
def archive(transactional_db):
    for number in range(40):
        outcome = "overturned" if number % 4 == 0 else "upheld"
        add_determination(
            f"CM15-{number:07d}",
            decided=date(2014 + number % 3, 3, 1),
            boards=["Pain Management" if number % 2 else "Neurology"],
            items=[
                ItemRow(
                    "Lumbar epidural injection",
                    outcome,
                    treatments=["injection/epidural-steroid-injection"],
                    body_parts=["lumbar-spine"],
                    guidelines=[Cited("odg-low-back", "Epidural steroid injections (ESIs)")],
                    ca_guidelines=["low-back-complaints"],
                    reasons=["no-indication"] if outcome == "upheld" else ["indication-met"],
                ),
                ItemRow("Walker", treatments=["dmepos/dme"]),
            ],
        )


@pytest.fixture(params=["with scripts", "without scripts"])
def reader(request: pytest.FixtureRequest) -> Page:
    """A page in a browser of either kind."""
    return request.getfixturevalue("page" if request.param == "with scripts" else "page_without_scripts")


def test_a_question_travels_from_cards_to_outcomes_and_to_a_cell_of_the_matrix(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/?treatment=injection/epidural-steroid-injection")
    reader.get_by_role("link", name="Outcomes", exact=True).last.click()
    reader.get_by_role("link", name="by year and guideline source").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(
        "Outcomes by decision year and reviewer’s guideline source"
    )
    cell = reader.locator(".matrix td a").first
    expect(cell).to_contain_text("n 13")
    cell.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("13 disputed items in 13 determinations")
    expect(reader.locator(".chips")).to_contain_text("Epidural steroid injection")


def test_filters_beside_the_figures_keep_the_breakdown(archive, reader, base_url):
    reader.goto(f"{base_url}/outcomes/?rows=specialty")
    reader.get_by_role("form", name="Filters").get_by_role("checkbox", name="Injection").check()
    apply = reader.get_by_role("button", name="Apply")
    if apply.is_visible():
        apply.click()
    expect(reader).to_have_url(f"{base_url}/outcomes/?treatment=injection&rows=specialty")
    expect(reader.locator(".chips")).to_contain_text("Injection")
    reader.get_by_role("link", name="About Injection").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Injection")


def test_a_figure_is_saved_as_png(archive, page, base_url):
    page.goto(f"{base_url}/outcomes/?rows=specialty")
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").first.click()
    assert saved.value.suggested_filename == "imr-outcomes-forest.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_pages_are_accessible_and_fit_a_phone(archive, page, base_url):
    faults = []
    for address in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(base_url + address)
        found = Axe().run(page)
        if found.violations_count:
            faults.append(f"{address}: {found.generate_report()}")
        page.set_viewport_size({"width": 320, "height": 640})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            faults.append(f"{address} is {width} wide")
    assert not faults, "\n".join(faults)
