"""Stored letters read again: which ones, and what would change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from imr_archive.errors import ArchiveError, LetterError
from imr_archive.history.corrections import corrections_of, placed, with_corrections
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.difference import FieldChange, record_changes
from imr_archive.letters.lookups import OneOf
from imr_archive.letters.reader import stored_records
from imr_archive.letters.reading import Reading
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from imr_archive.history.corrections import Placed
    from imr_archive.models import Correction
    from imr_archive.records import LetterRecord


class NoSuchLetter(ArchiveError):
    """A letter that was asked for is not in the archive."""


class NoVersion(ArchiveError):
    """What was given is no version of a parser."""


# -- Which letters ----------------------------------------------------------------------------------------------------


def letters_named(names: Iterable[str], *, quarantined: bool) -> list[int]:
    """Return the keys of the letters of determinations, by case number or number; or of quarantined files by number.

    Raise ``NoSuchLetter`` if one is not there.
    """
    keys: set[int] = set()
    for name in names:
        if quarantined:
            number = int(name) if name.isdecimal() else 0
            found = SourceLetter.objects.filter(pk=number, state=SourceState.QUARANTINED)
        else:
            found = SourceLetter.objects.filter(determination__in=Determination.objects.by_reference(name))
        letters = found.values_list("pk", flat=True)
        if not letters:
            raise NoSuchLetter(f"There is no {'quarantined file' if quarantined else 'determination'} {name}.")
        keys.update(letters)
    return sorted(keys)


def letters_chosen(
    *,
    letters: Sequence[int] | None = None,
    quarantined: bool = False,
    older_than: str | None = None,
    layout: str | None = None,
    diagnostic: str | None = None,
) -> QuerySet[SourceLetter]:
    """Return the letters that meet every condition given: all, if none is.

    Letters whose determination was deleted by hand are never among them: ingesting one brings it back. Raise
    ``NoVersion`` if ``older_than`` is none.
    """
    chosen = SourceLetter.objects.without_content().filter(
        Q(state=SourceState.QUARANTINED) | Q(determination__isnull=False)
    )
    if letters is not None:
        chosen = chosen.filter(pk__in=letters)
    if quarantined:
        chosen = chosen.filter(state=SourceState.QUARANTINED)
    if older_than is not None:
        chosen = chosen.filter(parser_version__in=_versions_before(older_than))
    if layout is not None:
        chosen = chosen.filter(determination__layout=layout)
    if diagnostic is not None:
        # The same text on both databases, and nothing else in it can be: quotes within a message are escaped.
        remark = f'"code": {json.dumps(diagnostic)}'
        remarked = Q(remarks__contains=remark) | Q(reason_code=diagnostic)
        chosen = chosen.alias(remarks=Cast("diagnostics", TextField())).filter(remarked)
    return chosen


def _versions_before(version: str) -> list[str]:
    limit = _version(version)
    stored = SourceLetter.objects.order_by().values_list("parser_version", flat=True).distinct()
    return [each for each in stored if _version(each) < limit]


def _version(version: str) -> tuple[int, ...]:
    try:
        return tuple(map(int, version.split(".")))
    except ValueError:
        raise NoVersion(f"{version!r} is no parser version; one is such as 1.2.") from None


# -- What would change ------------------------------------------------------------------------------------------------


class Verdict(Enum):
    """What reading a letter again comes to."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    READABLE = "newly readable"
    UNREADABLE = "no longer readable"
    QUARANTINED = "still quarantined"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored letter, without its bytes, what it is read to now, and what that would change."""

    letter: SourceLetter
    verdict: Verdict
    parsed: Reading | None = None
    changes: tuple[FieldChange, ...] = ()
    conflicts: tuple[dict[str, Any], ...] = ()
    error: LetterError | None = None

    @property
    def reference(self) -> str:
        """What a person knows the letter by: its case, else its file."""
        case = self.letter.determination
        return case.reference if case else f"file {self.letter.pk} ({self.letter.name})"


def compared(read: Sequence[tuple[ReceivedFile, Reading | LetterError]]) -> Iterator[Comparison]:
    """Compare what letters were read to with what is stored of them, in a fixed number of queries; in their order."""
    rows = SourceLetter.objects.defer("content").select_related("determination")
    letters = {each.sha256: each for each in rows.filter(OneOf("sha256", (file.sha256 for file, _ in read)))}
    speaking = [each.determination_id for each in letters.values() if each.state == SourceState.CURRENT]
    keys = [key for key in speaking if key is not None]
    records, corrections = stored_records(keys), corrections_of(keys)
    for file, parsed in read:
        # Deleted meanwhile: skip.
        if letter := letters.get(file.sha256):
            key = letter.determination_id if letter.state == SourceState.CURRENT else None
            yield _compare(letter, parsed, records.get(key or 0), corrections.get(key or 0, []))


def _compare(
    letter: SourceLetter, parsed: Reading | LetterError, stored: LetterRecord | None, corrections: Sequence[Correction]
) -> Comparison:
    is_quarantined = letter.state == SourceState.QUARANTINED
    if isinstance(parsed, LetterError):
        return Comparison(letter, Verdict.QUARANTINED if is_quarantined else Verdict.UNREADABLE, error=parsed)
    if is_quarantined:
        return Comparison(letter, Verdict.READABLE, parsed)
    differing = [*_reading_changes(letter, parsed)]
    found: list[Placed] = []
    if stored is not None:
        read = parsed.record
        found = placed(corrections, stored, read, same_letter=True) if corrections else []
        differing += record_changes(stored, with_corrections(read, found) if found else read)
    is_changed = bool(differing) or any(each.has_moved for each in found)
    conflicts = tuple(each.as_json() for each in found if each.is_conflict)
    verdict = Verdict.CHANGED if is_changed else Verdict.UNCHANGED
    return Comparison(letter, verdict, parsed, tuple(differing), conflicts)


def _reading_changes(letter: SourceLetter, reading: Reading) -> Iterator[FieldChange]:
    """Yield what a reading says otherwise of the letter itself."""
    for name, value in read_now(reading).items():
        before = getattr(letter, name)
        if before != value:
            yield FieldChange(name, None, before, value)


def read_now(reading: Reading) -> dict[str, Any]:
    """Return what a reading says of the letter itself, by its columns."""
    return {
        "text": reading.source_text,
        "spans": json.loads(reading.spans),
        "diagnostics": json.loads(reading.diagnostics),
    }
