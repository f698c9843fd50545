"""The content of an archive file: one section per table, with its rows written as JSON and read back.

To add a table, add a row to ``SECTIONS`` below the tables it refers to. Rows keep their primary keys, because page
addresses, reports and the order of equal search results depend on them. Rows of the canonical tables are identified by
slug instead, because each database assigns them different keys. The bytes of letters are written as files beside the
rows (``TableSection.content``); a column of compressed text is written uncompressed.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models as fields

from imr_archive import models
from imr_archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Field, Model

# For each canonical table, its keys by slug or its slugs by key.
Slugs = dict[type["Model"], dict[Any, Any]]

CANONICAL: tuple[type[Model], ...] = (models.Guideline, models.Treatment, models.BodyPart)


class NotARow(ArchiveError):
    """A line is not a valid row of its section."""


@dataclass(frozen=True)
class TableSection:
    """A table in an archive file; ``content`` names its column of bytes, if it has one."""

    name: str
    model: type[Model]
    content: str = ""

    @property
    def is_canonical(self) -> bool:
        """Return whether its rows are identified by slug."""
        return self.model in CANONICAL

    @cached_property
    def key(self) -> Field[Any, Any]:
        """The primary key column."""
        return self.model._meta.pk

    @cached_property
    def columns(self) -> tuple[Field[Any, Any], ...]:
        """The columns that are written as JSON."""
        return tuple(
            each
            for each in self.model._meta.concrete_fields
            if each.name != self.content and not (self.is_canonical and each.primary_key)
        )

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The names under which a query returns the values of the columns."""
        return tuple(each.attname for each in self.columns)


SECTIONS: tuple[TableSection, ...] = (
    TableSection("guidelines", models.Guideline),
    TableSection("treatments", models.Treatment),
    TableSection("body-parts", models.BodyPart),
    TableSection("reviewers", models.Reviewer),
    TableSection("reviewer-specialties", models.ReviewerSpecialty),
    TableSection("reviewer-licences", models.ReviewerLicence),
    TableSection("determinations", models.Determination),
    TableSection("determination-texts", models.DeterminationText),
    TableSection("items", models.DisputedItem),
    TableSection("item-texts", models.DisputedItemText),
    TableSection("item-treatments", models.ItemTreatment),
    TableSection("item-body-parts", models.ItemBodyPart),
    TableSection("citations", models.GuidelineCitation),
    TableSection("reasons", models.ItemReason),
    TableSection("mentions", models.GuidelineMention),
    TableSection("corrections", models.Correction),
    TableSection("reviews", models.Review),
    TableSection("letters", models.SourceLetter, content="content"),
    TableSection("dropped-files", models.DroppedFile),
    TableSection("withdrawals", models.Withdrawal),
    TableSection("withdrawn-hashes", models.WithdrawnHash),
    TableSection("runs", models.IngestRun),
    TableSection("run-files", models.IngestRunFile),
    TableSection("revisions", models.Revision),
)


@dataclass(frozen=True)
class Codec:
    """Writes and reads the rows of one section; ``slugs`` translates the keys of canonical rows."""

    section: TableSection
    slugs: Slugs = field(default_factory=dict)

    def line(self, values: Iterable[Any]) -> bytes:
        """Return a row as a line of JSON. Equal rows give equal bytes on both databases."""
        row = {
            column.name: self._written(column, value)
            for column, value in zip(self.section.columns, values, strict=True)
        }
        return json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    def rows(self, lines: bytes) -> Iterator[tuple[Any, ...]]:
        """Yield the values of each row in the order of ``section.columns``; raise ``NotARow`` at an invalid line.

        A column missing in the file gets its default; a column unknown to this version is refused.
        """
        try:
            for line in lines.splitlines():
                row = json.loads(line)
                values = tuple(self._read(column, row) for column in self.section.columns)
                if row:
                    unknown = ", ".join(sorted(row))
                    raise NotARow(f"The file is of a newer version: {self.section.name} have {unknown} in it.")
                yield values
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, ValidationError) as error:
            raise NotARow(f"A line of {self.section.name} in the file is not as export_archive writes it.") from error

    def _written(self, column: Field[Any, Any], value: Any) -> Any:
        if column.related_model in CANONICAL:
            return value if value is None else self.slugs[column.related_model][value]
        if isinstance(column, fields.BinaryField):
            return None if value is None else zlib.decompress(value).decode()
        return value.isoformat() if isinstance(value, (date, datetime)) else value

    def _read(self, column: Field[Any, Any], row: dict[str, Any]) -> Any:
        if column.name not in row:
            return column.get_default()
        value = row.pop(column.name)
        if value is None:
            return None
        if column.related_model in CANONICAL:
            return self.slugs[column.related_model][value]
        if isinstance(column, fields.BinaryField):
            return zlib.compress(value.encode())
        if isinstance(column, fields.DateTimeField):
            return datetime.fromisoformat(value)
        return column.to_python(value)
