"""The columns of each table as values of a record: read from records for the writer, put together by the reader."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db.models import CharField, JSONField, TextField

from imr_archive.letters import paths
from imr_archive.models import (
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    GuidelineMention,
    ItemReason,
)
from imr_archive.records import CitationRecord, ItemRecord, LetterRecord, MentionRecord, ReasonRecord, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import Field, Model


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table that hold values of a record; ``renamed`` gives the paths of those not named as fields.

    ``partly`` are columns that hold only a part of their field, and what gets it.
    """

    model: type[Model]
    record: type[Record]
    renamed: Mapping[str, str] = field(default_factory=dict)
    partly: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    @cached_property
    def paths(self) -> dict[str, str]:
        """The path of each column's value in the record."""
        fields = self.record.__struct_fields__
        names = [str(each.attname) for each in self.model._meta.concrete_fields]
        return {name: self.renamed.get(name, name) for name in names if name in self.renamed or name in fields}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in the order of their values."""
        return tuple(self.paths)

    def row(self, record: Record) -> tuple[Any, ...]:
        """Return the values of a record as the table takes them; JSON is text."""
        return tuple([get(record) for get in self._getters])

    def put(self, values: Iterable[Any], into: dict[str, Any]) -> None:
        """Put a row's values at their places in what will be a record."""
        for place, value in zip(self._places, values, strict=True):
            above, name = place
            target = into if above is None else into.setdefault(above, {})
            target[name] = None if value == "" else value

    def is_text(self, column: str) -> bool:
        """Return whether a column holds the empty text where nothing is stated."""
        held = self._field(column)
        return isinstance(held, CharField | TextField) and not held.null

    @cached_property
    def _places(self) -> list[tuple[str | None, str]]:
        return [(above or None, name) for above, _, name in (path.rpartition(".") for path in self.paths.values())]

    @cached_property
    def _getters(self) -> list[Callable[[Any], Any]]:
        return [self._getter(column, path) for column, path in self.paths.items()]

    def _getter(self, column: str, path: str) -> Callable[[Any], Any]:
        get = self.partly.get(column) or paths.getter(path)
        if isinstance(self._field(column), JSONField):
            return lambda record: json.dumps(get(record))
        if self.is_text(column):
            return lambda record: _text(get(record))
        return get

    def _field(self, column: str) -> Field[Any, Any]:
        return cast("Field[Any, Any]", self.model._meta.get_field(column))


def _text(value: Any) -> str:
    return value.value if isinstance(value, Enum) else value or ""


def _own_raw(item: ItemRecord) -> dict[str, str]:
    """Return the raw texts that have no row of their own, as those of treatments and body parts have."""
    return {path: words for path, words in item.raw.items() if "." not in path}


DETERMINATION = Columns(Determination, LetterRecord, paths.DETERMINATION)
DETERMINATION_TEXT = Columns(DeterminationText, LetterRecord, paths.DETERMINATION)
ITEM = Columns(DisputedItem, ItemRecord, paths.ITEM)
ITEM_TEXT = Columns(DisputedItemText, ItemRecord, paths.ITEM, {"raw": _own_raw})
CITATION = Columns(GuidelineCitation, CitationRecord, paths.CITATION)
REASON = Columns(ItemReason, ReasonRecord)
MENTION = Columns(GuidelineMention, MentionRecord)
