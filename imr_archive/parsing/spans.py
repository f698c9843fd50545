"""Where a value stands: spans of the source text, and text that remembers where each character came from."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

PARAGRAPH = "\n\n"


class Span(NamedTuple):
    """[start, end) character offsets into the source text."""

    start: int
    end: int


class Trace(NamedTuple):
    """Where a derived text stands in its source, run by run: within a run the source's characters follow each other.

    ``places`` are the offsets in the derived text at which the runs begin, ascending from 0; ``sources`` the offsets
    in the source text of those characters.
    """

    places: list[int]
    sources: list[int]

    def source_of(self, place: int) -> int:
        """Return the source offset of the character at a place of the derived text."""
        places, sources = self
        run = bisect_right(places, place) - 1
        return sources[run] + place - places[run]

    def runs(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the runs of [start, end) as pairs of a place and its source offset, the first from ``start`` on."""
        first, last = bisect_right(self.places, start), bisect_right(self.places, end - 1)
        later = zip(self.places[first:last], self.sources[first:last], strict=True)
        return [(start, self.source_of(start)), *later]


class TracedText(NamedTuple):
    """A text derived from a source text, with the source offset of each of its characters.

    Cutting keeps the trace, so a value found anywhere in a normalised letter can always say where it was printed.
    The pieces of one text share its trace; ``offset`` is where in the traced text the piece begins.
    """

    text: str
    trace: Trace
    offset: int = 0

    @classmethod
    def of(cls, source: str) -> TracedText:
        """Trace a source text to itself."""
        return cls(source, Trace([0], [0]))

    def cut(self, start: int, end: int) -> TracedText:
        """Return the piece [start, end) without white space around it, still traced."""
        piece = self.text[start:end]
        text = piece.lstrip()
        return TracedText(text.rstrip(), self.trace, self.offset + start + len(piece) - len(text))

    def span(self, start: int, end: int) -> Span:
        """Return the source span of the piece [start, end), which must not be empty."""
        (places, sources), offset = self.trace, self.offset
        start, end = offset + start, offset + end
        first, last = bisect_right(places, start) - 1, bisect_right(places, end - 1) - 1
        return Span(sources[first] + start - places[first], sources[last] + end - places[last])

    def flattened(self) -> TracedText:
        """Return the text as one paragraph, the paragraph marks folded to single spaces."""
        if PARAGRAPH not in self.text:
            return self
        places: list[int] = []
        sources: list[int] = []
        at = 0
        for folded, piece in enumerate(self.text.split(PARAGRAPH)):
            # each mark folded before moves the piece forward by what the mark is longer than a space
            moved = self.offset + folded * (len(PARAGRAPH) - 1)
            for place, source in self.trace.runs(self.offset + at, self.offset + at + len(piece) + 1):
                places.append(place - moved)
                sources.append(source)
            at += len(piece) + len(PARAGRAPH)
        return TracedText(self.text.replace(PARAGRAPH, " "), Trace(places, sources))
