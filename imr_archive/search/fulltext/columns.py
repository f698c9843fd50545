"""The searchable columns: which text is indexed, in which section, and how much it weighs in the ranking.

Imports no Django, because the processes that parse letters compute the tsvectors of these columns.
"""

from __future__ import annotations

from typing import NamedTuple

from imr_archive.search.query.tree import Section


class IndexedColumn(NamedTuple):
    """A searchable column: its weight within a row, and the section of the letter that it belongs to, if any."""

    name: str
    weight: float
    section: Section | None


# Requests weigh more than rationales, rationales more than guidelines, guidelines more than summaries.
ITEM_COLUMNS = (
    IndexedColumn("description", 10.0, Section.REQUEST),
    IndexedColumn("original_request", 5.0, Section.REQUEST),
    IndexedColumn("authorized", 1.0, Section.REQUEST),
    IndexedColumn("rationale", 4.0, Section.RATIONALE),
    IndexedColumn("ca_guideline", 2.0, Section.GUIDELINE),
    IndexedColumn("reviewer_guideline", 2.0, Section.GUIDELINE),
)
SUMMARY_COLUMNS = (IndexedColumn("clinical_summary", 1.0, Section.SUMMARY),)
# ``cites:`` searches a citation's title and section, and the names of the canonical guideline it resolves to.
CITATION_COLUMNS = (IndexedColumn("title", 1.0, None), IndexedColumn("section", 1.0, None))
GUIDELINE_COLUMNS = (IndexedColumn("title", 1.0, None), IndexedColumn("label", 1.0, None))
