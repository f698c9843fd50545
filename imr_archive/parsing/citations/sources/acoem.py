"""Read what follows the name of ACOEM where it is cited outside the MTUS: an edition, a chapter or topic, pages."""

from __future__ import annotations

import re

from imr_archive.parsing.citations.reliance import CitationReading
from imr_archive.parsing.citations.resolver import GuidelineEntry, NameScope, chapter, guideline, names
from imr_archive.parsing.citations.tokens import (
    BLANKED,
    as_words,
    blanked,
    page_list,
    phrases,
    trimmed,
    without_noise,
    year,
)

_CHAPTER = re.compile(r"\bchapters?\s*#?\s?(\d{1,2})\b", re.IGNORECASE)
_KIND_BEFORE = re.compile(rf"[\s,;:.()/–{BLANKED}-]+")


def read_acoem(
    text: str, start: int, body: int, end: int, topic: GuidelineEntry | None = None
) -> list[CitationReading]:
    """Read [body, end) of a paragraph, after the name of ACOEM that stands from ``start``; one citation.

    ``topic`` is the one named before ACOEM itself, if one was.
    """
    plain = without_noise(text, body, end)
    pages = page_list(plain, body, end)
    edition = year(plain, body, end)
    numbered = _CHAPTER.search(plain, body, end)
    for found in (pages and (pages.start, pages.end), edition and edition.span(), numbered and numbered.span()):
        if found:
            plain = blanked(plain, *found)
    number = int(numbered.group(1)) if numbered else None
    named, rest = _topic(plain, body, end)
    entry = topic or named or (chapter(NameScope.ACOEM, number) if number else None) or guideline("acoem-outside")
    first, last = trimmed(plain, rest, end)
    cited = CitationReading.of(
        entry,
        text,
        trimmed(text, start, end),
        section=as_words(plain[first:last]) or None,
        year=int(edition.group(1)) if edition else None,
        chapter_number=number,
    )
    return [cited._replace(pages=pages.pages, tables=pages.tables) if pages else cited]


def _topic(text: str, start: int, end: int) -> tuple[GuidelineEntry | None, int]:
    """Return the topic named at the beginning of a text, and the place after it and words such as "chapter"."""
    start = _after_links(text, start, end)
    for named in names(NameScope.ACOEM).at(text, start, end):
        return named.guideline, _after_links(text, named.end, end)
    return None, start


def _after_links(text: str, start: int, end: int) -> int:
    """Return the place after separators and words such as "chapter" and "guidelines"."""
    while start < end:
        found = _KIND_BEFORE.match(text, start, end) or phrases("labels", "kinds").match(text, start, end)
        if found is None:
            break
        start = found.end()
    return start
