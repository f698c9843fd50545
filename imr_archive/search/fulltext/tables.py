"""Types that describe what the full-text indexes and the change log are made of.

The values stand above this package, beside the models that they name: ``models/search_indexes.py`` and
``search/facets/change_log.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import Model

    from imr_archive.search.fulltext.columns import IndexedColumn
    from imr_archive.search.query.tree import Section

# Which versions of a row a trigger sees at each event.
EVENT_ROWS = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}


class Writing(Enum):
    """How rows of an indexed table are written, which decides how its triggers index them."""

    BY_ROW = auto()
    IN_BATCHES = auto()
    # The writer of a batch provides the tsvectors, which PostgreSQL's triggers then skip.
    IN_BATCHES_WITH_VECTORS = auto()


@dataclass(frozen=True, slots=True)
class IndexedTable:
    """A model's table with searchable text, and the name of its full-text index.

    The index has one row for each row of the table, under the same key. Both databases tokenize alike: runs of letters
    and digits, lower case, accents removed, no stop words, Porter's stemmer. ``boost`` weighs the table's scores
    against those of other tables, which no engine can compare by itself.
    """

    index: str
    model: type[Model]
    indexed: tuple[IndexedColumn, ...]
    writing: Writing
    boost: float = 1.0

    @property
    def content(self) -> str:
        """The name of the model's table."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of the model's primary key."""
        return column_of(self.model, "pk")

    @property
    def columns(self) -> tuple[str, ...]:
        """The indexed columns, in the order of the index."""
        return tuple(column.name for column in self.indexed)

    def columns_in(self, sections: Collection[Section]) -> tuple[str, ...]:
        """Return the columns of some sections; no section means all of them."""
        return tuple(column.name for column in self.indexed if not sections or column.section in sections)


class RowVectors(NamedTuple):
    """The tsvectors of a row's indexed columns, in order and in binary form; None where the database makes them."""

    key: int
    vectors: Sequence[bytes] | None


class Link(NamedTuple):
    """A model that leads from a changed row to its determination: one field is matched, the other one read."""

    model: type[Model]
    matched: str
    read: str

    @property
    def name(self) -> str:
        """The name of the model's table."""
        return self.model._meta.db_table

    @property
    def matched_column(self) -> str:
        """The column of the field that is matched."""
        return column_of(self.model, self.matched)

    @property
    def read_column(self) -> str:
        """The column of the field that holds the determination."""
        return column_of(self.model, self.read)


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """A model whose changes the change log records, under the determination that they belong to.

    ``field`` holds the determination's key, or what ``link`` is matched by. Without a field the change is logged under
    0, which stands for the names that pages show.
    """

    model: type[Model]
    field: str = ""
    link: Link | None = None
    in_batches: bool = False

    @property
    def name(self) -> str:
        """The name of the model's table."""
        return self.model._meta.db_table

    @property
    def column(self) -> str:
        """The column of ``field``."""
        return column_of(self.model, self.field)

    @property
    def is_determination(self) -> bool:
        """Return whether a row of the table is the determination itself."""
        return self.field == "pk"

    def trigger(self, event: str) -> str:
        """Return the name of the trigger of an event."""
        return f"{self.name}_log_{event.lower()}"


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """The table that records which determinations changed, and the tables that its triggers watch."""

    model: type[Model]
    determinations: type[Model]
    watched: tuple[WatchedTable, ...]

    @property
    def name(self) -> str:
        """The name of the log's table."""
        return self.model._meta.db_table


def column_of(model: type[Model], field: str) -> str:
    """Return the column of a model's field; ``pk`` names the primary key."""
    meta = model._meta
    found: Any = meta.pk if field == "pk" else meta.get_field(field)
    column: str = found.column
    return column
