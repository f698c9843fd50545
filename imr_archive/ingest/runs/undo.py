"""Changes are undone: what there was before each of them is written again, the last one first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.history.changes import changed_since, changes_newest_first
from imr_archive.history.revisions import Cause, RevisionWrite, last_sha256, revisions_append, revisions_forget
from imr_archive.history.rewriting import Rewrite, letters_rewrite
from imr_archive.history.states import CaseState, LetterState, case_states, determinations_lock, readings
from imr_archive.history.writing_back import write_back
from imr_archive.ingest.pipeline.runner import IndexRenewal, at_work
from imr_archive.ingest.runs.processes import is_alive
from imr_archive.ingest.runs.report import FileResult, result_of_letter
from imr_archive.ingest.sources.files import short
from imr_archive.letters.canonical import canonical_stored
from imr_archive.letters.difference import is_fact
from imr_archive.letters.hashes import record_sha256
from imr_archive.models import IngestRun, SourceLetter
from imr_archive.vocabulary import FileStatus, RevisionKind, RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imr_archive.history.changes import Change, Later
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical

# As many as a writer of letters stores together.
_BATCH = 500


class UndoOutlook(NamedTuple):
    """What undoing a change would do: the file and the case it is of, the values it would set, and what prevents it.

    ``has_case`` is false if only the file is concerned; ``is_taken_back`` tells that the case is not public afterwards.
    """

    file: str
    reference: str
    has_case: bool
    is_taken_back: bool
    changes: Sequence[Mapping[str, Any]]
    obstacle: str


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
    if "reinstate" in run.arguments:
        raise CannotUndo(f"Run {key} reinstated {run.arguments['reinstate']}; withdraw that again.")
    if not run.history.exists():
        raise CannotUndo(f"Run {key} changed nothing.")
    return run


def letters_changed(run: IngestRun) -> int:
    """Return how many letters a run has changed."""
    return run.history.order_by().values("letter").distinct().count()


@transaction.atomic
def run_forget(run: IngestRun) -> tuple[int, int]:
    """Erase what is kept to undo a run; return of how many letters it was, and how many bytes."""
    letters = letters_changed(run)
    _, size = revisions_forget(run.history.all())
    run.forgotten_at = timezone.now()
    run.save(update_fields=["forgotten_at"])
    return letters, size


def run_undo(undone: IngestRun, *, run: IngestRun, stopped: Callable[[], bool] = lambda: False) -> Iterator[FileResult]:
    """Put back what a run changed, as a run of its own, and yield what became of each letter.

    Letters that somebody else has changed since are left alone, as *unchanged* with the reason. The run leaves
    revisions in its turn. ``stopped`` ends it after the letters in hand. Raise ``RunFailed`` if the database fails.
    """
    with at_work(run) as log:
        undoing, renewal = _Undoing(log, canonical_stored()), IndexRenewal()
        for batch in _newest_first(undone):
            if stopped():
                log.is_cut_short = True
                return
            yield from renewal.after(undoing.results_of(batch))


def _newest_first(undone: IngestRun) -> Iterator[list[Change]]:
    """Yield the changes of a run in batches, none of them in two."""
    revisions = undone.history.order_by("-pk")
    page = [*revisions[:_BATCH]]
    while page:
        page += revisions.filter(pk__lt=page[-1].pk, letter=page[-1].letter_id)
        yield [*changes_newest_first(page)]
        page = [*revisions.filter(pk__lt=page[-1].pk)[:_BATCH]]


class _Undoing:
    """Undoes changes batch by batch, each batch in one transaction with what the run says of it."""

    def __init__(self, log: RunLog, canonical: Canonical) -> None:
        self._log = log
        self._canonical = canonical
        self._cause = Cause.of_run(log.run)

    def results_of(self, batch: Sequence[Change]) -> Iterator[FileResult]:
        """Undo changes; yield what became of each letter once it is committed."""
        with transaction.atomic():
            names = dict(SourceLetter.objects.filter(pk__in=[each.letter for each in batch]).values_list("pk", "name"))
            labels = {each: short(f"letter/{each.letter}/{names.get(each.letter or 0, '')}") for each in batch}
            waiting = [each for each in batch if not self._log.has(labels[each])]
            together = self._undone_together(waiting)
            reasons = {each: "" if each in together else self._undone(each) for each in waiting}
            results = self._results(reasons, labels)
            self._log.write(results)
        for result in results:
            self._log.count(result)
            yield result

    def _undone_together(self, batch: Sequence[Change]) -> set[Change]:
        """Undo at once the changes of which that is a plain rewrite; return them.

        Of a determination that several of them touch, each must find what the later one leaves.
        """
        times = Counter(key for each in batch for key in each.before)
        alone = [
            each
            for each in batch
            if len(each.revisions) == 1 and each.can_be_undone and all(times[key] == 1 for key in each.before)
        ]
        determinations_lock(key for each in alone for key in each.before)
        now = case_states([key for each in alone for key in each.before])
        letters = readings([key for each in alone for key in each.letters])
        since = changed_since(alone)
        plain = {
            each: rewrite
            for each in alone
            if not since[each]
            and _is_as_left(each, now)
            and (rewrite := _plain_rewrite(each, now, letters)) is not None
        }
        try:
            with transaction.atomic():
                letters_rewrite([*plain.values()], canonical=self._canonical)
        except IntegrityError:
            return set()
        revisions_append([each for change in plain for each in _revisions(change, now, letters)], cause=self._cause)
        return {*plain}

    def _undone(self, change: Change) -> str:
        """Undo one change; return why it was left alone, or nothing."""
        try:
            with transaction.atomic():
                return change_undo(change, canonical=self._canonical, cause=self._cause)
        except IntegrityError:
            return "Left alone: another determination has its case number or text now."

    def _results(self, reasons: Mapping[Change, str], labels: Mapping[Change, str]) -> list[FileResult]:
        rows = SourceLetter.objects.without_content().select_related("determination")
        letters = rows.in_bulk([each.letter for each in reasons if each.letter is not None])
        results = []
        for change, reason in reasons.items():
            status = FileStatus.UNCHANGED if reason else FileStatus.UPDATED
            reason = reason or _done(change)
            letter = letters.get(change.letter or 0)
            results.append(
                result_of_letter(letter, file=labels[change], status=status, reason=reason)
                if letter
                else FileResult(file=labels[change], status=status, reason=reason)
            )
        return results


def change_undo(change: Change, *, canonical: Canonical, cause: Cause) -> str:
    """Write again what there was before a change, with revisions; return why it was left alone, or nothing.

    The caller has a transaction. Raise ``IntegrityError`` if another determination has its case number or text now.
    """
    determinations_lock(each.determination_id for each in change.revisions)
    now, letters = case_states([*change.before]), readings([*change.letters])
    [since] = changed_since([change]).values()
    if obstacle := _obstacle(change, since, is_as_left=_is_as_left(change, now), has_letter=change.letter in letters):
        return obstacle
    write_back(change.before, change.letters, now=now, canonical=canonical)
    revisions_append(_revisions(change, now, letters), cause=cause)
    return ""


def _obstacle(change: Change, since: Sequence[Later], *, is_as_left: bool, has_letter: bool) -> str:
    """Return why a change can't be undone, or nothing."""
    if since or not is_as_left:
        return f"Left alone: {_who(since)} has changed it since."
    if not change.can_be_undone:
        return "Left alone: nothing is kept of what it was before."
    if change.letter is not None and not has_letter:
        return "Left alone: the letter is gone."
    return ""


def undo_outlook(run: IngestRun, *, limit: int) -> list[UndoOutlook]:
    """Return what undoing a run would do, change by change, for the newest of them; nothing is written.

    What a run has done to a case twice is undone one after the other, so its own later changes are no obstacle.
    """
    changes = [*changes_newest_first(run.history.order_by("-pk")[:limit])]
    since, now = changed_since(changes), case_states({key for each in changes for key in each.before})
    names = dict(SourceLetter.objects.filter(pk__in=[each.letter for each in changes]).values_list("pk", "name"))
    outlook, seen = [], set[int]()
    for each in changes:
        others = [later for later in since[each] if later.run != run.pk]
        is_as_left = not seen.isdisjoint(each.before) or _is_as_left(each, now)
        seen.update(each.before)
        last = each.revisions[-1]
        outlook.append(
            UndoOutlook(
                file=names.get(each.letter or 0, ""),
                reference=last.reference,
                has_case=bool(each.before),
                is_taken_back=each.takes_back,
                changes=[_back(change) for row in each.revisions for change in row.changes if is_fact(change["field"])],
                obstacle=_obstacle(each, others, is_as_left=is_as_left, has_letter=each.letter in names),
            )
        )
    return outlook


def _back(change: Mapping[str, Any]) -> dict[str, Any]:
    values = {"before": change["after"], "after": change["before"]} if "before" in change else {}
    return {**change, **values}


def _is_as_left(change: Change, now: Mapping[int, CaseState]) -> bool:
    """Return whether the records are those that the change left, also if somebody changed them by hand."""
    return all(
        (record_sha256(record) if (record := now[key].known_record) else "") == revision.after_sha256
        for revision in change.revisions
        if (key := revision.determination_id or 0) in change.before
    )


def _done(change: Change) -> str:
    number = change.revisions[0].run_id
    if change.takes_back:
        return f"Taken back: the case came with run {number}. The file is kept, held."
    return f"As it was before run {number}."


def _who(since: Sequence[Later]) -> str:
    """Name the last change of a case by its run, or by what it was."""
    if not since:
        return "somebody"
    last = max(since)
    if last.kind in (RevisionKind.CORRECTION, RevisionKind.CORRECTION_WITHDRAWN):
        return f"a correction by {last.made_by}" if last.made_by else "a correction"
    if last.kind == RevisionKind.WITHDRAWAL:
        return "its withdrawal"
    return f"run {last.run}" if last.run is not None else "somebody"


def _plain_rewrite(change: Change, now: Mapping[int, CaseState], letters: Mapping[int, LetterState]) -> Rewrite | None:
    """Return what puts a change back, if nobody's role changes and no correction comes or goes."""
    if any(key not in letters or _role(letters[key]) != _role(was) for key, was in change.letters.items()):
        return None
    letter = change.letter or 0
    reading = change.letters[letter].reading if letter in change.letters else {}
    [revision], [state] = change.revisions, change.states
    if not change.before:
        return Rewrite(letter, reading) if revision.determination_id is None else None
    [(key, before)] = change.before.items()
    if state.corrections or len(now[key].letters) > len(state.letters):
        return None
    rewrite = Rewrite(letter, reading, key, now[key], before.known_record)
    return rewrite if rewrite.is_plain else None


def _role(letter: LetterState) -> tuple[str, int | None]:
    return letter.state, letter.determination


def _revisions(change: Change, now: Mapping[int, CaseState], letters: Mapping[int, LetterState]) -> list[RevisionWrite]:
    """Return the revisions of an undo: each keeps what it replaces, so that it can be undone itself."""
    run = change.revisions[0].run_id
    writes = []
    for revision, state in zip(change.revisions, change.states, strict=True):
        key, record = revision.determination_id, state.record
        replaced = {
            letter: msgspec.structs.replace(
                letters[letter], reading={name: letters[letter].reading[name] for name in was.reading}
            )
            for letter, was in state.letters.items()
            if letter in letters
        }
        before = CaseState(letters=replaced)
        if key is not None and key in change.before:
            before = msgspec.structs.replace(now[key], letters=now[key].letters | replaced)
        writes.append(
            RevisionWrite(
                *(RevisionKind.UNDO, key, revision.reference, revision.letter_id, before),
                after=state.known_record,
                after_sha256=last_sha256(key) if key is not None and record is msgspec.UNSET else "",
                reason=f"As it was before run {run}." if run else "",
                undoes=revision.pk,
            )
        )
    return writes
