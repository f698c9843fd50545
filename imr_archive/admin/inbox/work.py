"""Work to do: what waits for a person, counted by queries that read few rows, each with the list that it counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse

from imr_archive.admin.body_limit import MAY_UPLOAD
from imr_archive.admin.corrections import may_correct
from imr_archive.admin.own_uploads import visible_letters, visible_previews, visible_runs
from imr_archive.admin.quarantine.views import MAY_RETRY
from imr_archive.admin.review.worklists import WorkKind, WorkList
from imr_archive.models import DisputedItem, IngestRun, PreviewedLetter, SourceLetter
from imr_archive.vocabulary import DiagnosticCode, HoldCode, RunStatus, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest

_REASONS = {each.value: each.label for each in (*DiagnosticCode, *HoldCode)}
# Larger numbers are not counted to the end: nobody looks at so many.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Work:
    """One kind of work: its name, how much there is, its list, the same by reason, and where it is worked off."""

    name: str
    sentence: str
    count: int
    address: str
    reasons: Sequence[Work] = ()
    review: str = ""
    review_words: str = "Review one by one"

    @property
    def is_capped(self) -> bool:
        """Return whether there is more than was counted."""
        return self.count > MOST_COUNTED


def work_to_do(request: HttpRequest) -> list[Work]:
    """Return the kinds of work that the account may see, those with nothing to do included."""
    return [*_uploads(request), *_letters(request), *_determinations(request), *_runs(request)]


def _uploads(request: HttpRequest) -> Iterator[Work]:
    if request.user.has_perm(MAY_UPLOAD):
        waiting = PreviewedLetter.objects.filter(preview=OuterRef("pk"), run=None, can_be_published=True).order_by()
        count = visible_previews(request).filter(Exists(waiting)).count()
        yield Work("To publish", "uploads with letters that are not published yet", count, reverse("admin:uploads"))


def _letters(request: HttpRequest) -> Iterator[Work]:
    if not request.user.has_perm("imr_archive.view_sourceletter"):
        return
    waiting = SourceLetter.objects.filter(state__in=(SourceState.HELD, SourceState.QUARANTINED)).order_by()
    rows = visible_letters(request, waiting).values_list("state", "reason_code").annotate(Count("pk"))
    counts: dict[str, list[Work]] = defaultdict(list)
    for state, code, number in rows:
        address = _list("sourceletter", state__exact=state, reason=code)
        counts[state].append(Work(_REASONS.get(code, code), "", number, address))
    for state, name, sentence in (
        (SourceState.HELD, "Held", "letters that are stored and not public"),
        (SourceState.QUARANTINED, "Quarantined", "files that could not be read"),
    ):
        reasons = sorted(counts[state.value], key=lambda each: (-each.count, each.name))
        total = sum(each.count for each in reasons)
        own = _list("sourceletter", state__exact=state.value)
        if state is SourceState.HELD:
            yield Work(name, sentence, total, own, reasons, _review(request, WorkKind.HELD))
        else:
            quarantine = (
                reverse("admin:imr_archive_sourceletter_quarantine") if request.user.has_perm(MAY_RETRY) else ""
            )
            yield Work(name, sentence, total, own, reasons, quarantine, "Retry or drop by reason")


def _determinations(request: HttpRequest) -> Iterator[Work]:
    if not request.user.has_perm("imr_archive.view_determination"):
        return
    # Few items are doubted: begun at these, the count looks at each item once.
    doubted = DisputedItem.objects.exclude(doubts=[]).order_by().values("determination")
    lists: tuple[tuple[WorkKind, str, str, dict[str, Any]], ...] = (
        (WorkKind.DOUBT, "In doubt", "public cases that the parser has doubts about", {"pk__in": doubted}),
        (WorkKind.OUTCOME, "Outcome missing", "public cases of which an item has no outcome", {}),
    )
    for kind, name, sentence, begun in lists:
        count = WorkList(kind).rows().filter(**begun).order_by()[: MOST_COUNTED + 1].count()
        yield Work(name, sentence, count, _list("determination", work=kind.value), review=_review(request, kind))


def _review(request: HttpRequest, kind: WorkKind) -> str:
    """Return the address that reviews the letters of a list one by one, for accounts that may."""
    return reverse("admin:imr_archive_sourceletter_work", args=[kind.value]) if may_correct(request) else ""


def _runs(request: HttpRequest) -> Iterator[Work]:
    if not request.user.has_perm("imr_archive.view_ingestrun"):
        return
    runs = visible_runs(request, IngestRun.objects.order_by())
    counts = dict(runs.values_list("status").annotate(Count("pk")))
    for status, name, sentence in (
        (RunStatus.RUNNING, "Runs at work", "or interrupted, as their pages say"),
        (RunStatus.FAILED, "Runs failed", "they can be resumed"),
    ):
        address = _list("ingestrun", status__exact=status.value)
        yield Work(name, sentence, counts.get(status.value, 0), address)


def _list(model: str, **query: str) -> str:
    return f"{reverse(f'admin:imr_archive_{model}_changelist')}?{urlencode(query)}"
