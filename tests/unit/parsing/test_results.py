"""The public form of a parsed letter, and of a file that is not a letter."""

from __future__ import annotations

import json

import pytest

from devtools.testing.letters import WORKER, boxed_letter, item
from imr_archive.errors import LetterError, NotADetermination, SourceUnreadable
from imr_archive.parsing.parsed import failure_json
from imr_archive.parsing.parser import PARSER_VERSION, parse_text, read_text
from imr_archive.vocabulary import Layout, ReasonCode

KEYS = [
    "schema",
    "file",
    "sha256",
    "parser_version",
    "layout",
    "case_number",
    "priority",
    "dates",
    "worker",
    "reviewer",
    "outcome",
    "clinical_summary",
    "items",
    "spans",
    "warnings",
]
ITEM_KEYS = [
    "position",
    "description",
    "original_request",
    "authorized",
    "outcome",
    "treatments",
    "body_parts",
    "laterality",
    "quantity",
    "service_dates",
    "claims_administrator",
    "reviewer",
    "rationale",
    "reasons",
    "mentions",
]
CITATION_KEYS = ["source", "guideline", "year", "chapter_number", "section", "pages", "tables", "text"]


def test_the_public_form_has_exactly_the_keys_of_its_schema() -> None:
    found = parse_text(boxed_letter()).as_json(file="a.pdf", sha256="ab")
    assert [*found] == KEYS
    assert [*found["items"][0]] == ITEM_KEYS
    assert [*found["items"][0]["reviewer"]] == ["basis", "text", "citations"]
    assert [*found["items"][0]["reviewer"]["citations"][0]] == CITATION_KEYS
    assert (found["schema"], found["file"], found["sha256"], found["layout"]) == ("imr-parse/1", "a.pdf", "ab", "boxed")
    assert found["clinical_summary"] == WORKER
    assert json.loads(json.dumps(found)) == found


def test_spans_lead_from_each_value_to_its_words() -> None:
    text = boxed_letter(items=[item("Two braces for the left knee on 5/6/2016")])
    spans = parse_text(text).as_json(file="", sha256="")["spans"]
    printed = {path: text[start:end] for path, (start, end) in spans.items()}
    assert printed["case_number"] == "CM16-0900001"
    assert printed["dates.received"] == "08/03/2016"
    assert printed["worker.age"] == "52"
    assert printed["worker.sex"] == "female"
    assert printed["reviewer.certifications.1"] == "Pain Management"
    assert printed["reviewer.states.0"] == "California"
    assert printed["items.0.description"] == "Two braces for the left knee on 5/6/2016"
    assert printed["items.0.outcome"] == "Upheld"
    assert printed["items.0.laterality"] == "left"
    assert printed["items.0.reviewer.text"].startswith("Decision based on MTUS")
    assert "Low Back Complaints 2004" in printed["items.0.reviewer.citations.0"]
    assert printed["items.0.rationale"].endswith("medically necessary.")
    assert "priority" in printed
    assert "items.0.original_request" not in printed


def test_each_reason_quotes_its_rationale_and_its_span_leads_to_the_printed_clause() -> None:
    rationale = (
        "The guideline recommends a trial.\nThere is no documentation of\nradiculopathy. It is not medically necessary."
    )
    text = boxed_letter(items=[item("A cane"), item("Lumbar epidural steroid injection", rationale=rationale)])
    letter = parse_text(text)
    found = letter.record.items[1]
    assert [(reason.code, reason.quote) for reason in found.reasons] == [
        (ReasonCode.NO_INDICATION, "There is no documentation of radiculopathy.")
    ]
    (reason,) = found.reasons
    assert found.rationale is not None
    assert found.rationale[reason.start :].startswith(reason.quote)
    start, end = letter.spans["items.1.reasons.0"]
    assert text[start:end].split() == reason.quote.split()
    published = letter.as_json(file="", sha256="")["items"][1]["reasons"]
    assert published == [{"code": "no-indication", "quote": reason.quote}]


def test_text_that_no_rule_claimed_is_kept_and_remarked_on() -> None:
    text = boxed_letter().replace("Case Number", "To whom it may concern\nCase Number")
    letter = read_text(text)
    assert [text[slice(*span)] for span in letter.unclaimed] == ["To whom it may concern"]
    assert [remark.code for remark in letter.diagnostics] == ["unclaimed-text"]


def test_a_letter_without_items_has_no_outcome() -> None:
    text = boxed_letter()
    letter = parse_text(text[: text.index("IMR ISSUES")])
    record = letter.record
    assert (record.layout, record.items, record.outcome) == (Layout.BOXED, (), None)
    assert "items-missing" in {remark.code for remark in letter.diagnostics}


def test_one_item_without_an_outcome_leaves_the_case_undecided() -> None:
    assert parse_text(boxed_letter(items=[item("A cane"), item("", heading="A brace")])).record.outcome is None


@pytest.mark.parametrize("error", [NotADetermination("It is none."), SourceUnreadable("It is empty.")])
def test_a_file_that_is_no_letter_has_the_same_form_with_its_reason(error: LetterError) -> None:
    found = failure_json(error, file="b.pdf", sha256="cd", parser_version=PARSER_VERSION)
    assert [*found] == KEYS
    assert (found["layout"], found["items"]) == (None, [])
    assert found["warnings"] == [{"code": error.code, "message": str(error), "start": None, "end": None}]


@pytest.mark.parametrize(
    ("heading", "layout"),
    [
        (
            "HOW THE IMR FINAL DETERMINATION WAS MADE\nDOCUMENTS REVIEWED\nIMR DECISION(S) AND RATIONALE(S)",
            Layout.PLAIN,
        ),
        ("Notice of Independent Medical Review Determination\nDated: 9/26/2013", Layout.NOTICE),
        ("MEDICAL PROFESSIONAL REVIEW\nISSUE AT DISPUTE: a cane", Layout.PROFESSIONAL_REVIEW),
    ],
)
def test_other_layouts_are_recognised_by_their_headings(heading: str, layout: Layout) -> None:
    assert read_text(heading).layout is layout
