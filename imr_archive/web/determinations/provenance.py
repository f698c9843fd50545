"""Provenance: where the source letter states a value, as a link that highlights the words in the source text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from imr_archive.web.question.question import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import DisputedItem
    from imr_archive.web.determinations.corrected import Corrected

# The parameter that names the span to highlight in the source text.
AT_VAR = "at"
# The parameter that names, by its position in the letter, the disputed item to unfold.
ITEM_VAR = "item"
# The parameter that shows the source as the images of its pages instead of its text.
SOURCE_VAR = "source"
PAGES = "page"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the letter states something: the path of the span, a name for it, and the link that highlights it.

    ``is_highlighted`` tells that the page highlights it now; ``corrected`` that a person set another value. A value
    that only a person has stated has no link: its ``url`` is empty.
    """

    path: str
    name: str
    url: str
    is_highlighted: bool
    corrected: Corrected | None = None


@dataclass(frozen=True, slots=True)
class LinkedValue:
    """A value with its provenance, and the query string that finds the items with the same value."""

    text: str
    provenance: Provenance | None = None
    facet_url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled fact; without values the letter does not state it."""

    label: str
    values: tuple[LinkedValue, ...]


@dataclass
class Spans:
    """The spans of a letter as links of its page; remembers the names that the page gives them.

    ``highlighted`` is the path of the span to highlight, ``item`` the position of the item that the address unfolds.
    ``shows_pages`` tells that the source is shown as the images of its pages.
    """

    address: str
    question: Question
    spans: dict[str, Sequence[int]]
    highlighted: str
    item: int | None = None
    shows_pages: bool = False
    corrected: Sequence[Corrected] = ()
    names: dict[str, str] = field(default_factory=dict)

    def provenance(self, name: str, path: str) -> Provenance | None:
        """Return the provenance of a path, if the letter has a span for it or a person has set its value."""
        corrected = self.correction(path)
        if path not in self.spans:
            return Provenance(path, name, "", is_highlighted=False, corrected=corrected) if corrected else None
        self.names[path] = name
        return Provenance(
            path,
            name,
            self._url(self.item, path, shows_pages=self.shows_pages),
            is_highlighted=path == self.highlighted,
            corrected=corrected,
        )

    def correction(self, path: str) -> Corrected | None:
        """Return the correction of what a span states, if a person made one."""
        return next((each for each in self.corrected if each.concerns(path)), None)

    def item_url(self, position: int) -> str:
        """Return the address that unfolds one disputed item."""
        return f"{self._url(position, '', shows_pages=self.shows_pages)}#item-{position}"

    def source_url(self, *, shows_pages: bool) -> str:
        """Return the address of the same page with the source shown as the images of its pages, or as text."""
        place = "at" if self.highlighted in self.spans else "source"
        return f"{self._url(self.item, self.highlighted, shows_pages=shows_pages)}#{place}"

    def _url(self, item: int | None, path: str, *, shows_pages: bool) -> str:
        asked = {ITEM_VAR: str(item or ""), SOURCE_VAR: PAGES if shows_pages else "", AT_VAR: path}
        query = urlencode([*self.question.pairs, *((name, value) for name, value in asked.items() if value)], safe="/")
        return f"{self.address}?{query}" if query else self.address


def item_url(item: DisputedItem) -> str:
    """Return the address that unfolds a disputed item on its determination's page."""
    return f"{item.determination.get_absolute_url()}?{ITEM_VAR}={item.position}#item-{item.position}"


def single_fact(label: str, text: str, provenance: Provenance | None) -> Fact:
    """Return a fact of one value; an empty text is not stated."""
    return Fact(label, (LinkedValue(text, provenance),) if text else ())


def facet_url(name: str, value: str) -> str:
    """Return the query string that finds everything with one facet value."""
    return Question().with_value(name, value).query_string
