"""The template tags and filters of the archive's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html_join

from imr_archive.search.passages import marked_pieces
from imr_archive.search.query.tree import Section
from imr_archive.web.accuracy import reason_accuracy
from imr_archive.web.facets.choices import choice
from imr_archive.web.formatting import Highlights, day, highlighted, midsentence, percent, percent_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context
    from django.utils.safestring import SafeString

    from imr_archive.search.query.tree import Leaf

register = template.Library()
register.simple_tag(choice)
register.simple_tag(reason_accuracy)
register.filter(highlighted)
register.filter(percent)
register.filter(percent_range)
register.filter(midsentence)
register.filter(day)


@register.simple_tag(takes_context=True)
def highlight(context: Context, text: str, leaves: Sequence[Leaf], section: str = "") -> SafeString:
    """Render a text with search words highlighted; of a text in a section, only those that search that section.

    On a page that numbers its highlights (``page.highlights``), each has an anchor.
    """
    pieces = marked_pieces(text, leaves, Section(section) if section else None)
    highlights: Highlights | None = getattr(context.get("page"), "highlights", None)
    return highlighted(pieces) if highlights is None else highlights.render(pieces)


@register.simple_tag(takes_context=True)
def highlight_paragraphs(context: Context, text: str, leaves: Sequence[Leaf], section: str = "") -> SafeString:
    """Render the paragraphs of a text, which blank lines separate, with search words highlighted."""
    found = (paragraph.strip() for paragraph in text.split("\n\n"))
    return format_html_join(
        "\n", "<p>{}</p>", ((highlight(context, paragraph, leaves, section),) for paragraph in found if paragraph)
    )
