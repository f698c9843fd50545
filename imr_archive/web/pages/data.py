"""The data page: downloads of a question in every form, and what their columns say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from imr_archive.models import DisputedItem
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.spreadsheets import LONGEST_CELL
from imr_archive.web.exports.about import codebook_rows
from imr_archive.web.exports.columns import COLUMNS, Option
from imr_archive.web.exports.workbook import MAX_ROWS
from imr_archive.web.question.active_filters import active_filters, question_in_words
from imr_archive.web.question.parameters import COLUMNS_VAR, PAGE_VAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.web.exports.columns import ExportColumn
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

# The route of each unit's downloads.
_ROUTES = {Unit.ITEMS: "web:items-download", Unit.DETERMINATIONS: "web:determinations-download"}


@dataclass(frozen=True, slots=True)
class OfferedDownload:
    """The downloads of one unit: a form that leads to CSV or XLSX, a link to JSON Lines, and the columns."""

    unit: Unit
    title: str
    count: int
    csv_url: str
    xlsx_url: str
    ndjson_url: str
    options: Sequence[Option]
    columns: Sequence[ExportColumn]
    codebook: Sequence[tuple[str, str, str]]

    @property
    def fits_workbook(self) -> bool:
        """Return whether a workbook is made of so many rows."""
        return self.count <= MAX_ROWS


class Call(NamedTuple):
    """An example of the API: what it asks for, and its address."""

    about: str
    url: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """The downloads of a question; ``pairs`` are the parameters that every download keeps."""

    question: Question
    question_in_words: str
    list_url: str
    problems: Sequence[str]
    pairs: Sequence[tuple[str, str]]
    downloads: Sequence[OfferedDownload]
    calls: Sequence[Call]
    data_version: str
    most_rows: int = MAX_ROWS
    longest_cell: int = LONGEST_CELL


def data_page(search: Search) -> DataPage:
    """Build the data page of a search."""
    question = search.question.on_page(1)
    return DataPage(
        question=question,
        question_in_words=question_in_words(active_filters(search)),
        list_url=reverse("web:list") + question.query_string,
        problems=[*search.problems, *search.unknown_values],
        pairs=[pair for pair in question.pairs if pair[0] not in (COLUMNS_VAR, PAGE_VAR)],
        downloads=[_download(search, unit) for unit in Unit],
        calls=[
            Call("Disputed items of this question", reverse("api:items") + question.query_string),
            Call("Its determinations", reverse("api:determinations") + question.query_string),
            Call("Counts of every facet’s values", reverse("api:facets") + question.query_string),
            *_comparables_call(search),
            Call("Versions of the data and the parser", reverse("api:versions")),
        ],
        data_version=search.snapshot.data_version,
    )


def _comparables_call(search: Search) -> list[Call]:
    """Return the call for the decisions comparable to the newest item of a question, if it has any."""
    newest = search.selection.page(Order.NEWEST, Unit.ITEMS, offset=0, limit=1)
    items = DisputedItem.objects.filter(pk__in=newest).select_related("determination").order_by("pk")
    url = reverse("api:comparables")
    return [Call("Decisions comparable to its newest item", f"{url}?item={each.reference}") for each in items]


def _download(search: Search, unit: Unit) -> OfferedDownload:
    columns = [*COLUMNS[unit].values()]
    offered = {each.option for each in columns}
    urls = {form: reverse(_ROUTES[unit], kwargs={"form": form}) for form in ("csv", "xlsx", "ndjson")}
    return OfferedDownload(
        unit=unit,
        title=unit.label.capitalize(),
        count=search.selection.size(unit),
        csv_url=urls["csv"],
        xlsx_url=urls["xlsx"],
        ndjson_url=urls["ndjson"] + search.question.on_page(1).query_string,
        options=[option for option in Option if option is Option.ABOUT or option in offered],
        columns=[each for each in columns if each.option is None],
        codebook=[*codebook_rows(columns)],
    )
