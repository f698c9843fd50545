"""Signing in: the lock-out, the one-time code, what is recorded, and the limit of bodies."""

import logging
import re
import tempfile
import time

import pytest
from axes.models import AccessAttempt
from django.conf import settings as project
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from devtools.testing.staff import PASSWORD, staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.models import LoginEvent

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
TWO_FACTOR = "/admin/two-factor/"


@pytest.fixture
def user():
    user = staff_member(Role.UPLOADER)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password=PASSWORD, name="uploader", **headers):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **headers)


def events():
    return [(event.kind, event.account, event.by) for event in LoginEvent.objects.order_by("pk")]


# -- Name and password ------------------------------------------------------------------------------------------------


def test_signing_in_and_out_is_recorded(user, client):
    page = sign_in(client, headers={"user-agent": "A browser"})
    assert (page.status_code, page.headers["Location"]) == (302, "/admin/")
    client.post("/admin/logout/")
    assert events() == [("logged-in", "uploader", ""), ("logged-out", "uploader", "")]
    first = LoginEvent.objects.earliest("pk")
    assert (first.address, first.browser) == ("127.0.0.1", "A browser")
    assert client.get("/admin/").status_code == 302


def test_a_failure_is_recorded_without_the_password(user, client, caplog):
    with caplog.at_level(logging.INFO):
        assert "Please enter the correct username" in sign_in(client, "a wrong secret").text
    assert events() == [("failed", "uploader", "")]
    assert "Wrong name or password: uploader (from 127.0.0.1)" in caplog.text
    kept = [str(row) for model in (LoginEvent, AccessAttempt) for row in model.objects.values()]
    assert "a wrong secret" not in caplog.text + "".join(kept)


def test_a_name_that_is_no_account_is_not_written_down(user, client, caplog):
    sign_in(client, name=PASSWORD)
    assert events() == [("failed", "", "")]
    assert PASSWORD not in caplog.text


def test_signing_in_leads_to_the_page_that_was_asked_for_and_to_no_other_site(user, client):
    for place, expected in (("/admin/imr_archive/ingestrun/",) * 2, ("https://elsewhere.example/", "/admin/")):
        page = client.post(LOGIN, {"username": "uploader", "password": PASSWORD, "next": place})
        assert page.headers["Location"].replace("/accounts/profile/", "/admin/") == expected
        client.post("/admin/logout/")


# -- The lock-out -----------------------------------------------------------------------------------------------------


def lock(client, **facts):
    for _ in range(project.AXES_FAILURE_LIMIT):
        page = sign_in(client, "wrong", **facts)
    return page


def test_an_account_is_locked_after_repeated_failures_and_told_until_when(user, client):
    for page in (lock(client), sign_in(client)):
        assert page.status_code == 429
        assert re.search(r"failed five times\. Try again in 15 minutes,\s+at \d\d:\d\d", page.text)
        assert 14 * 60 < int(page.headers["Retry-After"]) <= 15 * 60
    assert client.get("/admin/").status_code == 302
    assert events()[-1] == ("locked-out", "uploader", "")


def test_a_lock_ends_at_the_time_it_names(user, client, time_machine):
    time_machine.move_to("2026-05-01 12:00:00+00:00", tick=False)
    lock(client)
    time_machine.move_to("2026-05-01 12:14:00+00:00", tick=False)
    assert "in 1 minute," in sign_in(client).text  # and this failure does not make it longer
    time_machine.move_to("2026-05-01 12:15:01+00:00", tick=False)
    assert sign_in(client).status_code == 302


def test_a_lock_holds_for_one_account_from_one_address(user, client):
    staff_member(None).set_password(PASSWORD)
    lock(client)
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert sign_in(client, name="somebody").status_code == 200


def test_a_new_password_from_an_administrator_ends_the_lock(user, client, admin_client):
    lock(client)
    new = "another long made-up password"
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    admin_client.post(address, {"usable_password": "true", "password1": new, "password2": new})
    assert sign_in(client, password=new).status_code == 302


def test_a_success_forgets_earlier_failures(user, client):
    for _ in range(2):
        for _ in range(project.AXES_FAILURE_LIMIT - 1):
            sign_in(client, "wrong")
        assert sign_in(client).status_code == 302


def test_behind_a_proxy_the_clients_own_address_counts_and_what_it_claims_does_not(user, client, settings):
    settings.TRUSTED_PROXIES = 1
    lock(client, headers={"x-forwarded-for": "203.0.113.1, 198.51.100.9"})
    claimed = {"x-forwarded-for": "203.0.113.250, 198.51.100.9"}
    assert sign_in(client, headers=claimed).status_code == 429
    assert sign_in(client, headers={"x-forwarded-for": "198.51.100.10"}).status_code == 302
    assert {event.address for event in LoginEvent.objects.all()} == {"198.51.100.9", "198.51.100.10"}


def test_without_a_proxy_the_header_is_not_believed(user, client):
    lock(client, headers={"x-forwarded-for": "203.0.113.1"})
    assert sign_in(client, headers={"x-forwarded-for": "203.0.113.2"}).status_code == 429


# -- Two factors ------------------------------------------------------------------------------------------------------


def code_of(device, steps=0):
    """The code that an authenticator shows, some steps of time later."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06}"


@pytest.fixture
def with_two_factor(user, client, time_machine):
    """A signed-in account that has just switched two-factor sign-in on; returns the page that said so."""
    time_machine.move_to("2026-05-01 12:00:00+00:00", tick=False)
    client.force_login(user)
    client.post(TWO_FACTOR, {"step": "set-up", "password": PASSWORD})
    return client.post(TWO_FACTOR, {"step": "confirm", "code": code_of(TOTPDevice.objects.get())})


def later(time_machine, minutes=1):
    time_machine.move_to(f"2026-05-01 12:{minutes:02}:00+00:00", tick=False)


def test_two_factor_is_off_until_a_code_confirms_it(user, client):
    client.force_login(user)
    assert "Two-factor sign-in is off" in client.get(TWO_FACTOR).text
    page = client.post(TWO_FACTOR, {"step": "set-up", "password": PASSWORD})
    assert "<svg" in page.text
    assert "style=" not in page.text.partition("<svg")[2].partition("</svg>")[0]
    assert "This code is wrong" in client.post(TWO_FACTOR, {"step": "confirm", "code": "000000"}).text
    assert "Two-factor sign-in is off" in client.get(TWO_FACTOR).text
    client.post("/admin/logout/")
    assert sign_in(client).headers["Location"] == "/admin/"


def test_setting_up_and_switching_off_need_the_password(user, client, with_two_factor):
    for step in ("set-up", "switch-off"):
        assert "This is not your password" in client.post(TWO_FACTOR, {"step": step, "password": "wrong"}).text
    assert TOTPDevice.objects.get().confirmed
    client.post(TWO_FACTOR, {"step": "switch-off", "password": PASSWORD})
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert [kind for kind, *_ in events()] == ["two-factor-on", "two-factor-off"]


def test_a_secret_is_shown_only_to_the_session_that_gave_the_password(user, client):
    client.force_login(user)
    client.post(TWO_FACTOR, {"step": "set-up", "password": PASSWORD})
    other = Client()
    other.force_login(user)
    assert "<figure" not in other.post(TWO_FACTOR, {"step": "confirm", "code": "000000"}).text
    assert not TOTPDevice.objects.get().confirmed


def test_the_code_is_asked_for_after_the_password_and_only_where_it_is_on(user, with_two_factor, time_machine):
    later(time_machine)
    client = Client()
    page = sign_in(client)
    assert page.headers["Location"] == "/admin/login/code/"
    assert client.get("/admin/").status_code == 302  # not signed in yet
    assert "authenticator app" in client.get("/admin/login/code/").text
    code = code_of(TOTPDevice.objects.get())
    assert client.post("/admin/login/code/", {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert events()[-1] == ("logged-in", "uploader", "")


def test_a_code_opens_once_and_a_wrong_one_never(user, with_two_factor, time_machine):
    later(time_machine)
    code = code_of(TOTPDevice.objects.get())
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
    assert first.post("/admin/login/code/", {"code": code}).status_code == 302
    assert "This code is wrong or was used before" in second.post("/admin/login/code/", {"code": code}).text
    assert second.get("/admin/").status_code == 302
    assert events()[-1] == ("code-refused", "uploader", "")


def test_codes_cannot_be_tried_one_after_another(user, with_two_factor, time_machine):
    later(time_machine)
    client = Client()
    sign_in(client)
    client.post("/admin/login/code/", {"code": "000000"})
    right = code_of(TOTPDevice.objects.get())
    assert client.post("/admin/login/code/", {"code": right}).status_code == 200  # within the pause after a failure
    later(time_machine, 2)
    assert client.post("/admin/login/code/", {"code": code_of(TOTPDevice.objects.get())}).status_code == 302


def test_a_backup_code_opens_once(user, with_two_factor, time_machine):
    codes = re.findall(r"<li><code>(\w+)</code>", with_two_factor.text)
    assert len(codes) == 10
    for expected in (302, 200):
        client = Client()
        sign_in(client)
        assert client.post("/admin/login/code/", {"code": codes[0].upper()}).status_code == expected
    assert StaticToken.objects.count() == 9


def test_a_right_password_waits_five_minutes_for_its_code(user, with_two_factor, time_machine):
    client = Client()
    sign_in(client)
    later(time_machine, 6)
    code = code_of(TOTPDevice.objects.get())
    assert client.post("/admin/login/code/", {"code": code}).headers["Location"] == LOGIN
    assert client.get("/admin/").status_code == 302


def test_an_account_that_was_deactivated_meanwhile_stays_out(user, with_two_factor, time_machine):
    later(time_machine)
    client = Client()
    sign_in(client)
    User.objects.update(is_active=False)
    code = code_of(TOTPDevice.objects.get())
    assert client.post("/admin/login/code/", {"code": code}).headers["Location"] == LOGIN


def test_an_administrator_switches_two_factor_off_for_who_lost_the_phone(user, with_two_factor):
    client = Client()
    client.force_login(staff_member(Role.ADMINISTRATOR))
    address = f"/admin/auth/user/{user.pk}/change/"
    form = {"role": Role.UPLOADER.value, "is_active": "on"}
    client.post(address, form)
    assert TOTPDevice.objects.exists()
    client.post(address, form | {"two_factor_off": "on"})
    assert not TOTPDevice.objects.exists()
    assert events()[-1] == ("two-factor-off", "uploader", "administrator")
    assert 'name="two_factor_off"' not in client.get(address).text


# -- Passwords, sessions ----------------------------------------------------------------------------------------------


def test_new_passwords_are_recorded_with_who_set_them(user, client):
    client.force_login(user)
    new = "another made-up password"
    client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    client.force_login(staff_member(Role.ADMINISTRATOR))
    client.post(
        f"/admin/auth/user/{user.pk}/password/", {"usable_password": "true", "password1": new, "password2": new}
    )
    assert events() == [("password-changed", "uploader", ""), ("password-changed", "uploader", "administrator")]


def test_the_session_cookie_is_for_the_browser_alone(user, client):
    cookie = sign_in(client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 12 * 60 * 60)


def test_the_login_events_are_shown_and_changed_by_nobody(user, admin_client):
    sign_in(Client(), "wrong")
    event = LoginEvent.objects.get()
    assert "Wrong name or password" in admin_client.get("/admin/imr_archive/loginevent/").text
    for page in ("change", "delete"):
        address = f"/admin/imr_archive/loginevent/{event.pk}/{page}/"
        assert admin_client.post(address, {"post": "yes", "account": "x"}).status_code == 403
    assert LoginEvent.objects.get().account == "uploader"


# -- Large bodies -----------------------------------------------------------------------------------------------------


@pytest.fixture
def temporary_files(monkeypatch):
    """The names of temporary files that were made."""
    made = []
    original = tempfile.NamedTemporaryFile

    def recorded(*arguments, **options):
        file = original(*arguments, **options)
        made.append(file.name)
        return file

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", recorded)
    return made


def large():
    return SimpleUploadedFile("large.pdf", b"x" * (4 * 1024 * 1024))


@pytest.mark.parametrize("address", [LOGIN, "/admin/uploads/", "/", "/determinations/"])
def test_a_large_body_of_nobody_is_refused_unread(address, temporary_files):
    page = Client(enforce_csrf_checks=True).post(address, {"letters": large()})
    assert page.status_code == 413
    assert "This request is too large" in page.text
    assert temporary_files == []


def test_who_may_upload_sends_large_bodies_there_and_nowhere_else(user, client, temporary_files):
    client.force_login(user)
    assert client.post("/admin/uploads/", {"letters": large()}).status_code == 302
    assert client.post("/admin/password_change/", {"letters": large()}).status_code == 413


@pytest.mark.parametrize("length", ["", "x", "-5", "9" * 5000])
def test_a_length_that_is_none_is_no_fault_of_the_server(length):
    assert Client().post(LOGIN, {}, CONTENT_LENGTH=length).status_code in (200, 400, 413)
