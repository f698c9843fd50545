"""Cut a source text into pages and printed lines, each with its source offset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A line without its line end, and the source offset where it begins.
PrintedLine = tuple[int, str]

# Zero-width characters and control characters are not part of a word.
WORD = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]+")

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # as str.splitlines() has them


def is_plain(source: str) -> bool:
    """Return whether the only white space is spaces, line feeds and form feeds, and no character is invisible."""
    return source.replace("\n", "").replace("\f", "").isprintable()


def printed_pages(source: str, *, plain: bool) -> Iterator[list[PrintedLine]]:
    """Yield the lines of each page that hold words; ``plain`` says whether the text is (see ``is_plain``)."""
    cut = _plain_lines if plain else _lines
    start = 0
    for page in source.split("\f"):
        yield cut(page, start)
        start += len(page) + 1


def _plain_lines(page: str, start: int) -> list[PrintedLine]:
    lines = []
    for line in page.split("\n"):
        if line and not line.isspace():
            lines.append((start, line))
        start += len(line) + 1
    return lines


def _lines(page: str, start: int) -> list[PrintedLine]:
    lines = []
    for line in page.splitlines(keepends=True):
        if WORD.search(line):
            lines.append((start, line.rstrip(_LINE_ENDS)))
        start += len(line)
    return lines
