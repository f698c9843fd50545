"""Read the part of a guideline paragraph that names documents of the MTUS, in the forms of 2014-15 and of 2016 on."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from imr_archive.parsing.citations.reliance import CitationReading
from imr_archive.parsing.citations.resolver import (
    GuidelineEntry,
    NamedGuideline,
    NameScope,
    NameWords,
    chapter,
    guideline,
    guidelines,
    iter_words,
    lookup_key,
    names,
    resolve,
    words,
)
from imr_archive.parsing.citations.sources.regulations import REGULATION, without_regulations_as_pages
from imr_archive.parsing.citations.tokens import (
    PageList,
    address,
    as_words,
    blanked,
    page_list,
    trimmed,
    with_closing_bracket,
    without_noise,
    year,
)
from imr_archive.parsing.tables import load

_HEADS = frozenset({"mtus", "acoem"})
_WHOLES = _HEADS | {"acoem-outside"}
_SECTIONS = re.compile(r"[\s,;:.(-]{0,6}\b(?:sections?\s?(?:\(s\))?|topics?)\s?:", re.IGNORECASE)
_CHAPTER = re.compile(r"\bchapters?\s*#?\s?(\d{1,2})\b[\s:,.(–-]{0,6}", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
# "2016", "(2016)", "(ACOEM August 1, 2016)", "(Revised 2007)"; the year of a later change is none: "(amended 2019)"
_YEAR_NEXT = re.compile(
    rf"""
    [\s,()]{{0,4}}+ (?P<change> (?: amended | effective | adopted ) \s )? (?: ACOEM,? \s )? (?: revised \s )?
    (?: (?: \d{{1,2}} [-/] ){{2}} | {_MONTH} ,? \s (?: \d{{1,2}},? \s )? )?
    (?P<year> (?: 19[89] | 20[0-4] ) \d ) \b \)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Words between a name and its year, or after the year, that only say what kind of document it is.
_KIND_NEXT = re.compile(
    r"""
    [\s,(]{1,3} (?: (?: the | ACOEM | MTUS ) \s )?
    (?: (?: (?:medical\s)? treatment | practice ) \s guidelines? | medical \s treatment | guidelines?
      | chapter (?! \s* \d ) | revision | revised | edition | version | document | topic | updated?
      | ACOEM (?= [\s,;]{1,3} section )
      | [a-z]{3,15} (?= \)? [\s,;:]{1,3} section (?: s | \(s\) )? \s? : ) )
    \b \)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DOCUMENT_WORD = re.compile(r"(?:guidelines?|formulary)$", re.IGNORECASE)


class NamedDocument(NamedTuple):
    """A document named in the text; [start, end) holds its chapter number, name and edition year."""

    guideline: GuidelineEntry
    start: int
    end: int
    year: int | None = None
    chapter_number: int | None = None


def read_mtus(text: str, start: int, end: int) -> list[CitationReading]:
    """Read [start, end) of a paragraph as MTUS documents with their sections and pages."""
    start, end = trimmed(text, start, end)
    plain = without_noise(text, start, end)
    documents = _documents(plain, start, end)
    if not documents:
        documents = [NamedDocument(guideline("mtus"), start, start)]
    for document, following in zip(documents, [*(later.start for later in documents[1:]), end], strict=True):
        if document.guideline.slug != "mtus":  # of the MTUS as a whole a regulation is a section
            plain = without_regulations_as_pages(plain, document.end, following)
    citations: list[CitationReading] = []
    shared: list[CitationReading] = []
    for position, document in enumerate(documents):
        following = documents[position + 1].start if position + 1 < len(documents) else end
        shared += _cited_sections(text, plain, document, following)
        # documents with lists of sections share no pages: what is printed there is their own
        if following == end or _SECTIONS.match(plain, document.end, following):
            first = shared[0].start if shared else document.start
            citations += _with_pages(text, plain, (first, following), shared)
            shared = []
    return [cited for cited in citations if cited.text]


# --- documents -------------------------------------------------------------------------------------------------------


def _documents(text: str, start: int, end: int) -> list[NamedDocument]:
    """Find the documents named in [start, end), each once where it stands."""
    tokens = words(text, start, end)
    found: list[NamedDocument] = []
    listing = False
    position = 0
    while position < len(tokens.keys):
        document = _document_at(text, tokens, position, end, found[-1] if found else None, listing=listing)
        if document is None:
            position += 1
            continue
        if found and _only_links(text, found[-1].end, document.start):
            document = _joined(text, found, document)
        found.append(document)
        listing = _SECTIONS.match(text, document.end, end) is not None
        position = tokens.after(document.end, position)
    return found


def _joined(text: str, found: list[NamedDocument], document: NamedDocument) -> NamedDocument:
    """Return a document as one with the last found where both name the same, and take that one out.

    "ACOEM Knee Complaints", "Knee Complaints Chapter (ACOEM Practice Guidelines (2004), Chapter 13)".
    """
    before = found[-1]
    printed = year(text, before.end, document.start)
    dated = before.year or (int(printed.group(1)) if printed else None) or document.year
    if before.guideline.slug in _HEADS:
        return document._replace(start=found.pop().start, year=document.year or dated)
    same = document.guideline in (before.guideline, guideline("acoem"))
    if not same or document.year not in (None, dated):
        return document
    number = before.chapter_number or document.chapter_number
    return found.pop()._replace(end=document.end, year=dated, chapter_number=number)


def _document_at(
    text: str, tokens: NameWords, position: int, end: int, before: NamedDocument | None, *, listing: bool
) -> NamedDocument | None:
    """Return the document whose name begins at a word, or None; in a list of sections only a plain case is one."""
    start = tokens.printed[position].start()
    numbered = _CHAPTER.match(text, start, end) if tokens.keys[position][0] == "c" and not listing else None
    name_at = tokens.after(numbered.end(), position) if numbered else position
    named = _longest(tokens, name_at, numbered=numbered is not None, listing=listing)
    number = int(numbered.group(1)) if numbered else None
    if numbered and number and (named is None or named.start != numbered.end() or named.guideline.slug in _WHOLES):
        entry = chapter(NameScope.MTUS, number) or chapter(NameScope.ACOEM, number)
        return None if entry is None else _dated(text, entry, numbered.start(), numbered.end(1), end, number)
    # "MTUS" after a document only says what the document is part of
    if named is None or (before and before.guideline.slug not in _HEADS and named.guideline.slug == "mtus"):
        return None
    if listing:
        plain = _DOCUMENT_WORD.search(text[named.start : named.end]) is not None
    else:
        first = before is None or (before.guideline.slug in _HEADS and _only_links(text, before.end, named.start))
        plain = numbered is not None or not named.bare or first
    if not plain and not _YEAR_NEXT.match(text, named.end, end):
        return None
    # a later topic under an older chapter's number is that chapter: "Chapter 10 Elbow Disorders (2007 Revision)"
    numbered_entry = chapter(NameScope.MTUS, number) if number and named.guideline.chapter_number is None else None
    entry = numbered_entry if numbered_entry and named.guideline.title.endswith("Disorders") else named.guideline
    return _dated(text, entry, start, with_closing_bracket(text, named.start, named.end), end, number)


def _longest(tokens: NameWords, position: int, *, numbered: bool, listing: bool) -> NamedGuideline | None:
    """Return the longest name at a word: of the MTUS, else of a chapter of ACOEM that the MTUS left out.

    After a chapter's number it may be any chapter outside the MTUS, in a list of sections none.
    """
    for named in names(NameScope.MTUS).starting_with(tokens, position):
        return named
    if numbered or (not listing and tokens.keys[position] in _left_out()):
        for named in names(NameScope.ACOEM).starting_with(tokens, position):
            if numbered or _is_left_out(named.guideline):
                return named
    return None


def _is_left_out(entry: GuidelineEntry) -> bool:
    return entry.chapter_number is not None and chapter(NameScope.MTUS, entry.chapter_number) is None


@cache
def _left_out() -> frozenset[str]:
    """Return the words with which the chapters of ACOEM begin that the MTUS left out."""
    return frozenset(words(entry.title).keys[0] for entry in guidelines() if _is_left_out(entry))


def _dated(text: str, entry: GuidelineEntry, start: int, name_end: int, end: int, number: int | None) -> NamedDocument:
    """Return the document with the edition year that follows its name, and with a date of its last change."""
    stop = _after_kind(text, name_end, end)
    named_year = year(
        text, max(start, name_end - len("2007)")), name_end
    )  # "Elbow Disorders (Revised 2007)" is a name of its own
    edition = int(named_year[1]) if named_year else None
    while dated := _YEAR_NEXT.match(text, stop, end):
        edition = edition or (None if dated["change"] else int(dated["year"]))
        stop = _after_kind(text, dated.end(), end)
    return NamedDocument(entry, start, stop, edition, number)


def _after_kind(text: str, start: int, end: int) -> int:
    """Return the place after the words for a kind of document that stand at ``start``."""
    while kind := _KIND_NEXT.match(text, start, end):
        start = kind.end()
    return start


_LINK = re.compile(
    r"[\W_]+|\b(?:guidelines?|practice|chapters?|topics?|sections?|edition|of|and|the|in|\d{4})\b", re.IGNORECASE
)


_LONGEST_LINK = 120


def _only_links(text: str, start: int, end: int) -> bool:
    """Return whether nothing but separators and words of no meaning of their own stand in [start, end)."""
    return end - start <= _LONGEST_LINK and not _LINK.sub("", text[start:end])


# --- sections --------------------------------------------------------------------------------------------------------


def _cited_sections(text: str, plain: str, document: NamedDocument, end: int) -> list[CitationReading]:
    """Return one citation for each section that follows a document, or one for the document alone."""
    marker = _SECTIONS.match(plain, document.end, end)
    sections = list(_sections(plain, marker.end() if marker else document.end, end, document.guideline))
    named: list[str | None] = [as_words(plain[first:last]) for first, last in sections]
    named = named or [None]
    # the first piece shows the document with its section
    first_end = sections[0][1] if sections else document.end
    places = [trimmed(text, document.start, first_end), *sections[1:]]
    return [
        CitationReading.of(
            document.guideline,
            text,
            (start, with_closing_bracket(text, start, stop)),
            section=section,
            year=document.year,
            chapter_number=document.chapter_number,
        )
        for section, (start, stop) in zip(named, places, strict=True)
    ]


def _sections(text: str, start: int, end: int, document: GuidelineEntry) -> list[tuple[int, int]]:
    """Return the places of the section names listed in [start, end), page lists left out."""
    if document.slug == "mtus" and (regulation := REGULATION.search(text, start, end)):
        return [trimmed(text, *regulation.span())]
    for regulation in REGULATION.finditer(text, start, end):
        text = blanked(text, *regulation.span())
    while ("www" in text or "http" in text) and (site := address(text, start, end)):
        text = blanked(text, *site)
    found: list[tuple[int, int]] = []
    while start < end:
        pages = page_list(text, start, end)
        stop = pages.start if pages else end
        found += split_sections(text, start, stop, numbered=document.slug == "mtus-opioids")
        start = pages.end if pages else end
    return [place for place in found if not _PAGES_ONLY.fullmatch(text, *place) and not names_a_whole(text, *place)]


# "Page(s): 8 C.C.R. 9792.20 - 9792.26" lists no page
_PAGES_ONLY = re.compile(r"(?:pages?(?:\s?\(s\))?|pgs?|pp?)[.:\s]*", re.IGNORECASE)


def names_a_whole(text: str, start: int, end: int) -> bool:
    """Return whether a piece only says what the document is part of ("MTUS", "ACOEM Guidelines")."""
    named = resolve(text[start:end], NameScope.MTUS)
    return named is not None and named.slug in _HEADS


@cache
def _known_sections(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the section names that the comma rule would break, as they are looked up, and how they begin."""
    known = frozenset(lookup_key(name) for name in load("sections")[kind]["names"])
    return known, frozenset(name[:length] for name in known for length in range(1, len(name) + 1))


def known_section(text: str, start: int, end: int, kind: str) -> int | None:
    """Return the end of the longest section of ``tables/sections.toml`` that begins at ``start``, or None."""
    known, beginnings = _known_sections(kind)
    joined, longest = "", None
    for key, match in iter_words(text, start, end):
        joined += key
        if joined not in beginnings:
            break
        if joined in known:
            longest = match.end()
    if longest is not None and text[longest : min(longest + 1, end)] == ")":
        longest += 1
    return longest


_NUMBERED = re.compile(r"\d|appendix\b", re.IGNORECASE)
_AND = re.compile(r"(?:and|&)(?:\s+|$)", re.IGNORECASE)
_TRAILING_AND = re.compile(r"[\s,;]and(?:\s+the)?\s*$", re.IGNORECASE)


def split_sections(
    text: str, start: int, end: int, *, numbered: bool = False, kind: str = "mtus"
) -> list[tuple[int, int]]:
    """Split a list of sections at its commas and semicolons, but not within a name.

    A piece that begins with a small letter goes on with the one before. In a ``numbered`` document so does a piece
    without a number after one with a number.
    """
    found: list[tuple[int, int]] = []
    for first, last in _pieces(text, start, end, kind):
        if trailing := _TRAILING_AND.search(text[first:last]):
            last = first + trailing.start()
        first, last = trimmed(text, first, last)
        if leading := _AND.match(text, first, last):
            first = leading.end()
        if first >= last:
            continue
        goes_on = (
            bool(found)
            and text[found[-1][1] : first].strip().startswith(",")
            and (
                (text[first].islower() and not text[found[-1][0]].islower())
                or (numbered and text[found[-1][0]].isdigit() and not _NUMBERED.match(text, first))
            )
        )
        if goes_on:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


_LONGEST_BRACKET = 200


def _pieces(text: str, start: int, end: int, kind: str) -> list[tuple[int, int]]:
    """Cut [start, end) at each comma and semicolon that stands in no bracket and in no known section name."""
    pieces: list[tuple[int, int]] = []
    first, depth = start, 0
    cursor = _after_known_section(text, start, end, kind)
    while mark := _BRACKET_OR_COMMA.search(text, cursor, end):
        cursor = mark.end()
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth = max(0, depth - 1)
        elif not depth or text.find(")", mark.start(), mark.start() + _LONGEST_BRACKET) < 0:
            pieces.append((first, mark.start()))
            first, depth = cursor, 0
            cursor = _after_known_section(text, cursor, end, kind)
    return [*pieces, (first, end)]


_BRACKET_OR_COMMA = re.compile(r"[(),;]")


def _after_known_section(text: str, start: int, end: int, kind: str) -> int:
    """Return the end of the known section with which a piece begins, or the piece's start."""
    while start < end and text[start].isspace():
        start += 1
    return known_section(text, start, end, kind) or start


# --- pages -----------------------------------------------------------------------------------------------------------


def _with_pages(
    text: str, plain: str, within: tuple[int, int], citations: list[CitationReading]
) -> list[CitationReading]:
    """Give each page list to the citations before it that have none yet: they can't be told apart."""
    cursor, end = within
    paged: list[CitationReading] = []
    waiting = list(citations)
    while (pages := page_list(plain, cursor, end)) is not None:
        sharing = [cited for cited in waiting if cited.start <= pages.start]
        waiting = waiting[len(sharing) :]
        if sharing:
            paged += [cited._replace(pages=pages.pages, tables=pages.tables) for cited in sharing]
        elif paged:
            last = paged[-1]
            paged[-1] = last._replace(pages=last.pages or pages.pages, tables=last.tables + pages.tables)
        if paged:
            paged[-1] = _reaching(text, paged[-1], pages)
        cursor = pages.end
    return paged + waiting


def _reaching(text: str, cited: CitationReading, pages: PageList) -> CitationReading:
    """Let a citation's printed piece take in the page list that follows it."""
    end = max(cited.end, pages.end)
    return cited._replace(end=end, text=text[cited.start : end])
