"""The parameters that only downloads have: their columns, and what they hold beside the facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.web.exports.columns import COLUMNS, Option, usual_columns
from imr_archive.web.question.filterset import INVALID_VALUE, Problem, shortened, stripped
from imr_archive.web.question.parameters import COLUMNS_VAR, TableColumn
from imr_archive.web.question.search import InvalidQuestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from imr_archive.search.facets.selection import Unit
    from imr_archive.web.exports.columns import ExportColumn

WITH_VAR = "with"
_SIDE = ("basis", "guideline_sources", "guidelines", "sections", "edition_years")
# What the columns of the table on the page are in a download.
_OF_TABLE: Mapping[str, tuple[str, ...]] = {
    TableColumn.OUTCOME: ("outcome",),
    TableColumn.REQUEST: ("description", "matching_items"),
    TableColumn.TREATMENT: ("treatment", "further_treatments"),
    TableColumn.BODY_PART: ("body_parts",),
    TableColumn.GUIDELINE: tuple(f"reviewer_{name}" for name in _SIDE[1:]),
    TableColumn.BASIS: ("reviewer_basis",),
    TableColumn.CA_GUIDELINE: tuple(f"claims_administrator_{name}" for name in _SIDE[1:]),
    TableColumn.CA_BASIS: ("claims_administrator_basis",),
    TableColumn.SPECIALTY: ("reviewer_certifications", "reviewer_subspecialties"),
    TableColumn.STATE: ("reviewer_states",),
    TableColumn.DECIDED: ("decision_date",),
    TableColumn.ARRIVED: ("arrived",),
    TableColumn.CASE: ("case_number", "item"),
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The columns of a download in their order, and whether the question and the codebook come with it."""

    columns: tuple[ExportColumn, ...]
    with_about: bool


def read_options(query: QueryDict, unit: Unit) -> tuple[ExportOptions, QueryDict]:
    """Return the options of a download, and the parameters that are left: those of the question.

    ``columns`` takes the names of download columns and those of the table on the page. Raise ``InvalidQuestion`` for
    names that do not exist.
    """
    question = query.copy()
    asked, wanted = (stripped(question.pop(name, [])) for name in (COLUMNS_VAR, WITH_VAR))
    known = COLUMNS[unit]
    unknown = [each for each in asked if each not in known and each not in _OF_TABLE]
    problems = [Problem(INVALID_VALUE, f"There is no column “{shortened(each)}”.", COLUMNS_VAR) for each in unknown]
    problems += [
        Problem(
            INVALID_VALUE,
            f"A download can’t be had with “{shortened(each)}”; choose {', '.join(Option)}.",
            WITH_VAR,
        )
        for each in wanted
        if each not in [*Option]
    ]
    if problems:
        raise InvalidQuestion(tuple(problems))
    chosen = dict.fromkeys(name for each in asked for name in ([each] if each in known else _OF_TABLE[each]))
    columns = [known[name] for name in chosen if name in known] or [*usual_columns(unit)]
    return ExportOptions(_with_options(columns, unit, wanted), Option.ABOUT in wanted), question


def _with_options(columns: list[ExportColumn], unit: Unit, wanted: tuple[str, ...]) -> tuple[ExportColumn, ...]:
    """Add the optional columns; a label stands beside its code."""
    known = COLUMNS[unit].values()
    read_for = {(each.fields, each.linked) for each in columns}
    added = [
        each
        for each in known
        if each.option in wanted
        and each not in columns
        and (each.option is not Option.LABELS or (each.fields, each.linked) in read_for)
    ]
    places = {each: place for place, each in enumerate(known)}
    if columns == [*usual_columns(unit)]:
        return tuple(sorted([*columns, *added], key=places.__getitem__))
    return (*columns, *added)
