"""The login of the admin: name and password, a one-time code for accounts that have one, and the lock-out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from imr_archive.admin.people.client import client_address
from imr_archive.admin.people.recording import login_event_record
from imr_archive.admin.people.two_factor import code_accept, has_two_factor
from imr_archive.vocabulary import LoginEventKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# The session's note that name and password were right, until the code is, too.
PENDING = "login_pending"
PENDING_SECONDS = 5 * 60


class ArchiveLoginView(LoginView):
    """Name and password. Each outcome is recorded."""

    authentication_form = AdminAuthenticationForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, or go on to the page that asks for the code."""
        user = form.get_user()
        if has_two_factor(user):
            self.request.session[PENDING] = {
                "user": user.pk,
                "backend": user.backend,
                "until": time.time() + PENDING_SECONDS,
                "next": self.get_success_url(),
            }
            return HttpResponseRedirect(reverse("admin:login_code"))
        response = super().form_valid(form)
        login_event_record(self.request, LoginEventKind.LOGGED_IN, account=user.get_username())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; the middleware of axes replaces the answer where the account is locked."""
        locked = getattr(self.request, "axes_locked_out", False)
        kind = LoginEventKind.LOCKED_OUT if locked else LoginEventKind.FAILED
        login_event_record(self.request, kind, account=form.data.get("username", ""))
        return super().form_invalid(form)


class CodeForm(forms.Form):
    """The one-time code, or a backup code."""

    code = forms.CharField(
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


@sensitive_post_parameters()
@csrf_protect
def code_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Ask for the code of an account whose password was right, and sign it in."""
    pending = request.session.get(PENDING, {"user": None, "until": 0})
    user = User.objects.filter(pk=pending["user"], is_active=True, is_staff=True).first()
    if user is None or pending["until"] < time.time():
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if code_accept(user, form.cleaned_data["code"]):
            del request.session[PENDING]
            login(request, user, backend=pending["backend"])
            login_event_record(request, LoginEventKind.LOGGED_IN, account=user.get_username())
            return HttpResponseRedirect(pending["next"])
        login_event_record(request, LoginEventKind.CODE_REFUSED, account=user.get_username())
        form.add_error(None, "This code is wrong or was used before. Wait for the next one; each failure takes longer.")
    return TemplateResponse(request, "admin/login_code.html", {**context, "form": form})


def locked_out_response(
    request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer a login of a locked account with the time at which it is open again; axes calls this."""
    username = (credentials or {}).get("username")
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client_address(request))
    last = attempts.aggregate(Max("attempt_time"))["attempt_time__max"] or timezone.now()
    until = last + settings.AXES_COOLOFF_TIME
    seconds = max(1, round((until - timezone.now()).total_seconds()))
    context = {
        **admin.site.each_context(request),
        "title": "Too many failed logins",
        "failures": settings.AXES_FAILURE_LIMIT,
        "until": until,
        "minutes": -(-seconds // 60),
    }
    response = TemplateResponse(request, "admin/locked_out.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response.render()
