"""Find outcomes stated in prose: "is medically necessary and appropriate", or "is not"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator


class SentenceVerdict(NamedTuple):
    """A verdict in a sentence: [start, end) includes the space before it, ``word`` is where its words begin.

    ``value`` is None where the words mean neither outcome, as in "is partially medically necessary".
    """

    value: Outcome | None
    start: int
    word: int
    end: int


# " is not medically necessary and appropriate", the words perhaps glued: "notmedically"; " has been modified"
_VERDICT = re.compile(
    r"""
    \s?,?\s* \b(?P<verdict>
        (?:is|are|was|were|has\sbeen|have\sbeen) \s (?P<manner> (?: (?!medically) [\w/-]{1,20},? \s ){0,4} )
        (?P<glued>not)? medically \s? (?P<un>un)? necessary
        (?: \s? (?:and|or|&|/) \s? (?:medically\s)? appropriate )?
      | (?:is|are|was|were|has\sbeen|have\sbeen) \s (?P<partial> (?:partially|partly|conditionally) \s \w+ | modified )
    ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)

_FILLERS = frozenset(
    {"therefore", "thus", "hereby", "deemed", "found", "to", "be", "both", "also", "all", "determined", "considered"}
    | {"each", "not", "being", "felt"}
)
_REST = 80


def find_verdicts(text: str, start: int, end: int) -> Iterator[SentenceVerdict]:
    """Yield the verdicts of a range of text in the order printed."""
    for found in _VERDICT.finditer(text, start, end):
        yield SentenceVerdict(_value(text, found, end), found.start(), found.start("verdict"), found.end())


def _value(text: str, found: re.Match[str], end: int) -> Outcome | None:
    if found["partial"]:
        return None
    manner = found["manner"].lower().replace(",", " ").split()
    rest = text[found.end() : min(end, found.end() + _REST)].lower().partition(".")[0]
    partly = load("headings")["verdicts"]["partly"]
    if not _FILLERS.issuperset(manner) or any(word in rest for word in partly):
        return None
    return Outcome.UPHELD if "not" in manner or found["glued"] or found["un"] else Outcome.OVERTURNED
