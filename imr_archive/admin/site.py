"""The site of the admin: its login, its pages for the own account, and the groups of its index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from imr_archive.admin.audit.views import MAY_AUDIT, audit_csv, audit_view
from imr_archive.admin.body_limit import MAY_UPLOAD
from imr_archive.admin.inbox.page import inbox_page
from imr_archive.admin.people import login, two_factor
from imr_archive.admin.people.recording import login_event_record
from imr_archive.admin.uploading.urls import uploading_urls
from imr_archive.vocabulary import LoginEventKind

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase
    from django.urls import URLPattern, URLResolver

# The index in groups: heading, and the models by name in their order. What is in no group stands in the last one.
GROUPS = (
    ("Letters", ("SourceLetter", "Determination", "DisputedItem")),
    ("Runs", ("IngestRun", "DroppedFile")),
    ("Corrections", ("Correction",)),
    ("Withdrawn", ("Withdrawal",)),
    ("People", ("User", "LoginEvent")),
)
INBOX_GROUP = "Inbox"
AUDIT_GROUP = "Audit"
LAST_GROUP = "Tables"


class ArchiveAdminSite(AdminSite):
    """The administration of the archive."""

    site_header = "IMR Archive"
    site_title = "IMR Archive administration"
    index_title = "Administration"
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Add the second step of the login, two-factor sign-in of the own account, and the audit."""
        return [
            path("audit/", self.admin_view(self.audit), name="audit"),
            path("audit.csv", self.admin_view(audit_csv), name="audit_csv"),
            path("login/code/", self.login_code, name="login_code"),
            *uploading_urls(self),
            path("two-factor/", self.admin_view(self.two_factor), name="two_factor"),
            *super().get_urls(),
        ]

    # -- Login --------------------------------------------------------------------------------------------------------

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]  # views return the base class
        """Ask for name and password; who has two-factor sign-in is asked for a code on the next page."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
        request.current_app = self.name  # Django's own way to name the site to reverse()
        return login.ArchiveLoginView.as_view(extra_context=context)(request)

    @method_decorator(never_cache)
    def login_code(self, request: HttpRequest) -> HttpResponse:
        """Ask for the one-time code."""
        return login.code_view(request, {**self.each_context(request), "title": "One-time code"})

    @method_decorator(never_cache)
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out, and record it."""
        if request.method == "POST" and request.user.is_authenticated:
            login_event_record(request, LoginEventKind.LOGGED_OUT, account=request.user.get_username())
        return super().logout(request, extra_context)

    # -- The own account ----------------------------------------------------------------------------------------------

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Change the own password, and record it."""
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            login_event_record(request, LoginEventKind.PASSWORD_CHANGED, account=request.user.get_username())
        return response

    def two_factor(self, request: HttpRequest) -> HttpResponse:
        """Switch two-factor sign-in on or off."""
        return two_factor.two_factor_view(request, {**self.each_context(request), "title": "Two-factor sign-in"})

    def audit(self, request: HttpRequest) -> HttpResponse:
        """Show who did what when."""
        return audit_view(request, self.each_context(request))

    # -- The index ----------------------------------------------------------------------------------------------------

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the work to do, and take uploads, above the tables."""
        page = inbox_page(request)
        return super().index(request, {"page": page, "title": "Work to do", **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Group the models by what people do with them instead of by application."""
        apps = super().get_app_list(request, app_label)
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        inbox = [{"name": "Work to do", "admin_url": reverse("admin:index", current_app=self.name)}] if models else []
        if request.user.has_perm(MAY_UPLOAD):
            inbox.append({"name": "Uploads", "admin_url": reverse("admin:uploads")})
        groups = [(INBOX_GROUP, inbox)]
        groups += [(title, [models.pop(name) for name in names if name in models]) for title, names in GROUPS]
        if request.user.has_perm(MAY_AUDIT):
            groups.append((AUDIT_GROUP, [{"name": "All entries", "admin_url": reverse("admin:audit")}]))
        groups.append((LAST_GROUP, [*models.values()]))
        index = reverse("admin:index", current_app=self.name)
        return [
            {"name": title, "app_label": title.lower(), "app_url": f"{index}#{title.lower()}", "models": listed}
            for title, listed in groups
            if listed
        ]
