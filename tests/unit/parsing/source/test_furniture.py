"""Recurring lines of others are kept out of the texts and remembered with their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.testing.letters import boxed_letter, item
from imr_archive.parsing.parser import parse_text
from imr_archive.parsing.source.furniture import recurring_lines
from imr_archive.parsing.source.lines import printed_pages

LETTER = boxed_letter(
    items=[item("Lumbar epidural steroid injection"), item("Urine drug screen", outcome="Overturned")]
)
PAGES = 3

Line = Callable[[int], str]

STAMPS: dict[str, Line] = {
    "bates": lambda page: f"DEF-IMR-{1199 + page:06}",
    "bates with spaces": lambda page: f"ACME CARRIER {88210 + page}",
    "exhibit": lambda page: f"EXHIBIT B - {page:04}",
    "fax": lambda page: f"03/14/2017 04:5{page}PM FAX 9165550100 CLAIMS UNIT {page:02}/03",
    "fax from": lambda page: f"From: 916-555-0100   Mar 14, 2017 16:5{page}   To: Records   Page: {page}/3",
    "browser header": lambda page: "3/14/24, 9:05 AM          Decision Search - Case Details",
    "browser footer": lambda page: f"https://decisions.example.org/view?case=4711     {page}/3",
    "watermark": lambda page: "UNOFFICIAL COPY",
    "title": lambda page: "Carrier Records Department",
    "page count": lambda page: f"Records Unit - sheet {page} of 3",
}


def stamped(line: Line, *, top: bool) -> str:
    lines = LETTER.splitlines()
    size = -(-len(lines) // PAGES)
    pages = []
    for number in range(1, PAGES + 1):
        text = lines[(number - 1) * size : number * size]
        pages.append("\n".join([line(number), *text] if top else [*text, line(number)]))
    return "\f".join(pages)


def values(text: str) -> dict[str, object]:
    found = parse_text(text).as_json(file="", sha256="")
    return {key: found[key] for key in ("case_number", "dates", "clinical_summary", "items", "reviewer", "outcome")}


@pytest.mark.parametrize("name", STAMPS)
@pytest.mark.parametrize("top", [True, False], ids=["top", "bottom"])
def test_a_stamp_on_each_page_stays_out_of_the_texts_and_is_remembered(name: str, top: bool) -> None:
    text = stamped(STAMPS[name], top=top)
    assert values(text) == values(LETTER)
    remarks = parse_text(text).as_json(file="", sha256="")["warnings"]
    kept = [text[remark["start"] : remark["end"]] for remark in remarks if remark["code"] == "recurring-lines"]
    assert kept == [STAMPS[name](page) for page in range(1, PAGES + 1)]


def test_two_kinds_of_stamps_at_once_stay_out() -> None:
    lines = stamped(STAMPS["fax"], top=True).split("\f")
    text = "\f".join(
        f"{page}\n{STAMPS['bates'](number)}\nPage {number} of 3" for number, page in enumerate(lines, start=1)
    )
    assert values(text) == values(LETTER)


def test_bates_numbers_are_found_where_page_breaks_were_lost() -> None:
    text = stamped(STAMPS["bates"], top=False).replace("\f", "\n")
    assert values(text) == values(LETTER)


@pytest.mark.parametrize(
    "pages",
    [
        ["The request is not medically necessary."] * 3,
        ["Knee MRI: Upheld", "Ankle MRI: Upheld", "Wrist MRI: Upheld"],
        ["1) The request for one visit,", "2) The request for two visits,"],
        ["Decision rationale: The guideline says", "Decision rationale: The guideline says"],
        ["the guideline recommends six visits", "the guideline recommends six visits"],
        ["Case Number: CM16-0000001", "Case Number: CM16-0000001"],
        ["Norco 10/325mg #60", "Norco 10/325mg #90"],
    ],
)
def test_the_letters_own_lines_at_the_edges_of_pages_are_no_stamps(pages: list[str]) -> None:
    assert (
        recurring_lines([*printed_pages("\f".join(f"{line}\nSome text of this page.\n" for line in pages), plain=True)])
        == []
    )


def test_a_line_on_one_page_only_is_no_stamp() -> None:
    assert (
        recurring_lines([*printed_pages("Carrier Records Department\ntext\fother text\fmore text", plain=True)]) == []
    )
