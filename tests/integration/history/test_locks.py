"""A correction that is saved while its letter is read again is not lost: every writer of a determination locks it."""

import threading
import time

import pytest
from django.db import connection, transaction

from devtools.testing.handmade import ingest, letter, received, stated
from imr_archive.history.correcting import corrections_make
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.reading import reading_of
from imr_archive.models import Correction, Determination, Revision

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]
CASE = "CM15-0000001"


def read_again():
    again = letter("One.", CASE, clinical_summary=stated("New."), parser_version="99.0")
    file = received("a.pdf", b"a")
    determination_store(reading=reading_of(again), source=file, canonical=canonical_sync(), cause=Cause("tests"))


def correct():
    key = Determination.objects.get().pk
    corrections_make(determination=key, values=[(None, "worker_age", 40)], reason="A slip.", made_by="somebody")


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize("first", [read_again, correct])
def test_the_second_writer_waits_and_finds_what_the_first_has_written(first):
    ingest([("a.pdf", b"a")], {b"a": letter("One.", CASE)})
    second = correct if first is read_again else read_again

    def in_its_own_connection():
        try:
            second()
        finally:
            connection.close()

    other = threading.Thread(target=in_its_own_connection)
    with transaction.atomic():
        first()
        other.start()
        until = time.monotonic() + 60
        while not waits_for_a_lock():
            assert other.is_alive(), "the second writer did not wait"
            assert time.monotonic() < until
            time.sleep(0.01)
    other.join()
    case = Determination.objects.get()
    assert (case.worker_age, case.text.clinical_summary) == (40, "New.")
    assert Correction.objects.get().parsed is None
    kinds = [each.kind for each in Revision.objects.order_by("pk")]
    assert kinds == ["ingest", *(["reparse", "correction"] if first is read_again else ["correction", "reparse"])]
