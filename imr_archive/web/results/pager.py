"""Links to the pages of a result list; pages far from the current one are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from imr_archive.web.question.question import Question
    from imr_archive.web.results.result_page import ResultPage


class PageLink(NamedTuple):
    """The link to a page; without a URL it is the current page, or an ellipsis."""

    label: str
    url: str | None
    is_current: bool = False


class Pager(NamedTuple):
    """The links below a result list; ``previous`` and ``next`` are None at the ends."""

    previous: str | None
    numbers: list[PageLink]
    next: str | None


def pager(question: Question, page: ResultPage) -> Pager | None:
    """Return the links around a page; None if there is only one page."""
    if page.pages == 1:
        return None

    def url(number: int) -> str | None:
        return question.on_page(number).query_string or "?" if 1 <= number <= page.pages else None

    paginator = Paginator(range(page.pages), 1)
    numbers = [
        PageLink(f"{number:,}", None if number == page.number else url(number), number == page.number)
        if isinstance(number, int)
        else PageLink(str(number), None)
        for number in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return Pager(url(page.number - 1), numbers, url(page.number + 1))
