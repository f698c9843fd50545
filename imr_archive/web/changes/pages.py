"""The pages of what is new: the days of the archive, one day, and all corrections and withdrawals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, Value, When
from django.urls import reverse
from django.utils import timezone

from imr_archive.models import Revision
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import ARRIVED
from imr_archive.search.facets.selection import Unit
from imr_archive.web.changes.entries import (
    CHANGED,
    CORRECTED,
    public_changes,
    still_public,
    withdrawals_in_force,
)
from imr_archive.web.formatting import day
from imr_archive.web.question.parameters import Sort
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imr_archive.models.timeline import Cursor
    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.web.changes.entries import ChangeEntry

# The days that the page shows at a time.
DAYS = 31
_CORRECTED, _CHANGED = "corrected", "changed"
_COUNTED = ("added", _CHANGED, _CORRECTED, "withdrawn")


@dataclass(frozen=True, slots=True)
class NewDay:
    """What a day brought: numbers of determinations, the address of those added, and that of the day's own page."""

    day: date
    added: int
    changed: int
    corrected: int
    withdrawn: int
    added_url: str
    url: str

    @property
    def label(self) -> str:
        """The day in words."""
        return day(self.day)


@dataclass(frozen=True, slots=True)
class NewPage:
    """The days from ``since`` on that brought something, newest first; ``earlier_url`` leads to those before."""

    question: Question
    since: date
    until: date
    days: Sequence[NewDay]
    totals: Mapping[str, int]
    problems: Sequence[str]
    earlier_url: str
    later_url: str
    archive_is_empty: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes of determinations, newest first: of one day, or all corrections and withdrawals."""

    question: Question
    title: str
    summary: NewDay | None
    entries: Sequence[ChangeEntry]
    older_url: str


def new_page(since: date | None, problems: Sequence[str]) -> NewPage:
    """Build the page of the days from one on; without one, of the last month in which anything arrived."""
    search = Search.of_everything()
    arrivals = days_of_arrival(search)
    today = timezone.localdate()
    last = today if since or not arrivals else min(today, max(arrivals))
    first = min(since, today) if since else last - timedelta(days=DAYS - 1)
    until = min(today, first + timedelta(days=DAYS - 1)) if since else today
    until = max(first, until)
    days = new_days(search.snapshot, arrivals, first, until)
    before, after = first - timedelta(days=DAYS), until + timedelta(days=1)
    return NewPage(
        question=search.question,
        since=first,
        until=until,
        days=days,
        totals={name: sum(getattr(each, name) for each in days) for name in _COUNTED},
        problems=problems,
        earlier_url=f"?since={before}" if arrivals and min(arrivals) < first else "",
        later_url=f"?since={after}" if after <= today else "",
        archive_is_empty=not arrivals,
    )


def day_page(of: date, before: Cursor | None) -> ChangesPage:
    """Build the page of one day."""
    search = Search.of_everything()
    [summary] = new_days(search.snapshot, days_of_arrival(search), of, of, keep_empty=True)
    part = public_changes((*CORRECTED, *CHANGED), before=before, since=midnight(of), until=midnight(of + timedelta(1)))
    return ChangesPage(search.question, day(of), summary, part.entries, f"?before={part.older}" if part.older else "")


def corrections_page(before: Cursor | None) -> ChangesPage:
    """Build the page of all corrections and withdrawals."""
    part = public_changes(CORRECTED, before=before)
    older = f"?before={part.older}" if part.older else ""
    return ChangesPage(Question(), "Corrections and withdrawals", None, part.entries, older)


def days_of_arrival(search: Search) -> dict[date, int]:
    """Return how many determinations arrived on each day."""
    counts = search.everything.counts(ARRIVED, unit=Unit.DETERMINATIONS)
    return {date.fromisoformat(slug): number for slug, number in counts.items() if slug != UNKNOWN and number}


def new_days(
    snapshot: Snapshot, arrivals: Mapping[date, int], first: date, last: date, *, keep_empty: bool = False
) -> list[NewDay]:
    """Return the days of a span that brought something, newest first; two queries."""
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    changes = _counted_changes(span)
    withdrawn = Counter(
        timezone.localdate(at)
        for at in withdrawals_in_force()
        .filter(withdrawn_at__gte=midnight(first), withdrawn_at__lt=midnight(last + timedelta(days=1)))
        .order_by("pk")
        .values_list("withdrawn_at", flat=True)
    )
    found = [
        NewDay(
            day=each,
            added=arrivals.get(each, 0),
            changed=changes[each, _CHANGED],
            corrected=changes[each, _CORRECTED],
            withdrawn=withdrawn[each],
            added_url=added_url(each, each),
            url=reverse("web:new-day", args=[each.isoformat()]),
        )
        for each in reversed(span)
    ]
    return [each for each in found if keep_empty or each.added or each.changed or each.corrected or each.withdrawn]


def added_url(first: date, last: date | None = None) -> str:
    """Return the address of the determinations that arrived from one day to another."""
    question = Question().showing(Unit.DETERMINATIONS).sorted_by(Sort.ARRIVED).arrived(first, last)
    return reverse("web:list") + question.query_string


def midnight(of: date) -> datetime:
    """Return the beginning of a day in the archive's time zone."""
    return timezone.make_aware(datetime.combine(of, time.min))


def _counted_changes(span: Iterable[date]) -> Counter[tuple[date, str]]:
    """Count the determinations that were corrected, and those that changed otherwise, on each of some days.

    The days are spans of time in the query: what a database thinks of time zones is not asked.
    """
    days = {each.isoformat(): each for each in span}
    begins = {slug: midnight(each) for slug, each in days.items()}
    ends = {slug: midnight(each + timedelta(days=1)) for slug, each in days.items()}
    of_day = Case(
        *(When(made_at__gte=begins[slug], made_at__lt=ends[slug], then=Value(slug)) for slug in days),
        output_field=CharField(),
    )
    what = Case(When(kind__in=CORRECTED, then=Value(_CORRECTED)), default=Value(_CHANGED), output_field=CharField())
    rows = still_public(
        Revision.objects.filter(
            made_at__gte=min(begins.values()), made_at__lt=max(ends.values()), kind__in=(*CORRECTED, *CHANGED)
        )
    )
    counted = rows.order_by().annotate(of_day=of_day, what=what).values_list("of_day", "what")
    return Counter(
        {(days[slug], name): number for slug, name, number in counted.annotate(Count("determination", distinct=True))}
    )
