"""The blocks of a letter, and their text as different PDF readers extract it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from devtools.synthetic.chance import Dice

WIDTH = 96
STAND_IN = "\x1a"  # in the place of a paragraph that is wrapped already; of ASCII, as most letters are
PAGE_LINES = 46
LABEL_ENDS = (" ", "\n")
BOX_LABELS = (
    ("Case Number:",),
    ("Date Assigned:", "Date of Injury:"),
    ("Decision Date:", "UR Denial Date:"),
    ("Priority:", "Application Received:"),
)
# The box as readers give it: its rows rebuilt, label and value on alternate lines, or each column of labels and then
# its column of values. The last label is broken over two lines in its cell.
BOX_ORDERS = {
    "rows": (
        "Case Number: {0}\nDate Assigned: {1} Date of Injury: {2}\nDecision Date: {3} UR Denial Date: {4}\n"
        "Priority: {5} Application \nReceived: \n{6}"
    ),
    "alternate": (
        "Case Number:\n{0}\nDate Assigned:\n{1}\nDate of Injury:\n{2}\nDecision Date:\n{3}\nUR Denial Date:\n{4}\n"
        "Priority:\n{5}\nApplication\nReceived:\n{6}"
    ),
    "columns": (
        "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\n{0}\n{1}\n{3}\n{5}\n"
        "Date of Injury:\nUR Denial Date:\nApplication\nReceived:\n{2}\n{4}\n{6}"
    ),
}


class Box(NamedTuple):
    """The boxed header: each label's value, in the order of ``BOX_LABELS``."""

    values: tuple[str, ...]


class Heading(NamedTuple):
    """A section's heading; a line feed in it breaks it over lines."""

    text: str


class Paragraph(NamedTuple):
    """Running text, with a bold label where it has one.

    ``close`` paragraphs stand right below the one before; with ``text_below`` the text begins a line of its own below
    the label, as an outcome now and then does. ``fixed`` ones say the same in every letter.
    """

    text: str
    label: str = ""
    close: bool = False
    text_below: bool = False
    fixed: bool = False

    @property
    def whole(self) -> str:
        """The label and the text in one."""
        return f"{self.label} {self.text}" if self.label else self.text


Block = Box | Heading | Paragraph


@dataclass(frozen=True, slots=True)
class Style:
    """How a reader renders the page."""

    box: str = "rows"
    gaps: bool = True
    doubled: bool = False
    form_feeds: bool = False


PLAIN = Style()


def draw_style(dice: Dice, *, boxed: bool) -> Style:
    """Choose how the letter's text was got; letters without a box mostly come with doubled lines."""
    if not boxed:
        return Style(doubled=dice.chance(0.7))
    return Style(
        box=dice.pick(("rows", "rows", "rows", "alternate", "columns")),
        gaps=dice.chance(0.5),
        form_feeds=dice.chance(0.2),
    )


def render(blocks: Iterable[Block], style: Style = PLAIN) -> str:
    """Return the blocks as text."""
    gap = "\n\n" if style.gaps else "\n"
    pieces: list[str] = []
    stood_for: list[str] = []
    box = ""
    for block in blocks:
        if isinstance(block, Paragraph):
            text, label, close, text_below, fixed = block
            if fixed:
                stood_for.append(_wrapped(text))
                text = STAND_IN
            before = "\n" if close else gap
            pieces.append(f"{before}{label}{LABEL_ENDS[text_below]}{text}" if label else before + text)
        elif isinstance(block, Heading):
            pieces.append(gap + block.text)
        else:
            box = BOX_ORDERS[style.box].format(*block.values) + gap
    wrapped = wrap("".join(pieces).removeprefix(gap))
    for each in stood_for:
        wrapped = wrapped.replace(STAND_IN, each, 1)
    text = f"{box}{wrapped}\n"
    return _laid_out(text, style) if style.form_feeds or style.doubled else text


def _laid_out(text: str, style: Style) -> str:
    if style.form_feeds:
        lines = text.split("\n")
        text = "\f".join("\n".join([*lines[at : at + PAGE_LINES], ""]) for at in range(0, len(lines), PAGE_LINES))
        text = text[:-1]
    return text[:-1].replace("\n", " \n\n") + " \n" if style.doubled else text


# --- lines ------------------------------------------------------------------------------------------------------------

# As much as fits a line, ending at a space or after a hyphen; or a word that fits no line; or an empty line.
_LINE = re.compile(rf"(.{{1,{WIDTH}}}(?:(?![^ \n])|(?<=-))|\S+|(?=\n))[ \n]?")


@cache
def _wrapped(text: str) -> str:
    """Wrap a paragraph that every letter has: to wrap all of a letter takes a tenth of its time."""
    return wrap(text)


def wrap(text: str) -> str:
    """Wrap every paragraph of a text to ``WIDTH`` characters, breaking where a word processor does."""
    return "\n".join(_LINE.findall(text))


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield the lines of a paragraph, none wider than ``width`` by ``measure`` unless one word is."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        head, tail = _hyphen_split(line, word, width, measure)
        if head:
            yield f"{line} {head}" if line else head
        elif line:
            yield line
        line = tail
    yield line


def _hyphen_split(line: str, word: str, width: float, measure: Callable[[str], float]) -> tuple[str, str]:
    """Split a word after its last hyphen that still fits the line."""
    cut = word.rfind("-", 0, len(word) - 1)
    while cut > 0:
        head = word[: cut + 1]
        if measure(f"{line} {head}") <= width:
            return head, word[cut + 1 :]
        cut = word.rfind("-", 0, cut)
    return "", word
