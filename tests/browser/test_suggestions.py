"""The suggestions below the search field, by keyboard, by mouse and for a screen reader."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from devtools.testing.archive import ItemRow, add_determination

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _archive(transactional_db):
    items = [ItemRow("Norco", treatments=["pharmaceuticals/opioid/hydrocodone"])]
    add_determination("CM14-0000001", items=items, summary="Pain.")


def test_a_thing_is_chosen_by_keyboard(page, base_url):
    page.goto(f"{base_url}/determinations/")
    field = page.locator("#q")
    field.click()
    field.press_sequentially("norco")
    options = page.locator("#suggestions [role=option]")
    expect(options.first).to_contain_text("Treatment: Pharmaceuticals › Opioid › Hydrocodone")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert Axe().run(page).violations_count == 0
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-1")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"\?treatment=pharmaceuticals/opioid/hydrocodone$"))


def test_escape_closes_and_enter_searches_for_the_words(page, base_url):
    page.goto(f"{base_url}/")
    field = page.locator("#q")
    field.click()
    field.press_sequentially("norco")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    field.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=norco"))


def test_a_thing_is_chosen_by_mouse(page, base_url):
    page.goto(f"{base_url}/determinations/")
    page.locator("#q").click()
    page.locator("#q").press_sequentially("hydro")
    page.locator("#suggestions [role=option]").first.click()
    expect(page).to_have_url(re.compile(r"treatment=pharmaceuticals/opioid/hydrocodone"))
