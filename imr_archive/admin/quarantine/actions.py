"""What is done with quarantined files, as ``manage.py quarantine`` does it, with a sentence on the result."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, cast

from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.pasting import pasted_ingest
from imr_archive.ingest.runs.quarantine import letters_drop, quarantined_letters, sources_of
from imr_archive.ingest.runs.reinstating import PROCESSES
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.files import Source, printable, short
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import FileStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.core.files.uploadedfile import UploadedFile

    from imr_archive.ingest.runs.report import FileResult

# A request reads this many files at most; the rest waits for the next one.
MOST_AT_ONCE = 100
_READ = {FileStatus.NEW, FileStatus.UPDATED, FileStatus.DUPLICATE, FileStatus.SUPERSEDED, FileStatus.HELD}


def retry(keys: Collection[int], *, account: str) -> str:
    """Read quarantined files again by the parser of today, as a run."""
    some = sorted(keys)[:MOST_AT_ONCE]
    letters = quarantined_letters(keys=some) if some else SourceLetter.objects.none()
    run = run_start(arguments={"quarantine": {"keys": some}}, started_by=account)
    results = [*ingest_sources(sources_of(letters), run=run, processes=PROCESSES, again=True)]
    counts = Counter(result.status.label.lower() for result in results)
    said = ", ".join(f"{status} {number:,}" for status, number in counts.items()) or "none of them waits any more"
    left = len(keys) - len(some)
    return f"Read again: {said}." + (f" {left:,} more wait; retry once more for the next." if left else "")


def drop(keys: Collection[int], *, account: str) -> str:
    """Delete files that are no letters; runs over the same folders pass over them from now on."""
    letters = quarantined_letters(keys=keys) if keys else SourceLetter.objects.none()
    number = letters_drop(letters, dropped_by=account)
    files, them = ("file", "it") if number == 1 else ("files", "them")
    return f"Dropped: {number:,} {files}. Later runs pass over {them}."


def replace(letter: SourceLetter, file: UploadedFile, *, account: str) -> FileResult:
    """Ingest a better copy of a quarantined file, and drop the file if the copy can be read."""
    name = printable(file.name or letter.name)
    run = run_start(arguments={"upload": [name]}, started_by=account)
    source = Source(short(name), lambda: cast("BinaryIO", file.open("rb")))
    [result] = ingest_sources([source], run=run, processes=PROCESSES, take_dropped=True)
    if result.status in _READ and result.letter != letter.pk:
        letters_drop(quarantined_letters(keys=[letter.pk]), dropped_by=account)
    return result


def paste(letter: SourceLetter, text: str, *, account: str) -> FileResult:
    """Ingest the text of a quarantined file as a person has pasted it."""
    return pasted_ingest(letter, text, processes=PROCESSES, pasted_by=account)
