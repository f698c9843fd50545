"""What is found below a folder: files to be read, and what is passed over or cannot be read, each with the reason."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from imr_archive.ingest.sources.kinds import is_system_file

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM_FILE: Final = "A file or folder that systems leave beside documents; passed over."
_BROKEN: Final = "A link that leads to nothing; passed over."
_OUTSIDE: Final = "A link to a place outside the folder; passed over. Name that place itself to read it."
NOT_FOLLOWED: Final = "A link; passed over. With --follow-links, links inside the folder are followed."
_READ_ALREADY: Final = "A link to a folder that it stands in, or that another link has led to; passed over."
_REMOVED: Final = "The file was removed before it was read."
_FOLDER_REMOVED: Final = "The folder was removed before all its files were read."


@dataclass(frozen=True, slots=True)
class FoundFile:
    """Something that was found: a file to be read, unless it has a ``problem`` or was ``passed_over``."""

    path: Path
    problem: str = ""
    passed_over: str = ""


class FolderWalk:
    """Searches a folder to the bottom in the order of names, without names that begin with a dot."""

    def __init__(self, top: Path, *, follow_links: bool = False) -> None:
        self._top = top
        self._root = top.resolve()
        self._follow_links = follow_links
        self._followed: set[Path] = set()

    def __iter__(self) -> Iterator[FoundFile]:
        yield from self._below(self._top)

    def _below(self, top: Path) -> Iterator[FoundFile]:
        problems: list[OSError] = []
        for here, folders, names in os.walk(top, onerror=problems.append):
            folder = Path(here)
            aside = [name for name in folders if is_system_file(name) or (folder / name).is_symlink()]
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in aside)
            for name in sorted([*names, *aside]):
                try:
                    yield from self._entry(folder / name)
                except FileNotFoundError:
                    if not folder.exists():
                        yield FoundFile(folder, _FOLDER_REMOVED)
                        break
                    yield FoundFile(folder / name, _REMOVED)
        for error in problems:
            yield FoundFile(Path(error.filename), f"The folder cannot be listed: {error.strerror}.")

    def _entry(self, path: Path) -> Iterator[FoundFile]:
        """Yield a file, or what a link leads to; raise ``FileNotFoundError`` if it was removed since it was listed."""
        if is_system_file(path.name):
            yield FoundFile(path, passed_over=SYSTEM_FILE)
        if is_system_file(path.name) or path.name.startswith("."):
            return
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield from self._link(path)
        elif stat.S_ISREG(mode):
            yield FoundFile(path)

    def _link(self, path: Path) -> Iterator[FoundFile]:
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # a circle of links is a RuntimeError up to Python 3.12
            yield FoundFile(path, passed_over=_BROKEN)
            return
        if not target.is_relative_to(self._root):
            yield FoundFile(path, passed_over=_OUTSIDE)
        elif not self._follow_links:
            yield FoundFile(path, passed_over=NOT_FOLLOWED)
        elif target.is_file():
            yield FoundFile(path)
        elif target.is_dir() and target not in self._followed and not path.parent.resolve().is_relative_to(target):
            self._followed.add(target)
            yield from self._below(path)
        else:
            yield FoundFile(path, passed_over=_READ_ALREADY)
