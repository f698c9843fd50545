"""Letters that are read again by the batch end as letters that are read again one by one, and so does the way back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from devtools.testing.handmade import Refused, credential, ingest, item, letter, reread, stated, statuses
from devtools.testing.rows import rows_without_keys
from imr_archive.backup.check import check_archive
from imr_archive.history.correcting import corrections_make
from imr_archive.ingest.pipeline import writer
from imr_archive.ingest.runs import undo
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.parsing.results import LetterDates, ReviewerProfile
from imr_archive.vocabulary import Outcome

CASES = [None, None, "CM15-0000001", "CM15-0000002", "CM15-0000003"]
READING = st.fixed_dictionaries(
    {
        "case": st.sampled_from(CASES),
        "text": st.integers(0, 3),
        "decided": st.sampled_from([None, 1, 2]),
        "boards": st.lists(st.sampled_from(["Neurology", "Pain Medicine"]), max_size=1),
        "items": st.integers(0, 2),
        "rationale": st.sampled_from(["One.", "Other."]),
        "summary": st.sampled_from([None, "A history.", "Another."]),
        "fault": st.sampled_from(["", "", "", "", "", "unreadable", "position twice"]),
    }
)
# A letter mostly keeps its place, as nearly all do: then only some values are others.
KEPT = st.sampled_from([("case", "text"), ("case", "text"), ("case",), ()])


def parsed_of(reading, version):
    if reading["fault"] == "unreadable":
        return Refused("The file is a scan.")
    positions = [1] * reading["items"] if reading["fault"] else range(1, reading["items"] + 1)
    return letter(
        f"Text {reading['text']}.",
        reading["case"],
        [item(position, rationale=stated(reading["rationale"])) for position in positions],
        dates=LetterDates(decision=reading["decided"] and stated(date(2015, 4, reading["decided"]))),
        reviewer=ReviewerProfile(certifications=tuple(map(credential, reading["boards"]))),
        clinical_summary=reading["summary"] and stated(reading["summary"]),
        parser_version=version,
    )


def undone(run):
    back = run_start(arguments={"undo": run.pk}, started_by="tests")
    return back, list(run_undo(run_to_undo(run.pk), run=back)) if run.history.exists() else []


def rows():
    """Every row but what a run says, and the profiles that it made, which stay."""
    aside = ("IngestRunFile", "Reviewer", "ReviewerSpecialty", "ReviewerLicence")
    return {table: found for table, found in rows_without_keys().items() if table not in aside}


class BothWays(TestCase):
    """A mix of letters gives the same rows either way, and the same rows as before when it is undone.

    Results may differ: a batch is compared with what is stored before any of it is written.
    """

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(READING, READING, KEPT, st.booleans()), min_size=2, max_size=7))
    def test_batches_and_single_letters_leave_the_same_rows(self, letters):
        contents = [b"%d" % number for number in range(len(letters))]
        before = {c: parsed_of(old, "1.0") for c, (old, _, _, _) in zip(contents, letters, strict=True)}
        after = {
            content: parsed_of(new | {name: old[name] for name in kept}, "99.0")
            for content, (old, new, kept, _) in zip(contents, letters, strict=True)
        }
        results = ingest([(f"{content.decode()}.txt", content) for content in contents], before)
        for each, (_, _, _, is_corrected) in zip(results, letters, strict=True):
            if is_corrected and each.status == "new":
                values = [(None, "worker_age", 40)]
                corrections_make(determination=each.determination, values=values, reason="A slip.", made_by="tests")
        were, ways = rows(), []
        for batch in (1, 500):
            with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
                patch.setattr(writer, "_BATCH", batch)
                patch.setattr(undo, "_BATCH", batch)
                run, _ = reread(after)
                ways.append(rows())
                assert list(check_archive()) == []
                back, results = undone(run)
                assert set(statuses(results)) <= {"updated"}
                assert rows() == were
                assert list(check_archive()) == []
                undone(back)
                assert rows() == ways[-1]
                transaction.set_rollback(True)
        assert ways[0] == ways[1]


def letters_of(number, version="1.0", **facts):
    return {
        b"%d" % each: letter(f"Text {each}.", f"CM15-{each:07}", parser_version=version, **facts)
        for each in range(number)
    }


def files_of(parsed):
    return [(f"{content.decode()}.txt", content) for content in parsed]


def statements_of(doing, *arguments):
    """What a call returns, and how many statements it sends but for the bytes of each letter, which are read alone."""
    with CaptureQueriesContext(connection) as captured:
        returned = doing(*arguments)
    return returned, sum(
        '"content" AS' not in each["sql"] and '."content" FROM' not in each["sql"] for each in captured
    )


@pytest.mark.django_db
def test_twice_the_letters_take_no_more_statements_there_or_back(monkeypatch):
    monkeypatch.setattr(writer, "_PATIENCE_SECONDS", 60)  # a slow machine makes no second batch
    sent = []
    for number in (4, 8):
        with transaction.atomic():
            ingest(files_of(letters_of(number)), letters_of(number))
            again = letters_of(number, "99.0", items=[item(outcome=Outcome.OVERTURNED)])
            (run, results), there = statements_of(reread, again)
            assert statuses(results) == ["updated"] * number
            sent.append((there, statements_of(undone, run)[1]))
            transaction.set_rollback(True)
    assert sent[0] == sent[1]
