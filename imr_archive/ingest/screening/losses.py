"""What a reading of a case loses against the one that it would replace."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imr_archive.letters.difference import ITEMS, record_changes
from imr_archive.letters.reading import Finding
from imr_archive.vocabulary import HoldCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.records import LetterRecord

# The fields that a whole letter states, and what a sentence calls them; details of a request may differ between two
# good letters of one case.
_FIELDS = {
    "dates.injury": "date of injury",
    "dates.ur_decision": "date of the UR decision",
    "dates.received": "date of receipt",
    "dates.decision": "date of the decision",
    "worker.age": "age",
    "worker.sex": "sex",
    "reviewer.certifications": "certifications",
    "reviewer.states": "licence states",
    "clinical_summary": "clinical summary",
    "items.outcome": "outcome of an item",
    "items.rationale": "rationale of an item",
    "items.claims_administrator.text": "guideline paragraph of the claims administrator",
    "items.reviewer.text": "guideline paragraph of the reviewer",
}


def losses(old: LetterRecord, new: LetterRecord, *, replaces: str) -> tuple[Finding, ...]:
    """Return the finding that a letter loses items, outcomes or fields of the one named; none if it loses nothing."""
    lost = [*_lost(old, new)]
    if not lost:
        return ()
    message = f"Reads worse than {replaces}, the letter of its case: {'; '.join(lost)}."
    return (Finding(code=HoldCode.READS_WORSE, message=message),)


def _lost(old: LetterRecord, new: LetterRecord) -> Iterator[str]:
    if len(new.items) < len(old.items):
        yield f"{len(new.items)} of {len(old.items)} items"
    gone = Counter(
        _FIELDS[change.field]
        for change in record_changes(old, new)
        if change.field in _FIELDS and change.field != ITEMS and not change.after
    )
    for name, count in gone.items():
        yield f"no {name}" if count == 1 else f"no {name} ({count} times)"
