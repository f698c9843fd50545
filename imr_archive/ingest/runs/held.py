"""The held letters: listed, and published once somebody has looked at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.runs.runs import run_start
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import PublishHeld, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.models import IngestRun


def held_letters(*, keys: Iterable[int] = (), code: str | None = None) -> QuerySet[SourceLetter]:
    """Return the held letters of these keys and of this code; each only if it is given."""
    letters = SourceLetter.objects.without_content().filter(state=SourceState.HELD).order_by("pk")
    if wanted := [*keys]:
        letters = letters.filter(pk__in=wanted)
    return letters.filter(reason_code=code) if code is not None else letters


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
