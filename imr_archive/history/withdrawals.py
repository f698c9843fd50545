"""Withdrawal: a determination is taken back, with everything that would bring it back, and perhaps destroyed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.history.revisions import Cause, RevisionWrite, revisions_append, revisions_erase_content
from imr_archive.history.states import CaseState, LetterState, case_states, unpacked
from imr_archive.history.writing_back import write_back
from imr_archive.letters.canonical import canonical_stored
from imr_archive.letters.lookups import OneOf
from imr_archive.models import (
    Determination,
    IngestRunFile,
    PreviewedLetter,
    Revision,
    SourceLetter,
    Withdrawal,
    WithdrawnHash,
)
from imr_archive.models.search_indexes import INDEXED_TABLES
from imr_archive.parsing.source.normalise import normalise
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.fulltext.backend import backend
from imr_archive.vocabulary import RevisionKind, SourceState, WithdrawalScope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from imr_archive.records import LetterRecord


class CannotPurge(ArchiveError):
    """What is left of deleted rows could not be overwritten; they are deleted all the same."""


class CannotWithdraw(ArchiveError):
    """There is no such determination, or nothing of it is kept that could be reinstated."""


def determination_withdraw(
    *, reference: str, reason: str, public_reason: str, scope: WithdrawalScope, withdrawn_by: str
) -> Withdrawal:
    """Take a determination back: its rows go, and its letters are hidden or destroyed.

    Every reader loses it with the transaction: lists, counts, search, downloads and the facet index follow the rows.
    What is destroyed is also overwritten where databases keep deleted rows; that part can be repeated by
    ``deleted_purge``. Raise ``CannotWithdraw`` if there is no such determination.
    """
    withdrawal = _withdraw(
        reference=reference, reason=reason, public_reason=public_reason, scope=scope, withdrawn_by=withdrawn_by
    )
    if scope is WithdrawalScope.DESTROY:
        deleted_purge()
    return withdrawal


@transaction.atomic
def _withdraw(
    *, reference: str, reason: str, public_reason: str, scope: WithdrawalScope, withdrawn_by: str
) -> Withdrawal:
    found = Determination.objects.by_reference(reference).order_by("pk").select_for_update().first()
    if found is None:
        raise CannotWithdraw(f"There is no determination {reference}.")
    letters = _letters_of(found)
    withdrawal = Withdrawal.objects.create(
        reference=found.reference,
        case_number=found.case_number or "",
        scope=scope,
        public_reason=public_reason,
        reason=reason,
        withdrawn_by=withdrawn_by[:150],
    )
    hashes = {found.text_sha256, *_hashes(letters)}
    WithdrawnHash.objects.bulk_create(WithdrawnHash(withdrawal=withdrawal, sha256=each) for each in sorted(hashes))
    keys = [*letters.order_by("pk").values_list("pk", flat=True)]
    states = {} if scope is WithdrawalScope.DESTROY else case_states({found.pk})
    change = RevisionWrite(
        RevisionKind.WITHDRAWAL, found.pk, found.reference, before=states.get(found.pk), reason=reason
    )
    revisions_append([change], cause=Cause(withdrawn_by))
    if scope is WithdrawalScope.DESTROY:
        _files_forget(keys)
        _previews_forget(found, hashes)
        revisions_erase_content(found.pk, letters=keys)
        SourceLetter.objects.only("pk").filter(pk__in=keys).delete()
    else:
        SourceLetter.objects.filter(pk__in=keys).update(
            state=SourceState.WITHDRAWN, determination=None, reason_code="", reason=""
        )
    found.delete()
    return withdrawal


def _letters_of(determination: Determination) -> QuerySet[SourceLetter]:
    """Return the letters of a determination, and those held that print its case number."""
    of_case = Q(determination=determination)
    if determination.case_number:
        of_case |= Q(state=SourceState.HELD, text__icontains=determination.case_number)
    return SourceLetter.objects.filter(of_case)


def _hashes(letters: QuerySet[SourceLetter]) -> Iterable[str]:
    for sha256, text in letters.order_by("pk").values_list("sha256", "text").iterator(chunk_size=20):
        yield sha256
        yield hashlib.sha256(normalise(text).words.encode(errors="replace")).hexdigest()


def _files_forget(letters: Collection[int]) -> None:
    """Take what may come from letters out of the reports of runs: names of files, and values of corrections."""
    for key in IngestRunFile.objects.filter(letter__in=letters).order_by("pk").values_list("pk", flat=True):
        IngestRunFile.objects.filter(pk=key).update(name=f"withdrawn/{key}", conflicts=[])


def _previews_forget(determination: Determination, hashes: Collection[str]) -> None:
    """Delete the letters of previews that are of a determination, by their bytes or its case number."""
    same = Q(sha256__in=hashes)
    if determination.case_number:
        same |= Q(case_number=determination.case_number)
    PreviewedLetter.objects.filter(same).delete()


def deleted_purge() -> None:
    """Overwrite what is left of deleted rows: in the facet index, the full-text indexes, free pages and the log.

    Raise ``CannotPurge`` if others are at work in the database.
    """
    rebuild()
    rebuild()  # of the versions of the index two are kept
    try:
        is_done = backend(connection).purge_deleted(INDEXED_TABLES, apps.get_app_config("imr_archive").get_models())
    except OperationalError:
        is_done = False
    if not is_done:
        raise CannotPurge(
            "The rows are deleted, but what is left of them in the database's files could not be overwritten while "
            "others are at work; run manage.py withdraw --purge when it is quiet."
        )


def withdrawn_bytes(hashes: Iterable[str]) -> dict[str, Withdrawal]:
    """Return which of these hashes, of bytes or of texts, belong to withdrawn letters."""
    rows = WithdrawnHash.objects.select_related("withdrawal").filter(
        OneOf("sha256", hashes), withdrawal__reinstated_at=None
    )
    return {row.sha256: row.withdrawal for row in rows.order_by("pk")}


def withdrawn_records(records: Collection[LetterRecord]) -> dict[str, Withdrawal]:
    """Return by text hash or case number the withdrawals of those of some records that must not come back."""
    numbers = {record.case_number for record in records if record.case_number}
    cases = Withdrawal.objects.filter(OneOf("case_number", numbers), reinstated_at=None).order_by("pk")
    found = {each.case_number: each for each in cases}
    return found | withdrawn_bytes({record.text_sha256 for record in records})


@transaction.atomic
def withdrawal_lift(withdrawal: Withdrawal, *, reinstated_by: str) -> list[int]:
    """End a withdrawal, and return the keys of its letters, which are then read again.

    The determination comes back as it was, with its corrections and the roles of its letters. Raise ``CannotWithdraw``
    if the letters were destroyed, or another determination has its case number or text now.
    """
    hashes = withdrawal.hashes.order_by().values("sha256")
    letters = SourceLetter.objects.filter(state=SourceState.WITHDRAWN, sha256__in=hashes).order_by("pk")
    keys = [*letters.values_list("pk", flat=True)]
    if not keys:
        raise CannotWithdraw(f"Nothing of {withdrawal.reference} is kept; ingest its letter again to have it back.")
    if withdrawal.in_force:
        withdrawal.reinstated_at, withdrawal.reinstated_by = timezone.now(), reinstated_by[:150]
        withdrawal.save(update_fields=["reinstated_at", "reinstated_by"])
        _determination_restore(withdrawal, keys, reinstated_by)
    return keys


def _determination_restore(withdrawal: Withdrawal, letters: Collection[int], reinstated_by: str) -> None:
    """Write back what there was of a determination when it was withdrawn, if the history keeps it."""
    withdrawals = Revision.objects.filter(kind=RevisionKind.WITHDRAWAL, reference=withdrawal.reference)
    revision = withdrawals.filter(before__isnull=False, made_at__gte=withdrawal.withdrawn_at).order_by("pk").first()
    if revision is None or revision.before is None or revision.determination_id is None:
        return
    key, state = revision.determination_id, unpacked(revision.before)
    roles = {each: LetterState(SourceState.WITHDRAWN.value) for each in letters}
    try:
        with transaction.atomic():
            write_back({key: state}, state.letters, now=case_states({key}), canonical=canonical_stored())
    except IntegrityError:
        raise CannotWithdraw(
            f"{withdrawal.reference} can't be reinstated: another determination has its case number or its text now."
        ) from None
    change = RevisionWrite(
        *(RevisionKind.REINSTATE, key, withdrawal.reference),
        before=CaseState(record=None, letters={each: roles[each] for each in state.letters if each in roles}),
        after=state.known_record,
    )
    revisions_append([change], cause=Cause(reinstated_by))


def withdrawal_latest(reference: str) -> Withdrawal:
    """Return the last withdrawal of a determination, in force or not; raise ``CannotWithdraw`` if there is none."""
    found = Withdrawal.objects.filter(reference=reference.upper()).order_by("-pk").first()
    if found is None:
        raise CannotWithdraw(f"{reference} was not withdrawn.")
    return found
