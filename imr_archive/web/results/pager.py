"""Links to the pages of a result list, the far ones left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from imr_archive.web.question.state import SearchState
    from imr_archive.web.results.results import ResultPage


class PageLink(NamedTuple):
    """A page's link; without an address it is the page shown, or a gap."""

    label: str
    url: str | None
    is_current: bool = False


class PageLinks(NamedTuple):
    """The links below a result list; None where there is no page that way."""

    previous: str | None
    numbers: list[PageLink]
    next: str | None


def page_links(state: SearchState, page: ResultPage) -> PageLinks | None:
    """Return the links around a page; None where one page holds everything."""
    if page.pages == 1:
        return None

    def url(number: int) -> str | None:
        return state.on_page(number).query_string or "?" if 1 <= number <= page.pages else None

    paginator = Paginator(range(page.pages), 1)
    numbers = [
        PageLink(f"{number:,}", None if number == page.number else url(number), number == page.number)
        if isinstance(number, int)
        else PageLink(str(number), None)
        for number in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return PageLinks(url(page.number - 1), numbers, url(page.number + 1))
