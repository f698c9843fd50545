"""Stored letters read again: which ones, what would change, and the writer that keeps what they were before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from imr_archive.errors import ArchiveError, LetterError
from imr_archive.ingest.comparison import Change, changes, facts_changes
from imr_archive.ingest.corrections import case_number_corrected, corrections_of, facts_corrected, placed
from imr_archive.ingest.facts import facts_of, stored_facts
from imr_archive.ingest.files import ReceivedFile
from imr_archive.ingest.letter_rows import LetterRows
from imr_archive.ingest.report import FileResult
from imr_archive.ingest.revisions import READ_COLUMNS, revision, snapshot
from imr_archive.ingest.store import determinations_of
from imr_archive.ingest.writer import Writer
from imr_archive.models import Determination, LetterRevision, SourceLetter
from imr_archive.vocabulary import FileStatus, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from imr_archive.ingest.corrections import Placed
    from imr_archive.ingest.facts import Facts
    from imr_archive.ingest.store import Stored
    from imr_archive.ingest.writer import Entry, Parsed
    from imr_archive.models import Correction

READS_AS_BEFORE = "Reads as before."


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
    """A stored letter, without its bytes, and what reading it again would change."""

    letter: SourceLetter
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    conflicts: tuple[dict[str, Any], ...] = ()
    error: LetterError | None = None

    @property
    def reference(self) -> str:
        """What a person knows the letter by: its case, else its file."""
        case = self.letter.determination
        return case.reference if case else f"file {self.letter.pk} ({self.letter.name})"


def compared(read: Sequence[tuple[ReceivedFile, LetterRows | LetterError]]) -> Iterator[Comparison]:
    """Compare what letters were read to with what is stored of them, in a fixed number of queries; in their order."""
    rows = SourceLetter.objects.defer("content").select_related("determination")
    letters = {each.sha256: each for each in rows.filter(sha256__in=[file.sha256 for file, _ in read])}
    speaking = [each.determination_id for each in letters.values() if each.state == SourceState.CURRENT]
    keys = [key for key in speaking if key is not None]
    facts, corrections = stored_facts(keys), corrections_of(keys)
    for file, parsed in read:
        # One that was thrown away in between is nothing to anybody.
        if letter := letters.get(file.sha256):
            key = letter.determination_id if letter.state == SourceState.CURRENT else None
            yield _compare(letter, parsed, facts.get(key or 0), corrections.get(key or 0, []))


def _compare(
    letter: SourceLetter, parsed: LetterRows | LetterError, facts: Facts | None, corrections: Sequence[Correction]
) -> Comparison:
    is_quarantined = letter.state == SourceState.QUARANTINED
    if isinstance(parsed, LetterError):
        return Comparison(letter, Verdict.QUARANTINED if is_quarantined else Verdict.UNREADABLE, error=parsed)
    if is_quarantined:
        return Comparison(letter, Verdict.READABLE)
    differing = [*changes(_read_before(letter), _read_now(parsed))]
    found: list[Placed] = []
    if facts is not None:
        read = facts_of(parsed)
        found = placed(corrections, facts, read, same_letter=True) if corrections else []
        differing += facts_changes(facts, facts_corrected(read, found) if found else read)
    is_changed = bool(differing) or any(each.has_moved for each in found)
    conflicts = tuple(each.as_json() for each in found if each.is_conflict)
    return Comparison(letter, Verdict.CHANGED if is_changed else Verdict.UNCHANGED, tuple(differing), conflicts)


def _read_before(letter: SourceLetter) -> Facts:
    return {"text": letter.text, "spans": letter.spans, "diagnostics": letter.diagnostics}


def _read_now(letter: LetterRows) -> Facts:
    return {
        "text": letter.source_text,
        "spans": json.loads(letter.spans),
        "diagnostics": json.loads(letter.diagnostics),
    }


# -- Writing it -------------------------------------------------------------------------------------------------------


class Rereader(Writer):
    """A writer of stored letters: it leaves alone what reads as before, and keeps what the others were."""

    def _added(self, batch: Sequence[Entry]) -> dict[str, FileResult]:
        """Settle at once the letters that read as before: only the parser's version is noted."""
        read = [
            (task, parsed)
            for task, parsed in batch
            if isinstance(task, ReceivedFile) and isinstance(parsed, LetterRows | LetterError)
        ]
        labels = {task.sha256: task.label for task, _ in read}
        versions = {task.sha256: each.parser_version for task, each in read if isinstance(each, LetterRows)}
        unchanged = [each.letter for each in compared(read) if each.verdict is Verdict.UNCHANGED]
        self._note_versions(unchanged, versions)
        return {letter.sha256: _read_as_before(letter, labels[letter.sha256]) for letter in unchanged}

    def _note_versions(self, letters: Sequence[SourceLetter], versions: dict[str, str]) -> None:
        older = [each for each in letters if each.parser_version != versions[each.sha256]]
        kept = []
        for letter in older:
            before = {
                "letter": {column: getattr(letter, column) for column in READ_COLUMNS},
                "roles": {str(letter.pk): [letter.state, letter.determination_id]},
                "determinations": {},
                "corrections": {},
            }
            letter.parser_version = versions[letter.sha256]
            after = before | {"letter": before["letter"] | {"parser_version": letter.parser_version}}
            kept.append(revision(run=self._log.run, letter=letter.pk, before=before, after=after))
        SourceLetter.objects.bulk_update(older, ["parser_version"])
        LetterRevision.objects.bulk_create([each for each in kept if each])

    def _stored(self, file: ReceivedFile, parsed: Parsed) -> Stored:
        letter = SourceLetter.objects.only("pk", "state", "determination_id").filter(sha256=file.sha256).first()
        if letter is None:  # thrown away since it was read: it comes as any new file
            return super()._stored(file, parsed)
        scope = _touched(letter, parsed)
        before = snapshot(letter.pk, scope)
        stored = super()._stored(file, parsed)
        if stored.determination and letter.state in _SPEAKING:
            scope.add(stored.determination.pk)
        kept = revision(run=self._log.run, letter=letter.pk, before=before, after=snapshot(letter.pk, scope))
        if kept:
            kept.save()
        return stored


# Letters in other roles keep them, and nothing else of their case changes with them.
_SPEAKING = (SourceState.CURRENT, SourceState.QUARANTINED)


def _touched(letter: SourceLetter, parsed: Parsed) -> set[int]:
    """Return the determinations that may change when a letter is stored."""
    if letter.state not in _SPEAKING:
        return set()
    touched = {letter.determination_id} if letter.determination_id else set()
    if isinstance(parsed, LetterRows):
        made = chain.from_iterable(corrections_of(touched).values())
        touched.update(determinations_of(case_number_corrected(parsed, made)).values_list("pk", flat=True))
    return touched


def _read_as_before(letter: SourceLetter, label: str) -> FileResult:
    return FileResult(
        file=label,
        status=FileStatus.UNCHANGED,
        reason=READS_AS_BEFORE,
        sha256=letter.sha256,
        letter=letter.pk,
        determination=letter.determination_id,
        reference=letter.determination.reference if letter.determination else "",
    )
