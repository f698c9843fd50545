"""The page of a review: the forms with their doubts, the words that state each field, and the corrections in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.forms import Textarea

from imr_archive.admin.corrections import value_text
from imr_archive.admin.review.fields import NamesInput
from imr_archive.admin.review.forms import ItemForm, LetterForm, ReasonForm
from imr_archive.admin.review.names import names_offered
from imr_archive.admin.review.rearranging import positions_in
from imr_archive.history.correctable import WHOLE_ITEM, value_at, with_values
from imr_archive.history.corrections import stands
from imr_archive.letters import paths
from imr_archive.models import Correction
from imr_archive.records import ItemRecord, SideRecord
from imr_archive.vocabulary import Basis, DiagnosticCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.forms import BoundField
    from django.http import QueryDict

    from imr_archive.admin.review.forms import CitationFormSet, FactsForm
    from imr_archive.admin.review.names import NameList
    from imr_archive.admin.review.subject import ReviewSubject
    from imr_archive.history.correctable import FieldValue

_PATHS = {**paths.DETERMINATION, **paths.DETERMINATION_LISTS}
_ITEM_PATHS = {**paths.ITEM, **paths.ITEM_LISTS, "service_from": "service_dates", "service_to": "service_dates"}
# Where a remark that speaks of no words in the text belongs.
_FIELDS_OF_REMARKS = {
    DiagnosticCode.CASE_NUMBER_MISSING.value: "case_number",
    DiagnosticCode.SUMMARY_MISSING.value: "clinical_summary",
    DiagnosticCode.SUMMARY_CUT.value: "clinical_summary",
    DiagnosticCode.REVIEWER_MISSING.value: "certifications",
}
_SIDES = {"ca_citations": "Claims administrator’s citations", "reviewer_citations": "Expert reviewer’s citations"}
_WIDE = {"clinical_summary", "rationale", "description"}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One field: what is doubted about it, and the correction that it has."""

    field: BoundField
    span: str
    doubts: Sequence[str]
    correction: ShownCorrectionState | None

    @property
    def is_doubtful(self) -> bool:
        """Return whether the reviewer should look at it first."""
        return bool(self.doubts)

    @property
    def is_wide(self) -> bool:
        """Return whether the field takes the whole width."""
        return isinstance(self.field.field.widget, (NamesInput, Textarea))


@dataclass(frozen=True, slots=True)
class ShownCorrectionState:
    """A correction in force, what the parser reads in its place, and whether it agrees."""

    key: int
    name: str
    made_by: str
    made_at: Any
    reason: str
    read: str
    stands: str


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """The rows of one item, and its citations by side."""

    form: ItemForm
    rows: Sequence[ReviewRow]
    sides: Sequence[tuple[str, CitationFormSet]]
    doubts: Sequence[str]

    @property
    def is_doubtful(self) -> bool:
        """Return whether anything of the item is in doubt."""
        return bool(self.doubts) or any(each.is_doubtful for each in self.rows)


@dataclass(frozen=True, slots=True)
class SpanNote:
    """A sentence about the letter, and the place in the text that it speaks of."""

    message: str
    span: str


class ReviewForms:
    """All forms of a review, unbound or with what the browser has sent."""

    def __init__(self, subject: ReviewSubject, data: QueryDict | None = None) -> None:
        self.subject = subject
        self.names = names_offered()
        items = {each.position: each for each in subject.record.items}
        positions = positions_in(data) if data is not None else [*items]
        self.letter = LetterForm(subject.record, self.names, data)
        self.items = [ItemForm(each, items.get(each), self.names, data) for each in positions]
        self.reason = ReasonForm(data)

    def is_valid(self) -> bool:
        """Check every form, also after one that is wrong."""
        valid = [each.is_valid() for each in (self.letter, self.reason, *self.items)]
        return all(valid)

    def values(self) -> list[FieldValue]:
        """Return what the reviewer has set otherwise than it is stored."""
        values: list[FieldValue] = [(None, field, value) for field, value in self.letter.changed_values().items()]
        for form in self.items:
            if form.is_removed:
                if form.item is not None:
                    values.append((form.position, WHOLE_ITEM, None))
            elif form.item is None:
                values.append((form.position, WHOLE_ITEM, self._added(form)))
            else:
                values += ((form.position, field, value) for field, value in form.changed_values().items())
        return values

    def _added(self, form: ItemForm) -> Any:
        """Return an item that the reviewer adds, as corrections keep it."""
        side = SideRecord(basis=Basis.UNSTATED)
        empty = ItemRecord(position=form.position, description="", claims_administrator=side, reviewer=side, raw={})
        blank = with_values(self.subject.record, [(form.position, WHOLE_ITEM, empty)])
        values = ((form.position, field, value) for field, value in form.all_values().items())
        return value_at(with_values(blank, values), form.position, WHOLE_ITEM)


class ReviewLayout:
    """Arranges the forms for the page: doubtful ones first, each with the place of its words."""

    def __init__(self, forms: ReviewForms) -> None:
        self._forms = forms
        self._subject = forms.subject
        self._utf16 = _Utf16(self._subject.letter.text if self._subject.letter else "")
        self._corrections = {(each.item, each.field): each for each in self._subject.corrections}

    @property
    def letter_rows(self) -> list[ReviewRow]:
        """The rows of the letter's own facts."""
        return self._ordered(self._rows(self._forms.letter, None))

    @property
    def items(self) -> list[ReviewItem]:
        """The items, those in doubt first."""
        items = [self._item(form) for form in self._forms.items]
        return sorted(items, key=lambda each: not each.is_doubtful)

    @property
    def notes(self) -> list[SpanNote]:
        """What the screen has found, and what the parser remarked."""
        letter = self._subject.letter
        findings = (letter.findings or ()) if letter and not self._subject.determination else ()
        notes = (SpanNote(each["message"], self._span_of(each)) for each in (*findings, *self._subject.remarks))
        return [*dict.fromkeys(notes)]

    @property
    def others(self) -> list[ShownCorrectionState]:
        """The corrections that no field on the page shows: of items that were removed or added, or without a place."""
        shown = {each.position for each in self._forms.items}
        return [
            _correction(each)
            for each in self._subject.corrections
            if each.field == WHOLE_ITEM or (each.item is not None and each.item not in shown)
        ]

    @property
    def lists(self) -> Sequence[NameList]:
        """The names that fields are completed from."""
        return self._forms.names.lists

    def _item(self, form: ItemForm) -> ReviewItem:
        rows = self._ordered(self._rows(form, form.position))
        for field, formset in form.citations.items():
            for number, each in enumerate(formset.forms):
                span = self._span(self._path(form.position, f"{field}.{number}"))
                for name in each.fields:
                    each.fields[name].widget.attrs["data-span"] = span
        sides = [(_SIDES[field], formset) for field, formset in form.citations.items()]
        doubts = [DiagnosticCode(code).label for code in (form.item.doubts if form.item else ())]
        return ReviewItem(form, rows, sides, doubts)

    def _rows(self, form: FactsForm, position: int | None) -> Iterator[ReviewRow]:
        for name, field in form.fields.items():
            if name == "removed":
                continue
            path = self._path(position, name)
            if isinstance(field.widget, NamesInput):
                names = form.initial.get(name) or ()
                field.widget.spans = [self._span(f"{path}.{number}") for number, _ in enumerate(names)]
            span = self._span(path)
            field.widget.attrs["data-span"] = span
            correction = self._corrections.get((position, name))
            doubts = [*self._doubts(form, position, name, path)]
            yield ReviewRow(form[name], span, doubts, _correction(correction) if correction else None)

    def _doubts(self, form: FactsForm, position: int | None, name: str, path: str) -> Iterator[str]:
        span = self._subject.spans.get(path)
        if name == "outcome" and not form.initial.get(name):
            yield "No outcome is stated."
        for each in self._subject.remarks:
            start, end = each.get("start"), each.get("end")
            if start is None or end is None:
                if position is None and _FIELDS_OF_REMARKS.get(each["code"]) == name:
                    yield each["message"]
            elif span and start < span[1] and span[0] < end and (name not in _WIDE or (start, end) == tuple(span)):
                yield each["message"]

    @staticmethod
    def _ordered(rows: Iterable[ReviewRow]) -> list[ReviewRow]:
        return sorted(rows, key=lambda each: not each.is_doubtful)

    @staticmethod
    def _path(position: int | None, name: str) -> str:
        field, dot, rest = name.partition(".")
        if position is None:
            return _PATHS.get(field, field) + dot + rest
        return f"items.{position - 1}.{_ITEM_PATHS.get(field, field)}{dot}{rest}"

    def _span(self, path: str) -> str:
        span = self._subject.spans.get(path)
        return self._utf16.pair(span[0], span[1]) if span else ""

    def _span_of(self, note: Mapping[str, Any]) -> str:
        return "" if note.get("start") is None else self._utf16.pair(note["start"], note["end"])


class _Utf16:
    """Offsets into a text as scripts count them: characters outside the basic plane count twice."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_plain = text.isascii() or max(text) <= "\uffff"

    def pair(self, start: int, end: int) -> str:
        return f"{self._place(start)},{self._place(end)}"

    def _place(self, offset: int) -> int:
        return offset if self._is_plain else len(self._text[:offset].encode("utf-16-le")) // 2


def _correction(correction: Correction) -> ShownCorrectionState:
    return ShownCorrectionState(
        key=correction.pk,
        name=str(correction),
        made_by=correction.made_by,
        made_at=correction.made_at,
        reason=correction.reason,
        read=value_text(correction.parsed),
        stands=stands(correction),
    )
