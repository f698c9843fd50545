"""What the audit page is asked for: kind, account, case, days and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.models import ACTION_FLAG_CHOICES

from imr_archive.models.timeline import Cursor
from imr_archive.vocabulary import LoginEventKind, RevisionKind, Vocabulary

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict

BEFORE_VAR = "before"


class AuditTable(Vocabulary):
    """The tables that the audit shows as one list, in the order in which entries of one moment stand."""

    REVISIONS = "change", "Changes of determinations"
    LOGINS = "login", "Sign-ins"
    ACTIONS = "action", "Actions in the administration"


# Between a table and a kind of entry in it.
JOINT = ":"
_KINDS: dict[AuditTable, list[tuple[Any, str]]] = {
    AuditTable.REVISIONS: RevisionKind.choices(),
    AuditTable.LOGINS: LoginEventKind.choices(),
    AuditTable.ACTIONS: [(flag, str(label).capitalize()) for flag, label in ACTION_FLAG_CHOICES],
}


def _choices() -> list[Any]:
    groups = [
        (
            table.label,
            [
                (table.value, f"All {table.label[:1].lower()}{table.label[1:]}"),
                *((f"{table.value}{JOINT}{kind}", label) for kind, label in kinds),
            ],
        )
        for table, kinds in _KINDS.items()
    ]
    return [("", "Everything"), *groups]


class AuditForm(forms.Form):
    """The filters of the audit."""

    what = forms.ChoiceField(choices=_choices, required=False)
    who = forms.CharField(max_length=150, required=False, label="Account")
    case = forms.CharField(max_length=20, required=False, label="Case number")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Words",
        help_text="In the reason, or in what an action was done to.",
        widget=forms.TextInput(attrs={"type": "search"}),
    )


@dataclass(frozen=True)
class AuditQuestion:
    """The valid values of the form, and the place in the list before which it goes on."""

    form: AuditForm
    table: str
    kind: str
    who: str
    case: str
    since: date | None
    until: date | None
    words: str
    before: Cursor | None

    @classmethod
    def read(cls, query: QueryDict) -> AuditQuestion:
        """Read a query string; what is invalid is left out, and the form says why."""
        form = AuditForm(query)
        form.is_valid()
        valid = form.cleaned_data
        table, _, kind = valid.get("what", "").partition(JOINT)
        return cls(
            form=form,
            table=table,
            kind=kind,
            who=valid.get("who", ""),
            case=valid.get("case", "").upper(),
            since=valid.get("since"),
            until=valid.get("until"),
            words=valid.get("q", ""),
            before=Cursor.read(query.get(BEFORE_VAR, "")),
        )
