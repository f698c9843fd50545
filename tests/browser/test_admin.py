"""The administration in a browser: signing in with two factors, phones, dark mode, accessibility, and the policy."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from devtools.testing.staff import PASSWORD, sample_archive, staff_member
from imr_archive.admin.people.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

LISTS = ("sourceletter", "determination", "disputeditem", "ingestrun", "ingestrunfile", "correction", "loginevent")


@pytest.fixture
def accounts(transactional_db):
    for role in (*Role, None):
        user = staff_member(role)
        user.set_password(PASSWORD)
        user.save()


def sign_in(page: Page, base_url: str, name: str) -> None:
    page.goto(f"{base_url}/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def next_code(device: TOTPDevice) -> str:
    """The code of the step after the one that was used: the device takes one step ahead of its clock."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + (device.step if device.last_t >= 0 else 0)
    return f"{totp.token():06}"


def test_two_factor_is_switched_on_and_then_asked_for(accounts, page, base_url):
    sign_in(page, base_url, "uploader")
    page.get_by_role("link", name="Two-factor sign-in").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_label("Code that the app shows now").fill(next_code(TOTPDevice.objects.get()))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="keep these backup codes")).to_be_visible()
    page.get_by_role("button", name="Log out").click()

    sign_in(page, base_url, "uploader")
    expect(page.get_by_role("heading", name="Work to do")).not_to_be_visible()
    page.get_by_label("Code").fill(next_code(TOTPDevice.objects.get()))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Work to do")).to_be_visible()


def test_an_administrator_gives_an_account_its_role(accounts, page, base_url):
    sign_in(page, base_url, "administrator")
    page.get_by_role("region", name="People").get_by_role("link", name="Add").click()
    page.get_by_label("Username").fill("new")
    page.get_by_label("Password:", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_label("Reviewer: also sees every letter").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert [group.name for group in User.objects.get(username="new").groups.all()] == ["Reviewer"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_are_accessible_in_both_schemes(accounts, page, base_url, scheme):
    rows = sample_archive()
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, base_url, "superuser")
    expect(page.get_by_role("heading", name="Work to do")).to_be_visible()
    places = ["", "two-factor/", "auth/user/", "auth/user/add/", "uploads/"]
    places += [f"imr_archive/{name}/" for name in LISTS]
    places += [f"imr_archive/{name}/{next(iter(rows[name].values())).pk}/change/" for name in LISTS]
    found = []
    for place in places:
        page.goto(f"{base_url}/admin/{place}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((place, "wider than the phone"))
        for violation in Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]:
            found += [(place, scheme, node["target"], node["failureSummary"]) for node in violation["nodes"]]
    assert found == []
    paper = page.evaluate("getComputedStyle(document.querySelector('#header')).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 32, 42)"}[scheme]


def test_times_are_told_in_the_readers_own_zone(accounts, browser, base_url):
    sample_archive()
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    sign_in(page, base_url, "reviewer")
    page.goto(f"{base_url}/admin/imr_archive/ingestrun/")
    shown = page.locator("time").first
    expect(shown).to_have_attribute("title", re.compile(r"P[SD]T$"))
    local = "new Date(document.querySelector('time').dateTime).toLocaleTimeString('en-GB', {timeStyle: 'short'})"
    expect(shown).to_contain_text(page.evaluate(local))
    context.close()
