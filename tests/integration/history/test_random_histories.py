"""Whatever is done to letters and then undone, the last change first, leaves the archive as it was."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from devtools.testing.handmade import Refused, ingest, item, letter, reread, stated
from imr_archive.backup.check import check_archive
from imr_archive.history.changes import Change
from imr_archive.history.correcting import CannotCorrect, correction_withdraw, corrections_make
from imr_archive.history.revisions import Cause
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import CannotUndo, change_undo, run_to_undo, run_undo
from imr_archive.letters.canonical import canonical_stored
from imr_archive.letters.difference import plain
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, IngestRun, Revision, SourceLetter

pytestmark = pytest.mark.django_db

CONTENTS = [b"a", b"b", b"c"]
READING = st.tuples(
    st.sampled_from([None, "CM15-0000001", "CM15-0000002"]),
    st.integers(0, 2),
    st.sampled_from([None, "A history.", "Another."]),
    st.sampled_from([1, 2, 2]),
    st.booleans(),
)
READINGS = st.tuples(READING, READING, READING)
WHOLE = plain(letter("Text.", None, [item(9, "An item that a person adds.")]).record.items[0])
CORRECTED = st.sampled_from(
    [
        [(None, "worker_age", 40)],
        [(None, "worker_age", 41), (None, "states", ["Nevada"])],
        [(1, "item", None)],
        [(1, "reviewer_citations", [])],
        [(9, "item", WHOLE)],
    ]
)
STEP = st.one_of(
    st.tuples(st.just("correct"), st.integers(0, 2), CORRECTED),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("reparse"), READINGS),
    st.tuples(st.just("undo")),
)


def parsed(readings, version):
    found = {}
    for content, (case, text, summary, items, is_lost) in zip(CONTENTS, readings, strict=True):
        if is_lost:
            found[content] = Refused("The file is a scan.")
            continue
        rows = [item(position) for position in range(1, items + 1)]
        found[content] = letter(
            f"Text {text}.", case, rows, clinical_summary=summary and stated(summary), parser_version=version
        )
    return found


def now():
    """What the archive says: records, the roles and readings of letters, and corrections."""
    letters = SourceLetter.objects.order_by("pk").values("pk", "state", "determination_id", "parser_version", "spans")
    corrections = Correction.objects.order_by("pk").values()
    return stored_records(Determination.objects.values_list("pk", flat=True)), list(letters), list(corrections)


def do(step, number):
    kind, *values = step
    if kind == "reparse":
        reread(parsed(values[0], f"{number}.0"))
    elif kind == "undo":
        for run in IngestRun.objects.all()[:1]:
            with contextlib.suppress(CannotUndo):
                list(run_undo(run_to_undo(run.pk), run=run_start(arguments={"undo": run.pk}, started_by="tests")))
    elif kind == "withdraw":
        for correction in Correction.objects.order_by("pk")[values[0] : values[0] + 1]:
            correction_withdraw(correction, made_by="somebody")
    else:
        for case in Determination.objects.order_by("pk")[values[0] : values[0] + 1]:
            with contextlib.suppress(CannotCorrect):  # the item was removed
                corrections_make(determination=case.pk, values=values[1], reason="A slip.", made_by="somebody")


def undo_everything(after):
    """Undo all changes after a revision, the last one first; the revisions of one letter in one run are one change."""
    rows = list(Revision.objects.filter(pk__gt=after).order_by("-pk"))
    while rows:
        first = rows[0]
        together = [each for each in rows if each is first or (each.run_id and _source(each) == _source(first))]
        rows = [each for each in rows if each not in together]
        left_alone = change_undo(Change.of(together), canonical=canonical_stored(), cause=Cause("tests"))
        assert left_alone == ""


def _source(revision):
    return revision.run_id, revision.letter_id


class Histories(TestCase):
    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(READINGS, st.lists(STEP, min_size=1, max_size=6))
    def test_a_history_that_is_undone_leaves_what_there_was(self, first, steps):
        ingest([(f"{content.decode()}.txt", content) for content in CONTENTS], parsed(first, "0.1"))
        before = now()
        last = max(Revision.objects.values_list("pk", flat=True), default=0)
        for number, step in enumerate(steps, 1):
            do(step, number)
            assert list(check_archive()) == []
        undo_everything(last)
        assert now() == before
        assert list(check_archive()) == []
