"""What a field of a disputed item touches, counted for one that exists: see "How to add a field" in CONTRIBUTING.md."""

import re

import pytest

from tests.architecture.source import PACKAGE, python_files

# What makes it, what stores it, and what shows it or lets it be corrected; the parser's modules aside.
MAY_NAME_A_FIELD = {
    "records.py",
    "models/disputed_item.py",
    "history/correctable.py",
    "admin/review/forms.py",
    "admin/items.py",
    "backup/version1/facts.py",  # reads the format of archive files that is not written any more
    "web/determinations/item_views.py",
    "web/exports/columns.py",
}


@pytest.mark.parametrize("field", ["laterality", "quantity"])
def test_a_field_of_an_item_is_named_where_it_is_read_stored_and_shown(field):
    named = {
        str(path.relative_to(PACKAGE))
        for path in python_files("imr_archive")
        if re.search(rf"\b{field}\b", path.read_text(encoding="utf-8"))
    }
    elsewhere = {each for each in named if not each.startswith(("parsing/", "migrations/"))}
    assert elsewhere <= MAY_NAME_A_FIELD
    assert {"records.py", "models/disputed_item.py"} <= elsewhere
