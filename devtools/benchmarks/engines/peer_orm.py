"""Plain Django: querysets with joins, one GROUP BY query per facet, and OFFSET, on the archive's own tables."""

from __future__ import annotations

import django
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import ExtractYear

from devtools.benchmarks.engines.questions import PAGE_SIZE, Answer, BenchmarkQuestion, Counts, NotAsked, without_zeros
from devtools.benchmarks.engines.rows import UNKNOWN
from imr_archive.models import DisputedItem
from imr_archive.models.search_indexes import ITEMS, SUMMARIES
from imr_archive.search.fulltext.tables import IndexedTable
from imr_archive.vocabulary import CitedBy

_PATHS = {
    "outcome": "outcome",
    "basis": "reviewer_basis",
    "treatment": "item_treatments__treatment__category",
    "body_part": "item_body_parts__body_part__slug",
    "guideline": "citations__guideline__source",
}
_NEWEST = (F("determination__decision_date").desc(nulls_last=True), "-determination_id", "-position")


class NaiveOrm:
    """What one would write first; words are looked up in the same full-text index as the archive's."""

    name = "naive ORM"
    version = django.__version__

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Answer with querysets alone."""
        if question.by_relevance:
            raise NotAsked
        items = _items(question, question.chosen)
        page = items.order_by(*_NEWEST).values_list("pk", flat=True)[question.offset :][:PAGE_SIZE]
        counts: Counts = {}
        for left_out, names in question.counted_under().items():
            narrowed = items if left_out is None else _items(question, question.without(left_out))
            for name in names:
                counts[name] = _counts(narrowed, name)
        return Answer(items.count(), without_zeros(counts), tuple(page))


def _items(question: BenchmarkQuestion, chosen: dict[str, str]) -> QuerySet[DisputedItem]:
    items = DisputedItem.objects.all()
    for name, value in chosen.items():
        if name == "year":
            items = items.filter(determination__decision_date__year=int(value))
        elif name == "guideline":
            items = items.filter(citations__cited_by=CitedBy.REVIEWER, citations__guideline__source=value)
        else:
            items = items.filter(**{_PATHS[name]: value})
    if question.words:
        own = Q(pk__in=_found(ITEMS, question.words))
        items = items.filter(own | Q(determination__in=_found(SUMMARIES, question.words)))
    return items.distinct()


def _found(table: IndexedTable, words: tuple[str, ...]) -> RawSQL:
    if connection.vendor == "sqlite":
        sql = f"SELECT rowid FROM {table.index} WHERE {table.index} MATCH %s"
        return RawSQL(sql, [f'"{" ".join(words)}"'])
    condition = " OR ".join(f"{column} @@ %s::tsquery" for column in table.columns)
    sql = f"SELECT {table.key} FROM {table.index} WHERE {condition}"
    query = " <-> ".join(f"'{word}'" for word in words)
    return RawSQL(sql, [query] * len(table.columns))


def _counts(items: QuerySet[DisputedItem], name: str) -> dict[str, int]:
    if name == "guideline":
        items = items.filter(citations__cited_by=CitedBy.REVIEWER)
    path = ExtractYear("determination__decision_date") if name == "year" else _PATHS[name]
    found = items.order_by().values_list(path).annotate(n=Count("pk", distinct=True))
    # Without a value: of these facets, unknown; of the others, no value at all.
    unknown = UNKNOWN if name in ("year", "body_part", "outcome") else None
    counts = {str(value) if value not in (None, "") else unknown: n for value, n in found}
    counts.pop(None, None)
    return {str(value): n for value, n in counts.items()}
