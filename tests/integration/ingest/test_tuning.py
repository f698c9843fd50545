"""Settings for bulk writing in a run: a second connection flushes GIN pending lists, garbage collection is rare."""

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
def flushed(monkeypatch):
    """Flush without a pause, and record the connections that did it."""
    found, done = [], threading.Event()

    def flush(by):
        pages = flush_pending_lists(by)
        found.append((by, pages))
        done.set()
        return pages

    monkeypatch.setattr(tuning, "_FLUSH_SECONDS", 0.001)
    monkeypatch.setattr(tuning, "flush_pending_lists", flush)
    return found, done


def test_the_pending_lists_are_empty_after_a_run():
    ingest(*many(30))
    assert not ON_POSTGRESQL or flush_pending_lists(connection) == 0
    assert index_faults() == 0


def test_another_connection_flushes_pending_lists_during_a_run(flushed):
    found, done = flushed
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


def test_a_run_continues_if_the_second_connection_fails(monkeypatch, caplog):
    failed = threading.Event()

    def refused(_):
        failed.set()
        raise OperationalError("no more connections")

    monkeypatch.setattr(tuning, "_FLUSH_SECONDS", 0.001)
    monkeypatch.setattr(tuning, "flush_pending_lists", refused)
    caplog.set_level(logging.INFO)
    with tuning.writing_much():
        failed.wait(20 if ON_POSTGRESQL else 0)
        assert statuses(ingest(*many(3))) == ["new"] * 3
    assert ("flushed by the writer itself" in caplog.text) == ON_POSTGRESQL
