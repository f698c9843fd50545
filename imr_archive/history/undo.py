"""A run taken back: every letter that it changed becomes what it was, the last one first."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.history.revisions import (
    determinations_in,
    digest,
    former,
    put_back,
    revision,
    revisions_keep,
    snapshot,
    snapshots,
)
from imr_archive.history.rewriting import Rewrite, letters_rewrite
from imr_archive.ingest.pipeline.runner import IndexRenewal, at_work
from imr_archive.ingest.runs.processes import is_alive
from imr_archive.ingest.runs.report import result_of_letter
from imr_archive.ingest.sources.files import short
from imr_archive.letters.canonical import canonical_stored
from imr_archive.models import IngestRun, IngestRunFile, LetterRevision
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER
from imr_archive.vocabulary import FileStatus, RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical

# As many as a writer of letters stores together.
_BATCH = 500


class CannotUndo(ArchiveError):
    """There is no such run, or it keeps nothing that could be put back."""


def run_to_undo(key: int) -> IngestRun:
    """Return a run that can be undone; raise ``CannotUndo`` if it can't."""
    run = IngestRun.objects.filter(pk=key).first()
    if run is None:
        raise CannotUndo(f"There is no run {key}.")
    if run.status == RunStatus.RUNNING and is_alive(run.process):
        raise CannotUndo(f"Run {key} is still at work.")
    if run.forgotten_at:
        raise CannotUndo(f"What run {key} changed was forgotten at {run.forgotten_at:%Y-%m-%d %H:%M} UTC.")
    if not run.revisions.exists():
        raise CannotUndo(f"Run {key} changed nothing that it kept; only runs of reparse can be undone.")
    return run


@transaction.atomic
def run_forget(run: IngestRun) -> tuple[int, int]:
    """Let go of what was kept to undo a run; return of how many letters it was, and how many characters."""
    size = Sum(Length(Cast("before", TextField())), default=0)
    told = run.revisions.aggregate(letters=Count("pk"), size=size)
    run.revisions.all().delete()
    run.forgotten_at = timezone.now()
    run.save(update_fields=["forgotten_at"])
    return told["letters"], told["size"]


def run_undo(undone: IngestRun, *, run: IngestRun, stopped: Callable[[], bool] = lambda: False) -> Iterator[FileResult]:
    """Put back what a run changed, as a run of its own, and yield what became of each letter.

    Letters that somebody else has changed since are left alone, as *unchanged* with the reason. The run keeps what it
    changes in its turn. ``stopped`` ends it after the letters in hand. Raise ``RunFailed`` if the database fails.
    """
    with at_work(run) as log:
        canonical, renewal = canonical_stored(), IndexRenewal()
        for batch in _newest_first(undone):
            if stopped():
                log.is_cut_short = True
                return
            yield from renewal.after(_settled(batch, log, canonical))


def _newest_first(undone: IngestRun) -> Iterator[Sequence[LetterRevision]]:
    revisions = undone.revisions.order_by("-pk").select_related("letter__determination").defer(*WIDE_COLUMNS_OF_LETTER)
    page = [*revisions[:_BATCH]]
    while page:
        yield page
        page = [*revisions.filter(pk__lt=page[-1].pk)[:_BATCH]]


def _settled(batch: Sequence[LetterRevision], log: RunLog, canonical: Canonical) -> Iterator[FileResult]:
    """Put letters back in one transaction, with what the run says of them."""
    with transaction.atomic():
        waiting = [kept for kept in batch if not log.has(_label(kept))]
        at_once = _plainly_put_back(waiting, log.run, canonical)
        results = [
            _file_result(kept, *_put_back(kept)) if kept.pk in at_once else _result(kept, log.run, canonical)
            for kept in waiting
        ]
        log.write(results)
    for result in results:
        log.count(result)
        yield result


def _label(kept: LetterRevision) -> str:
    return short(f"letter/{kept.letter_id}/{kept.letter.name}")


def _plainly_put_back(batch: Sequence[LetterRevision], run: IngestRun, canonical: Canonical) -> set[int]:
    """Put back at once the letters of which that is a plain rewrite; return the keys of their revisions.

    Of a determination that several revisions speak of, each must find what the later one leaves.
    """
    scopes = {kept.letter_id: determinations_in(kept) for kept in batch}
    times = Counter(chain.from_iterable(scopes.values()))
    current = snapshots({letter: scope for letter, scope in scopes.items() if all(times[key] == 1 for key in scope)})
    rewrites = {
        kept.pk: Rewrite(kept.letter_id, current[kept.letter_id], former(kept, current[kept.letter_id]))
        for kept in batch
        if kept.letter_id in current and digest(current[kept.letter_id]) == kept.after
    }
    plain = {key: each for key, each in rewrites.items() if each.is_plain}
    try:
        with transaction.atomic():
            letters_rewrite([*plain.values()], canonical=canonical)
    except IntegrityError:
        return set()
    revisions_keep(plain.values(), run=run)
    return {*plain}


def _result(kept: LetterRevision, run: IngestRun, canonical: Canonical) -> FileResult:
    scope = determinations_in(kept)
    current = snapshot(kept.letter_id, scope)
    status, reason = _put_back(kept)
    if digest(current) != kept.after:
        status, reason = FileStatus.UNCHANGED, f"Left alone: {_who_since(kept, scope, run)} has changed it since."
    else:
        try:
            with transaction.atomic():
                put_back(kept, current=current, canonical=canonical)
        except IntegrityError:
            status, reason = FileStatus.UNCHANGED, "Left alone: another determination has its case number or text now."
        else:
            made = revision(run=run, letter=kept.letter_id, before=current, after=snapshot(kept.letter_id, scope))
            if made:
                made.save()
    kept.letter.refresh_from_db(fields=["determination"])
    return _file_result(kept, status, reason)


def _put_back(kept: LetterRevision) -> tuple[FileStatus, str]:
    return FileStatus.UPDATED, f"As it was before run {kept.run_id}."


def _file_result(kept: LetterRevision, status: FileStatus, reason: str) -> FileResult:
    return result_of_letter(kept.letter, file=_label(kept), status=status, reason=reason)


def _who_since(kept: LetterRevision, determinations: Sequence[int], run: IngestRun) -> str:
    """Name the last run that changed a letter after one did, or somebody."""
    of_it = Q(letter=kept.letter_id) | Q(letter__determination__in=determinations)
    changed = IngestRunFile.objects.filter(of_it, run__gt=kept.run_id).exclude(status=FileStatus.UNCHANGED)
    reread = LetterRevision.objects.filter(of_it, run__gt=kept.run_id)
    runs = {*changed.values_list("run", flat=True), *reread.values_list("run", flat=True)} - {run.pk}
    return f"run {max(runs)}" if runs else "somebody"
