"""The result list in a browser: keyboard, forced colours, narrow screens, busy sign, weight, and what is taken away."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from devtools.testing.archive import Cited, ItemRow, add_determination

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/determinations/"
KIND = ["diagnostic-testing/imaging", "injection/facet", "surgery/spine"]


@pytest.fixture
def archive(transactional_db):
    for number in range(60):
        items = [
            ItemRow(
                f"Request {number} for a scan of the lumbar spine",
                "overturned" if number % 7 == 0 else "upheld",
                treatments=[KIND[number % 3]],
                body_parts=[f"part-{number % 15}"],
                guidelines=[Cited("odg-low-back", section="Imaging of the back")] if number % 5 else [],
                rationale="After the fusion a scan is needed, and the guidelines say when. " * 4,
            )
        ]
        add_determination(
            f"CM15-{number:07d}", decided=date(2013 + number % 6, 1, 1), boards=["Orthopedic Surgery"], items=items
        )


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('#list') ? document.activeElement.textContent : ''")


def test_the_first_result_is_within_five_tabs(archive, page, base_url):
    page.goto(base_url + LIST)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
        if focused(page):
            break
    assert focused(page).startswith("CM15-")


def test_space_ticks_a_filter_and_does_not_scroll(archive, page, base_url):
    page.goto(base_url + LIST)
    page.locator("#outcome-overturned").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_have_text("9 disputed items in 9 determinations")
    expect(page.locator("#outcome-overturned")).to_be_focused()
    assert page.evaluate("window.scrollY") == 0


def test_after_turning_the_page_the_focus_is_on_the_heading(archive, page, base_url):
    page.goto(base_url + LIST)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_a_slow_answer_shows_that_the_page_is_busy(archive, page, base_url):
    held = []
    page.goto(base_url + LIST)
    page.route("**/determinations/?*", lambda route: held.append(route))
    page.locator("#outcome-overturned").check()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("9 disputed items in 9 determinations")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize(
    "question", ["", "?view=table", "?q=fusion&outcome=upheld", "?q=absent", "?show=determinations"]
)
def test_nothing_is_wider_than_320_pixels(archive, page, base_url, question):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(base_url + LIST + question)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("question", ["?view=table", "?show=determinations&outcome=upheld", "?q=fusion&values=rate"])
@pytest.mark.parametrize("media", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing(archive, page, base_url, question, media):
    page.emulate_media(**media)
    page.goto(base_url + LIST + question)
    for folded in page.locator("#more-filters, #columns").all():
        folded.locator("summary").first.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_in_forced_colours_a_ticked_filter_and_a_bar_can_be_seen(archive, page, base_url):
    page.emulate_media(forced_colors="active")
    page.goto(f"{base_url}{LIST}?outcome=upheld")
    ticked, other = (page.locator(f"#outcome-{name}").screenshot() for name in ("upheld", "overturned"))
    assert ticked != other
    bar = page.locator(".bar rect").first
    assert bar.evaluate("bar => getComputedStyle(bar).fill != getComputedStyle(document.body).backgroundColor")


TARGETS = ", ".join(
    [
        *(
            ".facets label:not(.unseen, .range label)",
            ".facets select",
            ".facets summary",
            ".facets input[type=search]",
            ".facets button",
        ),
        *(".sorts a", ".chips a", ".pager a", ".take-away a", ".take-away button"),
    ]
)


def test_targets_are_24_pixels_high_and_wide(archive, page, base_url):
    page.goto(f"{base_url}{LIST}?outcome=upheld")
    boxes = [(each.text_content(), each.bounding_box()) for each in page.locator(TARGETS).all() if each.is_visible()]
    assert len(boxes) > 30
    assert [text for text, box in boxes if box["height"] < 24 or box["width"] < 24] == []


def test_nothing_shifts_while_the_page_loads_or_swaps(archive, page, base_url):
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver(list => list.getEntries().forEach(each => {
          if (!each.hadRecentInput) window.shift += each.value;
        })).observe({type: 'layout-shift', buffered: true});"""
    )
    page.goto(base_url + LIST)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") == 0


def test_a_list_page_weighs_little(archive, page, base_url):
    """At most 110 kB compressed, with styles and scripts."""
    bodies = []
    page.on("response", lambda response: bodies.append(response.body()))
    page.goto(base_url + LIST)
    page.wait_for_load_state("networkidle")
    assert len(bodies) > 4
    assert sum(len(gzip.compress(body)) for body in bodies) < 110_000


def test_the_link_to_the_results_is_copied(archive, page, base_url):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{base_url}{LIST}?outcome=overturned")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{base_url}{LIST}?outcome=overturned"


def test_without_scripts_no_button_stands_that_does_nothing(archive, page_without_scripts, base_url):
    page_without_scripts.goto(base_url + LIST)
    expect(page_without_scripts.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page_without_scripts.get_by_role("button", name="Apply")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_columns_of_the_table_are_chosen(archive, request, base_url, scripts):
    page = request.getfixturevalue("page" if scripts else "page_without_scripts")
    page.goto(base_url + LIST)
    page.get_by_role("link", name="Table").click()
    expect(page.get_by_role("row")).to_have_count(51)
    page.locator("#columns > summary").click()
    page.get_by_role("checkbox", name="Body part").check()
    if not scripts:
        page.locator("#columns-form").get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader", name="Body part")).to_be_visible()
    # Ticking a filter keeps the table and its columns.
    page.locator("#outcome-overturned").check()
    if not scripts:
        page.locator("#filters").get_by_role("button", name="Apply").click()
    expect(page.get_by_role("row")).to_have_count(10)
    expect(page.get_by_role("columnheader", name="Body part")).to_be_visible()


def test_four_items_are_in_sight_at_once(archive, page, base_url):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(base_url + LIST)
    for number in range(4):
        expect(page.locator(".item").nth(number)).to_be_in_viewport(ratio=1)
