"""Keys of rows grouped by a value: how the dimensions read their postings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from imr_archive.search.facets.dimension import Posting
from imr_archive.search.fulltext.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet


def narrowed(rows: Any, path: str, determinations: QuerySet[Any] | None, using: str) -> QuerySet[Any]:
    """Return rows of some letters, or of all for None; ``path`` leads from a row to its determination."""
    found: QuerySet[Any] = rows.using(using).order_by()
    return found if determinations is None else found.filter(**{f"{path}__in": determinations})


def grouped(rows: QuerySet[Any], value: Any, key: str) -> Iterator[Posting]:
    """Yield the keys of the rows of each value."""
    value = F(value) if isinstance(value, str) else value
    yield from map(Posting._make, rows.annotate(of_value=value).values_list("of_value").annotate(keys=Keys(key)))
