"""Corrections of citations, boards and whole items are kept over what is read; what they show stays with the case."""

import pytest

from devtools.testing.handmade import full_profile, ingest, item, letter, printed_letter, reread, side, statuses
from imr_archive.backup.check import check_archive
from imr_archive.history.correcting import CannotCorrect, correction_withdraw, corrections_make
from imr_archive.history.corrections import stands
from imr_archive.history.withdrawals import determination_withdraw, withdrawal_latest
from imr_archive.ingest.runs import reinstating
from imr_archive.letters.difference import plain
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, SourceLetter
from imr_archive.vocabulary import Basis, PublishHeld, WithdrawalScope
from imr_archive.web.changes.entries import CHANGED, public_changes

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"


def read_as(*items, version="99.0"):
    """A letter of these items; a description stands for an item of it."""
    found = [item(number, each) if isinstance(each, str) else each for number, each in enumerate(items, 1)]
    return letter("One.", CASE, found, reviewer=full_profile(), parser_version=version)


@pytest.fixture
def case():
    ingest([("a.pdf", b"a")], {b"a": read_as("Tramadol", "Acupuncture", version="1.0")})
    return Determination.objects.get()


def correct(case, *values):
    corrections_make(determination=case.pk, values=values, reason="A slip.", made_by="somebody")


def record():
    key = Determination.objects.get().pk
    return stored_records([key])[key]


def requests():
    return [(each.position, each.description) for each in record().items]


def whole(position, description):
    return plain(letter("Text.", None, [item(position, description)]).record.items[0])


def test_boards_and_citations_are_kept_over_another_reading_and_say_where_they_stand(case):
    cited = plain(record().items[0].reviewer.citations)
    correct(case, (None, "states", ["CA", "Nevada"]), (1, "reviewer_citations", []))
    again = read_as(item(1, "Tramadol", reviewer=side(Basis.NONE_CITED)), "Acupuncture")
    _, [result] = reread({b"a": again})
    assert (record().reviewer.states, record().items[0].reviewer.citations) == (("California", "Nevada"), ())
    assert {each.field: stands(each) for each in Correction.objects.all()} == {
        "states": "The parser differs",
        "reviewer_citations": "The parser agrees",
    }
    assert result.conflicts == ()
    reread({b"a": read_as("Tramadol", "Acupuncture", version="99.1")})
    assert Correction.objects.get(field="reviewer_citations").parsed == cited
    assert list(check_archive()) == []


def test_a_removed_item_stays_removed_when_the_letter_is_read_again(case):
    correct(case, (1, "quantity", 7))
    correct(case, (1, "item", None))
    assert requests() == [(2, "Acupuncture")]
    _, [result] = reread({b"a": read_as("X-ray", "Tramadol", "Acupuncture")})
    assert (requests(), result.conflicts) == ([(1, "X-ray"), (3, "Acupuncture")], ())
    reread({b"a": read_as("X-ray", "Acupuncture", version="99.1")})
    assert requests() == [(1, "X-ray"), (2, "Acupuncture")]
    assert stands(Correction.objects.get()) == "The parser agrees"
    assert list(check_archive()) == []


def test_a_removed_item_comes_back_as_the_parser_reads_it(case):
    before = record()
    correct(case, (1, "quantity", 7))
    correct(case, (1, "item", None))
    correction_withdraw(Correction.objects.get(), made_by="somebody")
    assert record() == before


def test_an_added_item_makes_room_for_those_that_the_parser_finds(case):
    correct(case, (3, "item", whole(3, "A cane")))
    correct(case, (3, "quantity", 2))
    _, [result] = reread({b"a": read_as("Tramadol", "Acupuncture", "X-ray")})
    assert requests() == [(1, "Tramadol"), (2, "Acupuncture"), (3, "X-ray"), (4, "A cane")]
    assert (record().items[3].quantity, result.conflicts) == (2, ())
    reread({b"a": read_as("Tramadol", "A  Cane", "Acupuncture", "X-ray", version="99.1")})
    assert requests() == [(1, "Tramadol"), (2, "A cane"), (3, "Acupuncture"), (4, "X-ray")]
    assert Correction.objects.get().parsed["description"] == "A  Cane"
    assert list(check_archive()) == []
    correction_withdraw(Correction.objects.get(), made_by="somebody")
    assert requests()[1] == (2, "A  Cane")


def test_an_added_item_is_not_put_into_another_letter_of_the_case(case):
    correct(case, (3, "item", whole(3, "A cane")))
    amended = letter("Amended.", CASE, [item(1, "Tramadol"), item(2, "Acupuncture")], reviewer=full_profile())
    [result] = ingest([("b.pdf", b"b")], {b"b": amended}, publish=PublishHeld.ALL)
    assert [(each["item"], each["field"]) for each in result.conflicts] == [(3, "item")]
    assert len(requests()) == 2


def test_a_case_number_of_another_case_or_of_a_withdrawn_one_is_refused(case):
    ingest([("b.pdf", b"b")], {b"b": letter("Another.", OTHER)})
    with pytest.raises(CannotCorrect, match="is the number of another determination"):
        correct(case, (None, "case_number", OTHER))
    determination_withdraw(
        reference=OTHER, reason="A.", public_reason="B.", scope=WithdrawalScope.HIDE, withdrawn_by="tests"
    )
    with pytest.raises(CannotCorrect, match="is the number of a withdrawn case"):
        correct(case, (None, "case_number", OTHER))
    assert not Correction.objects.exists()
    with pytest.raises(CannotCorrect, match="gone"):
        correct(case, (7, "quantity", 1))


def test_a_reinstated_case_keeps_its_corrections_and_a_held_letter_of_it_is_held_again(monkeypatch):
    monkeypatch.setattr(reinstating, "PROCESSES", 0)
    content = printed_letter(CASE)
    ingest([("a.txt", content), ("cut.txt", content.replace(b"Decision Date: 04/01/2015", b""))])
    case = Determination.objects.get()
    correct(case, (None, "case_number", OTHER), (1, "quantity", 7))
    before, corrections = record(), list(Correction.objects.order_by("pk").values())
    determination_withdraw(
        reference=OTHER, reason="A.", public_reason="B.", scope=WithdrawalScope.HIDE, withdrawn_by="tests"
    )
    results = reinstating.reinstate(withdrawal_latest(OTHER), reinstated_by="tests")
    assert statuses(results) == ["updated"]
    assert (record(), list(Correction.objects.order_by("pk").values())) == (before, corrections)
    assert Determination.objects.get().pk == case.pk
    assert "Published again after a withdrawal" in {each.what for each in public_changes(CHANGED).entries}
    assert dict(SourceLetter.objects.values_list("name", "state"))["a.txt"] == "current"
    assert list(check_archive()) == []
