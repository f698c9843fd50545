"""What a guideline paragraph says: its basis, and its citations with their places in the paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from imr_archive.parsing.citations.resolver import GuidelineEntry
    from imr_archive.vocabulary import Basis, GuidelineSource


class CitationReading(NamedTuple):
    """One guideline, and section of it, cited in a paragraph.

    ``slug`` is the entry of ``tables/guidelines.toml``, None where the letter names one that is not there;
    ``guideline`` is its canonical title, or the title or address as printed for sources outside MTUS, ODG and ACOEM.
    ``text`` is the printed piece, and stands at [start, end) of the paragraph.
    """

    source: GuidelineSource
    guideline: str
    slug: str | None
    text: str
    start: int
    end: int
    section: str | None = None
    year: int | None = None
    chapter_number: int | None = None
    pages: str | None = None
    tables: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        guideline: GuidelineEntry,
        paragraph: str,
        place: tuple[int, int],
        *,
        section: str | None = None,
        year: int | None = None,
        chapter_number: int | None = None,
    ) -> CitationReading:
        """Cite a guideline of our tables by its canonical title."""
        start, end = place
        return cls(
            source=guideline.source,
            guideline=guideline.title,
            slug=guideline.slug,
            text=paragraph[start:end],
            start=start,
            end=end,
            section=section,
            year=year,
            chapter_number=chapter_number,
        )


class RelianceReading(NamedTuple):
    """What one side relied on for one item."""

    basis: Basis
    citations: tuple[CitationReading, ...] = ()
