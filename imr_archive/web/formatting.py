"""Text and numbers as pages print them: highlights, percentages, dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from django.utils.safestring import SafeString

    from imr_archive.analytics.rates import Interval
    from imr_archive.search.passages import Piece


def highlighted(pieces: Iterable[Piece]) -> SafeString:
    """Render pieces of text, escaped, the search words in ``<mark>``."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece.text) if piece.marked else piece.text,) for piece in pieces)
    )


@dataclass(slots=True)
class Highlights:
    """Numbers the highlighted words of a page in their order, so that each has an anchor: ``#hit-1``."""

    number: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, self.number + 1))

    def render(self, pieces: Iterable[Piece]) -> SafeString:
        """Render pieces of text as ``highlighted`` does, each highlight with its anchor."""
        return format_html_join("", "{}", ((self._mark(piece) if piece.marked else piece.text,) for piece in pieces))

    def _mark(self, piece: Piece) -> SafeString:
        self.number += 1
        return format_html('<mark id="hit-{}">{}</mark>', self.number, piece.text)


def percent(share: float | None, decimals: int = 1) -> str:
    """Format a share as a percentage."""
    return "–" if share is None else f"{100 * share:.{decimals}f}\N{NO-BREAK SPACE}%"


def percent_range(interval: Interval) -> str:
    """Format an interval of shares as percentages: "5.2–9.9 %"."""
    return f"{100 * interval.low:.1f}–{percent(interval.high)}"


def midsentence(label: str) -> str:
    """Format a label for the middle of a sentence: "none cited", but "MTUS only"."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def day(value: date | None) -> str:
    """Format a date as "5 Aug 2014"; empty for None."""
    return f"{value.day} {value:%b %Y}" if value else ""


def day_of(moment: datetime | None) -> str:
    """Format the day of a time in the archive's time zone; empty for None."""
    return day(timezone.localdate(moment)) if moment else ""
