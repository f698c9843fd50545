"""The lists of work that a reviewer goes through: held letters, and determinations in doubt or without an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.http import urlencode

from imr_archive.models import Determination, DisputedItem, Review, Revision, SourceLetter
from imr_archive.vocabulary import HoldCode, SourceState, Vocabulary

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict


class WorkKind(Vocabulary):
    """What the letters of a list have in common; the codes stand in addresses."""

    HELD = "held", "Held letters"
    DOUBT = "doubt", "Determinations in doubt"
    OUTCOME = "outcome", "Determinations without an outcome"


@dataclass(frozen=True, slots=True)
class WorkList:
    """A list of work, in the order of keys; ``reason`` narrows held letters to those of one code."""

    kind: WorkKind
    reason: str = ""

    @classmethod
    def of(cls, query: QueryDict, default: WorkKind) -> WorkList:
        """Read the list that an address names."""
        asked = query.get("list", "")
        kind = WorkKind(asked) if asked in {each.value for each in WorkKind} else default
        reason = query.get("reason", "")
        return cls(kind, reason if kind is WorkKind.HELD and reason in {each.value for each in HoldCode} else "")

    @property
    def label(self) -> str:
        """Name the list."""
        return f"{self.kind.label}: {HoldCode(self.reason).label.lower()}" if self.reason else self.kind.label

    @property
    def query(self) -> str:
        """The query string that names the list."""
        return urlencode({"list": self.kind.value} | ({"reason": self.reason} if self.reason else {}))

    def rows(self) -> QuerySet[Any]:
        """Return the letters or determinations that wait."""
        if self.kind is WorkKind.HELD:
            held = SourceLetter.objects.filter(state=SourceState.HELD)
            return held.filter(reason_code=self.reason) if self.reason else held
        waiting = Determination.objects.filter(~_accepted())
        if self.kind is WorkKind.OUTCOME:
            return waiting.filter(outcome="")
        return waiting.filter(Exists(DisputedItem.objects.filter(determination=OuterRef("pk")).exclude(doubts=[])))

    def next_address(self, after: int = 0) -> str | None:
        """Return the address of the next letter, beginning again at the first; None if no other one waits."""
        keys = self.rows().order_by("pk").values_list("pk", flat=True)
        key = keys.filter(pk__gt=after).first() or keys.filter(pk__lt=after).first()
        return key and self.address_of(key)

    def address_of(self, key: int) -> str:
        """Return the address at which one of the list is reviewed."""
        model = "sourceletter" if self.kind is WorkKind.HELD else "determination"
        return f"{reverse(f'admin:imr_archive_{model}_review', args=[key])}?{self.query}"


def _accepted() -> Exists:
    """Tell the determinations that a person has accepted as they stand now: as their last revision left them."""
    revisions = Revision.objects.filter(determination=OuterRef("determination")).order_by("-pk")
    left = Subquery(revisions.values("after_sha256")[:1])
    return Exists(Review.objects.filter(determination=OuterRef("pk"), record_sha256=left))
