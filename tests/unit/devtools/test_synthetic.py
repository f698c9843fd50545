"""The generator of made letters."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest

from devtools.synthetic.letters import MOST_LETTERS, Making, SyntheticLetter, make_letter, make_letters
from devtools.synthetic.page.blocks import WIDTH, Paragraph, Style, break_lines, render, wrap
from devtools.synthetic.page.layouts import LAYOUTS
from devtools.synthetic.page.pdf import render_pdf
from devtools.synthetic.tables import phrases, regions, topics
from imr_archive.vocabulary import Basis, GuidelineSource, Laterality, Outcome, Priority

ROOT = Path(__file__).parents[3]
BOXED = Making(layout="boxed")


@pytest.fixture(scope="module")
def letters() -> list[SyntheticLetter]:
    return list(make_letters(2000, seed=3))


def squeezed(text: str) -> str:
    """Drop white space: it is all that a line break or a page break changes."""
    return "".join(text.split())


def test_the_same_seed_makes_the_same_letters() -> None:
    assert list(make_letters(30, seed=5)) == list(make_letters(30, seed=5))


def test_another_seed_makes_other_letters() -> None:
    assert make_letter(1, 0) != make_letter(2, 0)


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    assert list(islice(make_letters(1000, seed=5), 10)) == list(make_letters(10, seed=5))


def test_case_numbers_stand_in_a_range_that_real_letters_do_not_use_and_never_repeat(
    letters: list[SyntheticLetter],
) -> None:
    numbers = [letter.truth["case_number"] for letter in letters if letter.truth["case_number"]]
    assert all(number[:2] == "CM" and number[4:6] == "-9" and len(number) == 12 for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert len({letter.name for letter in letters}) == len(letters)


def test_beyond_a_million_letters_case_numbers_still_do_not_repeat() -> None:
    ends = [make_letter(1, index, BOXED).name[-7:] for index in (0, 999_999, 1_000_000, MOST_LETTERS - 1)]
    assert ends == ["9000000", "9999999", "8000000", "5999999"]


def test_every_value_of_the_truth_is_printed_in_the_letter(letters: list[SyntheticLetter]) -> None:
    for letter in letters[:300]:
        text = squeezed(letter.text)
        assert squeezed(letter.truth["clinical_summary"]) in text
        for item in letter.truth["items"]:
            printed = [item["description"], item["rationale"], item["original_request"], item["authorized"]]
            printed += [item["reviewer"]["text"], item["claims_administrator"]["text"]]
            assert all(squeezed(value) in text for value in printed if value)
            for citation in item["reviewer"]["citations"]:
                assert squeezed(citation["section"] or "") in squeezed(item["reviewer"]["text"])


def test_the_dates_of_a_letter_follow_each_other(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        dates = letter.truth["dates"]
        days = [dates[name] for name in ("injury", "ur_decision", "received", "assigned", "decision") if dates[name]]
        assert days == sorted(days)


def test_coded_values_come_from_the_vocabulary(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        assert letter.truth["priority"] in {None, *Priority}
        for item in letter.truth["items"]:
            assert item["outcome"] in set(Outcome)
            assert item["laterality"] in {None, *Laterality}
            for side in ("claims_administrator", "reviewer"):
                assert item[side]["basis"] in set(Basis)
                assert {citation["source"] for citation in item[side]["citations"]} <= set(GuidelineSource)


def test_the_basis_follows_from_the_citations(letters: list[SyntheticLetter]) -> None:
    expected = {(True, False): "mtus", (False, True): "non_mtus", (True, True): "both", (False, False): "none_cited"}
    for letter in letters:
        for item in letter.truth["items"]:
            sources = [citation["source"] for citation in item["reviewer"]["citations"]]
            inside = any(source.startswith("mtus") for source in sources)
            outside = any(not source.startswith("mtus") for source in sources)
            assert item["reviewer"]["basis"] == expected[inside, outside]


def test_the_case_outcome_follows_from_the_items(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        outcomes = {item["outcome"] for item in letter.truth["items"]}
        assert letter.truth["outcome"] == (outcomes.pop() if len(outcomes) == 1 else "partially_overturned")


def test_every_treatment_of_the_tables_is_asked_for(letters: list[SyntheticLetter]) -> None:
    asked = {item["treatments"][0] for letter in letters for item in letter.truth["items"]}
    assert asked == {topic.treatment for topic, _ in topics().values()}


def test_a_rationale_has_three_to_eight_sentences_and_names_its_outcome(letters: list[SyntheticLetter]) -> None:
    for letter in letters[:300]:
        for item in letter.truth["items"]:
            sentences = [piece for piece in item["rationale"].split(". ") if piece]
            assert 3 <= len(sentences) <= 10
            assert ("not medically necessary" in item["rationale"]) == (item["outcome"] == "upheld")


def test_no_placeholder_is_left_in_a_letter(letters: list[SyntheticLetter]) -> None:
    assert not [letter.name for letter in letters if "{" in letter.text or "}" in letter.text or "None" in letter.text]


def test_the_three_reading_orders_of_the_box_hold_the_same_words() -> None:
    letter = make_letter(1, 0, BOXED)
    words = [sorted(render(letter.blocks, Style(box=order)).split()) for order in ("rows", "alternate", "columns")]
    assert words[0] == words[1] == words[2]


def test_doubled_lines_change_no_word() -> None:
    letter = make_letter(1, 4)
    assert render(letter.blocks, Style(doubled=True)).split() == render(letter.blocks, Style()).split()


def test_lines_keep_to_their_width_and_break_after_hyphens() -> None:
    assert list(break_lines("a day-to-day matter", 9, len)) == ["a day-to-", "day", "matter"]
    assert list(break_lines("immeasurably long", 5, len)) == ["immeasurably", "long"]


def test_text_is_wrapped_as_the_lines_of_a_pdf_are(letters: list[SyntheticLetter]) -> None:
    for letter in letters[:100]:
        for block in letter.blocks:
            if isinstance(block, Paragraph) and "  " not in block.text:
                assert wrap(block.text).split("\n") == list(break_lines(block.text, WIDTH, len))


def test_wrapping_keeps_blank_lines_and_words_that_fit_no_line() -> None:
    long = "x" * (WIDTH + 5)
    assert wrap(f"one\n\ntwo {long} three") == f"one\n\ntwo\n{long}\nthree"


def test_pages_are_divided_by_form_feeds() -> None:
    text = render([Paragraph(f"line {number}") for number in range(40)], Style(form_feeds=True))
    assert text.startswith("line 0\n\n")
    assert text.split("\f")[1].startswith("line 23\n")
    assert text.endswith("line 39\n")


def test_an_outcome_can_stand_alone_on_its_line() -> None:
    text = render([Paragraph("Upheld", label="Crutches:", text_below=True)])
    assert text == "Crutches:\nUpheld\n"


def test_a_letter_without_any_region_wording_names_no_body_part() -> None:
    bare = [
        item
        for letter in make_letters(400, seed=9)
        for item in letter.truth["items"]
        if item["description"] == "Functional capacity evaluation"
    ]
    assert bare
    assert all(item["body_parts"] == [] and item["laterality"] is None for item in bare)


def test_the_tables_have_an_odg_name_for_chapters_only() -> None:
    chapters = {region.odg for region in regions().values}
    chapters |= {topic.odg[0] for topic, _ in topics().values() if topic.odg}
    assert set(phrases().odg_names) <= chapters


def test_the_generator_needs_neither_django_nor_reportlab() -> None:
    code = (
        "import sys; import devtools.synthetic.page.files; from devtools.synthetic.letters import make_letters;"
        "list(make_letters(2, 1)); sys.exit(any(name.split('.')[0] in ('django', 'reportlab') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# --- PDFs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_pdf_holds_the_words_of_its_letter_in_order(layout: str) -> None:
    letters = make_letters(40, seed=2, making=Making(layout=layout))
    letter = max(letters, key=lambda letter: len(letter.text))
    document = pypdfium2.PdfDocument(render_pdf(letter))
    extracted = "".join(page.get_textpage().get_text_range() for page in document)
    pages = len(document)
    document.close()
    assert pages > 1
    assert squeezed(extracted).replace("\ufffe", "-") == squeezed(render(letter.blocks))


def test_a_pdf_of_the_same_letter_has_the_same_bytes() -> None:
    assert render_pdf(make_letter(2, 1)) == render_pdf(make_letter(2, 1))
