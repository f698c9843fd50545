"""Letters of forms that were never seen whole say so among the parser's remarks."""

from __future__ import annotations

from datetime import date

import pytest

from devtools.synthetic.letters import Making, make_letters
from imr_archive.parsing.parser import parse_text
from imr_archive.records import is_read_by_description
from imr_archive.vocabulary import DiagnosticCode, Layout


@pytest.mark.parametrize(
    ("layout", "decision", "expected"),
    [
        (Layout.BOXED, date(2017, 12, 31), False),
        (Layout.BOXED, date(2018, 1, 1), True),
        (Layout.BOXED, None, False),
        (Layout.PLAIN, date(2014, 1, 1), True),
        (Layout.NOTICE, date(2013, 10, 1), True),
        (Layout.PROFESSIONAL_REVIEW, None, True),
    ],
)
def test_a_form_was_seen_or_was_not(layout: Layout, decision: date | None, *, expected: bool) -> None:
    assert is_read_by_description(layout, decision) == expected


@pytest.mark.parametrize("layout", [*Layout])
def test_the_parser_remarks_on_a_form_that_it_was_not_written_with(layout: Layout) -> None:
    for letter in make_letters(6, 3, Making(layout=layout.value)):
        read = parse_text(letter.text)
        remarked = any(each.code is DiagnosticCode.READ_BY_DESCRIPTION for each in read.diagnostics)
        assert remarked == is_read_by_description(read.record.layout, read.record.dates.decision)
