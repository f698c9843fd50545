"""The generator of made letters."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from imr_archive.synthetic import folder
from imr_archive.synthetic.letters import SyntheticLetter, make_letter, make_letters
from imr_archive.synthetic.page import Paragraph, Style, break_lines, render, wrap
from imr_archive.synthetic.pdf import render_pdf
from imr_archive.synthetic.tables import phrases, regions, topics
from imr_archive.vocabulary import Basis, GuidelineSource, Laterality, Outcome, Priority

FIXTURES = Path(__file__).parents[2] / "fixtures"


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


def test_every_value_of_the_truth_is_printed_in_the_letter(letters: list[SyntheticLetter]) -> None:
    for letter in letters[:300]:
        text = squeezed(letter.text)
        assert squeezed(letter.truth["clinical_summary"]) in text
        for item in letter.truth["items"]:
            printed = [item["description"], item["rationale"], item["reviewer"]["text"]]
            printed += [value for value in (item["original_request"], item["authorized"]) if value]
            assert all(squeezed(value) in text for value in printed)
            for citation in item["reviewer"]["citations"]:
                assert squeezed(citation["section"] or "") in squeezed(item["reviewer"]["text"])


def test_the_dates_of_a_boxed_letter_follow_each_other(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        if letter.truth["case_number"] is None:
            assert letter.truth["dates"]["decision"] is None
            continue
        dates = letter.truth["dates"]
        days = [
            date.fromisoformat(dates[name]) for name in ("injury", "ur_decision", "received", "assigned", "decision")
        ]
        assert days == sorted(days)
        assert 2014 <= days[-1].year <= 2026


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


def test_the_mix_resembles_the_real_letters(letters: list[SyntheticLetter]) -> None:
    items = [item for letter in letters for item in letter.truth["items"]]
    bases = Counter(item["reviewer"]["basis"] for item in items)
    assert 0.55 < sum(len(letter.truth["items"]) == 1 for letter in letters) / len(letters) < 0.65
    assert 2.0 < len(items) / len(letters) < 2.6
    assert 0.08 < sum(item["outcome"] == "overturned" for item in items) / len(items) < 0.14
    assert 0.60 < bases["mtus"] / len(items) < 0.72
    assert 0.08 < sum(item["original_request"] is not None for item in items) / len(items) < 0.14


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
    letter = next(letter for letter in make_letters(10, seed=1) if letter.truth["case_number"])
    words = [sorted(render(letter.blocks, Style(box=order)).split()) for order in ("rows", "alternate", "columns")]
    assert words[0] == words[1] == words[2]


def test_doubled_lines_change_no_word() -> None:
    letter = make_letter(1, 4)
    assert render(letter.blocks, Style(doubled=True)).split() == render(letter.blocks, Style()).split()


def test_lines_keep_to_their_width_and_break_after_hyphens() -> None:
    assert wrap("a day-to-day matter", 9) == ("a day-to-", "day", "matter")
    assert list(break_lines("immeasurably long", 5, len)) == ["immeasurably", "long"]


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
        "import sys; import imr_archive.synthetic.folder; from imr_archive.synthetic.letters import make_letters;"
        "list(make_letters(2, 1)); sys.exit(any(name.split('.')[0] in ('django', 'reportlab') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=FIXTURES.parent)


# --- PDFs -------------------------------------------------------------------------------------------------------------


def test_a_pdf_holds_the_words_of_its_letter_in_order() -> None:
    letter = next(letter for letter in make_letters(40, seed=2) if len(letter.truth["items"]) > 4)
    document = pypdfium2.PdfDocument(render_pdf(letter))
    extracted = "".join(page.get_textpage().get_text_range() for page in document)
    pages = len(document)
    document.close()
    assert pages > 1
    assert squeezed(extracted).replace("\ufffe", "-") == squeezed(render(letter.blocks))


def test_a_pdf_of_the_same_letter_has_the_same_bytes() -> None:
    assert render_pdf(make_letter(2, 1)) == render_pdf(make_letter(2, 1))


# --- the command and the demo's letters -------------------------------------------------------------------------------


def test_the_command_writes_texts_pdfs_and_the_truth(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("make_letters", "6", "--seed", "4", "--to", str(tmp_path / "new"), "--pdf", "3", "--truth", stdout=out)
    assert out.getvalue() == f"Wrote 4 text files and 2 PDFs to {tmp_path / 'new'}.\n"
    truth = [json.loads(line) for line in (tmp_path / "new" / "truth.jsonl").read_text().splitlines()]
    assert [row["file"] for row in truth][2].endswith(".pdf")
    assert all((tmp_path / "new" / row["file"]).exists() for row in truth)


def test_pdf_alone_makes_every_letter_a_pdf(tmp_path: Path) -> None:
    call_command("make_letters", "2", "--to", str(tmp_path), "--pdf", stdout=io.StringIO())
    assert {path.suffix for path in tmp_path.iterdir()} == {".pdf"}


@pytest.mark.parametrize("count", ["0", "many", "2.5"])
def test_a_count_that_is_none_is_refused(count: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a whole number above zero"):
        call_command("make_letters", count, "--to", str(tmp_path))


def test_without_reportlab_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imr_archive.synthetic.pdf", None)
    with pytest.raises(CommandError, match="needs the package reportlab"):
        call_command("make_letters", "2", "--to", str(tmp_path), "--pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CommandError, match=r"Cannot write to .*taken"):
        call_command("make_letters", "1", "--to", str(tmp_path / "taken"))


def test_the_demo_letters_are_what_their_command_writes(tmp_path: Path) -> None:
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert "make_letters 120 --seed 2001 --to fixtures/letters --pdf 6" in readme
    folder.write_letters(tmp_path, 120, 2001, pdf_every=6)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in (FIXTURES / "letters").iterdir()}
    assert sorted(kept) == sorted(made)
    assert kept == made
