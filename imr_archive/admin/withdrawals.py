"""Withdrawing in the admin: the form that asks for the case number and the reasons, and the list of withdrawals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join

from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.admin.wording import moment_column
from imr_archive.history.withdrawals import CannotPurge, CannotWithdraw, determination_withdraw, withdrawal_latest
from imr_archive.ingest.runs import reinstating
from imr_archive.models import Determination, Withdrawal
from imr_archive.vocabulary import WithdrawalScope

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

MAY_WITHDRAW = "imr_archive.delete_determination"


class WithdrawalForm(forms.Form):
    """Why a determination is withdrawn and how far; its reference is typed, so that no slip withdraws it."""

    public_reason = forms.CharField(
        label="Reason for everybody", widget=forms.Textarea(attrs={"rows": 3}), help_text="Stands at its address."
    )
    reason = forms.CharField(label="Reason for the staff", widget=forms.Textarea(attrs={"rows": 3}))
    scope = forms.ChoiceField(choices=WithdrawalScope.choices(), initial=WithdrawalScope.HIDE, widget=forms.RadioSelect)
    typed = forms.CharField(label="Case number, typed again", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, reference: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reference = reference

    def clean_typed(self) -> str:
        """Refuse any other case number."""
        typed: str = self.cleaned_data["typed"].strip().upper()
        if typed != self._reference:
            raise forms.ValidationError(f"Type {self._reference} to withdraw it.")
        return typed


def withdraw_view(request: HttpRequest, key: int, site: admin.AdminSite) -> HttpResponse:
    """Ask why and how far a determination is withdrawn, and withdraw it."""
    if not request.user.has_perm(MAY_WITHDRAW):
        raise PermissionDenied
    determination = get_object_or_404(Determination, pk=key)
    form = WithdrawalForm(request.POST or None, reference=determination.reference)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            determination_withdraw(
                reference=determination.reference,
                reason=given["reason"],
                public_reason=given["public_reason"],
                scope=WithdrawalScope(given["scope"]),
                withdrawn_by=request.user.get_username(),
            )
        except CannotPurge as error:
            messages.warning(request, str(error))
        messages.success(request, f"{determination.reference} is withdrawn.")
        withdrawal = withdrawal_latest(determination.reference)
        return HttpResponseRedirect(reverse("admin:imr_archive_withdrawal_change", args=[withdrawal.pk]))
    context = {
        **site.each_context(request),
        "title": f"Withdraw {determination.reference}",
        "opts": Determination._meta,
        "determination": determination,
        "form": form,
    }
    return TemplateResponse(request, "admin/imr_archive/determination/withdraw.html", context)


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    """What was withdrawn, by whom and why; hidden letters can be had again."""

    list_display = [
        "reference",
        "scope",
        "public_reason",
        "withdrawn_by",
        moment_column("withdrawn_at", "withdrawn"),
        moment_column("reinstated_at", "reinstated"),
    ]
    list_filter = ["scope", "withdrawn_at"]
    search_fields = ["reference"]
    search_help_text = "By case number."
    actions = ["reinstate"]
    readonly_fields = ["hashes"]

    @admin.display(description="blocked SHA-256 hashes")
    def hashes(self, withdrawal: Withdrawal) -> str:
        """List the hashes of the letters' bytes and texts, by which they are known if they come again."""
        return format_html_join("", "<div>{}</div>", withdrawal.hashes.values_list("sha256"))

    def has_reinstate_permission(self, request: HttpRequest) -> bool:
        """Return whether the account may reinstate: it may withdraw."""
        return request.user.has_perm(MAY_WITHDRAW)

    @admin.action(description="Reinstate", permissions=["reinstate"])
    def reinstate(self, request: HttpRequest, withdrawals: QuerySet[Withdrawal]) -> None:
        """End withdrawals and publish their letters again, if they are kept."""
        for withdrawal in withdrawals.order_by("pk"):
            try:
                results = reinstating.reinstate(withdrawal, reinstated_by=request.user.get_username())
            except CannotWithdraw as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            became = ", ".join(result.status.label.lower() for result in results)
            self.message_user(request, f"{withdrawal.reference} is reinstated: {became}.")
