"""The entries of the audit: revisions of determinations, login events and actions of the staff as one list.

Each of the three tables is append-only in the database: triggers reject updates and deletions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from imr_archive.admin.audit.question import AuditTable
from imr_archive.admin.wording import moment
from imr_archive.models import Determination, LoginEvent, Revision
from imr_archive.models.revision import BY_PEOPLE
from imr_archive.models.timeline import Cursor, TimedRows, newest_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.db.models import Model, QuerySet
    from django.utils.safestring import SafeString

    from imr_archive.admin.audit.question import AuditQuestion

# So many entries are read at a time for CSV.
AT_ONCE = 1_000


class ValueChange(NamedTuple):
    """One changed value: its field, with the position of its item, and what it was and is; empty if not kept."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: who did what when, to which case, which values changed, and why."""

    cursor: Cursor
    at: datetime
    who: str
    what: str
    case: str
    changes: tuple[ValueChange, ...]
    reason: str
    url: str

    @property
    def when(self) -> SafeString | str:
        """The time as the administration shows times."""
        return moment(self.at)


def entries(question: AuditQuestion, *, limit: int) -> list[AuditEntry]:
    """Return the newest entries that a question asks for; one query for each table."""
    asked = [
        (place, each)
        for place, each in enumerate(AuditTable)
        if question.table in ("", each) and not (question.case and each is AuditTable.LOGINS)
    ]
    # A table that is not asked for keeps its place, which cursors name.
    tables = [TimedRows(_MODELS[each].objects.none(), _COLUMNS[each]) for each in AuditTable]
    for place, each in asked:
        tables[place] = TimedRows(_ROWS[each](question), _COLUMNS[each])
    found = newest_rows(tables, before=question.before, limit=limit)
    return [_ENTRIES[type(row)](cursor, row) for cursor, row in found]


def all_entries(question: AuditQuestion, *, after: Callable[[Cursor], AuditQuestion]) -> Iterator[AuditEntry]:
    """Yield every entry, some at a time; ``after`` returns the question that goes on behind an entry."""
    while found := entries(question, limit=AT_ONCE):
        yield from found
        question = after(found[-1].cursor)


# -- Rows -------------------------------------------------------------------------------------------------------------


def _revisions(question: AuditQuestion) -> QuerySet[Any]:
    rows = _narrowed(Revision.objects.defer("before"), question, "made_at", "made_by", "kind", "reason")
    if not question.case:
        return rows
    # Revisions are indexed by their determination. One that is gone is known from what people did, a short list.
    known = Determination.objects.by_reference(question.case).order_by("pk").values_list("pk", flat=True)
    former = Revision.objects.filter(reference=question.case, kind__in=BY_PEOPLE, determination__isnull=False)
    return rows.filter(determination__in={*known, *former.order_by("pk").values_list("determination", flat=True)})


def _logins(question: AuditQuestion) -> QuerySet[Any]:
    rows = _narrowed(LoginEvent.objects.all(), question, "at", None, "kind", "browser")
    return rows.filter(Q(account=question.who) | Q(by=question.who)) if question.who else rows


def _actions(question: AuditQuestion) -> QuerySet[Any]:
    rows = LogEntry.objects.select_related("user", "content_type")
    rows = _narrowed(rows, question, "action_time", "user__username", "action_flag", "object_repr")
    return rows.filter(object_repr=question.case) if question.case else rows


def _narrowed(
    rows: QuerySet[Any], question: AuditQuestion, time_column: str, account: str | None, kind: str, words: str
) -> QuerySet[Any]:
    if question.kind:
        rows = rows.filter(**{kind: question.kind})
    if question.who and account:
        rows = rows.filter(**{account: question.who})
    if question.words:
        rows = rows.filter(**{f"{words}__icontains": question.words})
    if question.since:
        rows = rows.filter(**{f"{time_column}__gte": _midnight(question.since)})
    if question.until:
        rows = rows.filter(**{f"{time_column}__lt": _midnight(question.until + timedelta(days=1))})
    return rows


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


# -- Entries ----------------------------------------------------------------------------------------------------------


def _of_revision(cursor: Cursor, revision: Revision) -> AuditEntry:
    return AuditEntry(
        cursor=cursor,
        at=revision.made_at,
        who=revision.made_by,
        what=revision.get_kind_display(),
        case=revision.reference,
        changes=tuple(map(_value_change, revision.changes)),
        reason=revision.reason or (f"Run {revision.run_id}" if revision.run_id else ""),
        url=reverse("admin:imr_archive_revision_change", args=[revision.pk]),
    )


def _value_change(change: Mapping[str, Any]) -> ValueChange:
    field = change["field"].removeprefix("items.")
    field = f"{field} of item {change['item']}" if change.get("item") else field
    kept = "before" in change or "after" in change
    before, after = (_shown(change.get(name)) for name in ("before", "after")) if kept else ("", "")
    return ValueChange(field, before, after)


def _shown(value: Any) -> str:
    """Return a value in a line; ``nothing`` where there is none, so that it differs from a value that is not kept."""
    if value in (None, "", []):
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _of_login(cursor: Cursor, event: LoginEvent) -> AuditEntry:
    account = event.account or "unknown account"
    return AuditEntry(
        cursor=cursor,
        at=event.at,
        who=event.by or account,
        what=event.get_kind_display() + (f": {account}" if event.by else ""),
        case="",
        changes=(),
        reason=f"from {event.address}" if event.address else "",
        url=reverse("admin:imr_archive_loginevent_change", args=[event.pk]),
    )


def _of_action(cursor: Cursor, action: LogEntry) -> AuditEntry:
    model = action.content_type.model_class() if action.content_type else None
    name = str(model._meta.verbose_name) if model else "row"
    is_case = model is Determination
    return AuditEntry(
        cursor=cursor,
        at=action.action_time,
        who=action.user.get_username(),
        what=f"{action.get_action_flag_display()}: {name} {'' if is_case else action.object_repr}".strip(),
        case=action.object_repr if is_case else "",
        changes=(),
        reason=action.get_change_message(),
        url=_page_of(action),
    )


def _page_of(action: LogEntry) -> str:
    """Return the address of what an action was done to, if the administration has a page of it."""
    if action.is_deletion() or not action.content_type:
        return ""
    name = f"admin:{action.content_type.app_label}_{action.content_type.model}_change"
    try:
        return reverse(name, args=[action.object_id])
    except NoReverseMatch:
        return ""


_MODELS: dict[AuditTable, type[Any]] = {
    AuditTable.REVISIONS: Revision,
    AuditTable.LOGINS: LoginEvent,
    AuditTable.ACTIONS: LogEntry,
}
_COLUMNS = {AuditTable.REVISIONS: "made_at", AuditTable.LOGINS: "at", AuditTable.ACTIONS: "action_time"}
_ROWS: dict[AuditTable, Callable[[AuditQuestion], QuerySet[Any]]] = {
    AuditTable.REVISIONS: _revisions,
    AuditTable.LOGINS: _logins,
    AuditTable.ACTIONS: _actions,
}
_ENTRIES: dict[type[Model], Callable[[Cursor, Any], AuditEntry]] = {
    Revision: _of_revision,
    LoginEvent: _of_login,
    LogEntry: _of_action,
}
