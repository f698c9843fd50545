"""Source offsets: spans, and derived text that can map each of its characters back to the source text."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

PARAGRAPH = "\n\n"

# [start, end) offsets into the normalised text (a Span holds offsets into the source text).
Range = tuple[int, int]


class Span(NamedTuple):
    """[start, end) character offsets into the source text."""

    start: int
    end: int


class Trace(NamedTuple):
    """The mapping from a derived text to its source, as runs of characters that are consecutive in both.

    ``places`` holds the offset in the derived text where each run begins, ascending from 0; ``sources`` holds the
    source offset of that character.
    """

    places: list[int]
    sources: list[int]

    def source_of(self, place: int) -> int:
        """Return the source offset of the character at ``place`` of the derived text."""
        run = bisect_right(self.places, place) - 1
        return self.sources[run] + place - self.places[run]

    def runs(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the runs within [start, end) as (place, source offset) pairs; the first begins at ``start``."""
        first, last = bisect_right(self.places, start), bisect_right(self.places, end - 1)
        later = zip(self.places[first:last], self.sources[first:last], strict=True)
        return [(start, self.source_of(start)), *later]


class TracedText(NamedTuple):
    """A text derived from a source text, with the source offset of each of its characters.

    Pieces cut from it keep the trace, so every value found in a normalised letter can say where it was printed.
    All pieces of one text share one trace; ``offset`` is where the piece begins in the traced text.
    """

    text: str
    trace: Trace
    offset: int = 0

    @classmethod
    def of(cls, source: str) -> TracedText:
        """Return a source text traced to itself."""
        return cls(source, Trace([0], [0]))

    def cut(self, start: int, end: int) -> TracedText:
        """Return the piece [start, end) without surrounding white space, still traced."""
        piece = self.text[start:end]
        text = piece.lstrip()
        return TracedText(text.rstrip(), self.trace, self.offset + start + len(piece) - len(text))

    def span(self, start: int, end: int) -> Span:
        """Return the source span of the piece [start, end), which must not be empty."""
        first, last = self.offset + start, self.offset + end - 1
        return Span(self.trace.source_of(first), self.trace.source_of(last) + 1)

    def flattened(self) -> TracedText:
        """Return the text as one paragraph: paragraph marks become single spaces."""
        if PARAGRAPH not in self.text:
            return self
        places: list[int] = []
        sources: list[int] = []
        at = 0
        for marks_before, piece in enumerate(self.text.split(PARAGRAPH)):
            # Each mark before this piece became one space, so the piece moves forward by the difference in length.
            moved = self.offset + marks_before * (len(PARAGRAPH) - 1)
            for place, source in self.trace.runs(self.offset + at, self.offset + at + len(piece) + 1):
                places.append(place - moved)
                sources.append(source)
            at += len(piece) + len(PARAGRAPH)
        return TracedText(self.text.replace(PARAGRAPH, " "), Trace(places, sources))
