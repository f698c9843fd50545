"""Put the pages of a letter in order, by their printed numbers or by how the letter reads on from page to page."""

from __future__ import annotations

import re
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from imr_archive.parsing.source.furniture import recurring_lines
from imr_archive.parsing.source.lines import is_plain, printed_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE_BREAK = "\f"

# "Page 3 of 5", "3/5", "- 3 -", "3", and the running head "… Case Number CM15-0012345 3", as a whole line
_PAGE_NUMBER = re.compile(
    r"""
    (?: (?:Page|Pg\.?)\s+(?P<page>\d{1,3}) (?:\s+of\s+\d{1,3})?
      | (?P<of>\d{1,3})\s*(?:/|of)\s*\d{1,3}
      | -\s?(?P<dashed>\d{1,3})\s?-
      | Final\s+Determination\s+Letter\s+for\s.{0,60}?\s(?:Page\s+)?(?P<head>\d{1,3})
      | (?P<bare>\d{1,3}) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EDGE = 3

# The parts of a letter by the headings that open them, in order.
_HEADINGS = (
    re.compile(r"Case\s+Number\s?:"),
    re.compile(r"HOW\s+THE\s+IMR\s+FINAL\s+DETERMINATION\s+WAS\s+MADE"),
    re.compile(r"DOCUMENTS\s+REVIEWED"),
    re.compile(r"CLINICAL\s+CASE\s+SUMMARY"),
    re.compile(r"IMR\s+(?:ISSUES,?\s+)?DECISIONS?(?:\(S\))?,?\s+(?:AND|&)\s+RATIONALES?"),
)
_FIRST_PAGE = re.compile(
    r"Case\s+Number\s?:|Final\s+Determination\s+Letter|MAXIMUS\s+FEDERAL|HOW\s+THE\s+IMR\s+FINAL", re.IGNORECASE
)
# The labels of each item's paragraphs, in the order in which they come round.
_LABELS = re.compile(
    r"(?P<claims>Claims\s+Administrator\s+guidelines?\s?:)|(?P<reviewer>MAXIMUS\s+guidelines?\s?:)|(?P<rationale>Decision\s+rationale\s?:)",
    re.IGNORECASE,
)
_LABEL_ORDER = ("claims", "reviewer", "rationale")
_MOST_PAGES = 6  # whose orders are all tried: 720


def page_order(pages: Sequence[str]) -> list[int] | None:
    """Return the indexes of the pages in the order of the letter; None if the order is wrong and another is not sure.

    Pages whose numbers all differ go by them. Other pages are only moved if the headings of the letter or the labels of
    its items come in a wrong order, and exactly one order puts them right without tearing a sentence.
    """
    printed = [*range(len(pages))]
    if len(pages) < 2:
        return printed
    cleaned = _without_recurring_lines(pages)
    numbers = [number for page in cleaned if (number := _page_number(page)) is not None]
    if len({*numbers}) == len(numbers) == len(pages):
        return sorted(printed, key=numbers.__getitem__)
    faults = _faults(cleaned, printed)
    if not faults:
        return printed
    orders = permutations(printed) if len(pages) <= _MOST_PAGES else [tuple(printed), tuple(reversed(printed))]
    by_faults = {order: _faults(cleaned, order) for order in orders}
    fewest = min(by_faults.values())
    if faults == fewest:  # a heading or a label is missing, or stands twice
        return printed
    best = [order for order, number in by_faults.items() if number == fewest]
    if len(best) > 1:
        best = [
            order for order in best if not any(_is_torn(cleaned[one], cleaned[two]) for one, two in pairwise(order))
        ]
    return [*best[0]] if len(best) == 1 else None


def _without_recurring_lines(pages: Sequence[str]) -> list[str]:
    text = PAGE_BREAK.join(pages)
    for start, end in reversed(recurring_lines([*printed_pages(text, plain=is_plain(text))])):
        text = text[:start] + text[end:]
    return text.split(PAGE_BREAK)


def _page_number(page: str) -> int | None:
    """Return the page number printed at the bottom or the top of a page."""
    lines = [line.strip() for line in page.split("\n") if line.strip()]
    for line in (*lines[: -_EDGE - 1 : -1], *lines[:_EDGE]):
        found = _PAGE_NUMBER.fullmatch(line)
        if found:
            return int(next(number for number in found.groups() if number))
    return None


def _faults(pages: Sequence[str], order: Sequence[int]) -> int:
    """Return how many headings of the letter and labels of its items stand in the wrong place."""
    text = PAGE_BREAK.join(pages[index] for index in order)
    places = []
    for heading in _HEADINGS:
        found = [match.start() for match in heading.finditer(text)]
        places += found if len(found) == 1 else []
    labels = [-1, *(_LABEL_ORDER.index(found.lastgroup or "") for found in _LABELS.finditer(text))]
    is_headed = _FIRST_PAGE.search(pages[order[0]]) or not _FIRST_PAGE.search(text)
    return (
        (0 if is_headed else 1)
        + sum(before > after for before, after in pairwise(places))
        + sum(after != (before + 1) % len(_LABEL_ORDER) for before, after in pairwise(labels))
    )


_LAST_WORDS = 20
_SENTENCE_END = re.compile(r"[.?!:][\"')\]”’]*$")


def _is_torn(page: str, after: str) -> bool:
    """Return whether a page ends a sentence and the other begins within one."""
    end, start = page.rstrip(), after.lstrip()
    return bool(_SENTENCE_END.search(end[-_LAST_WORDS:])) and start[:1].islower()
