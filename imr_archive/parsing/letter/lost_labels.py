"""Find where a paragraph ends if the label after it was lost, by how the statements of the two sides begin.

A paragraph can only begin at the start of a printed line, after a line that ends a sentence, so only those places are
considered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.citations.tokens import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range

_SENTENCE_END = re.compile(r"[.!?][\"')\]”’]*\s*$")
_LAST_WORDS = 30

# "Decision based on Non-MTUS Citation", "MTUS Low Back Complaints", "The Expert Reviewer based their decision on"
_STATEMENT = re.compile(
    r"""
    (?: Decision\s*based\s*on\s*(?:the\s)? (?: (?P<outside>Non\s?-\s?MTUS) | MTUS )
      | (?P<outside_alone>Non\s?-\s?MTUS) | MTUS\b
      | The\s+(?P<voice> (?:Expert|Physician|Professional)\s+Reviewer | Claims\s+Administrator ) \b
    )
    """,
    re.VERBOSE,
)


def administrator_end(letter: NormalText, place: Range) -> int | None:
    """Return where the reviewer's statement begins within the paragraph of the claims administrator, if it does.

    One side's paragraph holds at most one statement within the MTUS and one outside of it.
    """
    start, end = place
    found = [*_statements(letter, start, end)]
    own = [at for at, voice, _ in found if voice == "reviewer"]
    if own:
        return own[0]
    kinds = [(at, outside) for at, voice, outside in found if voice is None]
    if kinds and phrases("frames", "none_cited").search(letter.text, start, kinds[0][0]):
        return kinds[0][0]
    cuts = [
        at
        for at, _ in kinds[1:]
        if _each_once(outside for place, outside in kinds if place < at)
        and _each_once(outside for place, outside in kinds if place >= at)
    ]
    return cuts[-1] if cuts else None


def _each_once(kinds: Iterator[bool]) -> bool:
    listed = [*kinds]
    return len(listed) == len(set(listed))


def _statements(letter: NormalText, start: int, end: int) -> Iterator[tuple[int, str | None, bool]]:
    """Yield each statement at the start of a line: its place, the side it names, whether it is outside the MTUS."""
    for at in (start + _blank(letter.text, start), *_sentence_lines(letter, start, end)):
        found = _STATEMENT.match(letter.text, at, end)
        if found:
            voice = None if not found["voice"] else "reviewer" if "eviewer" in found["voice"] else "other"
            yield at, voice, bool(found["outside"] or found["outside_alone"])


def _blank(text: str, at: int) -> int:
    return len(text[at : at + 2]) - len(text[at : at + 2].lstrip())


def _sentence_lines(letter: NormalText, start: int, end: int) -> Iterator[int]:
    """Yield the starts of printed lines before which a sentence ends."""
    for at in letter.breaks.within(start, end):
        if _SENTENCE_END.search(letter.text[max(start, at - _LAST_WORDS) : at]):
            yield at


def reliance_end(letter: NormalText, place: Range) -> int | None:
    """Return the first line of a side's paragraph that states no reliance, which is where the next paragraph begins."""
    start, end = place
    return next((at for at in _sentence_lines(letter, start, end) if not _STATEMENT.match(letter.text, at, end)), None)
