"""What became of determinations, as everybody may read it: which case, when, and which fields.

No value of a letter and no free text of the staff stands here: either could name a person. Of a withdrawal, the public
words of its tombstone are shown. Changes of determinations that are not in the archive any more are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse

from imr_archive.models import Determination, Revision, Withdrawal
from imr_archive.models.determination import reference_of
from imr_archive.models.timeline import Cursor, TimedRows, newest_rows
from imr_archive.vocabulary import RevisionKind
from imr_archive.web.formatting import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

CORRECTED = (RevisionKind.CORRECTION.value, RevisionKind.CORRECTION_WITHDRAWN.value)
CHANGED = (
    *(RevisionKind.REPLACE.value, RevisionKind.REPARSE.value, RevisionKind.MERGE.value),
    *(RevisionKind.PUBLISH.value, RevisionKind.REINSTATE.value, RevisionKind.UNDO.value),
)
ENTRIES_ON_PAGE = 100
_SENTENCES = {
    RevisionKind.CORRECTION: "Corrected",
    RevisionKind.CORRECTION_WITHDRAWN: "Correction withdrawn",
    RevisionKind.REPLACE: "Replaced by another letter of the case",
    RevisionKind.REPARSE: "Read again",
    RevisionKind.MERGE: "Another letter of the case was added",
    RevisionKind.PUBLISH: "Published after it was looked at",
    RevisionKind.REINSTATE: "Published again after a withdrawal",
    RevisionKind.UNDO: "Put back as it was before",
}
# The paths of a record that do not read well as names.
_FIELDS = {
    "dates.decision": "decision date",
    "dates.injury": "date of injury",
    "dates.ur_decision": "UR decision date",
    "dates.received": "date of the application",
    "dates.assigned": "date of assignment",
    "worker.age": "worker’s age",
    "worker.sex": "worker’s sex",
    "claims_administrator.text": "claims administrator’s guideline paragraph",
    "reviewer.text": "expert reviewer’s guideline paragraph",
}
_SIDES = {"claims_administrator": "claims administrator’s", "reviewer": "reviewer’s"}


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One public change: when, which case, its page if it has one, what happened, fields, and words of a tombstone."""

    cursor: Cursor
    at: datetime
    reference: str
    url: str
    what: str
    fields: tuple[str, ...]
    words: str

    @property
    def day(self) -> str:
        """The day of the change."""
        return day_of(self.at)

    @property
    def sentence(self) -> str:
        """What happened, with the fields."""
        return f"{self.what}: {', '.join(self.fields)}" if self.fields else self.what


class ChangePart(NamedTuple):
    """A part of a list of changes, newest first, and the place before which it goes on; None at its end."""

    entries: Sequence[ChangeEntry]
    older: Cursor | None


def public_changes(
    kinds: Iterable[str], *, before: Cursor | None = None, since: datetime | None = None, until: datetime | None = None
) -> ChangePart:
    """Return the newest changes of some kinds, and the withdrawals, in a span of time; two queries."""
    revisions = still_public(Revision.objects.filter(kind__in=[*kinds])).defer("before")
    tables = [TimedRows(revisions, "made_at"), TimedRows(withdrawals_in_force(), "withdrawn_at")]
    tables = [TimedRows(_within(rows, column, since, until), column) for rows, column in tables]
    found = newest_rows(tables, before=before, limit=ENTRIES_ON_PAGE + 1)
    entries = [
        _of_withdrawal(cursor, row) if isinstance(row, Withdrawal) else _of_revision(cursor, row)
        for cursor, row in found[:ENTRIES_ON_PAGE]
        if isinstance(row, Revision | Withdrawal)
    ]
    return ChangePart(entries, entries[-1].cursor if len(found) > ENTRIES_ON_PAGE else None)


def still_public(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Return the revisions of determinations that are in the archive: the key of one that is gone is kept."""
    return revisions.filter(Exists(Determination.objects.filter(pk=OuterRef("determination"))))


def withdrawals_in_force() -> QuerySet[Withdrawal]:
    """Return the withdrawals that were not reinstated."""
    return Withdrawal.objects.filter(reinstated_at=None)


def _within(rows: QuerySet, column: str, since: datetime | None, until: datetime | None) -> QuerySet:  # type: ignore[type-arg]  # rows of two models
    if since:
        rows = rows.filter(**{f"{column}__gte": since})
    return rows.filter(**{f"{column}__lt": until}) if until else rows


def _of_revision(cursor: Cursor, revision: Revision) -> ChangeEntry:
    return ChangeEntry(
        cursor=cursor,
        at=revision.made_at,
        reference=revision.reference,
        url=reverse("web:determination", args=[reference_of(revision.reference, revision.determination_id)]),
        what=_SENTENCES[RevisionKind(revision.kind)],
        fields=tuple(dict.fromkeys(map(field_label, revision.changes))),
        words="",
    )


def _of_withdrawal(cursor: Cursor, withdrawal: Withdrawal) -> ChangeEntry:
    return ChangeEntry(
        cursor=cursor,
        at=withdrawal.withdrawn_at,
        reference=withdrawal.reference,
        url="",  # its address answers 410, with the words that stand here
        what="Withdrawn",
        fields=(),
        words=withdrawal.public_reason,
    )


def field_label(change: Mapping[str, object]) -> str:
    """Return the name of a changed field, with the position of its item: "outcome of item 2"."""
    path = str(change["field"]).removeprefix("items.")
    side, _, rest = path.partition(".")
    label = _FIELDS.get(path) or (f"{_SIDES[side]} {rest}" if rest and side in _SIDES else path)
    label = label.replace("_", " ").replace(".", " ")
    return f"{label} of item {change['item']}" if change.get("item") else label
