"""Which text is searchable, in which sections, and how much a section weighs in the ranking.

An index table holds one row for each row of its text table, under the same key. Both databases read words alike: runs
of letters and digits, lower case, accents folded, no stop words, Porter's stemmer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.query.tree import Section

if TYPE_CHECKING:
    from collections.abc import Collection


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
    indexed=(IndexedColumn("clinical_summary", 1.0, Section.SUMMARY),),
    boost=0.2,
)
# What ``cites:`` reads: a citation's title and section, and the names of the canonical guideline it resolves to.
CITATIONS = IndexedTable(
    index="imr_archive_citationsearch",
    content="imr_archive_guidelinecitation",
    key="id",
    indexed=(IndexedColumn("title", 1.0, None), IndexedColumn("section", 1.0, None)),
)
GUIDELINES = IndexedTable(
    index="imr_archive_guidelinesearch",
    content="imr_archive_guideline",
    key="id",
    indexed=(IndexedColumn("title", 1.0, None), IndexedColumn("label", 1.0, None)),
)
