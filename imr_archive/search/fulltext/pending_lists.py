"""Sorts words that wait beside PostgreSQL's full-text indexes in among the others.

A GIN index first keeps what is written in a list, which every search reads through, and sorts the list in when it has
grown to ``gin_pending_list_limit``: in the midst of the statement that makes it too long, unless somebody else does so
before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.search.fulltext.tables import CITATIONS, ITEMS, SUMMARIES

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def waiting_words_fold(connection: BaseDatabaseWrapper) -> int:
    """Sort in what waits; return how many pages it took. Only the owner of the indexes may, which a run's account is.

    Those who write or search meanwhile are not held up.
    """
    with connection.cursor() as cursor:
        indexes = [f"{table.index}_words" for table in (ITEMS, SUMMARIES, CITATIONS)]
        cursor.execute("SELECT sum(gin_clean_pending_list(name::regclass)) FROM unnest(%s::text[]) AS name", [indexes])
        return int(cursor.fetchone()[0])
