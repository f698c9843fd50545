"""Records written as rows and read back: new, in batches, and over what is stored."""

from __future__ import annotations

import msgspec
import pytest

from devtools.synthetic.letters import make_letter
from devtools.testing.handmade import full_letter, full_profile, index_faults, item, letter
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.reader import stored_items, stored_records
from imr_archive.letters.reading import as_stored
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Determination, DeterminationText, DisputedItem
from imr_archive.parsing.parser import parse_text

pytestmark = pytest.mark.django_db

RECORDS = [
    as_stored(each.record)
    for each in (
        full_letter(),
        letter("Bare.", items=[item(1, outcome=None, rationale=None, mentions=())]),
        letter("No items.", items=[]),
        *(parse_text(make_letter(7, number).text) for number in range(12)),
    )
]


@pytest.fixture
def canonical():
    return canonical_sync()


def written(records, canonical):
    return records_write([RecordWrite(each) for each in records], canonical=canonical)


@pytest.mark.parametrize("together", [True, False])
def test_records_are_read_back_as_they_were_written(canonical, together):
    batches = [RECORDS] if together else [[each] for each in RECORDS]
    keys = [key for batch in batches for key in written(batch, canonical)]
    assert [stored_records(keys)[key] for key in keys] == RECORDS
    assert index_faults() == 0


@pytest.mark.parametrize("number", [1, len(RECORDS)])
def test_a_record_replaces_what_is_stored(canonical, number):
    keys = written([letter(f"Before {each}.", f"CM10-{each:07}").record for each in range(number)], canonical)
    records = [msgspec.structs.replace(each, text_sha256=f"{place}") for place, each in enumerate(RECORDS[:number])]
    writes = [RecordWrite(each, key, replaces=True) for key, each in zip(keys, records, strict=True)]
    assert records_write(writes, canonical=canonical) == keys
    assert stored_records(keys) == dict(zip(keys, records, strict=True))
    assert index_faults() == 0


def test_only_what_differs_is_written_over(canonical):
    before = as_stored(full_letter().record)
    after = msgspec.structs.replace(before, clinical_summary="Another history.")
    [key] = written([before], canonical)
    items = list(DisputedItem.objects.values_list("pk", flat=True))
    records_write([RecordWrite(after, key, replaces=True, stored=before)], canonical=canonical)
    assert list(DisputedItem.objects.values_list("pk", flat=True)) == items
    assert stored_records([key]) == {key: after}


def test_a_lost_text_comes_back_with_the_record_that_replaces_it(canonical):
    record = as_stored(full_letter().record)
    [key] = written([record], canonical)
    DeterminationText.objects.all().delete()
    records_write([RecordWrite(record, key, replaces=True)], canonical=canonical)
    assert stored_records([key]) == {key: record}
    assert index_faults() == 0


def test_a_deleted_determination_comes_back_under_its_key(canonical):
    keys = written(RECORDS[:3], canonical)
    Determination.objects.filter(pk=keys[0]).delete()
    records_write([RecordWrite(RECORDS[0], keys[0])], canonical=canonical)
    assert stored_records(keys) == dict(zip(keys, RECORDS[:3], strict=True))
    assert index_faults() == 0


def test_items_are_read_with_the_facts_of_their_letters(canonical):
    [key] = written([RECORDS[0]], canonical)
    items = DisputedItem.objects.order_by("position").values_list("pk", flat=True)
    found = stored_items(items)
    assert [found[each].item for each in items] == [*RECORDS[0].items]
    assert {each.determination for each in found.values()} == {key}
    for each in found.values():
        assert msgspec.structs.replace(each.letter, items=RECORDS[0].items) == RECORDS[0]


@pytest.mark.parametrize("read", [stored_records, stored_items])
def test_the_number_of_queries_does_not_grow_with_the_letters(canonical, django_assert_num_queries, read):
    written(RECORDS, canonical)
    model = Determination if read is stored_records else DisputedItem
    keys = [*model.objects.values_list("pk", flat=True)]
    with django_assert_num_queries(7):
        read(keys)


def test_names_that_the_tables_know_are_stored_and_others_stay_as_printed():
    reviewer = as_stored(letter(reviewer=full_profile()).record).reviewer
    assert (reviewer.certifications, reviewer.subspecialties) == (("Orthopedic Surgery",), ("Knee Whispering",))
