"""Find the printed wordings that were not in the parser's tables when the letters were parsed.

Each function yields the printed words with the case that prints them. Rows are streamed, so memory stays small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imr_archive.models import DisputedItem, GuidelineCitation, ReviewerSpecialty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

Printed = tuple[str, str]

_UNLISTED = "-unlisted"


def requests_classified_as(treatment: str) -> Iterator[Printed]:
    """Yield the description of each item with this treatment."""
    items = DisputedItem.objects.filter(item_treatments__treatment__slug=treatment).order_by("pk")
    yield from _with_cases(items.values_list("text__description", "determination__case_number", "determination_id"))


def unlisted_guidelines() -> Iterator[Printed]:
    """Yield the printed title of each citation whose guideline is not in the tables."""
    citations = GuidelineCitation.objects.filter(guideline__slug__endswith=_UNLISTED).order_by("pk")
    case = "item__determination"
    yield from _with_cases(citations.values_list("title", f"{case}__case_number", f"{case}_id"))


def specialty_names() -> Iterator[str]:
    """Yield each distinct board or subspecialty name in the reviewers' profiles."""
    names = ReviewerSpecialty.objects.order_by("name").values_list("name", flat=True)
    yield from names.distinct()


def determinations_with_specialty(names: Iterable[str]) -> Iterator[Printed]:
    """Yield the given board or subspecialty names for each determination whose reviewer has them."""
    boards = ReviewerSpecialty.objects.filter(name__in=list(names), reviewer__determinations__isnull=False)
    case = "reviewer__determinations"
    yield from _with_cases(boards.order_by("pk", case).values_list("name", f"{case}__case_number", f"{case}__pk"))


def _with_cases(rows: QuerySet[Any, tuple[str, str | None, int]]) -> Iterator[Printed]:
    for printed, case_number, key in rows.iterator():
        yield printed, case_number or f"Determination {key}"
