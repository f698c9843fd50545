"""What the archive's templates can't say by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imr_archive.search.passages import marked_pieces
from imr_archive.search.query.tree import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.template import Context

    from imr_archive.search.passages import Piece
    from imr_archive.search.query.tree import Leaf

register = template.Library()


@register.filter
def as_marked(pieces: Iterable[Piece]) -> SafeString:
    """Write pieces of text, escaped, the hits in ``<mark>``."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece.text) if piece.marked else piece.text,) for piece in pieces)
    )


@dataclass(slots=True)
class Hits:
    """Numbers the hits of a page in their order, so that each has an address: ``#hit-1``."""

    number: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, self.number + 1))

    def write(self, pieces: Iterable[Piece]) -> SafeString:
        """Write pieces of text as ``as_marked`` does, each hit with its address."""
        return format_html_join("", "{}", ((self._mark(piece) if piece.marked else piece.text,) for piece in pieces))

    def _mark(self, piece: Piece) -> SafeString:
        self.number += 1
        return format_html('<mark id="hit-{}">{}</mark>', self.number, piece.text)


@register.simple_tag(takes_context=True)
def marked(context: Context, text: str, leaves: Sequence[Leaf], section: str = "") -> SafeString:
    """Write a text with a question's words marked, those that are asked for in its section if it is of one.

    On a page that numbers its hits (``hits`` in the context), each mark has an address.
    """
    pieces = marked_pieces(text, leaves, Section(section) if section else None)
    hits: Hits | None = context.get("hits")
    return hits.write(pieces) if hits else as_marked(pieces)


@register.simple_tag(takes_context=True)
def paragraphs(context: Context, text: str, leaves: Sequence[Leaf], section: str = "") -> SafeString:
    """Write a text's paragraphs, which blank lines part, with a question's words marked."""
    found = (paragraph.strip() for paragraph in text.split("\n\n"))
    return format_html_join(
        "\n", "<p>{}</p>", ((marked(context, paragraph, leaves, section),) for paragraph in found if paragraph)
    )


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """Write a share as a percentage."""
    return "–" if share is None else f"{100 * share:.{decimals}f}\N{NO-BREAK SPACE}%"


@register.filter
def midsentence(label: str) -> str:
    """Write a label inside a sentence: "none cited", but "MTUS only"."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


@register.filter
def day(value: object) -> str:
    """Write a date as "5 Aug 2014"; nothing for none."""
    return f"{value.day} {value:%b %Y}" if value else ""  # type: ignore[attr-defined]  # templates pass dates
