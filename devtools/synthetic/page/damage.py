"""Damage letters as copying, extraction and redaction do, at a level from 0 (none) to 1 (worst).

Words of summaries and rationales are damaged before the expected data is recorded, so that it equals the printed text;
the facts in them stay the same. Damage to the page changes white space and adds running heads, which are in no value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devtools.synthetic.chance import Dice

RUNNING_HEAD = "Final Determination Letter for IMR Case Number {number} {page}"
PAGE_LINES = 40

# "infection. The", where the space gets lost; not before a date or a number, which would read as one word.
_SENTENCE_BREAK = re.compile(r"(?<=[a-z]{3}\.) (?=[A-Z][a-z])")
_HYPHEN = re.compile(r"(?<=[a-z]{2})-(?=[a-z]{2})")
# The worker, by whatever word, where a name may have stood.
_NAMED = re.compile(r"\b[Tt]he (?:injured worker|patient|applicant)(?= (?:complained|reported|was seen))")
_WORD_GAP = re.compile(r"(?<=[a-z,]) (?=[a-z])")

CLOSING_SENTENCES = 2  # the outcome's own words keep their spaces


def wear(dice: Dice, text: str, level: float) -> str:
    """Damage a paragraph's words: sentences glued together, hyphens with a space after them, names cut out."""
    text = _some(dice, _NAMED, "", text, 0.3 * level)
    text = _some(dice, _HYPHEN, "- ", text, 0.3 * level)
    return _glued(dice, text, 0.2 * level)


def _glued(dice: Dice, text: str, share: float) -> str:
    breaks = list(_SENTENCE_BREAK.finditer(text))[:-CLOSING_SENTENCES]
    for found in reversed(breaks):
        if dice.chance(share):
            text = text[: found.start()] + text[found.end() :]
    return text


def roughen(dice: Dice, text: str, level: float, number: str | None) -> str:
    """Damage a page: spaces doubled, blank lines lost, line breaks doubled, running heads with the case number."""
    lines = [_some(dice, _WORD_GAP, "  ", line, 0.05 * level) for line in text.rstrip("\n").split("\n")]
    lines = [line for line in lines if line or not dice.chance(0.6 * level)]
    if number and dice.chance(0.6 * level):
        lines = _with_running_heads(lines, number)
    if dice.chance(0.25 * level):
        return "\n\n".join(f"{line} " for line in lines if line) + "\n"
    return "\n".join(lines) + "\n"


def _with_running_heads(lines: list[str], number: str) -> list[str]:
    found: list[str] = []
    for page, start in enumerate(range(0, len(lines), PAGE_LINES), start=1):
        found += lines[start : start + PAGE_LINES]
        found.append(RUNNING_HEAD.format(number=number, page=page))
    return found


def _some(dice: Dice, pattern: re.Pattern[str], replacement: str, text: str, share: float) -> str:
    """Replace some of a pattern's matches."""

    def replace(found: re.Match[str]) -> str:
        return replacement if dice.chance(share) else found[0]

    return pattern.sub(replace, text)
