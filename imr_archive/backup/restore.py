"""Restore an archive file into an empty SQLite or PostgreSQL database: all of it or nothing.

The file is read twice: first to verify it, then to load it in one transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.management.color import no_style
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import JSONField

from imr_archive.backup.bag import Damaged, read_bag
from imr_archive.backup.export import COUNTS_NAME, FORMAT, FORMAT_NAME, original_name
from imr_archive.backup.sections import CANONICAL, SECTIONS, Codec, NotARow, Slugs, TableSection
from imr_archive.backup.version1.revisions import KeptRevisions, revisions_convert
from imr_archive.database_errors import database_failure
from imr_archive.errors import ArchiveError
from imr_archive.letters.arrivals import arrivals_fill
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# The format versions that can be read. Version 1 had a different table of revisions.
_VERSIONS = (1, 2)
REVISIONS = "revisions"
_BY_NAME = {section.name: section for section in SECTIONS}


class CannotRestore(ArchiveError):
    """The database is not empty, or the file cannot be restored. Nothing was written."""


class RestoreFailed(ArchiveError):
    """The database failed, and the transaction was rolled back."""


def archive_restore(path: Path, *, progress: Callable[[str, int], None] = lambda name, rows: None) -> dict[str, int]:
    """Load an archive file into the empty database, and return the rows by section.

    ``progress`` is called after each section. Raise ``CannotRestore`` if the file or the database does not allow it,
    and ``RestoreFailed`` if the database fails.
    """
    _refuse_unless_empty()
    try:
        with path.open("rb") as stream:
            for _ in read_bag(stream):
                pass
            stream.seek(0)
            with transaction.atomic():
                return _load(stream, progress)
    except OSError as error:
        raise CannotRestore(f"{path} cannot be read: {error.strerror or type(error).__name__}.") from error
    except (Damaged, NotARow) as error:
        raise CannotRestore(str(error)) from error
    except (IntegrityError, DataError, OverflowError) as error:
        # Its message may quote a row.
        raise CannotRestore("The rows in the file contradict each other, or this database cannot hold them.") from error
    except (DatabaseError, InterfaceError) as error:
        raise RestoreFailed(database_failure(error)) from error


def _refuse_unless_empty() -> None:
    tables = set(connection.introspection.table_names())
    if any(section.model._meta.db_table not in tables for section in SECTIONS):
        raise CannotRestore("The database has not all of the archive's tables; run manage.py migrate first.")
    held = [section.name for section in SECTIONS if not section.is_canonical and section.model._base_manager.exists()]
    if held:
        raise CannotRestore(f"The archive is not empty: it holds {held[0]}. Restore into a new database.")


def _load(stream: BinaryIO, progress: Callable[[str, int], None]) -> dict[str, int]:
    members = read_bag(stream)
    if _version(next(members, None)) > 1:
        return _load_members(members, None, progress)
    with KeptRevisions() as kept:
        return _load_members(members, kept, progress)


def _load_members(
    members: Iterator[tuple[str, bytes]], kept: KeptRevisions | None, progress: Callable[[str, int], None]
) -> dict[str, int]:
    """Load the sections; ``kept`` collects the revisions of format version 1, which are converted at the end."""
    _clear_canonical()
    loaders: dict[str, _Loader] = {}
    slugs: Slugs = {}
    counts: dict[str, Any] = {}
    for name, content in members:
        section = name.partition("/")[0]
        if name == COUNTS_NAME:
            counts = _description(content)
            continue
        if section not in _BY_NAME:
            raise CannotRestore(f"The file is of a newer version: this one knows no {section}.")
        if kept is not None and section == REVISIONS:
            kept.add(content)
            continue
        if section not in loaders:
            _report_last(loaders, progress)
            loaders[section] = _Loader(_BY_NAME[section], slugs)
        loaders[section].load(content, members)
    _report_last(loaders, progress)
    loaded = {name: loaders[name].count if name in loaders else 0 for name in _BY_NAME}
    if kept is not None:
        loaded[REVISIONS] = len(kept)
    if loaded != dict.fromkeys(_BY_NAME, 0) | counts:
        raise Damaged("The file is damaged: it does not hold as many rows as it says.")
    if kept is not None:
        loaded[REVISIONS] = revisions_convert(kept)
        progress(REVISIONS, loaded[REVISIONS])
    arrivals_fill()  # files that were written before arrivals were kept have none
    _go_on_after_the_keys()
    return loaded | _canonical_counts()


def _canonical_counts() -> dict[str, int]:
    """Bring the canonical rows up to the parser's tables, which may be newer than the file's; return their numbers."""
    canonical_sync()
    return {each.name: each.model._base_manager.count() for each in SECTIONS if each.is_canonical}


def _version(first: tuple[str, bytes] | None) -> int:
    """Return the version of the format; raise if this one can't read it."""
    name, content = first or ("", b"")
    if name != FORMAT_NAME:
        raise Damaged("The file is no archive that export_archive wrote.")
    said = _description(content)
    for version in _VERSIONS:
        if said == FORMAT | {"version": version}:
            return version
    raise CannotRestore(
        f"The file has version {said.get('version')} of the format, and this is the archive for version "
        f"{FORMAT['version']}."
    )


def _description(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Damaged("The file is no archive that export_archive wrote.")
    return said


class _Loader:
    """Inserts the parts of one section."""

    def __init__(self, section: TableSection, slugs: Slugs) -> None:
        self._section, self._slugs = section, slugs
        self._codec = Codec(section, slugs)
        self._json = [place for place, column in enumerate(section.columns) if isinstance(column, JSONField)]
        columns = [str(column.column) for column in section.columns]
        if section.is_canonical:
            columns.append(str(section.key.column))
        if section.content:
            columns.append(section.content)
        self._table = Table(section.model, tuple(columns))
        self.count = 0

    def load(self, lines: bytes, members: Iterator[tuple[str, bytes]]) -> None:
        """Insert the rows of a part; the bytes of its letters are the next members of the file."""
        rows = self._rows(lines, members)
        self._table.insert(rows)
        self.count += len(rows)
        if connection.features.supports_deferrable_unique_constraints:
            # A database with deferred constraints keeps a note of every unchecked row in memory until it checks them.
            connection.check_constraints()

    def _rows(self, lines: bytes, members: Iterator[tuple[str, bytes]]) -> list[tuple[Any, ...]]:
        if self._section.is_canonical:
            return list(self._with_keys(lines))
        rows = [self._storable(values) for values in self._codec.rows(lines)]
        return [(*row, self._content_of(row, members)) for row in rows] if self._section.content else rows

    def _with_keys(self, lines: bytes) -> Iterator[tuple[Any, ...]]:
        """Insert canonical rows in the order of their slugs, so that a row can refer to earlier ones."""
        keys = self._slugs.setdefault(self._section.model, {})
        slug = self._section.attributes.index("slug")
        for key, values in enumerate(self._codec.rows(lines), len(keys) + 1):
            keys[values[slug]] = key
            yield (*self._storable(values), key)

    def _storable(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        row = [*values]
        for place in self._json:
            row[place] = json.dumps(row[place])
        return tuple(row)

    def _content_of(self, row: tuple[Any, ...], members: Iterator[tuple[str, bytes]]) -> bytes:
        values = self._section.attributes
        name, content = next(members, ("", b""))
        if name != original_name(row[values.index("id")], row[values.index("kind")]):
            raise Damaged("The file is damaged: the bytes of a letter are missing.")
        return content


def _report_last(loaders: dict[str, _Loader], progress: Callable[[str, int], None]) -> None:
    if loaders:
        name, loader = list(loaders.items())[-1]
        progress(name, loader.count)


def _clear_canonical() -> None:
    """Empty the canonical tables: nothing refers to their rows yet, and the file brings its own."""
    with connection.cursor() as cursor:
        for model in CANONICAL:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our table


def _go_on_after_the_keys() -> None:
    """Set the sequences so that new rows get keys after the restored ones."""
    statements = connection.ops.sequence_reset_sql(no_style(), [section.model for section in SECTIONS])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
