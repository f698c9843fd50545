"""Which text is searchable, in which sections, and how much a section weighs in the ranking.

An index table holds one row for each row of its text table, under the same key. Both databases read words alike: runs
of letters and digits, lower case, accents folded, no stop words, Porter's stemmer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexedTable:
    """One text table and its index.

    ``sections`` are (column, weight within a row); ``boost`` weighs the table's scores against the other table's, which
    no engine can compare by itself.
    """

    index: str
    content: str
    key: str
    sections: tuple[tuple[str, float], ...]
    boost: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The indexed columns, in the order of the index."""
        return tuple(column for column, _ in self.sections)


# Request before rationale before guideline before summary.
ITEMS = IndexedTable(
    index="imr_archive_itemsearch",
    content="imr_archive_disputeditemtext",
    key="item_id",
    sections=(
        ("description", 10.0),
        ("original_request", 5.0),
        ("authorized", 1.0),
        ("rationale", 4.0),
        ("ca_guideline", 2.0),
        ("reviewer_guideline", 2.0),
    ),
    boost=1.0,
)
SUMMARIES = IndexedTable(
    index="imr_archive_summarysearch",
    content="imr_archive_determinationtext",
    key="determination_id",
    sections=(("clinical_summary", 1.0),),
    boost=0.2,
)
