"""``manage.py unclassified`` reports what the tables do not know, of the archive or of files."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.letters import boxed_letter, item


def report(*paths: object, **options: Any) -> tuple[str, str]:
    """Run the command; return what it printed on standard output and on standard error."""
    stdout, stderr = StringIO(), StringIO()
    call_command("unclassified", *map(str, paths), stdout=stdout, stderr=stderr, **options)
    return stdout.getvalue(), stderr.getvalue()


@pytest.fixture
def _archive(db: None) -> None:
    unknown = {"treatments": ["other/unclassified"]}
    add_determination(
        "CM16-0900001",
        boards=("Pain Management", "Lunar Medicine"),
        items=[
            ItemRow("Moonbath #2", **unknown),
            ItemRow("MRI of the knee", treatments=["diagnostic-testing/imaging"], guidelines=["odg-knee-leg"]),
        ],
    )
    add_determination(
        "CM16-0900002",
        boards=("Pain Management", "Lunar Medicine"),
        items=[
            ItemRow("Moonbath #10", guidelines=["odg-unlisted"], **unknown),
            ItemRow("Sunbath", **unknown),
        ],
    )


@pytest.mark.usefixtures("_archive")
def test_the_archive_s_unknown_wordings_come_by_frequency_with_their_cases() -> None:
    printed, _ = report(json=True)
    gaps = [json.loads(line) for line in printed.splitlines()]
    assert [(gap["kind"], gap["wording"], gap["count"]) for gap in gaps] == [
        ("treatment", "moonbath", 2),
        ("treatment", "sunbath", 1),
        ("guideline", "odg unlisted", 1),
        ("specialty", "lunar medicine", 2),
    ]
    assert gaps[0]["examples"] == [
        {"printed": "Moonbath #2", "case": "CM16-0900001"},
        {"printed": "Moonbath #10", "case": "CM16-0900002"},
    ]


@pytest.mark.usefixtures("_archive")
def test_the_archive_is_asked_a_fixed_number_of_times(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        report()


@pytest.mark.usefixtures("_archive")
def test_a_limit_leaves_the_totals_as_they_are() -> None:
    printed, _ = report(limit=1)
    assert "Requests that no row classifies: 3 in 2 wordings" in printed
    assert "Sunbath" not in printed


def test_files_are_parsed_without_a_database(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(boxed_letter(items=[item("Moonbath"), item("A cane")]))
    (tmp_path / "other.txt").write_text("Dear Sir or Madam, thank you for the flowers.")
    printed, refused = report(tmp_path)
    assert "      1  moonbath\n         CM16-0900001: Moonbath" in printed
    assert "other.txt: " in refused
    assert "cane" not in printed


@pytest.mark.parametrize(("paths", "options"), [(["missing"], {}), ([], {"limit": 0})])
def test_bad_usage_is_told_by_the_exit_status(paths: list[str], options: dict[str, int]) -> None:
    with pytest.raises(CommandError) as refusal:
        report(*paths, **options)
    assert refusal.value.returncode == 2
