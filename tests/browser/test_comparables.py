"""Comparable decisions, two items side by side and marking phrases in a browser, with scripts and without."""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from devtools.testing.archive import ItemRow, add_determination

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(transactional_db):
    words = ["relief", "numbness", "weakness", "spasm"]
    for number, word in enumerate(words, 1):
        rationale = f"The guideline asks for failed conservative care. Here {word} was found."
        row = ItemRow(
            "Facet block",
            "upheld" if number % 2 else "overturned",
            treatments=["injection/facet"],
            body_parts=["lumbar-spine"],
            rationale=rationale,
        )
        add_determination(f"CM14-000000{number}", decided=date(2014, 8, number), items=[row])


def compare_from_the_comparables(reader: Page):
    """Read the comparables on either page, and follow the link to an opposite decision."""
    expect(reader.get_by_text("Of the 3 nearest decisions, 2 were overturned")).to_be_visible()
    reader.get_by_role("link", name="Compare item 1 with CM14-0000004, item 1").click()
    expect(reader).to_have_url(re.compile(r"/compare/\?a=CM14-0000001-1&b=CM14-0000004-1$"))
    expect(reader.locator("mark.only", has_text="spasm")).to_be_visible()
    expect(reader.locator("mark.only", has_text="relief")).to_be_visible()


def scroll_to_the_comparables(page: Page):
    """Bring the place of the comparables into view, which may be replaced at the same time."""
    page.evaluate("document.querySelector('.comparables').scrollIntoView()")


def test_comparables_are_loaded_when_they_come_into_view(archive, page, base_url):
    page.goto(f"{base_url}/determinations/CM14-0000001/?at=items.0.rationale")
    scroll_to_the_comparables(page)
    compare_from_the_comparables(page)
    page.go_back()
    expect(page).to_have_url(f"{base_url}/determinations/CM14-0000001/?at=items.0.rationale")


def test_without_scripts_a_link_leads_to_them(archive, page_without_scripts, base_url):
    page_without_scripts.goto(f"{base_url}/determinations/CM14-0000001/")
    page_without_scripts.get_by_role("link", name="Comparable and opposite decisions").click()
    compare_from_the_comparables(page_without_scripts)


def test_a_failure_leaves_the_link_and_the_page(archive, browser, base_url):
    page = browser.new_page()
    page.route("**/comparable/**", lambda route: route.fulfill(status=503, body="busy"))
    page.goto(f"{base_url}/determinations/CM14-0000001/")
    with page.expect_response("**/comparable/**"):
        scroll_to_the_comparables(page)
    expect(page.get_by_role("link", name="Comparable and opposite decisions")).to_be_visible()
    expect(page).to_have_url(f"{base_url}/determinations/CM14-0000001/")
    page.close()


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_fault_of_accessibility(archive, page, base_url, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for address in (
        "/comparable/CM14-0000001-1/",
        "/compare/",
        "/compare/?a=CM14-0000001-1&b=CM14-0000004-1",
    ):
        page.goto(base_url + address)
        assert Axe().run(page).response["violations"] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_phrases_lead_to_their_items_without_scripts_and_have_no_fault_of_accessibility(
    transactional_db, page, page_without_scripts, base_url
):
    for number in range(24):
        said = "There was sustained relief." if number % 2 else "Nothing was tried."
        text = f"{said} Variant{chr(97 + number)} has pain."
        row = ItemRow(
            "Facet block", "overturned" if number % 2 else "upheld", treatments=["injection/facet"], rationale=text
        )
        add_determination(f"CM14-00000{number:02}", items=[row])
    address = f"{base_url}/treatments/injection/facet/phrases/"
    page_without_scripts.goto(address)
    page_without_scripts.get_by_role("link", name="12 overturned letters with “sustained relief”").click()
    expect(page_without_scripts.get_by_role("heading", level=1)).to_contain_text("12 disputed items")
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
