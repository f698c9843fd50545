"""What is new, the corrections and the audit, at both widths and in both schemes, and from the home page to a list."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.history.correcting import corrections_make
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.vocabulary import WithdrawalScope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _archive(transactional_db):
    for number in (1, 2):
        add_determination(f"CM16-000000{number}", items=[ItemRow("Home care")], age=40)
    last = add_determination("CM16-0000003", items=[ItemRow("Home care")], age=40)
    corrections_make(determination=last.pk - 1, values=[(None, "worker_age", 41)], reason="A slip.", made_by="rosa")
    determination_withdraw(
        reference="CM16-0000003",
        reason="A name.",
        public_reason="At the request of the person concerned.",
        scope=WithdrawalScope.HIDE,
        withdrawn_by="rosa",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_the_pages_fit_and_axe_finds_nothing(page, context, base_url, scheme, width):
    client = Client()
    client.force_login(staff_member(Role.ADMINISTRATOR))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base_url}])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    today = timezone.localdate()
    for path in ("/new/", f"/new/{today}/", "/corrections/", "/tray/", "/admin/audit/"):
        page.goto(base_url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        # Axe would fetch the stylesheets that the administration imports again, from the wrong addresses.
        found = Axe().run(page, options={"preload": False})
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"


def test_what_is_new_since_last_week_takes_two_clicks(page_without_scripts, base_url):
    page = page_without_scripts
    page.goto(base_url)
    page.locator(".new").get_by_role("link", name="2 determinations").click()
    expect(page).to_have_url(re.compile(r"/determinations/\?since=\d{4}-\d\d-\d\d&show=determinations&sort=arrived$"))
    expect(page.locator("#headline")).to_contain_text("2 determinations")
    page.get_by_role("link", name="New", exact=True).click()
    expect(page.locator(".days tbody tr").first).to_contain_text("2")
    page.locator(".days tbody th a").first.click()
    expect(page.locator(".entries")).to_contain_text("Corrected: worker’s age.")
    expect(page.locator(".entries")).to_contain_text("Withdrawn. At the request of the person concerned.")
