"""The determinations that wait for a reviewer, as a filter of their list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from imr_archive.admin.review.worklists import WorkKind, WorkList

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from imr_archive.models import Determination

KINDS = (WorkKind.DOUBT, WorkKind.OUTCOME)


class WorkFilter(admin.SimpleListFilter):
    """Determinations that the inbox counts."""

    title = "work to do"
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Name the kinds of work."""
        return [(kind.value, kind.label) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Determination]) -> QuerySet[Determination]:
        """Keep those of one kind."""
        kind = next((kind for kind in KINDS if kind.value == self.value()), None)
        return queryset.filter(pk__in=WorkList(kind).rows().order_by().values("pk")) if kind else queryset
