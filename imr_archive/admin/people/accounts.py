"""Accounts in the admin: name, password and one role each; they are deactivated and never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import axes.utils
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User

from imr_archive.admin.people.recording import login_event_record
from imr_archive.admin.people.roles import Role, may_manage, role_assign, role_of, roles_to_grant
from imr_archive.admin.people.two_factor import has_two_factor, two_factor_remove
from imr_archive.admin.readonly import MissingRowIs404
from imr_archive.admin.wording import moment_column
from imr_archive.vocabulary import LoginEventKind

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

NO_ROLE = "none"
SUPERUSER = "superuser"
NO_ROLE_LABEL = "None: can't sign in to the administration"
SUPERUSER_LABEL = "Superuser: may do everything, and alone makes superusers"


class RoleForm(forms.ModelForm):
    """The choice of a role; ``actor`` is the signed-in account, set by the admin for each request."""

    actor: User
    role = forms.ChoiceField(
        widget=forms.RadioSelect,
        help_text="The list ends where your own permissions end.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" not in self.fields:  # the page only shows the account
            return
        role: Any = self.fields["role"]
        role.choices = [(NO_ROLE, NO_ROLE_LABEL), *((each.value, each.label) for each in roles_to_grant(self.actor))]
        if self.actor.is_superuser:
            role.choices.append((SUPERUSER, SUPERUSER_LABEL))
        if self.instance.pk:
            role.initial = SUPERUSER if self.instance.is_superuser else role_of(self.instance) or NO_ROLE
        if self.instance.pk == self.actor.pk:
            self._keep_own_access()

    def _keep_own_access(self) -> None:
        """Keep people from locking themselves out, and the archive from losing its last superuser."""
        for name in ("role", "is_active"):
            self.fields[name].disabled = True
        self.fields["role"].help_text = "You cannot change your own role; ask another administrator."


class AccountForm(RoleForm, UserChangeForm):
    """An existing account."""

    two_factor_off = forms.BooleanField(
        required=False,
        label="Switch two-factor sign-in off",
        help_text="For somebody who has lost the phone and the backup codes. Verify who asks.",
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "is_active"]


class NewAccountForm(RoleForm, AdminUserCreationForm):
    """An account to be made."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email"]


class RoleFilter(admin.SimpleListFilter):
    """Accounts of one role."""

    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Name the roles."""
        return [*((role.value, role.value) for role in Role), (SUPERUSER, "Superuser")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Keep the accounts of one role."""
        if self.value() == SUPERUSER:
            return queryset.filter(is_superuser=True)
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


last_login, date_joined = moment_column("last_login", "last login"), moment_column("date_joined", "made")

admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(MissingRowIs404, UserAdmin):
    """Accounts of the staff. Runs and corrections name them, so they are deactivated instead of deleted."""

    form = AccountForm
    add_form = NewAccountForm
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Role", {"fields": ["role", "is_active"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Dates", {"fields": [last_login, date_joined]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("Role", {"fields": ["role"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
    ]
    readonly_fields = ["username", last_login, date_joined]
    list_display = ["username", "role", "full_name", "email", "is_active", last_login]
    list_filter = [RoleFilter, "is_active"]
    ordering = ["username"]
    filter_horizontal = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Fetch the groups."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display
    def role(self, user: User) -> str:
        """Name the role of an account."""
        if user.is_superuser:
            return "Superuser"
        role = role_of(user)
        return role.value if role else "None"

    @admin.display(description="name", empty_value="")
    def full_name(self, user: User) -> str:
        """Name the person."""
        return user.get_full_name()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        """Let the name be chosen for a new account only: runs and corrections name accounts by it."""
        return [*self.readonly_fields] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Offer to switch two-factor sign-in off where it is on."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not has_two_factor(obj) or not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, ("Two-factor sign-in", {"fields": ["two_factor_off"]})]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who is signed in."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the account may be changed; the page that sets its password asks the same."""
        return super().has_change_permission(request, obj) and (obj is None or may_manage(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep every account."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Let the role decide whether the account may sign in to the admin."""
        obj.is_superuser = form.cleaned_data["role"] == SUPERUSER
        obj.is_staff = form.cleaned_data["role"] != NO_ROLE
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Give the account its role."""
        super().save_related(request, form, formsets, change)
        chosen = form.cleaned_data["role"]
        role_assign(form.instance, Role(chosen) if chosen not in (NO_ROLE, SUPERUSER) else None)
        if form.cleaned_data.get("two_factor_off"):
            two_factor_remove(form.instance)
            self._record(request, LoginEventKind.TWO_FACTOR_OFF, form.instance)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 - Django's
        """Set the password of an account, record it, and let the account sign in at once if it was locked out."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            account = self.get_object(request, id)
            axes.utils.reset(username=account.get_username())
            self._record(request, LoginEventKind.PASSWORD_CHANGED, account)
        return response

    def _record(self, request: HttpRequest, kind: LoginEventKind, account: User) -> None:
        login_event_record(request, kind, account=account.get_username(), by=request.user.get_username())
