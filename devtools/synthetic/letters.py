"""Generate letters: ``make_letters(120, seed=7)`` yields 120 letters, each with its expected data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devtools.synthetic.case.cases import MadeCase, make_case, make_reviewer
from devtools.synthetic.case.contents import PRINTED, Contents
from devtools.synthetic.case.decisions import decide
from devtools.synthetic.case.prose import summarise
from devtools.synthetic.chance import Dice
from devtools.synthetic.page.blocks import Block, draw_style, render
from devtools.synthetic.page.damage import roughen, wear
from devtools.synthetic.page.layouts import lay_out
from devtools.synthetic.truth import truth_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# Case numbers end at the seventh digit, and real ones are below 0400000: numbers from 5000000 up are never theirs.
MOST_LETTERS = 5_000_000
SERIALS_AT_ONCE = 1_000_000
VOCABULARIES = ("plain", "zipf")


@dataclass(frozen=True, slots=True)
class Making:
    """How letters are made.

    ``vocabulary`` "plain" is readable prose; "zipf" adds sentences of rare, invented words, so that a large archive
    has as long a vocabulary as a real one. ``damage`` from 0 to 1 spoils words and pages (see ``damage``). ``layout``
    makes all letters of one layout; otherwise layouts come in their years.
    """

    vocabulary: str = "plain"
    damage: float = 0.0
    layout: str | None = None


READABLE = Making()


@dataclass
class SyntheticLetter:
    """One made letter: its text, its blocks (for a PDF), and its data in the form imr-parse/1 without the spans."""

    name: str
    text: str
    blocks: tuple[Block, ...]
    contents: Contents = field(repr=False)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What a parser must find; made only when asked for."""
        return truth_of(self.contents)


def make_letters(count: int, seed: int, making: Making = READABLE) -> Iterator[SyntheticLetter]:
    """Yield ``count`` letters; the same seed gives the same letters, and a longer run begins with a shorter one's."""
    dice = Dice()
    for index in range(count):
        yield _letter(dice, seed, index, making)


def make_letter(seed: int, index: int, making: Making = READABLE) -> SyntheticLetter:
    """Make the letter with this number in the run of a seed; numbers from 0 to below ``MOST_LETTERS``."""
    return _letter(Dice(), seed, index, making)


def _letter(dice: Dice, seed: int, index: int, making: Making) -> SyntheticLetter:
    dice.restart(seed * MOST_LETTERS + index)
    contents = _contents(dice, index, making)
    blocks = lay_out(dice, contents)
    text = render(blocks, draw_style(dice, boxed=contents.case.boxed))
    if making.damage:
        shown = contents.number if "case_number" in contents.printed else None
        text = roughen(dice, text, making.damage, shown)
    return SyntheticLetter(contents.name, text, blocks, contents)


def _contents(dice: Dice, index: int, making: Making) -> Contents:
    rare = making.vocabulary == "zipf"
    case = make_case(dice, making.layout)
    decisions = decide(dice, case, rare=rare)
    reviewer = make_reviewer(dice, case, {decision.request.topic.category for decision in decisions})
    summary = summarise(dice, case, [decision.request for decision in decisions], rare=rare)
    if making.damage:
        summary = replace(summary, text=wear(dice, summary.text, making.damage))
        decisions = [replace(each, rationale=wear(dice, each.rationale, making.damage)) for each in decisions]
    printed = _printed(dice, case)
    serial = 9 * SERIALS_AT_ONCE - index // SERIALS_AT_ONCE * SERIALS_AT_ONCE + index % SERIALS_AT_ONCE
    number = f"CM{case.received.year % 100:02}-{serial}"
    name = number if "case_number" in printed else f"letter-{serial}"
    return Contents(name, number, printed, case, reviewer, summary, decisions)


def _printed(dice: Dice, case: MadeCase) -> frozenset[str]:
    """Choose what the header prints; boxes get lost, and two layouts print more or less."""
    if case.layout == "boxed":
        return PRINTED["boxed"] if case.boxed else frozenset()
    printed = PRINTED[case.layout]
    if case.layout == "plain" and dice.chance(0.5):
        return printed | {"decision"}
    if case.layout == "notice" and dice.chance(0.5):
        return printed | {"case_number", "injury"}
    return printed
