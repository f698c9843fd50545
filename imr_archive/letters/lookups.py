"""Questions about many values at a time, asked without handling each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.db.models.lookups import In

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class OneOf(In):
    """The condition that a column holds one of some texts: PostgreSQL is sent an array, not a parameter for each."""

    def __init__(self, column: str, texts: Iterable[str]) -> None:
        super().__init__(F(column), [*texts])

    def get_prep_lookup(self) -> Any:
        """Take the texts as they are."""
        return self.rhs

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Compare with an array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)
