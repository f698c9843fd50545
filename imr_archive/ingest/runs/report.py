"""The result of each file as a value, and the report of a run, streamed from its rows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from imr_archive.errors import SourceRefused
from imr_archive.history.corrections import CONFLICTS_HEADING, conflict_sentence
from imr_archive.ingest.runs.processes import is_gone
from imr_archive.ingest.sources.walk import SYSTEM_FILE
from imr_archive.letters.difference import FIELDS_HEADING, field_line
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER
from imr_archive.vocabulary import DiagnosticCode, FileStatus, RunStatus, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imr_archive.models import IngestRun, IngestRunFile, SourceLetter

SCHEMA = "imr-ingest/1"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one file: its status and the reason.

    ``code`` is the ``DiagnosticCode`` value of a quarantined file, and ``stage`` the step at which it failed.
    ``letter`` and ``determination`` are the keys of the rows that the file was stored as, if any. ``reference`` names
    the determination in its page address. ``conflicts`` are corrections that were kept although the letter now reads
    differently.
    """

    file: str
    status: FileStatus
    reason: str
    code: str = ""
    stage: str = ""
    sha256: str = ""
    letter: int | None = None
    determination: int | None = None
    reference: str = ""
    conflicts: tuple[dict[str, Any], ...] = ()

    def of_same_bytes(self, file: str, *, refusal: str = "") -> FileResult:
        """Return the result of a file with the same bytes and another name.

        It is quarantined or held if this one is, and otherwise a duplicate. ``refusal`` is why the archive does not
        accept the other name, and replaces the reason of a quarantined file.
        """
        if self.status is FileStatus.QUARANTINED and refusal:
            return replace(self, file=file, reason=refusal, code=SourceRefused.code, stage=Stage.RECEIVE.value)
        if self.status in (FileStatus.QUARANTINED, FileStatus.HELD):
            return replace(self, file=file)
        return replace(
            self, file=file, status=FileStatus.DUPLICATE, reason=f"The same bytes as {self.file}.", conflicts=()
        )

    def as_json(self) -> dict[str, Any]:
        """Return the result for JSON output; absent values are null."""
        return {
            "file": self.file,
            "status": self.status.value,
            "reason": self.reason,
            "code": self.code or None,
            "stage": self.stage or None,
            "sha256": self.sha256 or None,
            "determination": self.reference or None,
            "conflicts": [*self.conflicts],
        }


@dataclass(slots=True)
class Tally:
    """Counts of files by status, and of quarantined files by code."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, result: FileResult) -> None:
        """Count one more file."""
        self.counts[result.status.value] += 1
        if result.code:
            self.errors[result.code] += 1

    @property
    def total(self) -> int:
        """The number of files counted so far."""
        return self.counts.total()


def result_of_letter(letter: SourceLetter, *, file: str, status: FileStatus, reason: str) -> FileResult:
    """Return the result of a stored letter; fetch the letter together with its determination."""
    determination = letter.determination
    return FileResult(
        file=file,
        status=status,
        reason=reason,
        sha256=letter.sha256,
        letter=letter.pk,
        determination=determination.pk if determination else None,
        reference=determination.reference if determination else "",
    )


def result_of(file: IngestRunFile) -> FileResult:
    """Return the result that a row of a run stores."""
    letter = file.letter
    determination = letter.determination if letter else None
    return FileResult(
        file=file.name,
        status=FileStatus(file.status),
        reason=file.reason,
        code=file.code,
        stage=file.stage,
        sha256=file.sha256,
        letter=letter.pk if letter else None,
        determination=determination.pk if determination else None,
        reference=determination.reference if determination else "",
        conflicts=tuple(file.conflicts),
    )


def run_results(run: IngestRun, **conditions: Any) -> Iterator[FileResult]:
    """Yield the results of a run's files in order, with only a few of them in memory at a time."""
    files = run.files.filter(**conditions).select_related("letter__determination").order_by("pk")
    return map(result_of, files.defer(*WIDE_COLUMNS_OF_LETTER).iterator(chunk_size=1000))


def files_told(number: int) -> str:
    """Return a number of files in words, such as "1 file"."""
    return "1 file" if number == 1 else f"{number:,} files"


def became(counts: Mapping[str, int]) -> list[str]:
    """Return the counts by status without zeros, as parts of a sentence."""
    return [f"{status.label.lower()} {number:,}" for status in FileStatus if (number := counts.get(status.value, 0))]


def count_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of a table of the counts by status, zeros included."""
    rows = [*((status.label, counts.get(status, 0)) for status in FileStatus), ("Files", sum(counts.values()))]
    width = max(len(f"{count:,}") for _, count in rows)
    return (f"{label:<12}{count:>{width},}" for label, count in rows)


def run_lines(run: IngestRun) -> Iterator[str]:
    """Yield the report for a terminal: a table of counts, then a sentence for each file that needs attention."""
    counts, errors = run.count_files()
    yield from count_lines(counts)
    if run.changes:
        yield ""
        yield FIELDS_HEADING
        yield from (field_line(name, **each) for name, each in sorted(run.changes.items()))
    if errors:
        yield ""
        yield from quarantined_lines(run)
    if counts.get(FileStatus.HELD):
        yield ""
        yield from _sentences(run, FileStatus.HELD)
    if counts.get(FileStatus.PASSED_OVER):
        yield from _passed_over_lines(run)
    if "undo" in run.arguments and counts.get(FileStatus.UNCHANGED):
        yield ""
        yield from _sentences(run, FileStatus.UNCHANGED)
    conflicts = [*_conflicts(run)]
    if conflicts:
        yield ""
        yield f"{CONFLICTS_HEADING}:"
        yield from conflicts


def _passed_over_lines(run: IngestRun) -> Iterator[str]:
    """Yield an empty line and a sentence for each file that was passed over, except operating system files."""
    heading = [""]
    for result in run_results(run, status=FileStatus.PASSED_OVER):
        if result.reason != SYSTEM_FILE:
            yield from heading
            heading = []
            yield f"{result.file}: {result.reason}"


def _conflicts(run: IngestRun) -> Iterator[str]:
    for result in run_results(run, conflicts__0__isnull=False):
        yield from (f"{result.reference}, {conflict_sentence(each)}." for each in result.conflicts)


def short_run_lines(run: IngestRun) -> Iterator[str]:
    """Yield the report of one run among many: a line, and a sentence for each quarantined or held file."""
    yield f"Run {run.pk}: {', '.join([files_told(run.total), *became(run.counts)])}"
    yield from quarantined_lines(run)
    yield from _sentences(run, FileStatus.HELD)


def quarantined_lines(run: IngestRun) -> Iterator[str]:
    """Yield a sentence for each quarantined file."""
    return _sentences(run, FileStatus.QUARANTINED)


def _sentences(run: IngestRun, status: FileStatus) -> Iterator[str]:
    return (f"{each.file}: {each.reason}" for each in run_results(run, status=status))


def status_of(run: IngestRun) -> str:
    """Return the status of a run. A run whose process has died counts as interrupted, although its row says running."""
    return INTERRUPTED if run.status == RunStatus.RUNNING and is_gone(run.process) else run.status


def run_heading(run: IngestRun) -> Iterator[str]:
    """Yield the lines about the run as a whole: status, times, arguments, failure and errors by code."""
    yield f"Run {run.pk}: {status_of(run)}, parser version {run.parser_version}"
    ended = f", ended {run.finished_at:%Y-%m-%d %H:%M:%S}" if run.finished_at else ""
    yield f"Started by {run.started_by or 'nobody known'} at {run.started_at:%Y-%m-%d %H:%M:%S} UTC{ended}"
    yield f"Asked for: {json.dumps(run.arguments)}"
    yield f"{run.seconds:,.1f} seconds at work, {run.rate:,.1f} files a second"
    if run.failure:
        yield run.failure
    for code, number in sorted(run.count_files()[1].items(), key=lambda each: -each[1]):
        yield f"{number:,} times: {DiagnosticCode(code).label} ({code})"


def run_json(run: IngestRun) -> dict[str, Any]:
    """Return a run without its files for JSON output."""
    counts, errors = run.count_files()
    return {
        "schema": SCHEMA,
        "run": run.pk,
        "status": status_of(run),
        "parser_version": run.parser_version,
        "started_by": run.started_by,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "seconds": round(run.seconds, 3),
        "rate": round(run.rate, 3),
        "arguments": run.arguments,
        "failure": run.failure or None,
        "counts": {status.value: counts.get(status, 0) for status in FileStatus},
        "errors": errors,
        "fields": run.changes,
        "total": sum(counts.values()),
    }


def run_json_parts(run: IngestRun) -> Iterator[str]:
    """Yield the report with its files as parts of one JSON object, so that large runs need little memory."""
    yield json.dumps(run_json(run))[:-1] + ', "files": ['
    for number, result in enumerate(run_results(run)):
        yield (", " if number else "") + json.dumps(result.as_json())
    yield "]}"
