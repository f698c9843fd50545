"""Take apart the heading of a request that utilization review had approved in part.

"X was the original request. Y was authorized by the Claims Administrator. The remaining IMR eligible portion of the
original request, Z is", or "X was the original request. The Claims Administrator authorized Y, leaving the original
request IMR eligible. The original request, X is". Each part is found by its own wording, so losing one does not affect
the others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from imr_archive.parsing.spans import Range

# "#30 was the original request."
_ORIGINAL = re.compile(r"\s?,?\s+(?:was|were|is)\s+the\s+original\s+requests?\b\s?[.,]?\s*", re.IGNORECASE)

# "#27 was authorized by the Claims Administrator."
_WAS_AUTHORIZED = re.compile(
    r"\s?,?\s+(?:was|were|is)\s+(?:authorized|approved|certified)\s+by\s+the\s+Claims\s+Administrator\b\s?\.?\s*",
    re.IGNORECASE,
)

# "The remaining IMR eligible portion of the original request, "
_REMAINING = re.compile(
    r"(?:\bthe\s+)?\bremaining\s+IMR[\s-]+eligible\s+portions?\s+of\s+the\s+original\s+request\b\s?[,:]?\s*",
    re.IGNORECASE,
)

# "The Claims Administrator authorized "
_AUTHORIZED = re.compile(
    r"\bThe\s+Claims\s+Administrator\s+(?:has\s+)?(?:authorized|approved|certified)\s+", re.IGNORECASE
)

# ", leaving the original request IMR eligible."
_LEAVING = re.compile(r"\s?,?\s+leaving\s+the\s+original\s+request\s+IMR[\s-]+eligible\b\s?\.?\s*", re.IGNORECASE)

# "The original request, "
_AGAIN = re.compile(r"\bThe\s+original\s+request\b\s?,?\s*", re.IGNORECASE)

# " is", before the colon
_IS = re.compile(r"\s?,?\s+(?:is|are)\s*$", re.IGNORECASE)


class Frame(NamedTuple):
    """The ranges of a heading's parts; without a partial approval the whole heading is the decided request."""

    decided: Range
    original: Range | None = None
    authorized: Range | None = None


def read_frame(heading: str) -> Frame:
    """Take apart a heading, given as one paragraph without its colon and outcome."""
    last_is = _IS.search(heading)
    end = last_is.start() if last_is else len(heading)
    original = _ORIGINAL.search(heading, 0, end)
    if original is None:
        return Frame((0, end))
    authorized, decided_from = _authorized(heading, original.end(), end)
    decided = (decided_from, end)
    if not heading[slice(*decided)].strip():
        decided = (0, original.start())
    return Frame(decided, (0, original.start()), authorized)


def _authorized(heading: str, start: int, end: int) -> tuple[Range | None, int]:
    """Return the range of the authorized part, and where the decided part begins after it."""
    first_kind = _WAS_AUTHORIZED.search(heading, start, end)
    if first_kind:
        remaining = _REMAINING.search(heading, first_kind.end(), end)
        return (start, first_kind.start()), remaining.end() if remaining else first_kind.end()
    second_kind = _AUTHORIZED.search(heading, start, end)
    leaving = _LEAVING.search(heading, second_kind.end(), end) if second_kind else None
    if second_kind and leaving:
        again = _AGAIN.search(heading, leaving.end(), end)
        return (second_kind.end(), leaving.start()), again.end() if again else leaving.end()
    rest = _REMAINING.search(heading, start, end) or _AGAIN.search(heading, start, end)
    return None, rest.end() if rest else start


# "remaining IMR eligible portion", "leaving the original request": the sentences after the first one
_LATER_SENTENCE = re.compile(
    r"\bremaining\s+IMR[\s-]+eligible\b|\bleaving\s+the\s+original\s+request\b|^\s*The\s+original\s+request\s?,",
    re.IGNORECASE,
)


def lacks_its_beginning(heading: str) -> bool:
    """Return whether a heading begins after the first sentence of a partial approval."""
    return bool(_LATER_SENTENCE.search(heading)) and not _ORIGINAL.search(heading)
