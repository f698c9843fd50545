"""The table of results: a row for each disputed item, or for each determination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.models import Determination, DisputedItem
from imr_archive.models.readable import readable_rows
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import Basis, CaseOutcome, CitedBy, Outcome
from imr_archive.web.formatting import day, day_of
from imr_archive.web.question.parameters import USUAL_COLUMNS, TableColumn
from imr_archive.web.results.item_facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imr_archive.web.question.search import Search
    from imr_archive.web.results.item_facts import ItemFacts

# The long texts of an item, which no row shows.
_UNREAD = ("text__rationale", "text__reviewer_guideline", "text__ca_guideline")
# A row of a determination has the values of so many of its selected items.
ITEMS_IN_ROW = 5


@dataclass(frozen=True, slots=True)
class TableCell:
    """The values of one column: of a determination's row, those of its items, each once."""

    column: TableColumn
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """An item, or a determination; ``position`` is that of its first item, ``outcome`` a code with its label.

    ``references`` are those of its items, by which a tray keeps them.
    """

    determination: Determination
    position: int
    outcome: Outcome | CaseOutcome | None
    cells: tuple[TableCell, ...]
    references: str


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows in the order of the list, under the chosen columns."""

    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]


def table_of(search: Search, keys: Sequence[int]) -> ResultTable:
    """Return the table for the keys of a page: of items, or of determinations, as the question shows."""
    columns = search.question.columns or USUAL_COLUMNS
    is_of_letters = search.question.show is Unit.DETERMINATIONS
    groups = (
        [search.selection.items_of(key)[:ITEMS_IN_ROW] for key in keys] if is_of_letters else [[key] for key in keys]
    )
    wanted = [key for group in groups for key in group]
    rows = DisputedItem.objects.order_by().select_related("text", "determination__reviewer").defer(*_UNREAD)
    found, facts = readable_rows(rows.in_bulk, wanted, what="Disputed item"), facts_of(wanted)
    # What was deleted since it was counted is skipped.
    items_of_rows = [[found[key] for key in group if key in found] for group in groups]
    return ResultTable(
        columns, tuple(_row(items, facts, columns, of_letter=is_of_letters) for items in items_of_rows if items)
    )


def _row(
    items: Sequence[DisputedItem], facts: Mapping[int, ItemFacts], columns: Iterable[TableColumn], *, of_letter: bool
) -> TableRow:
    determination = items[0].determination
    code = determination.outcome if of_letter else items[0].outcome
    outcome = (CaseOutcome(code) if of_letter else Outcome(code)) if code else None
    values = _values(items, [facts[item.pk] for item in items])
    cells = tuple(TableCell(column, tuple(dict.fromkeys(values[column]))) for column in columns)
    references = " ".join(f"{determination.reference}-{item.position}" for item in items)
    return TableRow(determination, items[0].position, outcome, cells, references)


def _values(items: Sequence[DisputedItem], facts: Sequence[ItemFacts]) -> dict[TableColumn, list[str]]:
    determination = items[0].determination
    reviewer = determination.reviewer
    return {
        TableColumn.OUTCOME: [],
        TableColumn.REQUEST: [item.text.description for item in items],
        # A row has no room for the levels above.
        TableColumn.TREATMENT: [each.rpartition(" › ")[2] for fact in facts for each in fact.treatments],
        TableColumn.BODY_PART: [each for fact in facts for each in fact.body_parts],
        TableColumn.GUIDELINE: _cited(facts, CitedBy.REVIEWER),
        TableColumn.BASIS: [Basis(item.reviewer_basis).label for item in items],
        TableColumn.CA_GUIDELINE: _cited(facts, CitedBy.CLAIMS_ADMINISTRATOR),
        TableColumn.CA_BASIS: [Basis(item.ca_basis).label for item in items],
        TableColumn.SPECIALTY: [*reviewer.certifications] if reviewer else [],
        TableColumn.STATE: [*reviewer.states] if reviewer else [],
        TableColumn.DECIDED: [day(determination.decision_date)] if determination.decision_date else [],
        TableColumn.ARRIVED: [arrival] if (arrival := day_of(determination.arrived_at)) else [],
        TableColumn.CASE: [str(determination)],
    }


def _cited(facts: Iterable[ItemFacts], side: CitedBy) -> list[str]:
    return [
        f"{label}, {section}" if section else label for fact in facts for label, section in fact.cited[side].items()
    ]
