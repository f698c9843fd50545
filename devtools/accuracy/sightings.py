"""Find the wordings of one parsed letter that are not in the parser's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.accuracy.gaps import GapKind, Sighting
from imr_archive.parsing.letter.reviewer import specialty
from imr_archive.parsing.requests.treatment_table import UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.parsed import ParsedLetter


def sightings_in(letter: ParsedLetter, name: str) -> Iterator[Sighting]:
    """Yield each request, guideline and specialty without a row; ``name`` stands in for a case number."""
    record = letter.record
    case = record.case_number or name
    for item in record.items:
        if UNCLASSIFIED in item.treatments:
            yield Sighting(GapKind.TREATMENT, item.description, case)
        for side in (item.claims_administrator, item.reviewer):
            for cited in side.citations:
                if cited.slug == cited.source.unlisted_slug:
                    yield Sighting(GapKind.GUIDELINE, cited.guideline, case)
    for board in (*record.reviewer.certifications, *record.reviewer.subspecialties):
        if specialty(board) is None:
            yield Sighting(GapKind.SPECIALTY, board, case)
