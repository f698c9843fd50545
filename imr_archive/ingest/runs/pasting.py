"""The text of a file that could not be read, typed or pasted by a person: it is ingested beside the file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.db import transaction

from imr_archive.history.revisions import Cause, RevisionWrite, last_sha256, revisions_append
from imr_archive.history.states import CaseState, readings
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.files import Source, short
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import RevisionKind, SourceState

if TYPE_CHECKING:
    from imr_archive.ingest.runs.report import FileResult


def pasted_ingest(letter: SourceLetter, text: str, *, processes: int, pasted_by: str) -> FileResult:
    """Ingest the text of a quarantined file, and return what became of it.

    Once the text has a determination, the file is one of its letters and leaves the quarantine: it stays the original.
    """
    content = text.encode()
    run = run_start(arguments={"upload": [f"the pasted text of {letter.name}"]}, started_by=pasted_by)
    source = Source(short(f"pasted/{letter.pk}/{letter.name}.txt"), lambda: io.BytesIO(content))
    [result] = ingest_sources([source], run=run, processes=processes, take_dropped=True)
    if result.determination is not None:
        _file_join(letter.pk, result.determination, Cause(pasted_by, run.pk))
    return result


@transaction.atomic
def _file_join(letter: int, determination: int, cause: Cause) -> None:
    """Let a quarantined file be a letter of a case, which its pasted text speaks for."""
    was = readings([letter]).get(letter)
    if was is None or was.state != SourceState.QUARANTINED:
        return
    reason = "Its text was pasted by hand."
    role = {"state": SourceState.SUPERSEDED, "determination_id": determination, "reason_code": "", "reason": reason}
    SourceLetter.objects.filter(pk=letter).update(**role)
    home = Determination.objects.get(pk=determination)
    joined = RevisionWrite(
        *(RevisionKind.INGEST, determination, home.reference, letter, CaseState(letters={letter: was})),
        after_sha256=last_sha256(determination),
        reason=reason,
    )
    revisions_append([joined], cause=cause)
