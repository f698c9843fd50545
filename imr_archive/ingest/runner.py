"""A run: sources are read, told apart from what is known, parsed by a pool and stored by one writer."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError

from imr_archive.errors import LetterError
from imr_archive.ingest.canonical import canonical_sync
from imr_archive.ingest.pool import ParserPool
from imr_archive.ingest.report import FileResult, FileStatus
from imr_archive.ingest.sources import ReceivedFile, receive
from imr_archive.ingest.store import Stored, determination_store, letter_quarantine
from imr_archive.ingest.worker import ParserFailed, parse_content
from imr_archive.models import SourceLetter
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imr_archive.ingest.canonical import Canonical
    from imr_archive.ingest.sources import Source
    from imr_archive.parsing.results import ParsedLetter

logger = logging.getLogger(__name__)

# Files whose hashes are looked up together.
_BATCH = 32

# A file on its way: still to be parsed, or with its result known already.
Task = ReceivedFile | FileResult


def default_processes() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0))


def ingest_sources(
    sources: Iterable[Source],
    *,
    processes: int,
    parse: Callable[[bytes], ParsedLetter | LetterError] = parse_content,
) -> Iterator[FileResult]:
    """Ingest files and yield what became of each, in their order; each is stored when its result is yielded.

    ``processes`` parse at a time (0: this process itself does, which only a few trusted files should ask for). No
    file stops the run.
    """
    writer = _Writer(canonical_sync())
    with ParserPool(processes, _content_to_parse, parse) as pool:
        for task, parsed in pool.parsed(_triaged(sources)):
            yield writer.result_of(task, parsed)


class _Writer:
    """Settles one file after another, and remembers what became of the bytes it has seen in the run."""

    def __init__(self, canonical: Canonical) -> None:
        self._canonical = canonical
        self._seen: dict[str, FileResult] = {}

    def result_of(self, task: Task, parsed: ParsedLetter | LetterError | None) -> FileResult:
        twin = self._seen.get(task.sha256)
        if twin:
            return _result_of_twin(task, twin)
        if isinstance(task, FileResult):
            result = task
        else:
            assert parsed is not None  # noqa: S101 - the pool parses every file that has no result yet
            result = _result(task, self._stored(task, parsed))
        if result.sha256:
            self._seen[result.sha256] = result
        return result

    def _stored(self, file: ReceivedFile, parsed: ParsedLetter | LetterError) -> Stored:
        if isinstance(parsed, LetterError):
            return _quarantined(file, parsed)
        try:
            return self._determination_stored(file, parsed)
        except (IntegrityError, DataError, LookupError, ValueError) as error:
            # The message is left out of log and reason: databases quote the row in it.
            kind = type(error).__name__
            logger.error("Storing the letter %s failed: %s", file.sha256, kind)
            return _quarantined(file, ParserFailed(f"What the parser read could not be stored ({kind})."))

    def _determination_stored(self, file: ReceivedFile, letter: ParsedLetter) -> Stored:
        try:
            return determination_store(letter=letter, source=file, canonical=self._canonical)
        except IntegrityError:
            # Another run may have stored the same case in between: the second look finds it.
            return determination_store(letter=letter, source=file, canonical=self._canonical)


def _quarantined(file: ReceivedFile, error: LetterError) -> Stored:
    return letter_quarantine(source=file, error=error, parser_version=PARSER_VERSION)


def _content_to_parse(task: Task) -> bytes | None:
    return task.content if isinstance(task, ReceivedFile) else None


def _triaged(sources: Iterable[Source]) -> Iterator[Task]:
    """Read the sources, and settle at once what cannot be read and what is known already.

    Bytes that come twice in a run are parsed twice where the first are not stored yet; the writer tells them.
    """
    remaining = iter(sources)
    while batch := list(islice(remaining, _BATCH)):
        tasks = [_received(source) for source in batch]
        known = _known_letters(task.sha256 for task in tasks if isinstance(task, ReceivedFile))
        for task in tasks:
            letter = known.get(task.sha256)
            yield (letter and _settled(task, letter)) or task


def _received(source: Source) -> Task:
    try:
        return receive(source)
    except LetterError as error:
        return FileResult(source.label, FileStatus.QUARANTINED, str(error), code=error.code)


def _known_letters(hashes: Iterable[str]) -> dict[str, SourceLetter]:
    letters = SourceLetter.objects.without_content().select_related("determination")
    return {letter.sha256: letter for letter in letters.filter(sha256__in=[*hashes], parser_version=PARSER_VERSION)}


def _settled(task: Task, letter: SourceLetter) -> FileResult | None:
    """Return the result of bytes that this version of the parser has read before, or None if they must be read again.

    They must where their determination was deleted, and where the archive's own fault stood in their way.
    """
    if letter.state == SourceState.QUARANTINED:
        if letter.reason_code == ParserFailed.code:
            return None
        return _result(task, Stored(FileStatus.QUARANTINED, letter.reason, letter, code=letter.reason_code))
    if letter.determination is None:
        return None
    return _result(task, Stored(FileStatus.UNCHANGED, "Already in the archive.", letter, letter.determination))


def _result(task: Task, stored: Stored) -> FileResult:
    return FileResult(
        file=_label(task),
        status=stored.status,
        reason=stored.reason,
        code=stored.code,
        sha256=stored.letter.sha256,
        letter=stored.letter.pk,
        determination=stored.determination.pk if stored.determination else None,
        reference=stored.determination.reference if stored.determination else "",
    )


def _result_of_twin(task: Task, twin: FileResult) -> FileResult:
    """Return the result of bytes that came before in the run: of one fate with their twin if that was quarantined."""
    if twin.status is FileStatus.QUARANTINED:
        return replace(twin, file=_label(task))
    reason = f"The same bytes as {twin.file}."
    return replace(twin, file=_label(task), status=FileStatus.DUPLICATE, reason=reason)


def _label(task: Task) -> str:
    return task.label if isinstance(task, ReceivedFile) else task.file
