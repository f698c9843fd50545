"""What the archive's templates can't say by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imr_archive.search.passages import marked_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imr_archive.search.passages import Piece
    from imr_archive.search.tree import Leaf

register = template.Library()


@register.filter
def as_marked(pieces: Iterable[Piece]) -> SafeString:
    """Write pieces of text, escaped, the hits in ``<mark>``."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece.text) if piece.marked else piece.text,) for piece in pieces)
    )


@register.simple_tag
def marked(text: str, leaves: Sequence[Leaf]) -> SafeString:
    """Write a text with a question's words marked."""
    return as_marked(marked_pieces(text, leaves))


@register.simple_tag
def paragraphs(text: str, leaves: Sequence[Leaf]) -> SafeString:
    """Write a text's paragraphs, which blank lines part, with a question's words marked."""
    found = (paragraph.strip() for paragraph in text.split("\n\n"))
    return format_html_join("\n", "<p>{}</p>", ((marked(paragraph, leaves),) for paragraph in found if paragraph))


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
