"""Convert the revisions of format version 1 to rows of the table of revisions.

Version 1 has one row for each letter that a reparse run changed: the earlier values of the letter and its case that
differ from those after the run, and a digest of the state after the run. If the digest matches the stored state, the
change can be undone: its full earlier state is reconstructed and stored, so that undo still works. If it does not
match, the earlier state cannot be reconstructed, and its values are only listed as changes. Corrections in force are
listed too. The history of each determination begins with a row for its ingest.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from imr_archive.backup.version1.facts import record_of
from imr_archive.backup.version1.snapshots import Snapshots, digest, former, states
from imr_archive.history.states import packed
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reader import stored_records
from imr_archive.letters.tables import Table
from imr_archive.models import Correction, Determination, Guideline, IngestRun, Revision, SourceLetter
from imr_archive.vocabulary import RevisionKind, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from imr_archive.letters.tables import Row

_ROWS = Table(
    Revision,
    (
        *("id", "determination_id", "reference", "letter_id", "run_id", "kind", "made_by", "made_at", "reason"),
        *("undoes_id", "before", "after_sha256", "changes", "is_erased"),
    ),
)
_BATCH = 500
_INGESTED = "Restored from an archive file of format version 1, which kept no revision of it."
_NOT_KEPT = "Restored from an archive file of format version 1; changed again since, so it could not be undone."


class KeptRevisions:
    """The rows of version 1, kept in a temporary file until everything that they refer to is restored."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this object
        self._offsets: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._offsets)

    def add(self, lines: bytes) -> None:
        """Add the rows of a part."""
        for line in lines.splitlines():
            self._offsets.append(self._file.tell())
            self._file.write(line + b"\n")

    def newest_first(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, the last one first."""
        for offset in reversed(self._offsets):
            self._file.seek(offset)
            yield json.loads(self._file.readline())


def revisions_convert(kept: KeptRevisions) -> int:
    """Write the table of revisions of an archive restored from format version 1; return the number of rows."""
    converting = _Converting(kept)
    converting.write_changes()
    converting.write_ingests()
    return Revision.objects.count()


class _Converting:
    """Writes changes newest first, because each is reconstructed from the next one; their keys count down."""

    def __init__(self, kept: KeptRevisions) -> None:
        self._kept = kept
        self._guidelines = {each.slug: each for each in Guideline.objects.all()}
        self._runs = IngestRun.objects.in_bulk()
        self._snapshots = Snapshots()
        self._corrections = [*Correction.objects.select_related("determination").order_by("made_at", "pk")]
        # Ingest rows come first and need one key per determination; changes get the keys after them.
        self._key = Determination.objects.count() + len(kept) + len(self._corrections)
        self._seen: Counter[int] = Counter()
        self._rows: list[Row] = []

    def write_changes(self) -> None:
        """Write the changes made by reparse runs and by people, ordered by time as far as it is known."""
        for row in self._kept.newest_first():
            run = self._runs[row["run"]]
            ended = run.finished_at or run.started_at
            while self._corrections and self._corrections[-1].made_at > ended:
                self._add_correction(self._corrections.pop())
            self._add_change(row, run)
        while self._corrections:
            self._add_correction(self._corrections.pop())
        self._flush()

    def write_ingests(self) -> None:
        """Write the ingest row of each determination; it has the hash of the stored record if nothing changed since."""
        last, number = 0, 0
        while page := [*Determination.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]]:
            records = stored_records([each.pk for each in page])
            letters = SourceLetter.objects.filter(determination__in=page, state=SourceState.CURRENT).order_by("pk")
            current = {key: row for key, *row in letters.values_list("determination_id", "pk", "received_at")}
            for each in page:
                letter, received_at = current.get(each.pk, (None, None))
                number += 1
                sha256 = "" if self._seen[each.pk] else record_sha256(records[each.pk])
                self._rows.append(
                    (
                        *(number, each.pk, each.reference, letter, None, RevisionKind.INGEST.value, ""),
                        *(received_at or self._earliest(), _INGESTED, None, None, sha256, "[]", False),
                    )
                )
            last = page[-1].pk
            self._flush()

    def _earliest(self) -> Any:
        return (
            min((run.started_at for run in self._runs.values()), default=None)
            or SourceLetter.objects.aggregate(at=Max("received_at"))["at"]
        )

    def _add_correction(self, correction: Correction) -> None:
        change = {
            "field": correction.field,
            "item": correction.item,
            "before": correction.parsed,
            "after": correction.value,
        }
        case = correction.determination
        self._add(
            *(case.pk, case.reference, None, None, RevisionKind.CORRECTION.value, correction.made_by),
            *(correction.made_at, "", None, self._hash_if_last(case.pk), json.dumps([change]), True),
        )

    def _add_change(self, row: dict[str, Any], run: IngestRun) -> None:
        difference, letter = row["before"], row["letter"]
        keys = [int(key) for key in difference["determinations"]]
        now = self._snapshots.of(letter, keys)
        kind = RevisionKind.UNDO.value if "undo" in run.arguments else RevisionKind.REPARSE.value
        made = (letter, run.pk, kind, run.started_by, run.finished_at or run.started_at)
        if now is None or digest(now) != row["after"]:
            changes = json.dumps(
                [
                    {"field": name, "item": None, "before": value}
                    for values in difference["determinations"].values()
                    for name, value in (values or {}).items()
                    if name != "items"
                ]
            )
            touched: list[int | None] = [*keys]
            for key in reversed(touched or [None]):
                self._add(key, self._reference(key, now), *made, _NOT_KEPT, None, "", changes, True)
            return
        before = former(difference, now)
        self._snapshots.go_back(letter, before)
        for key, state, after in reversed([*states(letter, before, now, self._record)]):
            sha256 = record_sha256(after) if after else ""
            self._add(key, self._reference(key, now), *made, "", packed(state), sha256, "[]", False)

    def _record(self, facts: dict[str, Any] | None) -> Any:
        return record_of(facts, self._guidelines) if facts else None

    def _reference(self, key: int | None, now: dict[str, Any] | None) -> str:
        facts = ((now or {}).get("determinations") or {}).get(str(key)) or {}
        return facts.get("case_number") or str(key or "")

    def _hash_if_last(self, key: int) -> str:
        return "" if self._seen[key] else record_sha256(stored_records([key])[key])

    def _add(self, determination: int | None, *values: Any) -> None:
        if determination is not None:
            self._seen[determination] += 1
        *first, before, sha256, changes, is_erased = values
        self._rows.append((self._key, determination, *first, None, before, sha256, changes, is_erased))
        self._key -= 1
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        _ROWS.insert(self._rows)
        self._rows = []
