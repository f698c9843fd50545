"""How a run is set for writing much: words that wait are sorted in by another connection, cycles seldom looked for."""

import gc
import logging
import threading

import pytest
from django.db import OperationalError, connection

from devtools.testing.handmade import index_faults, ingest, many, statuses
from imr_archive.ingest.pipeline import tuning
from imr_archive.ingest.pipeline.tuning import flush_pending_lists

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def folded(monkeypatch):
    """Fold without a pause; tell by which connections it was done, once it was."""
    found, done = [], threading.Event()

    def flush(by):
        pages = flush_pending_lists(by)
        found.append((by, pages))
        done.set()
        return pages

    monkeypatch.setattr(tuning, "_FOLDING_SECONDS", 0.001)
    monkeypatch.setattr(tuning, "flush_pending_lists", flush)
    return found, done


def test_no_word_waits_once_a_run_has_ended():
    ingest(*many(30))
    assert not ON_POSTGRESQL or flush_pending_lists(connection) == 0
    assert index_faults() == 0


def test_another_connection_sorts_words_in_while_the_run_goes_on(folded):
    found, done = folded
    with tuning.writing_much():
        assert done.wait(20 if ON_POSTGRESQL else 0) == ON_POSTGRESQL
    others = [by for by, _ in found if by is not connection]
    assert bool(others) == ON_POSTGRESQL
    assert [by.connection for by in others if by.connection] == []


def test_the_process_looks_for_cycles_seldom_during_a_run_and_as_before_after_it():
    before = gc.get_threshold()
    with tuning.writing_much():
        assert gc.get_threshold()[0] > 10 * before[0]
    assert gc.get_threshold() == before


def test_a_run_goes_on_where_nobody_can_sort_words_in(monkeypatch, caplog):
    failed = threading.Event()

    def refused(_):
        failed.set()
        raise OperationalError("no more connections")

    monkeypatch.setattr(tuning, "_FOLDING_SECONDS", 0.001)
    monkeypatch.setattr(tuning, "flush_pending_lists", refused)
    caplog.set_level(logging.INFO)
    with tuning.writing_much():
        failed.wait(20 if ON_POSTGRESQL else 0)
        assert statuses(ingest(*many(3))) == ["new"] * 3
    assert ("sorted in by the writer itself" in caplog.text) == ON_POSTGRESQL
