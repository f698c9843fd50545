"""The declared form of a question's parameters. Pages, downloads and the API validate a query string with it.

django-filter is used for what it declares: parameters, their form fields and their error messages. The items are
selected from the facet index (see ``search.py``), not through ``FilterSet.qs``, and the form is made of the filters
once: a ``FilterSet`` that is bound to a request copies all its filters and makes a new class of their fields.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import django_filters
from django import forms

from imr_archive.models import DisputedItem
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, DIMENSIONS
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.cost import refusal
from imr_archive.search.query.thesaurus import read_question
from imr_archive.search.query.tree import Scope
from imr_archive.web.question.parameters import (
    ARRIVAL_VARS,
    COLUMNS_VAR,
    FACET_VARS,
    PAGE_VAR,
    SCOPE_VAR,
    SHOW_VAR,
    SINCE_VAR,
    SORT_VAR,
    UNTIL_VAR,
    USUAL_COLUMNS,
    VALUES_VAR,
    VARS,
    VIEW_VAR,
    WORDS_VAR,
    YEAR_FROM_VAR,
    YEAR_RANGE_VARS,
    YEAR_TO_VAR,
    Sort,
    TableColumn,
    ValueSort,
    View,
)
from imr_archive.web.question.question import Question, canonical_choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict

# What a value of any facet looks like.
SLUG = re.compile(r"[\w-]{1,200}(?:/[\w-]{1,200}){0,2}", re.ASCII)
# How much of an invalid value an error message repeats.
_SHOWN_OF_VALUE = 60
_PAGE_NUMBER = re.compile(r"0*[1-9][0-9]*", re.ASCII)
_LONGEST_PAGE_NUMBER = 9
_YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", re.ASCII)


_REVERSED_YEARS = "The first year is after the last one; they were exchanged."
UNKNOWN_PARAMETER, INVALID_VALUE = "unknown-parameter", "invalid-value"


class Problem(NamedTuple):
    """What is wrong with a query string: a code, a sentence, and the parameter that it is about."""

    code: str
    message: str
    parameter: str | None


class WordsField(forms.Field):
    """Search words; runs of white space become one space. Words that would cost too much are refused."""

    def to_python(self, value: str | None) -> str:
        """Normalize white space."""
        return " ".join((value or "").split())

    def validate(self, value: str) -> None:
        """Estimate the cost of the words with their synonyms, before anything is asked of the database."""
        super().validate(value)
        if sentence := refusal(read_question(value)):
            raise forms.ValidationError(sentence)


class PageNumberField(forms.Field):
    """A page number, from 1 on."""

    def to_python(self, value: str | None) -> int:
        """Convert the number; nothing stated is page 1."""
        if not value:
            return 1
        if len(value) > _LONGEST_PAGE_NUMBER or not _PAGE_NUMBER.fullmatch(value):
            raise forms.ValidationError(f"“{value}” is no page number; this is the first page.")
        return int(value)


class YearField(forms.Field):
    """A year of four digits."""

    def to_python(self, value: str | None) -> int | None:
        """Convert the year; None if nothing is stated."""
        value = (value or "").strip()
        if not value:
            return None
        if not _YEAR.fullmatch(value):
            raise forms.ValidationError(f"“{shortened(value)}” is no year of four digits.")
        return int(value)


class IsoDayField(forms.Field):
    """A day as ``2026-11-29``."""

    def to_python(self, value: str | None) -> date | None:
        """Convert the day; None if nothing is stated."""
        value = (value or "").strip()
        if not value:
            return None
        try:
            day = date.fromisoformat(value) if DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise forms.ValidationError(f"“{shortened(value)}” is no day; write it as 2026-11-29.")
        return day


class ColumnsField(forms.Field):
    """Columns of the table, in the table's order; the usual ones are the same as none chosen."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Iterable[str] | None) -> tuple[TableColumn, ...]:
        """Return the columns; raise one message for each that does not exist."""
        asked = stripped(value)
        if unknown := [each for each in asked if each not in [*TableColumn]]:
            raise forms.ValidationError([f"There is no column “{shortened(each)}”." for each in unknown])
        columns = tuple(each for each in TableColumn if each in asked)
        return () if columns == USUAL_COLUMNS else columns


class FacetValuesField(forms.Field):
    """Any number of values of one facet. ``names`` are the labels of the values that exist, by slug."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, dimension: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = DIMENSION_BY_NAME[dimension]
        self.names: Mapping[str, str] = {}

    def clean(self, value: Iterable[str] | None) -> tuple[str, ...]:
        """Return the values; raise one message for each that does not exist."""
        values = self.current(value)
        known = self.labels(values)
        if unknown := [each for each in values if each not in known]:
            raise forms.ValidationError(
                [f"{self.dimension.title}: there is no value “{shortened(each)}”." for each in unknown]
            )
        return values

    def current(self, values: Iterable[str] | None) -> tuple[str, ...]:
        """Return the values without white space around them, old ones replaced by what they are called now."""
        return tuple(self.dimension.current(each, self.names) for each in stripped(values))

    def labels(self, values: Iterable[str]) -> dict[str, str]:
        """Return the labels of those values that exist."""
        labels = {each: self.dimension.label(each, self.names) for each in values if SLUG.fullmatch(each)}
        return {each: label for each, label in labels.items() if label}


class WordsFilter(django_filters.Filter):
    """The search words."""

    field_class = WordsField


class PageNumberFilter(django_filters.Filter):
    """The page of the result list."""

    field_class = PageNumberField


class YearFilter(django_filters.Filter):
    """The first or the last year."""

    field_class = YearField


class DayFilter(django_filters.Filter):
    """The first or the last day of arrival."""

    field_class = IsoDayField


class ColumnsFilter(django_filters.Filter):
    """The columns of the table and of downloads."""

    field_class = ColumnsField


class FacetFilter(django_filters.Filter):
    """The chosen values of one facet."""

    field_class = FacetValuesField


def _facet(name: str) -> FacetFilter:
    return FacetFilter(label=DIMENSION_BY_NAME[name].title, dimension=name)


class QuestionFilterSet(django_filters.FilterSet):
    """Every parameter of a question, in the order of an address."""

    q = WordsFilter(label="Words")
    exact = django_filters.Filter(label="Only the words as typed")
    scope = django_filters.TypedChoiceFilter(
        label="Where words are looked for",
        choices=Scope.choices,
        coerce=Scope,
        empty_value=None,
        error_messages={"invalid_choice": "Words can’t be looked for in “%(value)s”; choose item or letter."},
    )
    treatment = _facet("treatment")
    outcome = _facet("outcome")
    guideline = _facet("guideline")
    ca_guideline = _facet("ca_guideline")
    basis = _facet("basis")
    ca_basis = _facet("ca_basis")
    body_part = _facet("body_part")
    reason = _facet("reason")
    specialty = _facet("specialty")
    state = _facet("state")
    year = _facet("year")
    case_outcome = _facet("case_outcome")
    sex = _facet("sex")
    age = _facet("age")
    year_from = YearFilter(label="First decision year")
    year_to = YearFilter(label="Last decision year")
    since = DayFilter(label="First day of arrival")
    until = DayFilter(label="Last day of arrival")
    show = django_filters.TypedChoiceFilter(
        label="Counted and listed",
        choices=Unit.choices,
        coerce=Unit,
        empty_value=None,
        error_messages={"invalid_choice": "“%(value)s” can’t be counted; choose items or determinations."},
    )
    sort = django_filters.TypedChoiceFilter(
        label="Order",
        choices=Sort.choices,
        coerce=Sort,
        empty_value=None,
        error_messages={
            "invalid_choice": "There is no order named “%(value)s”; choose relevance, newest, oldest, items or arrived."
        },
    )
    values = django_filters.TypedChoiceFilter(
        label="Order of the filters’ values",
        choices=ValueSort.choices,
        coerce=ValueSort,
        empty_value=None,
        error_messages={"invalid_choice": "Values can’t be sorted by “%(value)s”; choose count, name or rate."},
    )
    view = django_filters.TypedChoiceFilter(
        label="Form of the list",
        choices=View.choices,
        coerce=View,
        empty_value=None,
        error_messages={"invalid_choice": "There is no view named “%(value)s”; choose cards or table."},
    )
    columns = ColumnsFilter(label="Columns")
    page = PageNumberFilter(label="Page")

    class Meta:
        model = DisputedItem
        fields: list[str] = []


@cache
def _form_class() -> type[forms.Form]:
    form_class: type[forms.Form] = QuestionFilterSet(queryset=DisputedItem.objects.none()).get_form_class()
    return form_class


class QuestionReader:
    """A query string read by the form of ``QuestionFilterSet``.

    ``names`` are the labels of the values that exist, by facet and slug: those of the snapshot that is searched.
    A page shows the problems as sentences and answers what is left; ``strict_search_of`` refuses the question.
    """

    def __init__(self, query: QueryDict, names: Mapping[str, Mapping[str, str]]) -> None:
        self.form = _form_class()(query)
        self._facets = {name: field for name, field in self.form.fields.items() if isinstance(field, FacetValuesField)}
        for name, field in self._facets.items():
            field.names = names.get(name, {})
        self.form.is_valid()

    @cached_property
    def question(self) -> Question:
        """The question. An invalid unit, order or page is left at its default; unknown facet values stay chosen."""
        valid = self.form.cleaned_data
        words = valid.get(WORDS_VAR, "")
        first, last = (valid.get(name) for name in YEAR_RANGE_VARS)
        if self._years_are_reversed:
            first, last = last, first
        return Question(
            words=words,
            exact=bool(words) and valid["exact"] == "1",
            scope=(words and valid.get(SCOPE_VAR)) or Scope.ITEM,
            chosen=canonical_choices({name: self._facets[name].current(self.form[name].data) for name in FACET_VARS}),
            year_from=first,
            year_to=last,
            since=valid.get(SINCE_VAR),
            until=valid.get(UNTIL_VAR),
            show=valid.get(SHOW_VAR) or Unit.ITEMS,
            sort=valid.get(SORT_VAR),
            value_sort=valid.get(VALUES_VAR) or ValueSort.COUNT,
            view=valid.get(VIEW_VAR) or View.CARDS,
            columns=valid.get(COLUMNS_VAR, ()),
            page=valid.get(PAGE_VAR, 1),
        )

    def labels(self, question: Question) -> dict[str, dict[str, str]]:
        """Return the labels of the chosen values that exist, by facet."""
        return {name: self._facets[name].labels(values) for name, values in question.chosen}

    @property
    def problems(self) -> tuple[str, ...]:
        """Return a sentence for words that cost too much, and for each other invalid parameter that is no facet."""
        found = self._messages(
            (
                *(WORDS_VAR, SCOPE_VAR, *YEAR_RANGE_VARS, *ARRIVAL_VARS),
                *(SHOW_VAR, SORT_VAR, VALUES_VAR, VIEW_VAR, COLUMNS_VAR, PAGE_VAR),
            )
        )
        if self._years_are_reversed:
            found += (_REVERSED_YEARS,)
        return found

    @property
    def _years_are_reversed(self) -> bool:
        first, last = (self.form.cleaned_data.get(name) for name in (YEAR_FROM_VAR, YEAR_TO_VAR))
        return first is not None and last is not None and first > last

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """Return a sentence for each facet value that does not exist."""
        return self._messages(dimension.name for dimension in DIMENSIONS)

    @property
    def unknown_parameters(self) -> tuple[str, ...]:
        """Return the parameters that do not exist."""
        return tuple(name for name in self.form.data if name not in VARS)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Return everything that makes the question invalid, with the parameter that it is about."""
        known = f"there are {', '.join(VARS)}."
        found = [
            Problem(UNKNOWN_PARAMETER, f"There is no parameter “{name[:40]}”; {known}", name)
            for name in self.unknown_parameters
        ]
        found += [
            Problem(INVALID_VALUE, message, name) for name in self.form.fields for message in self._messages([name])
        ]
        if self._years_are_reversed:
            found.append(Problem(INVALID_VALUE, _REVERSED_YEARS, YEAR_FROM_VAR))
        return tuple(found)

    def _messages(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(str(message) for name in names for message in self.form.errors.get(name, ()))


def stripped(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return the values that are more than white space, without white space around them."""
    return tuple(value for each in values or () if (value := each.strip()))


def shortened(value: str) -> str:
    """Return an invalid value as an error message repeats it."""
    return value if len(value) <= _SHOWN_OF_VALUE else f"{value[:_SHOWN_OF_VALUE]}…"
