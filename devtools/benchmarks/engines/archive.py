"""The archive itself: the searches and counts behind its list page."""

from __future__ import annotations

from django.http import QueryDict

from devtools.benchmarks.engines.questions import FACETS, PAGE_SIZE, Answer, BenchmarkQuestion, Counts
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.search.facets.words.ranking import ranked_page
from imr_archive.web.question.search import search_of


class ArchiveEngine:
    """The archive with what its words found held (``stored``), or forgotten before each answer."""

    def __init__(self, database: str, *, stored: bool) -> None:
        self.name = f"archive on {database}, {'match sets stored' if stored else 'uncached'}"
        self.version = "this checkout"
        self._stored = stored

    def prepare(self) -> None:
        """Forget what was counted and, unless that is what is measured, what words found and scored."""
        snapshot = current_snapshot()
        snapshot.counts.clear()
        if not self._stored:
            for cache in (
                *snapshot.matches,
                snapshot.scores,
                snapshot.champions,
                snapshot.delta_scores,
                snapshot.newest,
            ):
                cache.clear()

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Read the address, narrow, count the facets, and find the page's keys."""
        search = search_of(QueryDict(question.query_string))
        selection = search.selection
        counts: Counts = {}
        for name in FACETS:
            dimension = DIMENSION_BY_NAME[name]
            narrowed = search.without(name)
            # The other engines have the categories alone.
            slugs = dimension.shown(narrowed.values(dimension), ())
            counts[name] = narrowed.counts(dimension, slugs)
        if question.by_relevance:
            keys = ranked_page(
                selection, search.question.query, Unit.ITEMS, offset=question.offset, limit=PAGE_SIZE
            ).keys
        else:
            keys = selection.page(Order.NEWEST, Unit.ITEMS, offset=question.offset, limit=PAGE_SIZE)
        return Answer(selection.size(), counts, tuple(keys))
