"""Read a disputed request: what is asked for, for which part of the body, how many, and when."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from imr_archive.parsing.requests.body_parts import find_body_parts_and_side
from imr_archive.parsing.requests.quantities import find_quantity
from imr_archive.parsing.requests.service_dates import find_service_dates
from imr_archive.parsing.requests.treatment_table import TOPICAL_ANALGESIC, UNCLASSIFIED
from imr_archive.parsing.requests.treatments import find_treatments
from imr_archive.parsing.requests.unknown_drugs import OTHER_DRUG, find_unknown_drug
from imr_archive.parsing.tables.terms import FoundTerm, Words

if TYPE_CHECKING:
    from datetime import date

    from imr_archive.vocabulary import Laterality

T = TypeVar("T")

# Treatments that the word for a form alone stands for ("cream", "tablets"); the drug itself may be unknown.
_FORMS_ALONE = (TOPICAL_ANALGESIC, OTHER_DRUG)


class RequestReading(NamedTuple):
    """What one request says; ``treatments`` is never empty, other/unclassified stands where no rule fits.

    ``unknown_drug`` is the treatment where it follows only from the form of a drug that is not in our tables.
    """

    treatments: tuple[FoundTerm[str], ...]
    body_parts: tuple[FoundTerm[str], ...]
    laterality: FoundTerm[Laterality] | None
    quantity: FoundTerm[int] | None
    service_dates: FoundTerm[tuple[date, date]] | None
    unknown_drug: FoundTerm[str] | None = None


# The same drugs are asked for in the same words: worth 6 % of the parse of made letters.
@lru_cache(maxsize=4096)
def read_request(description: str, original_request: str | None = None) -> RequestReading:
    """Read the decided portion of a request, and the original request for what that portion does not name."""
    words = Words.of(description)
    asked = find_treatments(words)
    body_parts, side = find_body_parts_and_side(words)
    if original_request and not (asked and body_parts and side):
        original = Words.of(original_request)
        asked = asked or _in_original(find_treatments(original))
        original_parts, original_side = find_body_parts_and_side(original)
        body_parts = body_parts or _in_original(original_parts)
        side = side or (original_side._replace(in_original=True) if original_side else None)
    unknown_drug = None
    if all(found.value in _FORMS_ALONE for found in asked):
        unknown_drug = _unknown_drug(description, original_request)
    return RequestReading(
        treatments=asked or (unknown_drug or FoundTerm(UNCLASSIFIED, 0, len(description)),),
        body_parts=body_parts,
        laterality=side,
        quantity=find_quantity(description),
        service_dates=find_service_dates(description),
        unknown_drug=unknown_drug,
    )


def _unknown_drug(description: str, original_request: str | None) -> FoundTerm[str] | None:
    """Return the drug outside our tables that the request names, else the original request, by its form."""
    if found := find_unknown_drug(description):
        return found
    found = find_unknown_drug(original_request) if original_request else None
    return found._replace(in_original=True) if found else None


def _in_original(found: tuple[FoundTerm[T], ...]) -> tuple[FoundTerm[T], ...]:
    return tuple(one._replace(in_original=True) for one in found)
