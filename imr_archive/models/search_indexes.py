"""The models with searchable text, and their full-text indexes."""

from imr_archive.models.determination import DeterminationText
from imr_archive.models.disputed_item import DisputedItemText
from imr_archive.models.guideline import Guideline
from imr_archive.models.guideline_citation import GuidelineCitation
from imr_archive.search.fulltext.columns import CITATION_COLUMNS, GUIDELINE_COLUMNS, ITEM_COLUMNS, SUMMARY_COLUMNS
from imr_archive.search.fulltext.tables import IndexedTable, Writing

ITEMS = IndexedTable(
    index="imr_archive_itemsearch",
    model=DisputedItemText,
    indexed=ITEM_COLUMNS,
    writing=Writing.IN_BATCHES_WITH_VECTORS,
)
SUMMARIES = IndexedTable(
    index="imr_archive_summarysearch",
    model=DeterminationText,
    indexed=SUMMARY_COLUMNS,
    writing=Writing.IN_BATCHES_WITH_VECTORS,
    boost=0.2,
)
CITATIONS = IndexedTable(
    index="imr_archive_citationsearch",
    model=GuidelineCitation,
    indexed=CITATION_COLUMNS,
    writing=Writing.IN_BATCHES,
)
GUIDELINES = IndexedTable(
    index="imr_archive_guidelinesearch",
    model=Guideline,
    indexed=GUIDELINE_COLUMNS,
    writing=Writing.BY_ROW,
)
INDEXED_TABLES = (ITEMS, SUMMARIES, CITATIONS, GUIDELINES)
BATCH_TABLES = tuple(table for table in INDEXED_TABLES if table.writing is not Writing.BY_ROW)
