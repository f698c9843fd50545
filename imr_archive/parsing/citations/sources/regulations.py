"""Find sections of the regulations ("8 C.C.R. 9792.20 - 9792.26"), also where pages should be printed."""

from __future__ import annotations

import re

from imr_archive.parsing.citations.tokens import BLANKED

REGULATION = re.compile(
    r"(?<![\d.])97\d\d\.\d[\d.]{0,8}(?:\([a-z\d]{1,3}\)){0,4}(?:\s?[-–]\s?97\d\d[\d.]{0,8})?(?:\([a-z\d]{1,3}\)){0,4}"
    r"(?:,?\s?et\.?\s?seq\b\.?)?"
)
# "Page(s): 8 C.C.R. 9792.20 - 9792.26" lists no page; a page may follow
_REGULATION_AS_PAGE = re.compile(
    rf"""
    (?P<label> \b (?: pages? (?:\s?\(s\))? | pgs? ) [.:\s]{{0,3}} )
    (?P<regulation> [\s{BLANKED}§]* (?: (?: 8 | title \s 8 ) [\s,]* C\.?\s?C\.?\s?R\.? [\s,§]* )? {REGULATION.pattern}
      [\s,;]* (?: pages? \s )? )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def without_regulations_as_pages(text: str, start: int, end: int) -> str:
    """Return the text with the regulations that [start, end) prints where pages should be blanked; offsets stay."""
    return text[:start] + _REGULATION_AS_PAGE.sub(_without_regulation, text[start:end]) + text[end:]


def _without_regulation(found: re.Match[str]) -> str:
    """Blank a regulation printed where pages should be, and the label for pages if no page follows it."""
    paged = found.string[found.end() : found.end() + 1].isdigit()
    return found["label"].ljust(len(found[0])) if paged else BLANKED.ljust(len(found[0]))
