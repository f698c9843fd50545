"""The tray and the saved questions, kept in the browser: by mouse and keyboard, over pages, as files and as a link."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from devtools.testing.archive import ItemRow, add_determination

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _archive(transactional_db):
    add_determination("CM16-0000001", items=[ItemRow("Home care"), ItemRow("MRI of the knee", outcome="overturned")])
    add_determination("CM16-0000002", items=[ItemRow("Norco")])


def places(page):
    return [row.get_attribute("data-ref") for row in page.locator("#tray-list li").all()]


def test_items_are_collected_ordered_noted_compared_and_taken_away(page, base_url):
    page.goto(f"{base_url}/determinations/")
    page.get_by_role("button", name="Add to tray item 1 of CM16-0000002").click()
    page.get_by_role("button", name="Add to tray item 2 of CM16-0000001").click()
    expect(page.locator("#tray-link b")).to_have_text("2")
    # Another page of the same browser knows them, and a swap by HTMX shows their state.
    page.locator("#view-table").click()
    expect(page.locator("td button[aria-pressed=true]")).to_have_count(2)
    page.goto(f"{base_url}/determinations/CM16-0000001/")
    expect(page.locator("#item-2 .tray-add")).to_have_text("In tray item 2")
    page.locator("#item-1 .tray-add").click()

    page.locator("#tray-link").click()
    expect(page.locator("#tray-title")).to_have_text("Tray: 3 items")
    expect(page.locator("#tray-list textarea")).to_have_count(3)
    assert places(page) == ["CM16-0000002-1", "CM16-0000001-2", "CM16-0000001-1"]
    assert Axe().run(page).violations_count == 0
    up = page.get_by_role("button", name="Up CM16-0000001-1")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Down CM16-0000001-1")).to_be_focused()
    page.get_by_label("Note CM16-0000001-2").fill("Ask for the records.")
    for name in ("CM16-0000001-1", "CM16-0000001-2"):
        page.get_by_label(f"Compare {name}").check()
    expect(page.locator("#compare-link")).to_have_attribute("href", "/compare/?a=CM16-0000001-1&b=CM16-0000001-2")
    page.reload()
    expect(page.get_by_label("Note CM16-0000001-2")).to_have_value("Ask for the records.")
    assert places(page) == ["CM16-0000001-1", "CM16-0000002-1", "CM16-0000001-2"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Text").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.index("CM16-0000001, item 1") < text.index("CM16-0000002, item 1")
    assert "Note: Ask for the records." in text

    page.get_by_role("button", name="Remove CM16-0000002-1").click()
    expect(page.get_by_role("button", name="Remove CM16-0000001-2")).to_be_focused()
    page.get_by_role("button", name="Remove CM16-0000001-2").click()
    page.get_by_role("button", name="Remove CM16-0000001-1").click()
    expect(page.locator("#tray-empty")).to_be_visible()
    expect(page.locator("#export")).to_be_hidden()


def test_print_shows_the_notes_and_no_controls(page, base_url):
    page.goto(f"{base_url}/tray/")
    page.evaluate("imrTray.setItems([{ref: 'CM16-0000001-1', note: 'Mine.'}, {ref: 'CM16-0000009-1', note: ''}])")
    page.reload()
    expect(page.locator("#tray-list li")).to_have_count(2)
    expect(page.locator("#tray-list")).to_contain_text("There is no such item in the archive, or no longer.")
    page.emulate_media(media="print")
    expect(page.locator(".note-printed").first).to_be_visible()
    expect(page.get_by_role("button", name="Remove CM16-0000001-1")).to_be_hidden()
    expect(page.locator(".printed .address")).to_contain_text("/tray/?items=CM16-0000001-1,CM16-0000009-1")


def test_the_tray_holds_fifty_items(page, base_url):
    page.goto(f"{base_url}/determinations/")
    kept = "Array.from({length: 50}, (_, place) => ({ref: `CM16-0000003-${place + 1}`, note: ''}))"
    page.evaluate(f"imrTray.setItems({kept})")
    page.get_by_role("button", name="Add to tray item 1 of CM16-0000002").click()
    expect(page.locator("#announcement")).to_have_text("The tray holds 50 items; remove some first.")
    expect(page.locator("#tray-link b")).to_have_text("50")


def test_what_another_program_wrote_into_the_storage_is_left_out(page, base_url):
    page.goto(f"{base_url}/")
    page.evaluate('localStorage.setItem(\'imr-tray\', \'[null, 7, {"ref": "<img>"}, {"ref": "CM16-0000001-1"}]\')')
    page.evaluate("localStorage.setItem('imr-questions', '{}')")
    page.goto(f"{base_url}/tray/")
    expect(page.locator("#tray-title")).to_have_text("Tray: 1 item")


def test_a_question_is_saved_renamed_opened_and_deleted(page, base_url):
    page.goto(f"{base_url}/determinations/?outcome=overturned")
    page.get_by_text("Save", exact=True).click()
    page.get_by_label("Name of the question").fill("Overturned ones")
    page.get_by_label("Name of the question").press("Enter")
    expect(page.locator("#announcement")).to_contain_text("Saved as “Overturned ones”")
    page.goto(f"{base_url}/tray/")
    name = page.locator("#saved input")
    expect(name).to_have_value("Overturned ones")
    assert Axe().run(page).violations_count == 0
    name.fill("Won")
    name.press("Tab")
    expect(page.locator("#announcement")).to_have_text("Renamed to “Won”.")
    page.reload()
    page.get_by_role("link", name="Open Overturned ones").or_(page.get_by_role("link", name="Open Won")).click()
    expect(page).to_have_url(re.compile(r"/determinations/\?outcome=overturned$"))
    page.goto(f"{base_url}/tray/")
    page.get_by_role("button", name="Delete Won").click()
    expect(page.locator("#saved-empty")).to_be_visible()


def test_a_link_carries_a_tray_to_another_browser(page, page_without_scripts, base_url):
    address = f"{base_url}/tray/?items=CM16-0000001-2,CM16-0000002-1"
    page_without_scripts.goto(address)
    assert places(page_without_scripts) == ["CM16-0000001-2", "CM16-0000002-1"]
    with page_without_scripts.expect_download() as download:
        page_without_scripts.get_by_role("button", name="RIS").click()
    assert download.value.suggested_filename.endswith(".ris")
    page.goto(address)
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Put them into my tray").click()
    expect(page.locator("#tray-link b")).to_have_text("2")


def test_without_scripts_the_tray_says_that_it_needs_them_and_the_rest_works(page_without_scripts, base_url):
    page_without_scripts.goto(f"{base_url}/tray/")
    expect(page_without_scripts.get_by_text("The tray needs scripts")).to_be_visible()
    page_without_scripts.goto(f"{base_url}/determinations/")
    expect(page_without_scripts.locator(".tray-add").first).to_be_hidden()
    page_without_scripts.locator("#cite-result summary").click()
    citation = page_without_scripts.locator("#cite-result .citation")
    expect(citation).to_contain_text("3 disputed items in 2 determinations")
