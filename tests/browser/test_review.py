"""The review in a browser: words lit and taken from the letter, accepting by keyboard; and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from devtools.testing.handmade import ingest, printed_letter
from devtools.testing.staff import PASSWORD, staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.models import Correction, Determination, Review
from imr_archive.vocabulary import PublishHeld

pytestmark = pytest.mark.django_db(transaction=True)

LIT = "[...(CSS.highlights.get('words') ?? [])].map(String).join()"


@pytest.fixture
def reviewer(transactional_db):
    user = staff_member(Role.REVIEWER)
    user.set_password(PASSWORD)
    user.save()
    letters = [printed_letter(f"CM15-{number:07}").replace(b": Upheld", b":") for number in (1, 2)]
    ingest([(f"{number}.txt", content) for number, content in enumerate(letters)], publish=PublishHeld.ALL)


def sign_in(page: Page, base_url: str, place: str) -> None:
    page.goto(f"{base_url}/admin/login/?next=/admin/{place}")
    page.get_by_label("Username").fill("reviewer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_a_letter_is_corrected_from_its_own_words_and_accepted_by_keyboard(reviewer, page, base_url):
    sign_in(page, base_url, "imr_archive/sourceletter/work/outcome/")
    expect(page.get_by_role("heading", name="Review CM15-0000001")).to_be_visible()
    page.get_by_label("Request that was decided").focus()
    assert "Tramadol 50mg #60" in page.evaluate(LIT)
    page.get_by_label("Worker’s age").focus()
    assert page.evaluate(LIT) == "51"
    page.evaluate("""() => {
      const text = document.getElementById("letter-text"), start = text.textContent.indexOf("78, 80") + 4;
      document.getSelection().setBaseAndExtent(text.firstChild, start, text.firstChild, start + 2);
      text.dispatchEvent(new Event("mouseup"));
    }""")
    expect(page.get_by_label("Worker’s age")).to_have_value("80")
    expect(page.locator("#filled")).to_contain_text("is filled")
    page.get_by_label("Outcome").select_option("upheld")
    page.get_by_label("Treatments 1").fill("Norco")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Say why you correct it")).to_be_visible()
    page.get_by_label("Reason").fill("The letter says so.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Review CM15-0000002")).to_be_visible()
    case = Determination.objects.get(case_number="CM15-0000001")
    assert (case.worker_age, case.outcome, Review.objects.get().determination) == (80, "upheld", case)
    assert {*Correction.objects.values_list("field", flat=True)} == {"worker_age", "outcome", "treatments"}
    page.goto(f"{base_url}{case.get_absolute_url()}")
    expect(page.locator("#corrected + p + ul")).to_contain_text(re.compile("51.*80.*The letter says so."))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_fits_a_phone_and_is_accessible(reviewer, page, base_url, scheme):
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, base_url, "imr_archive/sourceletter/work/outcome/")
    expect(page.get_by_role("heading", name="Review CM15-0000001")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    # Axe would load the stylesheets again, to which their imports are then relative to the page.
    violations = Axe().run(page, context=".review", options={"preload": False}).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in violations] == []


def test_the_review_works_without_scripts(reviewer, page_without_scripts, base_url):
    page = page_without_scripts
    sign_in(page, base_url, "imr_archive/sourceletter/work/outcome/")
    page.get_by_role("button", name="Split in two").click()
    expect(page.get_by_role("group", name="Item 2 (added)")).to_be_visible()
    page.get_by_role("group", name="Item 2 (added)").get_by_label("Request that was decided").fill("A cane")
    page.get_by_label("Reason").fill("Two requests.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("CM15-0000001: corrected.")).to_be_visible()
    assert Determination.objects.get(case_number="CM15-0000001").items.count() == 2
