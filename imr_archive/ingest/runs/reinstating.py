"""Reinstating a withdrawn determination: it comes back with its corrections, and its letters are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.history.withdrawals import withdrawal_lift
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.runs.runs import run_start
from imr_archive.models import SourceLetter

if TYPE_CHECKING:
    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.models import Withdrawal

# Letters are read apart from the server's threads, in which PDFium is not safe.
PROCESSES = 1


def reinstate(withdrawal: Withdrawal, *, reinstated_by: str) -> list[FileResult]:
    """Have a withdrawn determination again, as its letters are read today; return what became of each.

    What people had corrected stays corrected, and a letter that was held is held again. Raise ``CannotWithdraw`` if the
    letters were destroyed.
    """
    letters = SourceLetter.objects.without_content().filter(
        pk__in=withdrawal_lift(withdrawal, reinstated_by=reinstated_by)
    )
    run = run_start(arguments={"reinstate": withdrawal.reference}, started_by=reinstated_by)
    sources = sources_of(letters.order_by("pk"), under="withdrawn")
    return [*ingest_sources(sources, run=run, processes=PROCESSES, again=True)]
