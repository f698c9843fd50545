"""How determinations are cited."""

from datetime import date
from types import SimpleNamespace

import pytest

from imr_archive.web.determinations.citation import CitationEntry, citations_of

CITED = CitationEntry("CM16-0224814", "IMR Case No. CM16-0224814", 1, date(2017, 1, 6), "upheld")


def cited(*outcomes, outcome="", number="CM16-0224814", decided=None):
    determination = SimpleNamespace(
        pk=7, reference=number or "7", case_number=number, decision_date=decided, outcome=outcome
    )
    items = [SimpleNamespace(position=position, outcome=each) for position, each in enumerate(outcomes, 1)]
    return [each.text for each in citations_of(determination, items)]


def test_one_item_is_cited_in_one_line():
    assert cited("upheld", outcome="upheld", decided=date(2017, 1, 6)) == [
        "IMR Case No. CM16-0224814, item 1 (Cal. Div. of Workers’ Comp., Jan. 6, 2017) (upheld)"
    ]


def test_of_several_items_the_determination_is_cited_first():
    assert cited("upheld", "overturned", "", outcome="partially_overturned", decided=date(2014, 9, 30)) == [
        "IMR Case No. CM16-0224814 (Cal. Div. of Workers’ Comp., Sept. 30, 2014) (partly overturned)",
        "IMR Case No. CM16-0224814, item 1 (Cal. Div. of Workers’ Comp., Sept. 30, 2014) (upheld)",
        "IMR Case No. CM16-0224814, item 2 (Cal. Div. of Workers’ Comp., Sept. 30, 2014) (overturned)",
        "IMR Case No. CM16-0224814, item 3 (Cal. Div. of Workers’ Comp., Sept. 30, 2014) (no outcome stated)",
    ]


def test_what_is_not_printed_is_said():
    assert cited(number=None) == [
        "IMR Determination 7 (case number not printed) (Cal. Div. of Workers’ Comp., date not printed)"
        " (no outcome stated)"
    ]


def test_bibtex():
    assert CITED.bibtex("https://example.org/a?item=1") == (
        "@misc{CM16-0224814-1,\n"
        "  title = {{IMR Case No. CM16-0224814, item 1 (upheld)}},\n"
        "  author = {{California Division of Workers’ Compensation}},\n"
        "  howpublished = {Independent Medical Review determination},\n"
        "  year = {2017},\n"
        "  month = {1},\n"
        "  day = {6},\n"
        "  url = {https://example.org/a?item=1},\n"
        "  note = {A determination binds its own case only; it is no precedent.},\n"
        "}\n"
    )


@pytest.mark.parametrize("decided", [date(2017, 1, 6), None])
def test_ris(decided):
    record = CitationEntry("CM16-0224814", "IMR Case No. CM16-0224814", None, decided, "upheld").ris(
        "https://example.org/a"
    )
    lines = record.split("\r\n")
    assert lines[0] == "TY  - CASE"
    assert lines[-2:] == ["ER  - ", ""]
    assert ("PY  - 2017" in lines and "DA  - 2017/01/06" in lines) is bool(decided)
    assert "UR  - https://example.org/a" in lines
    assert all(line[2:6] == "  - " for line in lines[:-1])
