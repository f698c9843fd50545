"""Names, files and folders stay small enough to find one's way in: one class a name, short files, short folders."""

import ast
from collections import defaultdict

from tests.architecture.source import PACKAGE, ROOT, python_files, syntax

# Django finds these by their names.
NAMED_BY_DJANGO = {"Command", "Migration"}
MOST_LINES = 400
MOST_MODULES = 16
# A migration is frozen; the first one makes all tables.
LONG_FILES = {"migrations/0001_tables.py"}
# One file a model, and one a migration.
LARGE_FOLDERS = {"models", "migrations"}


def modules():
    return python_files("imr_archive", "devtools")


def test_no_class_of_the_package_or_the_development_tools_stands_in_two_modules():
    places = defaultdict(list)
    for path in modules():
        for node in syntax(path):
            if isinstance(node, ast.ClassDef) and node.col_offset == 0 and node.name not in NAMED_BY_DJANGO:
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_file_is_too_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    allowed = {PACKAGE / name for name in LONG_FILES}
    too_long = {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > MOST_LINES}
    assert {name for name in too_long if ROOT / name not in allowed} == set(), too_long


def test_no_folder_holds_too_many_modules():
    folders = defaultdict(set)
    for path in modules():
        if path.name != "__init__.py":
            folders[path.parent].add(path.stem)
    allowed = {PACKAGE / name for name in LARGE_FOLDERS}
    large = {str(folder.relative_to(ROOT)): len(held) for folder, held in folders.items() if folder not in allowed}
    assert {folder: count for folder, count in large.items() if count > MOST_MODULES} == {}
