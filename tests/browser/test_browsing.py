"""A reader at the site: listing, filtering, reading a letter, going back; with scripts and without."""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from devtools.testing.archive import Cited, ItemRow, add_determination, spans_of
from imr_archive.models import DisputedItemText

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = "CLINICAL CASE SUMMARY\n" + "A line of the letter.\n" * 150 + "A 36-year-old female.\nBone scan: Overturned\n"


@pytest.fixture
def archive(transactional_db):
    add_determination(
        "CM14-0000001",
        decided=date(2014, 8, 5),
        age=36,
        sex="F",
        boards=["Orthopedic Surgery"],
        items=[
            ItemRow(
                "Bone scan",
                "overturned",
                treatments=["diagnostic-testing/imaging"],
                body_parts=["lumbar-spine"],
                guidelines=[Cited("odg-low-back", section="Bone scan")],
                ca_guidelines=["low-back-complaints"],
                basis="non_mtus",
                ca_basis="mtus",
                rationale="After the fusion a bone scan is needed.",
                original_request="Two bone scans",
            ),
            ItemRow("Walker", "upheld", treatments=["dmepos/dme"]),
        ],
        summary="The worker is a 36-year-old female.",
        letter={
            "text": LETTER,
            "spans": spans_of(LETTER, worker__age="36-year-old", items__0__description="Bone scan"),
            "diagnostics": [
                {"code": "summary-cut", "message": "The summary ends in mid-sentence.", "start": 0, "end": 21}
            ],
        },
    )
    for number in range(2, 32):
        treatments = ["diagnostic-testing/laboratory" if number % 2 else "injection/facet"]
        add_determination(
            f"CM15-{number:07d}",
            decided=date(2015, 1, 1),
            items=[ItemRow(f"Request {number}", treatments=treatments, body_parts=[f"part-{number}"])],
        )


@pytest.fixture(params=["with scripts", "without scripts"])
def reader(request: pytest.FixtureRequest) -> Page:
    """A page in a browser of either kind."""
    return request.getfixturevalue("page" if request.param == "with scripts" else "page_without_scripts")


def headline(page: Page):
    return page.get_by_role("heading", level=1)


def filters(page: Page):
    return page.get_by_role("form", name="Filters")


def tick(page: Page, name: str):
    """Tick a filter, and send the form where no script does."""
    filters(page).get_by_role("checkbox", name=name).check()
    apply = page.get_by_role("button", name="Apply")
    if apply.is_visible():
        apply.click()


def test_a_reader_narrows_reads_and_comes_back(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/")
    expect(headline(reader)).to_have_text("32 disputed items in 31 determinations")

    tick(reader, "Diagnostic testing")
    expect(headline(reader)).to_have_text("16 disputed items in 16 determinations")
    tick(reader, "Imaging")
    expect(headline(reader)).to_have_text("1 disputed item in 1 determination")
    expect(reader).to_have_url(f"{base_url}/determinations/?treatment=diagnostic-testing/imaging")
    expect(reader).to_have_title("treatment Imaging · Determinations · IMR Archive")

    reader.get_by_label("Words or").fill("fusion")
    reader.get_by_label("Words or").press("Enter")
    expect(reader.locator(".snippet mark")).to_have_text("fusion")
    expect(reader).to_have_url(re.compile(r"\?q=fusion&treatment=diagnostic-testing(/|%2F)imaging$"))

    reader.get_by_role("link", name="CM14-0000001").click()
    expect(reader.locator("h1")).to_contain_text("CM14-0000001")
    reader.get_by_role("link", name="36 years").click()
    expect(reader.locator("#at")).to_have_text("36-year-old")
    expect(reader.locator("#at")).to_be_in_viewport()

    reader.get_by_role("link", name="Results for").click()
    expect(headline(reader)).to_have_text("1 disputed item in 1 determination")
    reader.get_by_role("link", name="treatment Imaging").click()
    expect(reader.locator(".chips li")).to_have_count(2)
    reader.get_by_role("link", name="Clear all").click()
    expect(headline(reader)).to_have_text("32 disputed items in 31 determinations")
    expect(reader.get_by_label("Words or")).to_have_value("")


def test_the_browsers_back_button_shows_what_was_there(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/")
    tick(reader, "Injection")
    expect(headline(reader)).to_have_text("15 disputed items in 15 determinations")
    reader.get_by_role("link", name="CM15-0000002").click()
    expect(reader.locator("h1")).to_contain_text("CM15-0000002")
    reader.go_back()
    expect(headline(reader)).to_have_text("15 disputed items in 15 determinations")
    expect(reader.get_by_role("banner")).to_be_visible()
    reader.go_back()
    expect(headline(reader)).to_have_text("32 disputed items in 31 determinations")
    reader.go_forward()
    expect(headline(reader)).to_have_text("15 disputed items in 15 determinations")


def test_pages_turn(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/")
    reader.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    expect(reader.locator(".result")).to_have_count(6)
    expect(reader.get_by_role("navigation", name="Pages").locator("[aria-current]")).to_have_text("Page 2")


def test_swapping_keeps_the_page_the_focus_and_what_was_folded_open(archive, page, base_url):
    page.goto(f"{base_url}/determinations/")
    page.evaluate("window.sameDocument = true")
    page.locator("#more-filters > summary").click()
    page.locator("#more-body_part > summary").click()
    filters(page).get_by_role("checkbox", name="Injection").focus()
    page.keyboard.press("Space")
    expect(headline(page)).to_have_text("15 disputed items in 15 determinations")
    assert page.evaluate("window.sameDocument")
    expect(filters(page).locator("#treatment-injection")).to_be_focused()
    expect(page.locator("#more-body_part")).to_have_attribute("open", "")
    expect(page.get_by_role("status")).to_have_text("15 disputed items in 15 determinations")


def test_lighting_a_fact_swaps_the_source_panel_alone(archive, page, base_url):
    page.goto(f"{base_url}/determinations/CM14-0000001/")
    page.get_by_role("link", name="36 years").scroll_into_view_if_needed()
    page.evaluate("window.scrolledTo = window.scrollY")
    page.get_by_role("link", name="36 years").click()
    expect(page.locator("#at")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"\?at=worker\.age"))
    expect(page.get_by_role("link", name="36 years")).to_have_class("said lit")
    assert page.evaluate("window.scrolledTo === window.scrollY")


def test_a_shared_address_shows_its_lit_words(archive, page, base_url):
    page.goto(f"{base_url}/determinations/CM14-0000001/?at=worker.age")
    expect(page.locator("#at")).to_be_in_viewport()


def test_an_answer_that_fails_is_shown_as_a_page_not_swallowed(archive, context, base_url):
    page = context.new_page()

    def fail_swaps(route):
        if "hx-request" in route.request.headers:
            route.fulfill(status=500, body="failed")
        else:
            route.continue_()

    page.route("**/determinations/**", fail_swaps)
    page.goto(f"{base_url}/determinations/")
    filters(page).get_by_role("checkbox", name="Injection").click()
    expect(headline(page)).to_have_text("15 disputed items in 15 determinations")


def test_on_a_narrow_screen_the_filters_are_a_sheet(archive, reader, base_url):
    reader.set_viewport_size({"width": 375, "height": 800})
    reader.goto(f"{base_url}/determinations/?sex=F&outcome=overturned")
    expect(filters(reader)).to_be_hidden()
    reader.get_by_role("button", name="Filters 2 active").click()
    expect(filters(reader)).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth") == 375
    reader.get_by_role("button", name="Close").click()
    expect(filters(reader)).to_be_hidden()


def test_the_sheet_stays_open_while_filters_are_ticked_and_says_how_many_it_would_show(archive, page, base_url):
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{base_url}/determinations/")
    page.get_by_role("button", name="Filters").click()
    sheet = page.get_by_role("dialog", name="Filters")
    sheet.get_by_role("checkbox", name="Injection").focus()
    page.keyboard.press("Space")
    expect(sheet.get_by_role("button", name="Show 15 results")).to_be_visible()
    expect(sheet.get_by_role("checkbox", name="Injection")).to_be_focused()
    sheet.get_by_role("button", name="Show 15 results").click()
    expect(sheet).to_be_hidden()
    expect(headline(page)).to_have_text("15 disputed items in 15 determinations")
    expect(page.get_by_role("button", name="Filters 1 active")).to_be_focused()


def test_years_are_chosen_as_a_range(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/")
    reader.get_by_label("From").select_option("2015")
    apply = reader.get_by_role("button", name="Apply")
    if apply.is_visible():
        apply.click()
    expect(headline(reader)).to_have_text("30 disputed items in 30 determinations")
    expect(reader).to_have_url(f"{base_url}/determinations/?year_from=2015")
    expect(reader.locator("#results")).to_contain_text("decided since 2015")


def test_a_part_narrows_its_whole_and_the_whole_widens_again(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/?treatment=diagnostic-testing")
    tick(reader, "Imaging")
    expect(reader).to_have_url(re.compile(r"\?treatment=diagnostic-testing/imaging$"))
    tick(reader, "Diagnostic testing in part")
    expect(reader).to_have_url(re.compile(r"\?treatment=diagnostic-testing$"))


def test_several_filters_ticked_quickly_all_hold(archive, page, base_url):
    page.goto(f"{base_url}/determinations/")
    with page.expect_response(re.compile("outcome=upheld")):
        filters(page).get_by_role("checkbox", name="Injection").check()
        filters(page).get_by_role("checkbox", name="Upheld").check()
    expect(page).to_have_url(re.compile(r"\?treatment=injection&outcome=upheld$"))


def test_no_page_is_wider_than_a_narrow_screen(archive, page, base_url):
    page.set_viewport_size({"width": 375, "height": 800})
    for path in PATHS:
        page.goto(base_url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 375, path


PATHS = [
    "/",
    "/help/",
    "/determinations/",
    "/determinations/?q=fusion&treatment=diagnostic-testing/imaging&outcome=overturned",
    "/determinations/?q=absent",
    "/determinations/?q=(bone+OR+walker)+-fusion+in:rationale",
    "/determinations/?q=boone+scann",
    "/determinations/?treatment=nonsense",
    "/determinations/CM14-0000001/?q=fusion&at=worker.age",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_axe_finds_nothing(archive, page, base_url, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in PATHS:
        page.goto(base_url + path)
        assert_axe_finds_nothing(page, path)
        if width < 1000 and page.locator("#facets").count():
            page.locator(".open-filters").click()
            expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
            assert_axe_finds_nothing(page, f"{path}, with the filters")


def assert_axe_finds_nothing(page, path):
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"


def test_the_page_of_an_unknown_case_is_in_style(archive, page_without_scripts, base_url):
    page_without_scripts.goto(f"{base_url}/determinations/CM14-9999999/")
    expect(page_without_scripts.get_by_text("has no determination “CM14-9999999”")).to_be_visible()
    expect(page_without_scripts.get_by_role("searchbox", name="Words or")).to_be_visible()


def test_values_of_a_facet_are_found_as_one_types(archive, page, base_url):
    page.goto(f"{base_url}/determinations/")
    page.locator("#more-filters > summary").click()
    page.get_by_role("searchbox", name="Find in Body part").press_sequentially("part 17")
    page.locator("#found-body_part").get_by_role("checkbox", name="Part 17").check()
    expect(headline(page)).to_have_text("1 disputed item in 1 determination")


def test_values_of_a_facet_are_found_without_scripts(archive, page_without_scripts, base_url):
    page_without_scripts.goto(f"{base_url}/determinations/?outcome=upheld")
    box = page_without_scripts.get_by_role("searchbox", name="Find in Treatment")
    box.fill("facet")
    box.press("Enter")
    page_without_scripts.get_by_role("link", name="facet").first.click()
    expect(page_without_scripts).to_have_url(re.compile("treatment=injection/facet&outcome=upheld"))


def test_keys_and_buttons_walk_from_hit_to_hit(archive, page, base_url):
    page.goto(f"{base_url}/determinations/CM14-0000001/?q=bone+fusion")
    hits = page.get_by_role("navigation", name="Where the words stand")
    number = page.locator("mark[id^=hit-]").count()
    assert number > 2
    page.keyboard.press("n")  # nothing outside of the hits: no key of one letter that works anywhere
    assert "#" not in page.url
    hits.get_by_role("button", name="Next").click()
    expect(page).to_have_url(re.compile("#hit-1$"))
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("#hit-2$"))
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(hits.get_by_role("status")).to_have_text(f"{number} of {number}")


def test_a_hit_in_a_folded_paragraph_is_unfolded(archive, page, base_url):
    DisputedItemText.objects.filter(description="Walker").update(ca_guideline="Walking aids are for the frail.")
    page.goto(f"{base_url}/determinations/CM14-0000001/?q=frail")
    expect(page.locator("#hit-1")).to_be_hidden()
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("n")
    expect(page.locator("#hit-1")).to_be_visible()


def test_an_item_is_unfolded_from_the_table_of_items(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/CM14-0000001/?outcome=overturned")
    folded = reader.locator("#item-2 details.whole")
    expect(folded).not_to_have_attribute("open", "")
    reader.get_by_role("table", name="Disputed items").get_by_role("link", name="Walker").click()
    expect(folded).to_have_attribute("open", "")
    expect(reader).to_have_url(f"{base_url}/determinations/CM14-0000001/?outcome=overturned&item=2#item-2")


def test_a_reader_walks_through_the_results_without_going_back(archive, reader, base_url):
    reader.goto(f"{base_url}/determinations/?treatment=injection")
    reader.get_by_role("link", name="CM15-0000030").click()
    expect(reader.get_by_role("navigation", name="These results")).to_contain_text("item 1 of 15")
    reader.get_by_role("navigation", name="These results").get_by_role("link", name="Next").click()
    expect(reader.locator("h1")).to_contain_text("CM15-0000028")
    expect(reader.get_by_role("navigation", name="These results")).to_contain_text("item 2 of 15")


def test_the_link_to_a_determination_is_copied(archive, page, context, base_url):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{base_url}/determinations/CM14-0000001/?q=fusion")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{base_url}/determinations/CM14-0000001/"


@pytest.mark.parametrize("path", ["/determinations/?outcome=overturned&page=1", "/determinations/CM14-0000001/?item=2"])
def test_print_has_the_address_and_the_evidence_and_no_controls(archive, reader, base_url, path):
    reader.emulate_media(media="print")
    reader.goto(base_url + path)
    address = path.replace("&page=1", "").replace("?item=2", "") if "item" in path else path
    expect(reader.get_by_text(f"{base_url}{address} · as the archive showed it on")).to_be_visible()
    for control in (".skip", ".search", ".chips .clear", ".chips a > span", ".way", ".formats", "#facets"):
        for each in reader.locator(control).all():
            expect(each).to_be_hidden()
    if "item" in path:
        expect(
            reader.get_by_text("IMR Case No. CM14-0000001 (Cal. Div. of Workers’ Comp., Aug. 5, 2014)")
        ).to_be_visible()
        expect(reader.get_by_text("After the fusion a bone scan is needed.")).to_be_visible()


def test_a_printed_list_has_the_address_of_what_was_swapped_in(archive, page, base_url):
    page.goto(f"{base_url}/determinations/")
    tick(page, "Injection")
    expect(headline(page)).to_have_text("15 disputed items in 15 determinations")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".printed .address").text_content() == f"{base_url}/determinations/?treatment=injection"


@pytest.fixture
def phone(page: Page) -> Page:
    """A page on a narrow screen."""
    page.set_viewport_size({"width": 375, "height": 800})
    return page


def test_on_a_phone_a_sheet_shows_the_sentence_and_closing_it_returns_to_the_value(archive, phone, base_url):
    phone.goto(f"{base_url}/determinations/CM14-0000001/")
    value = phone.get_by_role("link", name="36 years")
    value.scroll_into_view_if_needed()
    before = phone.evaluate("window.scrollY")
    value.click()
    sheet = phone.get_by_role("dialog", name="worker’s age")
    expect(sheet.locator("blockquote")).to_have_text("A 36-year-old female.")
    assert_axe_finds_nothing(phone, "the sheet")
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(value).to_be_focused()
    assert phone.evaluate("window.scrollY") == before

    value.press("Enter")
    sheet.get_by_role("button", name="Show it in the whole text").click()
    expect(phone.locator("#at")).to_be_in_viewport()
    expect(phone.locator("#source-text")).to_be_focused()


def test_every_target_of_a_determination_is_at_least_24_pixels_wide_and_high(archive, phone, base_url):
    phone.goto(f"{base_url}/determinations/CM14-0000001/?q=fusion&at=worker.age")
    small = phone.evaluate(
        """() => Array.from(document.querySelectorAll(".letter :is(a, button, summary)"))
            .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
            .map(([text, box]) => `${text} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_a_determination_fits_into_320_pixels(archive, reader, base_url):
    reader.set_viewport_size({"width": 320, "height": 800})
    reader.goto(f"{base_url}/determinations/CM14-0000001/?q=fusion&at=worker.age")
    assert reader.evaluate("document.documentElement.scrollWidth") == 320


def test_axe_finds_nothing_in_forced_colours(archive, page, base_url):
    page.emulate_media(forced_colors="active")
    page.goto(f"{base_url}/determinations/CM14-0000001/?q=fusion&at=worker.age")
    assert_axe_finds_nothing(page, "the determination")
