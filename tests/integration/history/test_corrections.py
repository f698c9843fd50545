"""Corrections that people make are kept over what the parser says, and told where they contradict it."""

import pytest

from devtools.testing.archive import items_matching
from devtools.testing.handmade import ingest, item, letter, reread, stated, statuses
from imr_archive.backup.check import check_archive
from imr_archive.history.correcting import correction_withdraw, corrections_make
from imr_archive.ingest.reparse.comparison import letters_chosen
from imr_archive.ingest.reparse.plan import Plan, letters_compared, plan_lines
from imr_archive.ingest.runs.report import run_lines
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, DisputedItem, DisputedItemText, IngestRun, Treatment
from imr_archive.search.query.parser import parse_query
from imr_archive.vocabulary import Outcome

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"
FILES = [("a.pdf", b"a")]


def two_items(text="One.", number=CASE, first=Outcome.UPHELD, second="Acupuncture", **facts):
    return letter(text, number, items=[item(outcome=first), item(2, second)], **facts)


@pytest.fixture
def case():
    """A case of two upheld items, as a person has corrected it."""
    ingest(FILES, {b"a": two_items()})
    return Determination.objects.get()


def correct(case, position=None, **values):
    corrections_make(
        determination=case.pk,
        values=[(position, field, value) for field, value in values.items()],
        reason="A slip.",
        made_by="somebody",
    )


def records_now():
    return stored_records(Determination.objects.values_list("pk", flat=True))


def planned(parsed):
    made = Plan()
    for comparison in letters_compared(letters_chosen(), processes=0, parse=parsed.__getitem__):
        made.add(comparison)
    return made


def item_at(position):
    return DisputedItem.objects.get(position=position)


# -- Made and withdrawn -----------------------------------------------------------------------------------------------


def test_a_correction_sets_the_value_and_remembers_what_it_replaced(case):
    correct(case, 2, outcome="overturned")
    correct(case, worker_age=51)
    case.refresh_from_db()
    assert (case.outcome, case.worker_age, item_at(2).outcome) == ("partially_overturned", 51, "overturned")
    made = Correction.objects.order_by("field").values_list("item", "field", "value", "parsed", "made_by")
    assert list(made) == [
        (2, "outcome", "overturned", "upheld", "somebody"),
        (None, "worker_age", 51, None, "somebody"),
    ]
    assert list(check_archive()) == []


def test_a_withdrawn_correction_brings_back_what_the_parser_says(case):
    before = records_now()
    treatments = [[Treatment.objects.filter(level=3).first().slug, "Acupuncture"]]
    correct(case, 2, outcome="overturned", description="Cupping", treatments=treatments, body_parts=[])
    correct(case, decision_date="2015-04-01", clinical_summary="A history.")
    assert items_matching(parse_query("cupping")).count() == 1
    assert Correction.objects.count() == 6
    for correction in Correction.objects.all():
        correction_withdraw(correction, made_by="somebody")
    assert records_now() == before
    assert items_matching(parse_query("cupping")).count() == 0
    assert list(check_archive()) == []


def test_a_correction_back_to_what_the_parser_says_is_none(case):
    correct(case, 2, outcome="overturned")
    correct(case, 2, outcome="upheld")
    assert (Correction.objects.count(), item_at(2).outcome) == (0, "upheld")


def test_a_second_correction_still_remembers_what_the_parser_says(case):
    correct(case, 2, quantity=1)
    correct(case, 2, quantity=2)
    assert list(Correction.objects.values_list("value", "parsed")) == [(2, None)]


# -- Kept over another reading ----------------------------------------------------------------------------------------


def test_a_reading_that_says_the_same_as_before_changes_nothing_and_is_no_conflict(case):
    correct(case, 2, outcome="overturned")
    before = records_now()
    again = {b"a": two_items(parser_version="99.0")}
    made = planned(again)
    assert ({each.value: n for each, n in made.verdicts.items()}, made.conflicts) == ({"unchanged": 1}, [])
    _, results = reread(again)
    assert (statuses(results), records_now()) == (["unchanged"], before)


def test_a_correction_is_kept_when_other_values_of_its_letter_change(case):
    correct(case, 2, outcome="overturned")
    reread({b"a": two_items(clinical_summary=stated("New."), parser_version="99.0")})
    assert Determination.objects.get().text.clinical_summary == "New."
    assert (item_at(2).outcome, Determination.objects.get().outcome) == ("overturned", "partially_overturned")


CONFLICT = f"{CASE}, item 1, outcome: corrected to overturned; read as upheld before, now nothing."


def test_what_the_parser_newly_says_against_a_correction_is_a_conflict_in_plan_and_report(case):
    correct(case, 1, outcome="overturned")
    again = {b"a": two_items(first=None, parser_version="99.0")}
    made = planned(again)
    assert list(plan_lines(made))[-1] == CONFLICT
    assert "items.outcome" not in made.fields
    run, [result] = reread(again)
    assert result.as_json()["conflicts"] == [
        {"field": "outcome", "item": 1, "correction": "overturned", "before": "upheld", "after": ""}
    ]
    assert list(run_lines(run))[-1] == CONFLICT
    assert (item_at(1).outcome, Correction.objects.get().parsed) == ("overturned", "")
    assert planned(again).conflicts == []


def test_a_parser_that_comes_to_say_what_was_corrected_is_no_conflict(case):
    correct(case, 1, outcome="overturned")
    again = {b"a": two_items(first=Outcome.OVERTURNED, parser_version="99.0")}
    assert planned(again).conflicts == []
    reread(again)
    assert (Correction.objects.get().parsed, item_at(1).outcome) == ("overturned", "overturned")


def test_a_correction_goes_with_its_item(case):
    correct(case, 1, quantity=7)
    correct(case, 2, quantity=9)
    shifted = letter("One.", CASE, items=[item(1, "X-ray"), item(2), item(3, "Acupuncture")], parser_version="99.0")
    _, [result] = reread({b"a": shifted})
    assert result.conflicts == ()
    assert list(DisputedItem.objects.order_by("position").values_list("quantity", flat=True)) == [None, 7, 9]
    assert set(Correction.objects.values_list("item", "value")) == {(2, 7), (3, 9)}


def test_a_correction_whose_item_is_gone_is_kept_without_a_place_and_listed(case):
    correct(case, 2, quantity=9)
    only = letter("One.", CASE, items=[item()], parser_version="99.0")
    _, [result] = reread({b"a": only})
    assert [(each["item"], each["field"]) for each in result.conflicts] == [(2, "quantity")]
    assert Correction.objects.get().item == Correction.WITHOUT_PLACE
    assert planned({b"a": only}).conflicts == []
    correction_withdraw(Correction.objects.get(), made_by="somebody")
    assert item_at(1).quantity is None


def test_an_ingest_keeps_corrections_and_lists_conflicts_too(case):
    correct(case, worker_age=40)
    correct(case, 1, quantity=7)
    correct(case, 2, quantity=9)
    amended = two_items("Amended.", second="Cane", age=stated(41))
    [result] = ingest([("b.pdf", b"b")], {b"b": amended})
    assert result.status == "updated"
    assert {(each["item"], each["field"], each["after"]) for each in result.conflicts} == {
        (None, "worker_age", 41),
        (2, "quantity", None),
    }
    assert (Determination.objects.get().worker_age, item_at(1).quantity, item_at(2).quantity) == (40, 7, None)
    assert f"{CASE}, worker_age: corrected to 40; read as nothing before, now 41." in list(
        run_lines(IngestRun.objects.first())
    )


def test_a_corrected_case_number_keeps_a_letter_from_the_case_it_seems_to_name(case):
    """The parser reads another case's number in it; a person has said which it is."""
    correct(case, case_number=OTHER)
    ingest([("b.pdf", b"b")], {b"b": letter("The real one.", CASE)})
    reread({b"a": two_items(parser_version="99.0"), b"b": letter("The real one.", CASE, parser_version="99.0")})
    assert dict(Determination.objects.values_list("case_number", "letters__name")) == {CASE: "b.pdf", OTHER: "a.pdf"}


def test_two_cases_that_become_one_bring_their_corrections_along(case):
    ingest([("b.pdf", b"b")], {b"b": letter("Another.", items=[item()])})
    nameless = Determination.objects.get(case_number=None)
    correct(case, worker_age=40)
    correct(case, worker_sex="F")
    correct(nameless, worker_age=41)
    correct(nameless, 1, quantity=3)
    before, corrections = records_now(), list(Correction.objects.order_by("pk").values())
    run, _ = reread({b"a": two_items(), b"b": letter("Another.", CASE, items=[item()])})
    merged = Determination.objects.get()
    assert (merged.worker_age, merged.worker_sex, merged.items.get().quantity) == (41, "F", 3)
    assert Correction.objects.filter(determination=merged).count() == 4
    list(run_undo(run_to_undo(run.pk), run=run_start(arguments={"undo": run.pk}, started_by="tests")))
    assert records_now() == before
    assert list(Correction.objects.order_by("pk").values()) == corrections


def test_a_run_that_moved_corrections_is_undone_with_them(case):
    correct(case, 1, quantity=7)
    correct(case, 2, quantity=9)
    before, corrections = records_now(), list(Correction.objects.order_by("pk").values())
    shifted = letter("One.", CASE, items=[item(1, "X-ray"), item(2), item(3, "Acupuncture")], parser_version="99.0")
    run, _ = reread({b"a": shifted})
    list(run_undo(run_to_undo(run.pk), run=run_start(arguments={"undo": run.pk}, started_by="tests")))
    assert records_now() == before
    assert list(Correction.objects.order_by("pk").values()) == corrections


def test_a_letter_that_was_corrected_since_is_left_alone_by_an_undo(case):
    run, _ = reread({b"a": two_items(second="Cane", parser_version="99.0")})
    correct(case, 2, quantity=9)
    [result] = run_undo(run_to_undo(run.pk), run=run_start(arguments={"undo": run.pk}, started_by="tests"))
    assert (result.status, result.reason) == ("unchanged", "Left alone: a correction by somebody has changed it since.")
    assert DisputedItemText.objects.get(item__position=2).description == "Cane"


def test_a_correction_that_is_not_what_is_stored_is_found_by_the_examination(case):
    correct(case, 2, quantity=9)
    DisputedItem.objects.update(quantity=1)
    assert [(each.code, each.sentence) for each in check_archive()] == [
        ("correction", f"Determination {CASE} does not have the value that somebody has given to quantity of item 2."),
        ("revision", f"Determination {CASE} says something else than its last revision left."),
    ]
