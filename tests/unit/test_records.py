"""The record of a letter: its JSON, its published form, and the raw text beside each coded value."""

from __future__ import annotations

import msgspec
import pytest

from devtools.synthetic.letters import make_letter
from imr_archive.parsing.parser import parse_text
from imr_archive.records import DATE_NAMES, PROFILE_NAMES, ItemRecord, LetterRecord, case_outcome, published
from imr_archive.vocabulary import CaseOutcome, Outcome

RECORDS = [parse_text(make_letter(3, number).text).record for number in range(25)]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_comes_back_from_json_as_it_was(record: LetterRecord) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=LetterRecord) == record


def test_the_published_form_leaves_out_what_only_the_archive_keeps() -> None:
    record = next(each for each in RECORDS if any(item.reviewer.citations for item in each.items))
    found = published(record)
    kept = msgspec.to_builtins(record)
    assert kept.keys() - found.keys() == {"text_sha256", "raw"}
    assert kept["items"][0].keys() - found["items"][0].keys() == {"doubts", "raw"}
    item = next(number for number, each in enumerate(record.items) if each.reviewer.citations)
    cited = [each["items"][item]["reviewer"]["citations"][0] for each in (kept, found)]
    assert cited[0].keys() - cited[1].keys() == {"slug"}
    assert found["dates"] == kept["dates"]


@pytest.mark.parametrize("record", RECORDS)
def test_every_coded_value_has_its_raw_text_beside_it(record: LetterRecord) -> None:
    stated = {f"dates.{name}": getattr(record.dates, name) for name in DATE_NAMES}
    stated |= {"worker.age": record.worker.age, "worker.sex": record.worker.sex}
    stated |= {"case_number": record.case_number, "priority": record.priority}
    for name in PROFILE_NAMES:
        stated |= {f"reviewer.{name}.{number}": each for number, each in enumerate(getattr(record.reviewer, name))}
    assert record.raw.keys() == {path for path, value in stated.items() if value is not None}
    for item in record.items:
        assert item.raw.keys() == _coded(item)


def _coded(item: ItemRecord) -> set[str]:
    single = ("outcome", "laterality", "quantity", "service_dates")
    found = {name for name in single if getattr(item, name) is not None}
    return found | {f"{name}.{number}" for name in ("treatments", "body_parts") for number in _places(item, name)}


def _places(item: ItemRecord, name: str) -> range:
    return range(len(getattr(item, name)))


@pytest.mark.parametrize(
    ("outcomes", "case"),
    [
        ([], None),
        ([Outcome.UPHELD, None], None),
        ([Outcome.OVERTURNED, Outcome.OVERTURNED], CaseOutcome.OVERTURNED),
        ([Outcome.UPHELD, Outcome.OVERTURNED], CaseOutcome.PARTIALLY_OVERTURNED),
    ],
)
def test_the_case_outcome_follows_from_the_items(outcomes: list[Outcome | None], case: CaseOutcome | None) -> None:
    assert case_outcome(outcomes) == case
