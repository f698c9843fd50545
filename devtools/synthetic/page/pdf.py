"""Write a letter as a PDF that looks like the published ones. Requires reportlab (development requirements)."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from devtools.synthetic.page.blocks import BOX_LABELS, Box, Heading, Paragraph, break_lines

if TYPE_CHECKING:
    from devtools.synthetic.letters import SyntheticLetter

LEFT, RIGHT, TOP, BOTTOM = 72.0, 540.0, 706.0, 76.0
SIZE, LEADING = 12.0, 13.8
SERIF, SERIF_BOLD = "Times-Roman", "Times-Bold"
SANS, SANS_BOLD = "Helvetica", "Helvetica-Bold"
CELLS = (LEFT - 5, LEFT + 102, LEFT + 248, LEFT + 346, RIGHT + 7)
ROW = 14.5
LONG_LABEL = 60


def render_pdf(letter: SyntheticLetter) -> bytes:
    """Return the letter as a PDF; the same letter always gives the same bytes."""
    page = _Page(letter.name)
    for block in letter.blocks:
        if isinstance(block, Box):
            page.box(block)
        elif isinstance(block, Heading):
            page.heading(block)
        else:
            page.paragraph(block)
    return page.finish()


class _Page:
    """A canvas with a place to write next."""

    def __init__(self, title: str) -> None:
        self.out = BytesIO()
        self.canvas: Any = Canvas(self.out, pagesize=LETTER, invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self.y = TOP

    def finish(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()

    def down(self, height: float) -> None:
        """Move down, to the next page where this one is full."""
        self.y -= height
        if self.y < BOTTOM:
            self.canvas.showPage()
            self.y = TOP

    def write(self, x: float, text: str, font: str, size: float = SIZE) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, text)

    def heading(self, block: Heading) -> None:
        self.down(LEADING)
        for printed in block.text.split("\n"):
            for line in break_lines(printed, RIGHT - LEFT, lambda text: float(stringWidth(text, SERIF_BOLD, SIZE))):
                self.down(LEADING)
                width = stringWidth(line, SERIF_BOLD, SIZE)
                self.write((LEFT + RIGHT - width) / 2, line, SERIF_BOLD)
        self.down(LEADING * 1.4)

    def paragraph(self, block: Paragraph) -> None:
        """Write a paragraph, its label in bold; the label of the credentials is not."""
        bold = "" if block.close else block.label
        if not block.close:
            self.down(LEADING * 0.7)
        written = 0
        for line in _paragraph_lines(block):
            cut = max(0, min(len(line), len(bold) - written))
            printed = f"{line} "  # word processors keep the space at the end of a line
            end = cut if cut < len(line) else len(printed)
            self.write(LEFT, printed[:end], SERIF_BOLD)
            self.write(LEFT + stringWidth(printed[:end], SERIF_BOLD, SIZE), printed[end:], SERIF)
            written += len(line) + (not line.endswith("-"))
            self.down(LEADING)

    def box(self, block: Box) -> None:
        """Draw the boxed header: grey labels, the last one broken over two lines in its cell."""
        values = iter(block.values)
        for labels in BOX_LABELS:
            height = ROW * (2 if "Application Received:" in labels else 1)
            cells = [text for label in labels for text in (label, next(values))]
            for index, text in enumerate(cells):
                self._cell(index, text, height)
            self.down(height)
        self.down(LEADING)

    def _cell(self, index: int, text: str, height: float) -> None:
        left, right = CELLS[index], CELLS[index + 1]
        label = index % 2 == 0
        self.canvas.setFillGray(0.87 if label else 1)
        self.canvas.rect(left, self.y - height + 10.5, right - left, height, stroke=1, fill=1)
        self.canvas.setFillGray(0)
        first, _, second = text.partition(" ") if text == "Application Received:" else (text, "", "")
        self.canvas.setFont(SANS_BOLD if label else SANS, 11)
        self.canvas.drawString(left + 5, self.y, first + (" " if second else ""))
        if second:
            self.canvas.drawString(left + 5, self.y - 12.5, second)


def _paragraph_lines(block: Paragraph) -> list[str]:
    """Break the paragraph at the width of the page; a label of over a line is measured in bold."""
    font = SERIF_BOLD if len(block.label) > LONG_LABEL else SERIF

    def measure(text: str) -> float:
        return float(stringWidth(text, font, SIZE))

    width = RIGHT - LEFT
    if block.text_below:
        return [*break_lines(block.label, width, measure), block.text]
    return list(break_lines(block.whole, width, measure))
