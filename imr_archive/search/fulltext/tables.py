"""Declares which text is searchable, and which tables the change log watches.

An index table holds one row for each row of its text table, under the same key. Both databases tokenize alike: runs
of letters and digits, lower case, accents removed, no stop words, Porter's stemmer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.query.tree import Section

if TYPE_CHECKING:
    from collections.abc import Collection

CHANGE_LOG = "imr_archive_indexchange"
# Which versions of a row a trigger sees at each event.
EVENT_ROWS = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}


class Writing(Enum):
    """How rows of an indexed table are written, which decides how its triggers index them."""

    BY_ROW = auto()
    IN_BATCHES = auto()
    # The writer of a batch provides the tsvectors, which PostgreSQL's triggers then skip.
    IN_BATCHES_WITH_VECTORS = auto()


class IndexedColumn(NamedTuple):
    """A searchable column: its weight within a row, and the section of the letter that it belongs to, if any."""

    name: str
    weight: float
    section: Section | None


@dataclass(frozen=True, slots=True)
class IndexedTable:
    """One text table and its index.

    ``boost`` weighs the table's scores against the other table's, which no engine can compare by itself.
    """

    index: str
    content: str
    key: str
    indexed: tuple[IndexedColumn, ...]
    writing: Writing
    boost: float = 1.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The indexed columns, in the order of the index."""
        return tuple(column.name for column in self.indexed)

    def columns_in(self, sections: Collection[Section]) -> tuple[str, ...]:
        """Return the columns of some sections; no section means all of them."""
        return tuple(column.name for column in self.indexed if not sections or column.section in sections)


# Request before rationale before guideline before summary.
ITEMS = IndexedTable(
    index="imr_archive_itemsearch",
    content="imr_archive_disputeditemtext",
    key="item_id",
    writing=Writing.IN_BATCHES_WITH_VECTORS,
    indexed=(
        IndexedColumn("description", 10.0, Section.REQUEST),
        IndexedColumn("original_request", 5.0, Section.REQUEST),
        IndexedColumn("authorized", 1.0, Section.REQUEST),
        IndexedColumn("rationale", 4.0, Section.RATIONALE),
        IndexedColumn("ca_guideline", 2.0, Section.GUIDELINE),
        IndexedColumn("reviewer_guideline", 2.0, Section.GUIDELINE),
    ),
)
SUMMARIES = IndexedTable(
    index="imr_archive_summarysearch",
    content="imr_archive_determinationtext",
    key="determination_id",
    writing=Writing.IN_BATCHES_WITH_VECTORS,
    indexed=(IndexedColumn("clinical_summary", 1.0, Section.SUMMARY),),
    boost=0.2,
)
# What ``cites:`` reads: a citation's title and section, and the names of the canonical guideline it resolves to.
CITATIONS = IndexedTable(
    index="imr_archive_citationsearch",
    content="imr_archive_guidelinecitation",
    key="id",
    writing=Writing.IN_BATCHES,
    indexed=(IndexedColumn("title", 1.0, None), IndexedColumn("section", 1.0, None)),
)
GUIDELINES = IndexedTable(
    index="imr_archive_guidelinesearch",
    content="imr_archive_guideline",
    key="id",
    writing=Writing.BY_ROW,
    indexed=(IndexedColumn("title", 1.0, None), IndexedColumn("label", 1.0, None)),
)
INDEXED_TABLES = (ITEMS, SUMMARIES, CITATIONS, GUIDELINES)


class Link(NamedTuple):
    """A table that leads from a changed row to its determination: ``column`` is found, ``determination`` is read."""

    name: str
    column: str
    determination: str


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """A table whose changes the change log records, under the determination that they belong to.

    ``column`` holds the determination's key, or what ``link`` finds it by. Without a column the change is logged under
    0, which stands for the names that pages show.
    """

    name: str
    column: str = ""
    link: Link | None = None
    in_batches: bool = False

    @property
    def is_determination(self) -> bool:
        """Return whether a row of the table is the determination itself."""
        return self.column == "id"

    def trigger(self, event: str) -> str:
        """Return the name of the trigger of an event."""
        return f"{self.name}_log_{event.lower()}"


_OF_ITEM = Link("imr_archive_disputeditem", "id", "determination_id")
_OF_REVIEWER = Link("imr_archive_determination", "reviewer_id", "id")
WATCHED_TABLES = (
    WatchedTable("imr_archive_determination", "id", in_batches=True),
    WatchedTable("imr_archive_disputeditem", "determination_id", in_batches=True),
    WatchedTable("imr_archive_determinationtext", "determination_id", in_batches=True),
    WatchedTable("imr_archive_disputeditemtext", "item_id", _OF_ITEM, in_batches=True),
    WatchedTable("imr_archive_itemtreatment", "item_id", _OF_ITEM, in_batches=True),
    WatchedTable("imr_archive_itembodypart", "item_id", _OF_ITEM, in_batches=True),
    WatchedTable("imr_archive_guidelinecitation", "item_id", _OF_ITEM, in_batches=True),
    WatchedTable("imr_archive_reviewerspecialty", "reviewer_id", _OF_REVIEWER),
    WatchedTable("imr_archive_reviewerlicence", "reviewer_id", _OF_REVIEWER),
    WatchedTable("imr_archive_treatment"),
    WatchedTable("imr_archive_guideline"),
    WatchedTable("imr_archive_bodypart"),
)
