"""The small readers that every guideline paragraph needs: set phrases, page lists, years, web addresses."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class PageList(NamedTuple):
    """A printed list of pages and tables, with its place; ``pages`` is as printed, None for tables alone."""

    start: int
    end: int
    pages: str | None
    tables: tuple[str, ...]


class WebAddress(NamedTuple):
    """A web address with its place."""

    start: int
    end: int


class SetPhrases:
    """Set phrases in any spelling; the longest that fits wins."""

    def __init__(self, wordings: Iterable[str]) -> None:
        longest_first = sorted(wordings, key=len, reverse=True)
        words = _by_initial(wording for wording in longest_first if wording[0].isalnum())
        others = _by_initial(wording for wording in longest_first if not wording[0].isalnum())
        self._pattern = re.compile("|".join([rf"\b(?:{'|'.join(words)})", *others]), re.IGNORECASE)

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the phrase that begins at ``start``, or None."""
        return self._pattern.match(text, start, end)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first phrase in [start, end), or None."""
        return self._pattern.search(text, start, len(text) if end is None else end)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Yield the phrases in [start, end)."""
        return self._pattern.finditer(text, start, len(text) if end is None else end)

    def blanked(self, text: str) -> str:
        """Return the text with each phrase blanked; offsets stay."""
        return self._pattern.sub(_blanked_match, text)


@cache
def phrases(group: str, name: str) -> SetPhrases:
    """Return the set phrases of a row of ``tables/citation_wordings.toml``."""
    return SetPhrases(load("citation_wordings")[group][name])


def _by_initial(wordings: Iterable[str]) -> list[str]:
    """Return one pattern for each first character: tried together, they are several times faster than one by one."""
    rests: dict[str, list[str]] = {}
    for wording in wordings:
        rests.setdefault(wording[0].lower(), []).append(_as_printed(wording[1:]))
    return [f"{re.escape(initial)}(?:{'|'.join(patterns)})" for initial, patterns in rests.items()]


def _as_printed(rest: str) -> str:
    """Return the pattern of a phrase after its first character; spaces may be missing, doubled, or follow a hyphen."""
    body = r"\s*".join(re.escape(word) for word in rest.split(" ")).replace(r"\-", r"-\s?").replace("'", "['’]?")
    return body + (r"(?!\w)" if rest[-1].isalnum() else "")


_PAGE_JOINT = re.compile(r"[\s,;&]{0,4}(?:(?:and|to|pages?|pgs?\.?|pp?\.)(?=[\s\d]))?\s*", re.IGNORECASE)
_PAGE = re.compile(r"(\d{1,4}[a-z]?(?:\s?[-–]\s?\d{1,4})?)(?:\s+of\s+\d{1,4})?(?!\w|[./-]\d)", re.IGNORECASE)
_TABLE = re.compile(r"\(?\btables?\s?#?\s?(\d{1,2}\s?[-–]\s?\d{1,2}[a-z]?|\d{1,3}(?![\w-]))\)?", re.IGNORECASE)
_FIGURE = re.compile(r"\(?\b(?:algorithms?|figures?)\s?#?\s?\d{1,2}(?:\s?[-–]\s?\d{1,2}[a-z]?)?\)?", re.IGNORECASE)
# "pages", "Page(s):", "pgs.", "pp."
_PAGE_LABEL = re.compile(
    r"(?<![A-Z])p(?:ages?\s?(?:\(s\))?|gs?|p?)\.?\s?:?\s*(?=\d|\(?(?:tables?|algorithms?|figures?)\b)", re.IGNORECASE
)


def page_list(text: str, start: int, end: int) -> PageList | None:
    """Find the first list of pages or tables in [start, end), or None."""
    label = _PAGE_LABEL.search(text, start, end)
    table = _TABLE.search(text, start, end)
    if table and (label is None or table.start() < label.start()):
        first = cursor = table.start()
    elif label:
        first, cursor = label.span()
    else:
        return None
    pages: list[re.Match[str]] = []
    tables: list[str] = []
    last = cursor
    while True:
        joint = _PAGE_JOINT.match(text, last, end)
        place = joint.end() if joint and last > cursor else last
        if found := _TABLE.match(text, place, end):
            tables.append(re.sub(r"\s", "", found.group(1)).replace("–", "-"))
        elif found := _PAGE.match(text, place, end):
            pages.append(found)
        elif not (found := _FIGURE.match(text, place, end)):
            break
        last = found.end()
    return PageList(first, last, _printed(text, pages, whole=not tables), tuple(tables))


def _printed(text: str, pages: list[re.Match[str]], *, whole: bool) -> str | None:
    """Return the pages as printed; without the words between them where tables stood among them."""
    if not pages:
        return None
    if whole and " of " not in text[pages[0].start() : pages[-1].end()]:
        return text[pages[0].start() : pages[-1].end(1)]
    return ", ".join(page.group(1) for page in pages)


_YEAR = re.compile(r"(?<![\d/.-])((?:19[89]|20[0-4])\d)(?![\d/]|-\d|\.\d)")


def year(text: str, start: int, end: int) -> re.Match[str] | None:
    """Find the first edition year in [start, end), with the year in group 1; a year within a date is none."""
    return _YEAR.search(text, start, end)


_ENDINGS = r"com|org|gov|edu|net|us|info"
_ADDRESS = re.compile(
    # "http:// www." and "www. " are broken at a line end
    r"(?:https?\s?:\s?//\s?(?:www\.\s?)?|www\.\s?)[^\s,;<>\"()]{2,2000}(?:\([^\s()]{1,80}\)[^\s,;<>\"()]{0,400})?"
    rf"|(?<![\w@.])(?:[a-z0-9-]{{2,40}}\.){{1,3}}(?:{_ENDINGS})(?![\w-])(?:/[^\s,;<>\"()]{{0,2000}})?",
    re.IGNORECASE,
)
_GLUED_WWW = re.compile(r"(?<=[a-z.])\.?(?=www\.|https?:)", re.IGNORECASE)
_GLUED_AFTER = re.compile(rf"(?:\.html?|\.pdf|\.aspx?|\.php|\.(?:{_ENDINGS}))(?=\.[A-Za-z]{{3}})", re.IGNORECASE)
# A hyphen or slash at a line end keeps a space; what goes on an address looks like one.
_BROKEN = re.compile(r"(?<=[-/_=])\s(?=[^\s,;]{0,80}[-/_=.\d][^\s,;])[^\s,;<>\"()]{1,400}")


def address(text: str, start: int, end: int) -> WebAddress | None:
    """Find the first web address in [start, end), cut free of the words glued to it, or None."""
    found = _ADDRESS.search(text, start, end)
    if found is None:
        return None
    first, last = found.span()
    if glued := _GLUED_WWW.search(text, first + 1, last):
        if text[first : first + 4].lower() not in ("http", "www."):
            return address(text, glued.end(), end)
        last = glued.start()
    if glued := _GLUED_AFTER.search(text, first, last):
        last = glued.end()
    elif more := _BROKEN.match(text, last, end):
        last = more.end()
    while last > first and text[last - 1] in ".,;:)]'\"”’":
        last -= 1
    return WebAddress(first, last)


BLANKED = "\N{BROKEN BAR}"

_DATE = (
    r"(?:\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?!\d)"
    r"|(?:\d{1,2}\s)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,?\s"
    r"(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?(?:19|20)\d\d(?!\d))"
)
# "(dated 07/11/2016)", "as of December 2, 2016": the date of a chapter, which says nothing of what is cited
_EDITION_DATE = re.compile(
    rf"[(\[]?\b(?:(?:dated?|as\sof|effective|version|revised|current|through|from|on|of)\s(?:of\s|date\s)?)?"
    rf"{_DATE}[)\]]?(?:\s(?:version|edition|update|revision)\b)?",
    re.IGNORECASE,
)
# ", accessed on 05/01/2022", "(last visited April 4, 2019)", "Accessed: January 2022"
_ACCESS_DATE = re.compile(
    rf"[\s,.;:(\[]{{0,4}}\b(?:(?:and|as|date|dates|last|page|also|web\s?site|online|first|was|information)\s){{0,2}}"
    rf"(?:access(?:ed)?|retrieved|viewed|visited|updated|reviewed|checked|downloaded|modified|cited|published)"
    rf"(?:\s(?:on|at|in|date|last|online|by))?[\s:,]{{1,3}}(?:{_DATE}|(?:19|20)\d\d\b)[)\].]?",
    re.IGNORECASE,
)


def without_edition_dates(text: str, start: int, end: int) -> str:
    """Return the text with the full dates in [start, end) blanked; offsets stay."""
    return text[:start] + _EDITION_DATE.sub(_blanked_match, text[start:end]) + text[end:]


def without_access_dates(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow [start, end) to leave out the dates of access at its ends."""
    while leading := _ACCESS_DATE.match(text, start, end):
        start = trimmed(text, leading.end(), end)[0]
    for trailing in _ACCESS_DATE.finditer(text, start, end):
        if trimmed(text, trailing.end(), end)[0] >= end:
            return start, trailing.start()
    return start, end


_DIGIT = re.compile(r"\d")
_EDITION = re.compile(r"\(?\b\d{1,2}(?:st|nd|rd|th)\s+(?:annual\s+)?(?:ed(?:ition|\.|\b)\s?)\)?", re.IGNORECASE)
_UPDATED = re.compile(
    r"[\[(]?\s?\b(?:(?:online|web),?\s+)?(?:last\s+)?(?:review(?:ed)?\s?/\s?)?"
    r"(?:updated?|accessed|revised|version)(?:\s+date)?\s?:?\s*(?:on\s+)?"
    r"(?:\d{1,2}\s?[-/]\s?\d{1,2}\s?[-/]\s?\d{2,4}|\d{1,2}\s?[-/]\s?\d{2,4}|[A-Za-z]{3,9}\.?\s+\d{1,2},?\s+\d{4}"
    r"|[A-Za-z]{3,9}\.?,?\s+\d{4})\s?[\])]?",
    re.IGNORECASE,
)
_REGULATION = re.compile(
    r"(?:\b(?:8|title 8,?)\s?C\.?\s?C\.?\s?R\.?,?\s?)(?:sections?\s|§{1,2}\s?)?\s?(?=97)|§{1,2}\s?(?=97)", re.IGNORECASE
)


def without_noise(text: str, start: int, end: int) -> str:
    """Return the text with all but [start, end) and what says nothing of its own there blanked; places stay."""
    plain = text[start:end]
    if _DIGIT.search(plain):  # most names of guidelines and sections hold none, and so none of these
        for pattern in (_UPDATED, _EDITION, _REGULATION):
            plain = pattern.sub(_blanked_match, plain)
    plain = phrases("noise", "phrases").blanked(plain)
    return " " * start + plain + " " * (len(text) - end)


def _blanked_match(found: re.Match[str]) -> str:
    return _blank(len(found[0]))


def blanked(text: str, start: int, end: int) -> str:
    """Return the text with [start, end) blanked, and the bracket that held nothing else; places stay."""
    while text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        start, end = start - 1, end + 1
    return text[:start] + _blank(end - start) + text[end:]


def _blank(length: int) -> str:
    """Return what stands for a blanked piece: a separator, so that what it parted doesn't run together."""
    return BLANKED + " " * (length - 1)


_EDGE = frozenset(" \t\r\n,;:.-–—/&§®|" + BLANKED)
_BRACKETS = ("(", ")")
_BRACKET = re.compile(r"[()]")
_MOST_BRACKETS = 8


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow [start, end) to leave out the blanks, separators and stray brackets at its ends."""
    for _ in range(_MOST_BRACKETS):
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        if start >= end or not (text[start] in _BRACKETS or text[end - 1] in _BRACKETS):
            break
        first, last = text[start], text[end - 1]
        opened, closed = text.count("(", start, end), text.count(")", start, end)
        wrapped = first == "(" and _closing_bracket(text, start, end) in (None, end - 1)
        if wrapped or first == ")" or (first == "(" and opened > closed):
            start += 1
        elif last == "(" or (last == ")" and closed > opened):
            end -= 1
        else:
            break
    return start, end


def _closing_bracket(text: str, start: int, end: int) -> int | None:
    """Return the place of the bracket that closes the one at ``start``, or None."""
    depth = 0
    for bracket in _BRACKET.finditer(text, start, end):
        depth += 1 if bracket[0] == "(" else -1
        if depth == 0:
            return bracket.start()
    return None


def with_closing_bracket(text: str, start: int, end: int) -> int:
    """Return the end of a piece, after the bracket that closes one opened within it."""
    follows = text[end : end + 1] == ")"
    return end + 1 if follows and text.count("(", start, end) > text.count(")", start, end) else end


def as_words(text: str) -> str:
    """Return a printed piece with single spaces, and nothing for what was blanked."""
    return " ".join(text.replace(BLANKED, " ").split())
