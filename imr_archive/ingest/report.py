"""What became of each file, as values: the one result of a file, and the report of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "imr-ingest/1"


class FileStatus(Vocabulary):
    """What one file ended as."""

    NEW = "new", "New"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    DUPLICATE = "duplicate", "Duplicate"
    QUARANTINED = "quarantined", "Quarantined"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file ended as, and why.

    ``code`` is the ``DiagnosticCode`` value of a quarantined file; ``letter`` and ``determination`` are keys of the
    rows it became, where it became any; ``reference`` is what the determination's address names it by.
    """

    file: str
    status: FileStatus
    reason: str
    code: str = ""
    sha256: str = ""
    letter: int | None = None
    determination: int | None = None
    reference: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the public form: what is absent is null."""
        return {
            "file": self.file,
            "status": self.status.value,
            "reason": self.reason,
            "code": self.code or None,
            "sha256": self.sha256 or None,
            "determination": self.reference or None,
        }


@dataclass(slots=True)
class IngestReport:
    """The results of a run, in the order of its files."""

    results: list[FileResult] = field(default_factory=list)

    def add(self, result: FileResult) -> None:
        """Enter what became of one more file."""
        self.results.append(result)

    @property
    def counts(self) -> dict[FileStatus, int]:
        """How many files ended as each status, zeros included."""
        counted = Counter(result.status for result in self.results)
        return {status: counted[status] for status in FileStatus}

    @property
    def quarantined(self) -> list[FileResult]:
        """The files that became no determination."""
        return [result for result in self.results if result.status is FileStatus.QUARANTINED]

    def lines(self) -> Iterator[str]:
        """Yield the report for a terminal: a table of counts, then a sentence for each quarantined file."""
        rows = [*((status.label, count) for status, count in self.counts.items()), ("Files", len(self.results))]
        width = max(len(f"{count:,}") for _, count in rows)
        for label, count in rows:
            yield f"{label:<12}{count:>{width},}"
        if self.quarantined:
            yield ""
        for result in self.quarantined:
            yield f"{result.file}: {result.reason}"

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines, ready for ``json.dumps``."""
        return {
            "schema": SCHEMA,
            "parser_version": PARSER_VERSION,
            "counts": {status.value: count for status, count in self.counts.items()},
            "total": len(self.results),
            "files": [result.as_json() for result in self.results],
        }
