"""One letter, one transaction: which determination a letter belongs to, and its rows.

A letter belongs to the determination of its case number, or else of its very text. The facts of a determination are
those of its *current* letter; the same text in another file is kept as a *duplicate*, and a letter that another of its
case has replaced as *superseded*. The full-text index follows by the database's own triggers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from imr_archive.ingest.rows import items_replace, reviewer_get, stated_raws, value_of
from imr_archive.models import Determination, DeterminationText, SourceLetter
from imr_archive.vocabulary import FileStatus, SourceKind, SourceState

if TYPE_CHECKING:
    from imr_archive.errors import LetterError
    from imr_archive.ingest.canonical import Canonical
    from imr_archive.ingest.files import ReceivedFile
    from imr_archive.parsing.results import ParsedLetter


@dataclass(frozen=True, slots=True)
class Stored:
    """What the archive did with one file, and why; ``code`` and ``stage`` say why and where a file was stopped."""

    status: FileStatus
    reason: str
    letter: SourceLetter
    determination: Determination | None = None
    code: str = ""
    stage: str = ""


@transaction.atomic
def determination_store(*, letter: ParsedLetter, source: ReceivedFile, canonical: Canonical) -> Stored:
    """Store what a file was parsed to; the same file under the same parser leaves the same rows.

    The rules stand in ``decisions/0003-which-letter-a-determination-goes-by.md``.
    """
    row = _letter_of(source)
    known = row.determination
    if known and row.state != SourceState.CURRENT:
        # Read again by a newer parser, a letter keeps its role: another one still speaks for the case.
        _letter_save(row, letter=letter, state=SourceState(row.state), determination=known)
        return Stored(FileStatus.UPDATED, _read_again(letter), row, known)
    text_sha256 = hashlib.sha256(letter.normalised_text.encode(errors="replace")).hexdigest()
    home = _determination_of(letter, text_sha256, other_than=known) or known
    current = _current_letter(home)
    if home and not known and current and home.text_sha256 == text_sha256:
        _letter_save(row, letter=letter, state=SourceState.DUPLICATE, determination=home)
        return Stored(FileStatus.DUPLICATE, f"The same letter as {current.name}.", row, home)

    if home and not known and current and _is_older(letter, home):
        _letter_save(row, letter=letter, state=SourceState.SUPERSEDED, determination=home)
        return Stored(FileStatus.SUPERSEDED, f"Decided before {current.name}, the letter of its case.", row, home)

    replaced = current if current and current.pk != row.pk else None
    if replaced:
        _step_aside(replaced)
    if home and known and home != known:
        _merge(known, into=home)
    determination = _determination_write(home or Determination(), letter, text_sha256, canonical)
    _letter_save(row, letter=letter, state=SourceState.CURRENT, determination=determination)
    if home is None:
        return Stored(FileStatus.NEW, "A new determination.", row, determination)
    if replaced:
        return Stored(FileStatus.UPDATED, f"Replaces {replaced.name} as the letter of its case.", row, determination)
    return Stored(FileStatus.UPDATED, _read_again(letter), row, determination)


@transaction.atomic
def letter_quarantine(*, source: ReceivedFile, error: LetterError, parser_version: str) -> Stored:
    """Keep a file that became no determination, with the reason; what was stored of it before stays as it is."""
    row = _letter_of(source)
    if row.determination:
        reason = f"{error} What was stored of it before is kept."
        return Stored(FileStatus.QUARANTINED, reason, row, row.determination, error.code)
    same = (row.state, row.reason_code, row.reason, row.parser_version) == (
        SourceState.QUARANTINED,
        error.code,
        str(error),
        parser_version,
    )
    if not same:
        row.state = SourceState.QUARANTINED
        row.reason_code, row.reason = error.code, str(error)
        row.parser_version = parser_version
        row.text, row.spans, row.diagnostics = "", {}, []
        row.save()
    return Stored(FileStatus.QUARANTINED, row.reason, row, code=row.reason_code)


def kind_of(content: bytes) -> SourceKind:
    """Tell what kind of file some bytes are; None is told by its name."""
    if b"%PDF-" in content[:1024]:
        return SourceKind.PDF
    return SourceKind.UNKNOWN if b"\0" in content[:1024] else SourceKind.TEXT


def _letter_of(source: ReceivedFile) -> SourceLetter:
    """Return the row of a file's bytes, unsaved if they are new."""
    known = SourceLetter.objects.without_content().select_related("determination").filter(sha256=source.sha256).first()
    return known or SourceLetter(
        name=source.name[-255:],
        kind=kind_of(source.content),
        sha256=source.sha256,
        size=len(source.content),
        content=source.content,
    )


def _determination_of(
    letter: ParsedLetter, text_sha256: str, *, other_than: Determination | None
) -> Determination | None:
    """Return the determination that a letter belongs to by its case number, else by its text."""
    same = Q(text_sha256=text_sha256)
    if letter.case_number:
        same |= Q(case_number=letter.case_number.value)
    others = Determination.objects.exclude(pk=other_than.pk) if other_than else Determination.objects.all()
    found = others.filter(same)[:2]
    return max(found, key=lambda each: each.case_number == value_of(letter.case_number), default=None)


def _current_letter(determination: Determination | None) -> SourceLetter | None:
    if determination is None:
        return None
    return (
        SourceLetter.objects.only("pk", "name").filter(determination=determination, state=SourceState.CURRENT).first()
    )


def _is_older(letter: ParsedLetter, determination: Determination) -> bool:
    """Whether a letter was decided before the one that speaks for its case; without both dates, nobody can tell."""
    decided = value_of(letter.dates.decision)
    return bool(decided and determination.decision_date and decided < determination.decision_date)


def _step_aside(letter: SourceLetter) -> None:
    SourceLetter.objects.filter(pk=letter.pk).update(state=SourceState.SUPERSEDED)


def _merge(determination: Determination, *, into: Determination) -> None:
    """A newer parser found that two determinations are one: the letters move, and the emptied one goes."""
    letters = SourceLetter.objects.filter(determination=determination)
    letters.filter(state=SourceState.CURRENT).update(state=SourceState.SUPERSEDED)
    letters.update(determination=into)
    determination.delete()


def _determination_write(
    determination: Determination, letter: ParsedLetter, text_sha256: str, canonical: Canonical
) -> Determination:
    """Write the rows that a letter's facts become, in place of those of any earlier letter."""
    is_new = determination.pk is None
    determination.case_number = value_of(letter.case_number)
    determination.text_sha256 = text_sha256
    determination.layout = letter.layout
    determination.priority = value_of(letter.priority) or ""
    determination.injury_date = value_of(letter.dates.injury)
    determination.ur_decision_date = value_of(letter.dates.ur_decision)
    determination.received_date = value_of(letter.dates.received)
    determination.assigned_date = value_of(letter.dates.assigned)
    determination.decision_date = value_of(letter.dates.decision)
    determination.worker_age = value_of(letter.age)
    determination.worker_sex = value_of(letter.sex) or ""
    determination.outcome = letter.outcome or ""
    determination.reviewer = reviewer_get(profile=letter.reviewer)
    determination.save()
    text = DeterminationText(
        determination=determination,
        clinical_summary=value_of(letter.clinical_summary) or "",
        raw=stated_raws(letter),
    )
    text.save(force_insert=is_new)
    items_replace(determination=determination, items=letter.items, canonical=canonical, is_new=is_new)
    return determination


def _letter_save(row: SourceLetter, *, letter: ParsedLetter, state: SourceState, determination: Determination) -> None:
    row.determination = determination
    row.state = state
    row.kind = SourceKind.PDF if row.kind == SourceKind.PDF else SourceKind.TEXT
    row.parser_version = letter.parser_version
    row.reason_code = row.reason = ""
    row.text = letter.source_text
    row.spans = {path: [*span] for path, span in letter.spans().items()}
    row.diagnostics = [diagnostic.as_json() for diagnostic in letter.diagnostics]
    row.save()


def _read_again(letter: ParsedLetter) -> str:
    return f"Read again by parser version {letter.parser_version}."
