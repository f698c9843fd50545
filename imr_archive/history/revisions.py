"""Revisions are added in the transaction of the change that they record, and their content can be erased."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import Length
from django.utils import timezone

from imr_archive.history.states import packed
from imr_archive.letters.difference import record_changes
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.tables import Table
from imr_archive.models import Revision

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet

    from imr_archive.history.states import CaseState
    from imr_archive.models import IngestRun
    from imr_archive.records import LetterRecord
    from imr_archive.vocabulary import RevisionKind

REVISIONS = Table(
    Revision,
    (
        *("determination_id", "reference", "letter_id", "run_id", "kind", "made_by", "made_at", "reason", "undoes_id"),
        *("before", "after_sha256", "changes", "is_erased"),
    ),
)
# Longer values stand in no list of changes.
_LONGEST_VALUE = 200


class Cause(NamedTuple):
    """Who makes changes, in which run, if in one, and why, where a change does not say so itself."""

    made_by: str
    run: int | None = None
    reason: str = ""

    @classmethod
    def of_run(cls, run: IngestRun) -> Cause:
        """Return the cause of what a run changes."""
        return cls(run.started_by, run.pk)


class RevisionWrite(NamedTuple):
    """A revision to be added: what was before (None if nothing was), and the record that is left (None if none is).

    ``after_sha256`` stands in for the record where that has not changed.
    """

    kind: RevisionKind
    determination: int | None = None
    reference: str = ""
    letter: int | None = None
    before: CaseState | None = None
    after: LetterRecord | None = None
    after_sha256: str = ""
    reason: str = ""
    undoes: int | None = None


def revisions_append(writes: Sequence[RevisionWrite], *, cause: Cause) -> None:
    """Add revisions in their order; the caller has the transaction of the change."""
    made_at = timezone.now()
    REVISIONS.insert(
        [
            (
                *(each.determination, _reference(each), each.letter, cause.run, each.kind.value),
                *(cause.made_by[:150], made_at, each.reason or cause.reason, each.undoes),
                packed(each.before) if each.before else None,
                record_sha256(each.after) if each.after else each.after_sha256,
                json.dumps(_changes(each)) if each.before else "[]",
                False,
            )
            for each in writes
        ]
    )


def _reference(write: RevisionWrite) -> str:
    record = write.after or (write.before and write.before.known_record)
    return (record and record.case_number) or write.reference or str(write.determination or "")


def _changes(write: RevisionWrite) -> list[dict[str, Any]]:
    """Return what differs, each by its field and the position of its item; long values are left out."""
    before = write.before.known_record if write.before else None
    if before is None or write.after is None:
        return []
    return [
        {"field": change.field, "item": change.item}
        | ({"before": change.before, "after": change.after} if _is_short(change.before, change.after) else {})
        for change in record_changes(before, write.after)
    ]


def _is_short(*values: Any) -> bool:
    return all(len(json.dumps(value)) <= _LONGEST_VALUE for value in values)


def last_sha256(determination: int) -> str:
    """Return the hash of the record that the last revision of a determination left."""
    rows = Revision.objects.filter(determination=determination).order_by("-pk")
    return rows.values_list("after_sha256", flat=True).first() or ""


# -- Erased -----------------------------------------------------------------------------------------------------------


def revisions_erase_content(determination: int, *, letters: Collection[int] = ()) -> int:
    """Erase what the revisions of a determination, and of letters, say was before, and return how many they are.

    Who changed it, when, in which run and why stays. No undo can go behind it. Together with ``revisions_forget`` this
    is the one update that the triggers of the table let through (``migrations/sql/0009_revisions.*.sql``).
    """
    of_it = Q(determination=determination) | Q(letter__in=letters)
    kept = Revision.objects.filter(of_it, is_erased=False)
    return kept.update(before=None, changes=[], is_erased=True)


def revisions_forget(revisions: QuerySet[Revision]) -> tuple[int, int]:
    """Erase the states that revisions keep, which takes room, but not the lists of what has changed.

    Return how many they were, and of how many bytes.
    """
    kept = revisions.filter(before__isnull=False, is_erased=False).order_by()
    size = kept.aggregate(size=Sum(Length("before"), default=0))["size"]
    return kept.update(before=None, is_erased=True), size
