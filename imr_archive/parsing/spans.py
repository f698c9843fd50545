"""Where a value stands: spans of the source text, and text that remembers where each character came from."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import NamedTuple

PARAGRAPH = "\n\n"


class Span(NamedTuple):
    """[start, end) character offsets into the source text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TracedText:
    """A text derived from a source text, with the source offset of each of its characters.

    Slicing keeps the trace, so a value found anywhere in a normalised letter can always say where it was printed.
    """

    text: str
    origin: array[int]

    @classmethod
    def of(cls, source: str) -> TracedText:
        """Trace a source text to itself."""
        return cls(source, array("l", range(len(source))))

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int) -> TracedText:
        """Return the piece [start, end), still traced."""
        return TracedText(self.text[start:end], self.origin[start:end])

    def span(self, start: int, end: int) -> Span:
        """Return the source span of the piece [start, end), which must not be empty."""
        return Span(self.origin[start], self.origin[end - 1] + 1)

    def stripped(self) -> TracedText:
        """Return the piece without white space around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))

    def flattened(self) -> TracedText:
        """Return the text as one paragraph, the paragraph marks folded to single spaces."""
        if PARAGRAPH not in self.text:
            return self
        origin = array("l")
        at = 0
        for piece in self.text.split(PARAGRAPH):
            if at:
                origin.append(self.origin[at - len(PARAGRAPH)])
            origin.extend(self.origin[at : at + len(piece)])
            at += len(piece) + len(PARAGRAPH)
        return TracedText(self.text.replace(PARAGRAPH, " "), origin)
