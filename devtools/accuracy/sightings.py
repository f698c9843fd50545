"""What one parsed letter prints that the parser's tables do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.accuracy.gaps import GapKind, Sighting
from imr_archive.parsing.requests.treatment_table import UNCLASSIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.results import ParsedLetter


def sightings_in(letter: ParsedLetter, name: str) -> Iterator[Sighting]:
    """Yield each request, guideline and specialty without a row; ``name`` stands in for a case number."""
    case = letter.case_number.value if letter.case_number else name
    for item in letter.items:
        if any(treatment.value == UNCLASSIFIED for treatment in item.treatments):
            yield Sighting(GapKind.TREATMENT, item.description.value, case)
        for side in (item.claims_administrator, item.reviewer):
            for cited in side.citations:
                if cited.slug is None:
                    yield Sighting(GapKind.GUIDELINE, cited.guideline, case)
    for board in (*letter.reviewer.certifications, *letter.reviewer.subspecialties):
        if board.slug is None:
            yield Sighting(GapKind.SPECIALTY, board.value, case)
