"""Corrections in the admin: what people may set in place of what the parser read, recorded as they save it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from imr_archive.admin.wording import moment_column
from imr_archive.history.correctable import DETERMINATION_FIELDS
from imr_archive.history.corrections import correction_withdraw
from imr_archive.letters.reading import LONGEST_BODY_PART_RAW, LONGEST_TREATMENT_RAW
from imr_archive.models import BodyPart, Correction, Determination, DisputedItem, Treatment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

_TEXT = forms.Textarea(attrs={"rows": 4, "cols": 80})
_CHOICES = forms.SelectMultiple(attrs={"size": 12})


def may_correct(request: HttpRequest) -> bool:
    """Return whether a user may set values in place of those that the parser read."""
    return request.user.has_perm("imr_archive.change_determination")


class CorrectableForm(forms.ModelForm):
    """A form over a row and the row of its wide text; ``texts`` are the fields of the latter."""

    texts: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.texts:
            if name in self.fields:
                self.initial[name] = getattr(self.instance.text, name)

    def corrected(self) -> dict[str, Any]:
        """Return the values that were changed, as corrections keep them."""
        values = {name: self.cleaned_data[name] for name in self.changed_data}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


class DeterminationForm(CorrectableForm):
    """The values of a determination that may be corrected."""

    texts = ["clinical_summary"]
    clinical_summary = forms.CharField(widget=_TEXT, required=False, strip=False)

    class Meta:
        model = Determination
        fields = [name for name in DETERMINATION_FIELDS if name != "clinical_summary"]


class TreatmentsField(forms.ModelMultipleChoiceField):
    """Any number of treatments, each named with those above it."""

    def label_from_instance(self, treatment: Treatment) -> str:
        """Name a treatment that was fetched with its parents."""
        names = [treatment.name]
        while treatment.parent:
            treatment = treatment.parent
            names.append(treatment.name)
        return " › ".join(reversed(names))


class ItemForm(CorrectableForm):
    """The values of a disputed item that may be corrected."""

    texts = ["description", "original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale"]
    description = forms.CharField(widget=_TEXT, strip=False)
    original_request = forms.CharField(widget=_TEXT, required=False, strip=False)
    authorized = forms.CharField(widget=_TEXT, required=False, strip=False)
    ca_guideline = forms.CharField(label="Claims administrator’s guideline", widget=_TEXT, required=False, strip=False)
    reviewer_guideline = forms.CharField(label="Expert reviewer’s guideline", widget=_TEXT, required=False, strip=False)
    rationale = forms.CharField(widget=_TEXT, required=False, strip=False)
    treatments = TreatmentsField(
        queryset=Treatment.objects.filter(level__gt=1).select_related("parent__parent"),
        required=False,
        widget=_CHOICES,
    )
    body_parts = forms.ModelMultipleChoiceField(queryset=BodyPart.objects.all(), required=False, widget=_CHOICES)

    class Meta:
        model = DisputedItem
        fields = ["outcome", "laterality", "quantity", "service_from", "service_to", "ca_basis", "reviewer_basis"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("treatments", "body_parts"):
            if name in self.fields:
                self.initial[name] = [row.pk for row in getattr(self.instance, name).all()]

    def corrected(self) -> dict[str, Any]:
        """Return the changed values; a treatment or body part that the parser did not name gets the request's words."""
        values = super().corrected()
        wording = self.instance.text.description
        if "treatments" in values:
            rows = self.instance.item_treatments.select_related("treatment").order_by("position")
            words = {row.treatment.slug: row.raw for row in rows}
            values["treatments"] = _named(values["treatments"], words, wording[:LONGEST_TREATMENT_RAW])
        if "body_parts" in values:
            parts = self.instance.item_body_parts.select_related("body_part").order_by("pk")
            words = {row.body_part.slug: row.raw for row in parts}
            values["body_parts"] = _named(values["body_parts"], words, wording[:LONGEST_BODY_PART_RAW])
        return values


def _named(chosen: Iterable[Treatment | BodyPart], words: dict[str, str], wording: str) -> list[list[str]]:
    """Return what was chosen with the words that name it: what was named before first, in its order."""
    slugs = [row.slug for row in chosen]
    known = [slug for slug in words if slug in slugs]
    return [[slug, words.get(slug, wording)] for slug in (*known, *(slug for slug in slugs if slug not in words))]


class CorrectionInline(ReadOnlyInline):
    """The corrections of a determination and of its items; accounts that may correct may withdraw them."""

    model = Correction
    fields = ["item", "field", "value", "parsed", "made_by", "made_at"]
    verbose_name_plural = "corrections (delete one to bring back what the parser says)"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a correction may be withdrawn."""
        return may_correct(request)


def withdraw_deleted(formset: Any, *, made_by: str) -> None:
    """Withdraw the corrections that were marked to be deleted."""
    formset.save(commit=False)
    # Read again: the form of a row that may not be changed has no values, and has put none into its row.
    for correction in Correction.objects.filter(pk__in=[each.pk for each in formset.deleted_objects]):
        correction_withdraw(correction, made_by=made_by)


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """All corrections, newest first; each is withdrawn on its determination's page."""

    list_display = ["determination", "item", "field", "made_by", moment_column("made_at", "made")]
    list_display_links = ["determination", "field"]
    list_filter = ["field", "made_by"]
    list_select_related = ["determination"]
    search_fields = ["determination__case_number", "made_by"]
    search_help_text = "By case number, or by the account that made it."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        """Defer the values: the list does not show them."""
        return super().get_queryset(request).defer("value", "parsed")
