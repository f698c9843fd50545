"""Withdrawal: no surface keeps a trace, nothing comes back by itself, and what is destroyed is nowhere in the files."""

import io
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import ingest, printed_letter, reread, statuses
from imr_archive.backup.check import check_archive
from imr_archive.history.withdrawals import determination_withdraw, withdrawal_latest
from imr_archive.ingest.runs import reinstating
from imr_archive.ingest.runs.reinstating import reinstate
from imr_archive.models import Determination, IngestRunFile, SourceLetter, Withdrawal
from imr_archive.vocabulary import PublishHeld, WithdrawalScope

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"
PHRASE = "zyzzyvaline"
LETTER = printed_letter(CASE, f"Acupuncture with {PHRASE} needles")
LISTS = (
    "/",
    "/determinations/",
    f"/determinations/?q={PHRASE}",
    "/determinations/?show=determinations",
    "/facets/treatment/",
    "/outcomes/",
    "/disputed-items.csv",
    "/disputed-items.ndjson",
    "/determinations.csv",
    "/determinations.ndjson",
    f"/suggest/?q={PHRASE}",
    f"/suggest/?q={CASE}",
    "/api/v1/determinations/",
    f"/api/v1/suggestions/?q={PHRASE}",
    "/api/v1/items/",
    "/api/v1/facets/",
    f"/comparable/{OTHER}-1/",
    f"/api/v1/comparables/?item={OTHER}-1",
)
OWN = ("", "original/", "source.txt", "cite.bib")


@pytest.fixture
def archive(db):
    ingest([("a.txt", LETTER), ("b.txt", printed_letter(OTHER))])


def withdraw(scope=WithdrawalScope.HIDE, reference=CASE):
    reasons = {"reason": "A made-up request.", "public_reason": "At the request of the person concerned."}
    return determination_withdraw(reference=reference, scope=scope, withdrawn_by="tests", **reasons)


def body(client, address):
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, content.decode(errors="replace")


def traces(client):
    """The lists that print the case number or the planted word, apart from the word that was asked for."""
    found = []
    for address in LISTS:
        status, text = body(client, address)
        assert status == 200, address
        if (
            f"/determinations/{CASE}/" in text
            or (CASE in text and CASE not in address)
            or (PHRASE in text and PHRASE not in address)
            or (f"Acupuncture with {PHRASE}" in text)
        ):
            found.append(address)
    return found


def test_every_surface_loses_a_withdrawn_determination_at_once(client, archive):
    assert {"/determinations/", f"/determinations/?q={PHRASE}", "/disputed-items.csv", "/api/v1/items/"} <= {
        *traces(client)
    }
    withdraw()
    assert traces(client) == []
    assert client.get("/api/v1/items/").json()["found"] == {"items": 1, "determinations": 1}
    assert client.get(f"/api/v1/items/?q={PHRASE}").json()["found"] == {"items": 0, "determinations": 0}


def test_its_addresses_answer_410_with_a_tombstone(client, archive):
    letter = SourceLetter.objects.get(name="a.txt").pk
    withdraw()
    for own in (*OWN, f"letters/{letter}/original/", f"letters/{letter}/source.txt"):
        status, text = body(client, f"/determinations/{CASE}/{own}")
        assert (status, "At the request of the person concerned." in text) == (410, True)
        assert "made-up request" not in text
        assert PHRASE not in text
    assert client.get(f"/determinations/{CASE.lower()}/").status_code == 410
    assert client.get(f"/determinations/{OTHER}/").status_code == 200


@pytest.mark.parametrize("publish", PublishHeld)
def test_nothing_brings_it_back_by_itself(archive, publish):
    withdraw()
    same_text = LETTER + b"\n"
    same_case = printed_letter(CASE, "Quite another request")
    unnumbered = LETTER.replace(f"Case Number: {CASE} ".encode(), b"")
    files = [("a.txt", LETTER), ("text.txt", same_text), ("case.txt", same_case)]
    results = ingest(files, publish=publish)
    assert statuses(results) == ["passed-over"] * 3
    assert all(result.reason.startswith("Withdrawn on ") for result in results)
    assert not Determination.objects.filter(case_number=CASE).exists()
    assert statuses(ingest([("unnumbered.txt", unnumbered)])) == ["new"]


def test_a_withdrawn_letter_is_not_read_again(archive):
    key = SourceLetter.objects.get(name="a.txt").pk
    withdraw()
    assert reread({}, letters=[key])[1] == []
    assert [*check_archive()] == []


def test_a_hidden_determination_is_reinstated_and_may_be_withdrawn_again(client, archive, monkeypatch):
    monkeypatch.setattr(reinstating, "PROCESSES", 0)
    withdraw()
    assert statuses(reinstate(withdrawal_latest(CASE), reinstated_by="tests")) == ["updated"]
    assert client.get(f"/determinations/{CASE}/").status_code == 200
    assert "/disputed-items.csv" in traces(client)
    withdraw()
    assert (traces(client), Withdrawal.objects.count()) == ([], 2)


def test_a_held_letter_of_the_case_is_withdrawn_with_it(archive):
    cut = LETTER.replace(b"Decision Date: 04/01/2015", b"")
    assert statuses(ingest([("cut.txt", cut)])) == ["held"]
    withdraw()
    assert {*SourceLetter.objects.values_list("name", "state")} == {
        ("a.txt", "withdrawn"),
        ("b.txt", "current"),
        ("cut.txt", "withdrawn"),
    }


def test_the_command_asks_for_both_reasons_and_a_case_that_is_there(archive):
    with pytest.raises(CommandError, match="--public"):
        call_command("withdraw", CASE, reason="A made-up request.")
    with pytest.raises(CommandError, match="There is no determination CM15-0000009"):
        call_command("withdraw", "CM15-0000009", reason="A.", public="B.")
    stdout = io.StringIO()
    call_command("withdraw", CASE, reason="A.", public="B.", stdout=stdout)
    assert stdout.getvalue().startswith(f"{CASE} is withdrawn: hidden")


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_letter_leaves_its_hashes_only(client):
    ingest([("lopez.txt", LETTER), ("b.txt", printed_letter(OTHER))])
    withdraw(WithdrawalScope.DESTROY)
    assert [*SourceLetter.objects.values_list("name", flat=True)] == ["b.txt"]
    assert not IngestRunFile.objects.filter(name__contains="lopez").exists()
    assert traces(client) == []
    assert statuses(ingest([("again.txt", LETTER)])) == ["passed-over"]
    with pytest.raises(CommandError, match="Nothing of CM15-0000001 is kept"):
        call_command("withdraw", CASE, reinstate=True)


def test_no_byte_of_a_destroyed_letter_is_left_in_the_files_of_sqlite(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_bytes(LETTER)
    (tmp_path / "letters" / "b.txt").write_bytes(printed_letter(OTHER))
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}

    def manage(*arguments):
        command = [sys.executable, "manage.py", *map(str, arguments)]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    def found():
        return [path.name for path in tmp_path.glob("db.sqlite3*") if PHRASE.encode() in path.read_bytes()]

    manage("migrate")
    manage("ingest", tmp_path / "letters", "--processes", 0)
    assert found()
    manage("withdraw", CASE, "--reason", "A.", "--public", "B.", "--destroy")
    assert found() == []
