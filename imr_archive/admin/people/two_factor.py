"""Two-factor sign-in: a one-time code of an authenticator app beside the password; each account switches it itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import qrcode
from django import forms
from django.contrib.auth import authenticate
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from imr_archive.admin.people.recording import login_event_record
from imr_archive.vocabulary import LoginEventKind

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

BACKUP_CODES = 10
CODE_DIGITS = 6
# The session's note of the device whose secret it has been shown, after the password was given.
SETTING_UP = "two_factor_device"


def has_two_factor(user: User) -> bool:
    """Return whether an account is asked for a code."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def code_accept(user: User, code: str) -> bool:
    """Return whether a code is right. It is used up; after a failure the device refuses codes for a growing time."""
    written = "".join(code.split()).lower()
    kind = TOTPDevice if written.isdecimal() and len(written) == CODE_DIGITS else StaticDevice
    with transaction.atomic():  # the lock keeps a code from being used twice at once
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device is not None and bool(device.verify_token(written))


@transaction.atomic
def two_factor_remove(user: User) -> None:
    """Switch two-factor sign-in off, and forget its secret and its backup codes."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


@transaction.atomic
def two_factor_begin(user: User) -> TOTPDevice:
    """Make a new secret, which counts for nothing until a code confirms it."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="Authenticator app", confirmed=False)


@transaction.atomic
def two_factor_confirm(device: TOTPDevice, code: str) -> list[str]:
    """Switch two-factor sign-in on if the code is right, and return its backup codes; else return none."""
    if not device.verify_token(code):
        return []
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    StaticDevice.objects.filter(user=device.user).delete()
    backup = StaticDevice.objects.create(user=device.user, name="Backup codes")
    codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=backup, token=code) for code in codes)
    return codes


def qr_code(text: str) -> SafeString:
    """Draw a QR code as an SVG element, which the content security policy lets stand in the page."""
    drawing = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage).save(drawing)
    svg = drawing.getvalue().decode()
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - made of squares, the text is not in it


class PasswordForm(forms.Form):
    """The user's own password, required before a change."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), label="Your password"
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        """Check the password as the login does, so that failures lock the account."""
        password: str = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise forms.ValidationError("This is not your password.")
        return password


class ConfirmForm(forms.Form):
    """The first code."""

    code = forms.CharField(
        max_length=8, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
    )


@sensitive_post_parameters()
def two_factor_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show the state of the own account, and switch it: set-up (password), confirm (code), switch-off (password)."""
    step = request.POST.get("step", "")
    context |= {"form": PasswordForm(request), "backup_codes": []}
    if step in ("set-up", "switch-off"):
        _password_given(request, step, context)
    elif step == "confirm":
        _code_given(request, context)
    device = TOTPDevice.objects.filter(user=request.user, confirmed=True).first()
    backup = StaticToken.objects.filter(device__user=request.user)
    context |= {"device": device, "codes_left": backup.count() if device else 0}
    return TemplateResponse(request, "admin/two_factor.html", context)


def _password_given(request: HttpRequest, step: str, context: dict[str, Any]) -> None:
    context["form"] = form = PasswordForm(request, request.POST)
    if not form.is_valid():
        return
    if step == "switch-off":
        two_factor_remove(request.user)  # type: ignore[arg-type]  # the admin lets nobody else in
        login_event_record(request, LoginEventKind.TWO_FACTOR_OFF, account=request.user.get_username())
        context["form"] = PasswordForm(request)
    elif not has_two_factor(request.user):  # type: ignore[arg-type]  # likewise
        device = two_factor_begin(request.user)  # type: ignore[arg-type]  # likewise
        request.session[SETTING_UP] = device.pk
        context |= _set_up(device, ConfirmForm())


def _code_given(request: HttpRequest, context: dict[str, Any]) -> None:
    key = request.session.get(SETTING_UP)
    device = TOTPDevice.objects.filter(user=request.user, confirmed=False, pk=key).first()
    if device is None:
        return
    form = ConfirmForm(request.POST)
    if form.is_valid():
        codes = two_factor_confirm(device, form.cleaned_data["code"])
        if codes:
            del request.session[SETTING_UP]
            login_event_record(request, LoginEventKind.TWO_FACTOR_ON, account=request.user.get_username())
            context["backup_codes"] = codes
            return
        form.add_error("code", "This code is wrong. Compare the clock of your phone, and take the next code.")
    context |= _set_up(device, form)


def _set_up(device: TOTPDevice, form: ConfirmForm) -> dict[str, Any]:
    """Return what the page shows of a device that is not confirmed yet."""
    address = device.config_url
    secret = address.partition("secret=")[2].partition("&")[0]
    return {"confirm_form": form, "qr_code": qr_code(address), "secret": secret}
