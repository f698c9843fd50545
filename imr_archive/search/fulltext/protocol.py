"""What the archive asks of a full-text engine. Its two implementations are ``sqlite.py`` and ``postgresql.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model
    from numpy.typing import NDArray

    from imr_archive.search.fulltext.tables import ChangeLog, IndexedTable, RowVectors
    from imr_archive.search.query.tree import Leaf


class Scores(NamedTuple):
    """Keys of rows, and their relevance scores: the higher, the better."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]


class Backend(Protocol):
    """Full-text search on one database connection, and what differs with it between SQLite and PostgreSQL."""

    @property
    def most_scored_rows(self) -> int | None:
        """How many rows can be scored while a reader waits; None if all can."""

    @property
    def scores_contain_rarity(self) -> bool:
        """Whether scores contain the rarity of their word, so that they change with every row that comes or goes."""

    @property
    def takes_vectors(self) -> bool:
        """Whether the writer of a batch provides the tsvectors of its texts."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        """Use a connection."""

    def matching_keys(
        self, table: IndexedTable, leaf: Leaf, *, between: tuple[int, int] | None = None
    ) -> NDArray[np.int64]:
        """Return the keys of the rows that match a leaf in one of its sections, of which the table must have one.

        ``between`` narrows to the keys from the first to the last of a pair.
        """

    def leaf_scores(self, table: IndexedTable, leaf: Leaf, *, among: NDArray[np.int64] | None = None) -> Scores:
        """Score the rows that match a leaf in one of its sections, of which the table must have one.

        ``among`` says that no other rows are needed; they may be returned nevertheless.
        """

    def rarity(self, found: int, rows: int) -> float:
        """Return the weight of a leaf's scores that matches so many of all rows: BM25's inverse document frequency."""

    def index_triggers(self, table: IndexedTable) -> dict[str, list[str]]:
        """Return the statements that create or replace each trigger of a full-text index, by the trigger's name."""

    def change_triggers(self, log: ChangeLog) -> dict[str, list[str]]:
        """Return the statements that create or replace each trigger of the change log, by the trigger's name."""

    def lost_triggers(self, names: Iterable[str]) -> list[str]:
        """Return which of some triggers are missing or disabled."""

    def index_faults(self, table: IndexedTable) -> Iterator[str]:
        """Yield a sentence for each way in which an index differs from its text."""

    def storage_faults(self) -> Iterator[str]:
        """Yield a sentence for each fault that the database finds in its own pages and indexes."""

    def rebuild_index(self, table: IndexedTable) -> None:
        """Rebuild an index from its text, in one transaction: readers see the old one until it is done."""

    def bulk_indexing(
        self, log: ChangeLog, tables: Sequence[IndexedTable], vectors: Mapping[IndexedTable, Sequence[RowVectors]]
    ) -> AbstractContextManager[None]:
        """Within a transaction: index and log the rows that the block inserts together instead of row by row."""

    def flush_pending_lists(self, tables: Sequence[IndexedTable]) -> int:
        """Move the entries that wait in the pending lists of GIN indexes into the indexes; return how many pages.

        Only the owner of the indexes may, which the account of a run is. Writers and readers are not blocked.
        """

    def purge_deleted(self, tables: Sequence[IndexedTable], models: Iterable[type[Model]]) -> bool:
        """Overwrite or give back the space in which deleted rows of tables and their indexes may still stand.

        Not within a transaction. Return whether it could be done: on SQLite, readers may keep it from being done.
        """

    def lock(self, model: type[Model]) -> None:
        """Block writers of a model's table until the transaction ends."""

    def migration_lock(self) -> AbstractContextManager[None]:
        """Let one process at a time migrate the database; the others wait."""

    def read_snapshot(self) -> AbstractContextManager[None]:
        """Read everything as it is at the first query, and block no writer; not within another transaction."""

    def deadline(self, seconds: float) -> AbstractContextManager[None]:
        """Stop queries that take longer, all of them together; 0 sets no limit.

        A stopped query raises Django's ``OperationalError``, one after the end may raise ``OutOfTime`` instead. Without
        a query no connection is opened.
        """

    def is_out_of_time(self, error: OperationalError) -> bool:
        """Return whether an error says that a query was stopped by its deadline."""
