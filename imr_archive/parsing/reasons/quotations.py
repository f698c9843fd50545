"""Find the quoted parts of a text: what a rationale quotes, a guideline says."""

from __future__ import annotations

import re
from bisect import bisect_right

_MARK = re.compile(r"""["“”]""")
_BEFORE_OPENING = frozenset(" (\n")
_AFTER_CLOSING = frozenset(" \n.,;:)")
_MOSTLY = 0.6


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the spans of quoted text; quotations inside quotations belong to the outer one."""
    spans = []
    depth = start = 0
    for match in _MARK.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if (not before or before in _BEFORE_OPENING) and (after.isalnum() or after == "["):
            if not depth:
                start = match.start()
            depth += 1
        elif depth and (not after or after in _AFTER_CLOSING):
            depth -= 1
            if not depth:
                spans.append((start, match.end()))
    return spans


def is_quoted(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether most of [start, end) is quoted."""
    place = max(bisect_right(spans, (start, start)) - 1, 0)
    quoted = 0
    for first, last in spans[place:]:
        if first >= end:
            break
        quoted += max(0, min(end, last) - max(start, first))
    return quoted > _MOSTLY * (end - start)
