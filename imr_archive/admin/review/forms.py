"""The forms of a review: the facts of a letter, of each item and of each citation, as corrections keep them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms

from imr_archive.admin.review.fields import NameField, NamesField, PrintedDay, PrintedText
from imr_archive.history.correctable import DETERMINATION_FIELDS, ITEM_FIELDS, field_value
from imr_archive.letters.reading import LONGEST_BODY_PART_RAW, LONGEST_PAGES, LONGEST_TREATMENT_RAW
from imr_archive.search.query.case_numbers import CASE_NUMBER
from imr_archive.vocabulary import Basis, GuidelineSource, Laterality, Outcome, Priority, Sex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.admin.review.names import Names
    from imr_archive.records import ItemRecord, LetterRecord
    from imr_archive.vocabulary import Vocabulary

_NOT_STATED = [("", "not stated")]
_CITED = {"ca_citations": "ca_basis", "reviewer_citations": "reviewer_basis"}
_MOST_CITATIONS = 100


def _codes(vocabulary: type[Vocabulary], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[*_NOT_STATED, *vocabulary.choices()], required=False, **options)


class FactsForm(forms.Form):
    """Facts with their stored values; ``changed_values`` are those that a person has set otherwise."""

    def changed_values(self) -> dict[str, Any]:
        """Return the changed values by field, as corrections keep them."""
        return {name: self.value_of(name) for name in self.fields if name in self.changed_data}

    def value_of(self, name: str) -> Any:
        """Return the value of a field as corrections keep it."""
        value = self.cleaned_data[name]
        return value.isoformat() if isinstance(value, date) else value


class LetterForm(FactsForm):
    """The facts of a letter."""

    case_number = forms.CharField(required=False, max_length=20)
    priority = _codes(Priority)
    injury_date = PrintedDay(label="Date of injury")
    ur_decision_date = PrintedDay(label="UR decision")
    received_date = PrintedDay(label="Application received")
    assigned_date = PrintedDay(label="Case assigned")
    decision_date = PrintedDay(label="Decided")
    worker_age = forms.IntegerField(required=False, min_value=0, max_value=120, label="Worker’s age")
    worker_sex = _codes(Sex, label="Worker’s sex")

    def __init__(self, record: LetterRecord, names: Names, data: Any = None) -> None:
        initial = {name: field_value(record, name) for name in DETERMINATION_FIELDS}
        super().__init__(data, prefix="letter", initial=initial)
        for name, offered, label in (
            ("certifications", names.specialties, "Reviewer’s boards"),
            ("subspecialties", names.specialties, "Subspecialties"),
            ("states", names.states, "Licensed in"),
        ):
            self.fields[name] = NamesField(offered, label=label, is_open=True)
        self.fields["clinical_summary"] = PrintedText(rows=10)

    def clean_case_number(self) -> str | None:
        """Take a number in its canonical form only: it is the address of the page."""
        typed: str = self.cleaned_data["case_number"].strip().upper()
        if typed and "case_number" in self.changed_data and not CASE_NUMBER.fullmatch(typed):
            raise forms.ValidationError("A case number has the form CM16-0123456.")
        return typed or None


class ItemForm(FactsForm):
    """The facts of a disputed item; ``item`` is None where a person adds it."""

    description = PrintedText(rows=2, label="Request that was decided", required=True)
    outcome = _codes(Outcome)
    original_request = PrintedText(rows=1)
    authorized = PrintedText(rows=1, label="Authorized before")
    quantity = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)
    laterality = _codes(Laterality, label="Side")
    service_from = PrintedDay(label="Service from")
    service_to = PrintedDay(label="Service to")
    removed = forms.BooleanField(required=False, label="Remove this item")

    def __init__(self, position: int, item: ItemRecord | None, names: Names, data: Any = None) -> None:
        initial = {name: field_value(item, name) for name in ITEM_FIELDS} if item else {}
        self.named = {name: dict(initial.get(name, ())) for name in ("treatments", "body_parts")}
        initial |= {name: [*words] for name, words in self.named.items()}
        super().__init__(data, prefix=f"item-{position}", initial=initial)
        self.position, self.item = position, item
        self.fields["treatments"] = NamesField(names.treatments, label="Treatments")
        self.fields["body_parts"] = NamesField(names.body_parts, label="Body parts")
        for side, label in (("ca", "Claims administrator"), ("reviewer", "Expert reviewer")):
            choices = [each for each in Basis.choices() if each[0] != Basis.UNSTATED]
            self.fields[f"{side}_basis"] = forms.ChoiceField(
                choices=[(Basis.UNSTATED.value, "not stated"), *choices], label=f"{label}’s basis", required=False
            )
            self.fields[f"{side}_guideline"] = PrintedText(rows=3, label=f"{label}’s guideline paragraph")
        self.fields["rationale"] = PrintedText(rows=8)
        self.citations = {
            field: citation_formset(f"item-{position}-{field}", initial.get(field, []), names, data) for field in _CITED
        }

    def is_valid(self) -> bool:
        """Check the citations, too; an item that is removed may hold anything."""
        valid = super().is_valid()
        return self.is_removed or (valid and all(each.is_valid() for each in self.citations.values()))

    @property
    def is_removed(self) -> bool:
        """Return whether the item is marked to be removed."""
        return self.is_bound and bool(self["removed"].data)

    def clean(self) -> dict[str, Any]:
        """Refuse a service that ends before it begins, as the database would."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("service_from"), cleaned.get("service_to")
        if first and last and first > last:
            self.add_error("service_to", "The service ends before it begins.")
        return cleaned

    def value_of(self, name: str) -> Any:
        """Return a value; a treatment or body part that was not named before gets the words of the request."""
        if name in self.named:
            longest = LONGEST_TREATMENT_RAW if name == "treatments" else LONGEST_BODY_PART_RAW
            words = self.cleaned_data["description"][:longest]
            return [[slug, self.named[name].get(slug, words)] for slug in self.cleaned_data[name]]
        if name.endswith("_basis"):
            return self.cleaned_data[name] or Basis.UNSTATED.value
        return super().value_of(name)

    def changed_values(self) -> dict[str, Any]:
        """Return the changed values, citations included; a basis that nobody set follows from its citations."""
        values = super().changed_values()
        values.pop("removed", None)
        for field, formset in self.citations.items():
            if formset.has_changed():
                values[field] = cited = formset.values()
                basis = _CITED[field]
                if basis not in values and cited:
                    values[basis] = basis_of([each["source"] for each in cited])
        return values

    def all_values(self) -> dict[str, Any]:
        """Return every value, for an item that is added."""
        values = {name: self.value_of(name) for name in self.fields if name != "removed"}
        return values | {field: formset.values() for field, formset in self.citations.items()}


class CitationForm(forms.Form):
    """One guideline, and section of it, that one side cited."""

    section = forms.CharField(required=False)
    year = forms.IntegerField(required=False, min_value=1900, max_value=2100, label="Edition")
    pages = forms.CharField(required=False, max_length=LONGEST_PAGES)
    title = forms.CharField(required=False, label="Title, where our list has none")
    text = forms.CharField(required=False, label="Words as printed")

    field_order = ("guideline", "section", "year", "pages", "title", "text")

    def __init__(self, *args: Any, names: Names, **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = names
        self.fields["guideline"] = NameField(names.guidelines, label="Guideline")
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Ask for the title of a guideline that is not in the list."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("guideline", "").endswith("-unlisted") and not cleaned.get("title"):
            self.add_error("title", "Give the title as printed.")
        return cleaned

    def value(self) -> dict[str, Any]:
        """Return the citation as corrections keep it; what the form does not show stays as it was."""
        cleaned, before = self.cleaned_data, self.initial.get("whole", {})
        row = self.names.guideline_rows[cleaned["guideline"]]
        is_listed = not row.slug.endswith("-unlisted")
        title = row.title if is_listed else cleaned["title"]
        return {
            "source": row.source,
            "guideline": before.get("guideline", title) if before.get("slug") == row.slug and is_listed else title,
            "year": cleaned["year"],
            "chapter_number": row.chapter_number,
            "section": cleaned["section"] or None,
            "pages": cleaned["pages"] or None,
            "tables": before.get("tables", []),
            "text": cleaned["text"] or ", ".join(filter(None, (title, cleaned["section"]))),
            "slug": row.slug,
        }


class CitationFormSet(forms.BaseFormSet):
    """The citations of one side for one item, with an empty row to add one."""

    def values(self) -> list[dict[str, Any]]:
        """Return the citations that are left, those that nobody touched as they are stored."""
        kept = (form for form in self.forms if form not in self.deleted_forms)
        return [
            form.initial["whole"] if form.initial and not form.has_changed() else form.value()
            for form in kept
            if form.initial or form.has_changed()
        ]


_CitationFormSet = forms.formset_factory(
    CitationForm, formset=CitationFormSet, extra=1, can_delete=True, max_num=_MOST_CITATIONS
)


def citation_formset(prefix: str, cited: Sequence[Mapping[str, Any]], names: Names, data: Any) -> CitationFormSet:
    """Make the forms of some citations."""
    initial = [
        {
            **{name: each[name] or "" for name in ("section", "pages", "text")},
            "year": each["year"],
            "guideline": each["slug"],
            "title": each["guideline"] if each["slug"].endswith("-unlisted") else "",
            "whole": each,
        }
        for each in cited
    ]
    formset = _CitationFormSet(data, prefix=prefix, initial=initial, form_kwargs={"names": names})
    return cast("CitationFormSet", formset)


class ReasonForm(forms.Form):
    """Why something is corrected or published."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        help_text="Stands beside what is corrected on the public page: name no person. Ctrl+Enter goes on.",
    )


def basis_of(sources: Sequence[str]) -> str:
    """Return the basis that follows from the sources of a side's citations."""
    of_mtus = {GuidelineSource(each).value.startswith("mtus") for each in sources}
    if len(of_mtus) == 2:
        return Basis.BOTH.value
    return Basis.MTUS.value if of_mtus == {True} else Basis.NON_MTUS.value
