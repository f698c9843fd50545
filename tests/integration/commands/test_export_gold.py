"""Corrections are exported as test material in the form in which accuracy is measured."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import ingest, printed_letter
from imr_archive.history.correcting import corrections_make
from imr_archive.history.reviews import review_accept
from imr_archive.models import Determination

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"


@pytest.fixture
def case():
    ingest([("a.txt", printed_letter(CASE)), ("b.txt", printed_letter(OTHER))])
    found = Determination.objects.get(case_number=CASE)
    values = [(None, "worker_age", 61), (1, "treatments", [["pharmaceuticals/opioid/fentanyl", "Tramadol"]])]
    corrections_make(determination=found.pk, values=values, reason="A slip.", made_by="somebody")
    return found


def test_corrected_letters_are_written_with_what_is_true_and_can_be_scored(case, tmp_path):
    folder, said = tmp_path / "gold", io.StringIO()
    call_command("export_gold", folder, stdout=said)
    assert said.getvalue() == f"1 corrected letters and expected.json in {folder}.\n"
    assert (folder / f"{CASE}.txt").read_bytes() == printed_letter(CASE)
    truth = json.loads((folder / "expected.json").read_text())[f"{CASE}.txt"]
    assert (truth["schema"], truth["worker"]["age"]) == ("imr-parse/1", 61)
    assert truth["corrected"] == ["worker.age", "items.0.treatments"]
    said = io.StringIO()
    call_command("accuracy", folder, "--json", stdout=said)
    scores = json.loads(said.getvalue())["fields"]
    assert {name for name, each in scores.items() if each["right"] < each["wanted"]} == {"worker.age"}


def test_only_letters_that_were_accepted_as_they_are_now_are_reviewed(case, tmp_path):
    call_command("export_gold", tmp_path / "none", "--reviewed", stdout=io.StringIO())
    review_accept(case.pk, reviewed_by="somebody")
    call_command("export_gold", tmp_path / "one", "--reviewed", stdout=io.StringIO())
    corrections_make(determination=case.pk, values=[(1, "quantity", 9)], reason="A slip.", made_by="somebody")
    call_command("export_gold", tmp_path / "again", "--reviewed", stdout=io.StringIO())
    counts = [len(json.loads((tmp_path / name / "expected.json").read_text())) for name in ("none", "one", "again")]
    assert counts == [0, 1, 0]


def test_a_folder_that_holds_something_is_refused(case, tmp_path):
    (tmp_path / "notes.txt").write_text("Mine.")
    with pytest.raises(CommandError, match="it is not empty"):
        call_command("export_gold", tmp_path)
