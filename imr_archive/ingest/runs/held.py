"""The held letters: listed, and published once somebody has looked at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from imr_archive.errors import ArchiveError
from imr_archive.history.correcting import corrections_make
from imr_archive.history.revisions import Cause
from imr_archive.history.withdrawals import withdrawn_records
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.canonical import canonical_sync
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import FileStatus, PublishHeld, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from django.db.models import QuerySet

    from imr_archive.history.correctable import FieldValue
    from imr_archive.ingest.pipeline.store import Stored
    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.letters.reading import Reading
    from imr_archive.models import IngestRun


class CannotRelease(ArchiveError):
    """A letter that can't be published: it is not held any more, or its case is withdrawn."""


def held_letters(*, keys: Iterable[int] = (), code: str | None = None) -> QuerySet[SourceLetter]:
    """Return the held letters of these keys and of this code; each only if it is given."""
    letters = SourceLetter.objects.without_content().filter(state=SourceState.HELD).order_by("pk")
    if wanted := [*keys]:
        letters = letters.filter(pk__in=wanted)
    return letters.filter(reason_code=code) if code is not None else letters


@transaction.atomic
def held_release(
    letter: int, *, reading: Reading, values: Collection[FieldValue], reason: str, released_by: str
) -> Stored:
    """Publish one held letter that a person has reviewed, with the values that they set, in one transaction.

    The values are set only if the letter speaks for its case then. Raise ``CannotRelease`` if it is not held any more,
    or belongs to a withdrawn case.
    """
    row = SourceLetter.objects.filter(pk=letter, state=SourceState.HELD).order_by("pk").select_for_update().first()
    if row is None:
        raise CannotRelease("The letter is not held any more; somebody else has published or dropped it.")
    if withdrawn_records([reading.record]):
        raise CannotRelease("The letter belongs to a withdrawn case, which must not come back.")
    content = bytes(row.content)
    source = ReceivedFile(f"held/{row.pk}/{row.name}", row.name, content, row.sha256)
    stored = determination_store(
        reading=reading,
        source=source,
        canonical=canonical_sync(),
        cause=Cause(released_by, reason=reason),
        publish=PublishHeld.ALL,
    )
    if stored.status in (FileStatus.NEW, FileStatus.UPDATED) and stored.determination:
        corrections_make(determination=stored.determination.pk, values=values, reason=reason, made_by=released_by)
    return stored


def publishing_run(chosen: dict[str, Any], *, reason: str, started_by: str) -> IngestRun:
    """Start the run that publishes the chosen letters; it keeps who asked for it and why."""
    return run_start(arguments={"held": chosen, "reason": reason}, started_by=started_by)


def held_publish(
    run: IngestRun, *, processes: int, stopped: Callable[[], bool] = lambda: False
) -> Iterator[FileResult]:
    """Publish the held letters that a run was asked to, by the same writer as any other letter.

    A letter that holds several stays held. A letter of a case that has one already speaks for it from now on, unless it
    was decided earlier.
    """
    sources = sources_of(held_letters(**run.arguments["held"]), under="held")
    yield from ingest_sources(
        sources, run=run, processes=processes, stopped=stopped, again=True, publish=PublishHeld.ALL
    )
