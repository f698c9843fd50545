"""Letters that are stored by the batch end as letters that are stored one by one, and one bad row costs one letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from devtools.testing.archive import items_matching
from devtools.testing.handmade import (
    Refused,
    credential,
    full_profile,
    index_faults,
    ingest,
    item,
    letter,
    many,
    received,
    source,
    stated,
    statuses,
)
from devtools.testing.rows import rows_without_keys
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline import bulk, writer
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.ingest.runs.runs import run_start
from imr_archive.letters import reading
from imr_archive.letters.canonical import canonical_sync
from imr_archive.models import (
    BodyPart,
    Determination,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    IndexChange,
    IngestRunFile,
    ItemBodyPart,
    ItemTreatment,
)
from imr_archive.parsing.results import LetterDates, ReviewerProfile
from imr_archive.search.query.parser import parse_query


def parsed_of(content):
    """The letter that made-up bytes stand for."""
    facts = json.loads(content)
    if facts["fault"] == "unreadable":
        return Refused("The file is a scan.")
    items = [item(), item(1 if facts["fault"] == "position twice" else 2, "Acupuncture", treatments=())]
    boards = tuple(credential(name) for name in facts["boards"])
    return letter(
        f"Text {facts['text']}.",
        facts["case"],
        items,
        dates=LetterDates(decision=facts["decided"] and stated(date(2015, 4, facts["decided"]))),
        reviewer=ReviewerProfile(certifications=boards),
    )


LETTERS = st.fixed_dictionaries(
    {
        "text": st.integers(0, 5),
        "case": st.sampled_from([None, None, "CM15-0000001", "CM15-0000002", "CM15-0000003"]),
        "decided": st.sampled_from([None, 1, 2]),
        "boards": st.lists(st.sampled_from(["Neurology", "Pain Medicine"]), max_size=2, unique=True),
        "fault": st.sampled_from(["", "", "", "", "unreadable", "position twice"]),
        "copy": st.integers(0, 1),
    }
).map(lambda facts: json.dumps(facts).encode())


class BothWays(TestCase):
    """A mix of files gives the same results and the same rows, batch by batch and letter by letter."""

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(LETTERS, max_size=4), st.lists(LETTERS, min_size=2, max_size=12))
    def test_batches_and_single_letters_leave_the_same_rows(self, before, contents):
        list(self.results(before, batch=1))
        ways = []
        for batch in (1, 5, 500):
            with transaction.atomic():
                results = self.results(contents, batch=batch)
                ways.append(
                    (
                        [(each.file, each.status, each.reason, each.code, each.stage) for each in results],
                        rows_without_keys(),
                    )
                )
                assert index_faults() == 0
                transaction.set_rollback(True)
        assert ways[0] == ways[1] == ways[2]
        assert len(ways[0][0]) == len(contents)

    def results(self, contents, *, batch):
        sources = [source(f"{number}.txt", content) for number, content in enumerate(contents)]
        run = run_start(arguments={}, started_by="tests")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writer, "_BATCH", batch)
            results = list(ingest_sources(sources, run=run, processes=0, parse=parsed_of))
        assert sum(run.counts.values()) == len(contents)
        return results


BAD = {
    "two items at one place": letter("Bad.", items=[item(1, "the injured worker"), item(1, "the same place")]),
    "half a character": letter("Bad.", items=[item(rationale=stated("the injured worker \ud800"))]),
    "a number beyond all bounds": letter("Bad.", items=[item(quantity=stated(2**70))]),
    "a treatment at the end of nowhere": letter("Bad.", items=[item(body_parts=(stated("antenna"),))]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_letter_whose_rows_are_refused_costs_only_itself(bad, caplog, monkeypatch):
    monkeypatch.setattr(writer, "_PATIENCE_SECONDS", 60)  # a slow machine makes no second batch
    results = ingest(*many(6, at_3=bad))
    assert statuses(results) == ["new", "new", "new", "quarantined", "new", "new"]
    assert (results[3].code, results[3].stage) == ("parser-failed", "store")
    assert Determination.objects.count() == DisputedItem.objects.count() == 5
    assert IngestRunFile.objects.count() == 6
    assert index_faults() == 0
    assert "6 files are stored one by one" in caplog.text
    assert "injured" not in caplog.text


@pytest.mark.django_db
def test_a_batch_that_is_caught_in_a_deadlock_is_stored_one_by_one(monkeypatch):
    class Deadlock(Exception):
        sqlstate = "40P01"

    def caught(*_, **__):
        raise OperationalError from Deadlock()

    monkeypatch.setattr(bulk, "letters_add", caught)
    assert statuses(ingest(*many(3))) == ["new"] * 3


@pytest.mark.django_db
def test_profiles_that_a_failed_batch_made_are_made_again():
    """The keys of reviewers are remembered over a run, and those of a transaction that failed are no keys."""
    profile = letter(reviewer=full_profile()).record.reviewer
    files, parsed = many(6, at_1=BAD["two items at one place"])
    parsed = {
        content: replace(each, record=msgspec.structs.replace(each.record, reviewer=profile))
        for content, each in parsed.items()
    }
    assert statuses(ingest(files, parsed)).count("new") == 5
    assert Determination.objects.exclude(reviewer=None).values("reviewer").distinct().count() == 1


@pytest.mark.django_db
def test_letters_of_a_batch_are_found_by_their_words():
    ingest(*many(3, at_1=letter("Other.", items=[item(description="Acupuncture twice a week")])))
    assert items_matching(parse_query("acupuncture")).count() == 1
    assert DisputedItemText.objects.count() == 3
    assert index_faults() == 0


@pytest.mark.django_db
def test_letters_of_a_batch_are_noted_for_the_facet_index_once_each():
    files, parsed = many(4)
    [known] = ingest(files[:1], parsed)
    canonical_sync()
    IndexChange.objects.all().delete()
    ingest(files[1:], parsed)
    keys = Determination.objects.exclude(pk=known.determination).order_by("pk").values_list("pk", flat=True)
    assert list(IndexChange.objects.order_by("pk").values_list("determination", flat=True)) == list(keys)
    numbers = IndexChange.objects.order_by("pk").values_list("pk", flat=True)
    assert list(numbers) == list(range(numbers[0], numbers[0] + 3))


@pytest.mark.django_db
def test_whoever_writes_after_a_batch_has_his_rows_noted_as_he_writes():
    first, _ = ingest(*many(2))
    IndexChange.objects.all().delete()
    part = BodyPart.objects.create(slug="antenna", name="Antenna")
    ItemBodyPart.objects.create(item=DisputedItem.objects.get(determination=first.determination), body_part=part)
    assert list(IndexChange.objects.exclude(determination=0).values_list("determination", flat=True)) == [
        first.determination
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", [{}, {"at_2": BAD["two items at one place"]}], ids=["stored", "refused"])
def test_whoever_writes_after_a_batch_has_his_rows_indexed_as_he_writes(odd):
    ingest(*many(4, **odd))
    DisputedItemText.objects.filter(item__position=1).update(description="Acupuncture")
    determination_store(
        reading=reading.reading_of(letter("Alone.")),
        source=received(),
        canonical=canonical_sync(),
        cause=Cause("tests"),
    )
    assert index_faults() == 0


@pytest.mark.django_db
def test_a_batch_takes_as_many_queries_as_it_has_tables(django_assert_max_num_queries):
    files, parsed = many(40)
    with django_assert_max_num_queries(69):
        ingest(files, parsed)


def test_texts_are_cut_to_what_their_columns_hold():
    longest = {
        ItemTreatment: ("raw", reading.LONGEST_TREATMENT_RAW),
        ItemBodyPart: ("raw", reading.LONGEST_BODY_PART_RAW),
        GuidelineCitation: ("pages", reading.LONGEST_PAGES),
    }
    for model, (field, length) in longest.items():
        assert model._meta.get_field(field).max_length == length


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", [2**31, 2**40 + 5])
def test_a_number_beyond_its_column_is_refused_and_never_cut_to_it(quantity):
    results = ingest(*many(3, at_1=letter("Bad.", items=[item(quantity=stated(quantity))])))
    stored = DisputedItem.objects.exclude(quantity=None).values_list("quantity", flat=True)
    if connection.vendor == "postgresql":
        assert statuses(results) == ["new", "quarantined", "new"]
        assert {quantity, quantity % 2**32}.isdisjoint(stored)
    else:
        assert [*stored].count(quantity) == 1


@pytest.mark.django_db
def test_a_text_that_is_no_text_for_the_database_costs_its_letter_only():
    results = ingest(*many(3, at_1=letter("Bad.", items=[item(rationale=stated("a \0 b"))])))
    assert statuses(results) == ["new", "quarantined" if connection.vendor == "postgresql" else "new", "new"]
