"""The one filter definition of the archive: pages use it, and whatever else asks about a set of items."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import django_filters
from django import forms
from django.utils.functional import cached_property

from imr_archive.models import DisputedItem
from imr_archive.search.facets.dimensions import DIMENSIONS, Dimension
from imr_archive.search.facets.selection import Selection
from imr_archive.search.query.thesaurus import read_question
from imr_archive.web.question.state import WORDS_VAR, is_exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

# What a value of any facet looks like; nothing else is asked of a database.
SLUG = re.compile(r"[\w-]{1,200}(?:/[\w-]{1,200}){0,2}", re.ASCII)


class ValuesField(forms.Field):
    """Any number of values of one dimension; after ``clean``, ``known`` names those that exist."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, dimension: Dimension, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = dimension
        self.names: Mapping[str, str] = {}
        self.known: Mapping[str, str] = {}

    def clean(self, value: Sequence[str] | None) -> tuple[str, ...]:
        """Return the values, or raise one sentence for each that does not exist."""
        asked = [each for each in value or () if each]
        well_formed = [each for each in asked if SLUG.fullmatch(each)]
        labels = {each: self.dimension.label(each, self.names) for each in well_formed}
        self.known = {each: label for each, label in labels.items() if label}
        if unknown := [each for each in asked if each not in self.known]:
            raise forms.ValidationError(
                [f"{self.dimension.title}: there is no value “{_shortened(each)}”." for each in unknown]
            )
        return tuple(asked)


class _Shared(dict[str, Any]):
    """Filters or fields by name. Each request gets copies, which share all that no request changes."""

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        """Copy what a filter set or a form sets on its own."""
        return {name: _copied(each) for name, each in self.items()}


def _copied(plain: T) -> T:
    """Copy an object that is all in its attributes, as ``copy`` does in four times the time."""
    made = object.__new__(type(plain))
    made.__dict__.update(plain.__dict__)
    return made


class DimensionFilter(django_filters.Filter):
    """Keeps the items that have any of the values; asked only for values that do not exist, it keeps none."""

    field_class = ValuesField

    def __init__(self, dimension: Dimension) -> None:
        super().__init__(field_name=dimension.name, label=dimension.title, dimension=dimension)
        self.dimension = dimension

    def filter(self, qs: Selection, value: Mapping[str, str]) -> Selection:
        """Narrow to the known values."""
        return qs.having(self.dimension, value) if value else qs.none()


class WordsFilter(django_filters.Filter):
    """Keeps the items that the words find."""

    def filter(self, qs: Selection, value: str) -> Selection:
        """Ask the index."""
        return qs.matching(read_question(value, exact=is_exact(self.parent.data)))


class ItemFilterSet(django_filters.FilterSet):
    """The disputed items that a query string asks for.

    Every condition holds for one and the same item. A value that does not exist is a form error and finds nothing;
    beside values that do exist it changes nothing.
    """

    q = WordsFilter(label="Words")

    class Meta:
        model = DisputedItem
        fields: list[str] = []

    def __init__(self, data: Mapping[str, Any] | None, selection: Selection | None = None) -> None:
        super().__init__(data, selection or Selection.of_everything())
        for dimension in DIMENSIONS:
            self.form.fields[dimension.name].names = self.names(dimension)

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """Return the declared filters and one for each dimension."""
        return _Shared(super().get_filters() | {each.name: DimensionFilter(each) for each in DIMENSIONS})

    def get_form_class(self) -> type[forms.Form]:
        """Return the one form of the archive; django-filter would make a class for every request."""
        return _form_class()

    def filter_queryset(self, queryset: Selection) -> Selection:
        """Narrow by everything that is asked."""
        return self._narrowed(queryset, leave_out=None)

    def without(self, name: str) -> Selection:
        """Return the items under every filter but one: what that one's facet counts."""
        return self._narrowed(self.queryset, leave_out=name) if name in self._asked else self.qs

    def names(self, dimension: Dimension) -> Mapping[str, str]:
        """Name the values that a dimension has."""
        return self.queryset.snapshot.names[dimension.name]

    def labels(self, name: str) -> Mapping[str, str]:
        """Name the values of a dimension that are asked for and exist."""
        return self._asked.get(name, {})

    @property
    def problems(self) -> list[str]:
        """Return a sentence for each value that does not exist."""
        return [sentence for sentences in self.errors.values() for sentence in sentences]

    def _narrowed(self, items: Selection, *, leave_out: str | None) -> Selection:
        for name, asked in self._asked.items():
            if name != leave_out:
                items = self.filters[name].filter(items, asked)
        return items

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """What is asked of which filters: the words, or those of the values that exist, if any."""
        self.form.is_valid()
        words = self.form[WORDS_VAR].data
        asked: dict[str, Any] = {WORDS_VAR: words} if words else {}
        for dimension in DIMENSIONS:
            if any(self.form[dimension.name].data or ()):
                asked[dimension.name] = self.form.fields[dimension.name].known
        return asked


@cache
def _form_class() -> type[forms.Form]:
    fields = {name: each.field for name, each in ItemFilterSet.base_filters.items()}
    form_class: Any = type("ItemFilterForm", (forms.Form,), fields)
    form_class.base_fields = _Shared(form_class.base_fields)
    return form_class


def _shortened(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:60]}…"
