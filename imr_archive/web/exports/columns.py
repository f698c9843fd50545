"""The columns of CSV and XLSX downloads: for each its name, what it says, its codes, and what is read for it.

The path of a value in the database follows from its path in the record (``letters.columns``), so that a field has one
name and one place. A column of ``option`` is sent only if it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from imr_archive.letters import columns as stored
from imr_archive.models.determination import reference_of
from imr_archive.records import DATE_NAMES, PROFILE_NAMES
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import (
    Basis,
    CaseOutcome,
    CitedBy,
    DiagnosticCode,
    Laterality,
    Layout,
    Outcome,
    Priority,
    ReasonCode,
    Sex,
    Vocabulary,
)
from imr_archive.web.exports.linked import JOINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imr_archive.letters.columns import Columns
    from imr_archive.web.exports.linked import ExportedValue, StoredCitation


class Option(Vocabulary):
    """What a download holds only if it is asked for."""

    RATIONALE = "rationale", "The reviewer’s rationale"
    SUMMARY = "summary", "The clinical case summary"
    GUIDELINE_TEXT = "guideline_text", "What each side wrote on its guidelines"
    LABELS = "labels", "A label beside each code"
    ABOUT = "about", "The question and the codebook, with the data in a .zip"


@dataclass(frozen=True, eq=False)
class ExportColumn:
    """A column: ``cell`` makes its value from those of ``fields``, or from the linked
    rows that ``linked`` names, where there are any."""

    name: str
    about: str
    fields: tuple[str, ...] = ()
    linked: str = ""
    cell: Callable[..., Any] | None = None
    codes: type[Vocabulary] | None = None
    option: Option | None = None


def _fields(*tables: tuple[str, Columns]) -> dict[str, str]:
    """Return the path of each value in a query, by its path in the record."""
    return {path: f"{prefix}{column}" for prefix, table in tables for column, path in table.paths.items()}


_ITEM = _fields(("", stored.ITEM), ("text__", stored.ITEM_TEXT))
_LETTER = _fields(("", stored.DETERMINATION), ("text__", stored.DETERMINATION_TEXT))


def _coded(
    name: str, about: str, field: str, codes: type[Vocabulary], *, labels: Mapping[str, str] | None = None
) -> tuple[ExportColumn, ExportColumn]:
    labels = labels or dict(codes.choices())
    label = ExportColumn(
        f"{name}_label",
        f"The label of {name}.",
        (field,),
        cell=lambda code: labels.get(code, code),
        option=Option.LABELS,
    )
    return ExportColumn(name, about, (field,), codes=codes), label


def _joined(values: Iterable[str]) -> str:
    return JOINT.join(values)


def _cited(name: str) -> Callable[[list[StoredCitation]], str]:
    """Return what joins one part of all citations; empty places stand for what is not stated."""
    get = attrgetter(name)

    def cell(citations: list[StoredCitation]) -> str:
        if len(citations) == 1:
            return str(get(citations[0]))
        parts = [get(each) for each in citations]
        return JOINT.join(parts) if any(parts) else ""

    return cell


_SIDE_WORDS = {CitedBy.REVIEWER: "the expert reviewer", CitedBy.CLAIMS_ADMINISTRATOR: "the claims administrator"}


def _side(side: CitedBy) -> list[ExportColumn]:
    """Return the columns of what one side relied on; the lists of its citations are parallel."""
    name, words = side.value, _SIDE_WORDS[side]
    return [
        *_coded(f"{name}_basis", f"What kind of guideline {words} relied on.", _ITEM[f"{name}.basis"], Basis),
        ExportColumn(
            f"{name}_guideline_sources",
            f"The source of each guideline that {words} cited, by its label.",
            linked=name,
            cell=_cited("source"),
        ),
        ExportColumn(
            f"{name}_guidelines",
            f"The title of each guideline that {words} cited.",
            linked=name,
            cell=_cited("title"),
        ),
        ExportColumn(
            f"{name}_sections",
            f"The section of each citation of {words}, as printed.",
            linked=name,
            cell=_cited("section"),
        ),
        ExportColumn(
            f"{name}_edition_years",
            f"The edition’s year of each citation of {words}.",
            linked=name,
            cell=_cited("year"),
        ),
        ExportColumn(
            f"{name}_guideline_text",
            f"What {words} wrote on guidelines, as printed.",
            (_ITEM[f"{name}.text"],),
            option=Option.GUIDELINE_TEXT,
        ),
    ]


def _first(named: list[ExportedValue]) -> str:
    return named[0].slug


def _treatments() -> list[ExportColumn]:
    return [
        ExportColumn(
            "treatment", "The treatment named first: category/subcategory/service.", linked="treatments", cell=_first
        ),
        ExportColumn(
            "treatment_label",
            "The name of that treatment.",
            linked="treatments",
            cell=lambda named: named[0].name,
            option=Option.LABELS,
        ),
        ExportColumn(
            "further_treatments",
            "Other treatments that the same request names.",
            linked="treatments",
            cell=lambda named: _joined(each.slug for each in named[1:]),
        ),
        ExportColumn(
            "body_parts",
            "The body parts that the request names.",
            linked="body_parts",
            cell=lambda named: _joined(each.slug for each in named),
        ),
        ExportColumn(
            "body_part_labels",
            "The names of those body parts.",
            linked="body_parts",
            cell=lambda named: _joined(each.name for each in named),
            option=Option.LABELS,
        ),
    ]


@cache
def _page_pattern() -> tuple[str, str]:
    """Return what stands before and after the reference in the address of a determination's page."""
    before, _, after = reverse("web:determination", args=["-"]).partition("-")
    return before, after


def _page(case_number: str | None, determination: int) -> str:
    before, after = _page_pattern()
    return f"{before}{reference_of(case_number, determination)}{after}"


def _local(moment: datetime | str) -> date | str:
    return timezone.localdate(moment) if isinstance(moment, datetime) else ""


_DATES = {
    "injury": "Date of the injury.",
    "ur_decision": "Date of the utilization review decision under appeal.",
    "received": "Date on which the application was received.",
    "assigned": "Date on which the case was assigned to a reviewer.",
    "decision": "Date of the determination letter.",
}
_PROFILE = {
    "certifications": "The boards that certified the reviewer.",
    "subspecialties": "The reviewer’s subspecialties.",
    "states": "The states in which the reviewer is licensed.",
}


def _letter_facts(prefix: str) -> list[ExportColumn]:
    """Return the columns of a determination; ``prefix`` is its path from what is listed."""

    def of(path: str) -> str:
        return f"{prefix}{_LETTER[path]}"

    return [
        *(ExportColumn(f"{name}_date", _DATES[name], (of(f"dates.{name}"),)) for name in DATE_NAMES),
        *_coded("priority", "How fast the review had to be.", of("priority"), Priority),
        ExportColumn("worker_age", "The worker’s age in years, as the summary states it.", (of("worker.age"),)),
        *_coded("worker_sex", "The worker’s sex, as the summary states it.", of("worker.sex"), Sex),
        *(
            ExportColumn(f"reviewer_{name}", _PROFILE[name], linked="profile", cell=itemgetter(place))
            for place, name in enumerate(PROFILE_NAMES)
        ),
        *_coded("layout", "The form of the letter.", of("layout"), Layout),
        ExportColumn(
            "arrived",
            "The day on which it came into the archive.",
            (f"{prefix}arrived_at",),
            cell=_local,
        ),
        ExportColumn(
            "clinical_summary",
            "The clinical case summary, as printed.",
            (of("clinical_summary"),),
            option=Option.SUMMARY,
        ),
    ]


_ITEM_COLUMNS = [
    ExportColumn("case_number", "The IMR case number; empty if none is printed.", ("determination__case_number",)),
    ExportColumn("item", "The disputed item’s place in the letter, from 1.", (_ITEM["position"],)),
    *_coded("outcome", "What the review decided about the item.", _ITEM["outcome"], Outcome),
    ExportColumn("description", "The request that was decided, as printed.", (_ITEM["description"],)),
    ExportColumn(
        "original_request", "The whole request, if a part had been authorized before.", (_ITEM["original_request"],)
    ),
    ExportColumn("authorized", "The part that utilization review had authorized.", (_ITEM["authorized"],)),
    *_treatments(),
    *_coded("laterality", "The side of the body.", _ITEM["laterality"], Laterality),
    ExportColumn("quantity", "The quantity requested, such as tablets or visits.", (_ITEM["quantity"],)),
    ExportColumn("service_from", "First date of the service, if it was given already.", (_ITEM["service_dates.0"],)),
    ExportColumn("service_to", "Last date of the service.", (_ITEM["service_dates.1"],)),
    ExportColumn(
        "reasons",
        "Why it was decided so, read by rules from the rationale.",
        linked="reasons",
        cell=_joined,
        codes=ReasonCode,
    ),
    ExportColumn(
        "reason_labels",
        "The labels of those reasons.",
        linked="reasons",
        cell=lambda codes: _joined(ReasonCode(code).label for code in codes),
        option=Option.LABELS,
    ),
    *_side(CitedBy.REVIEWER),
    *_side(CitedBy.CLAIMS_ADMINISTRATOR),
    ExportColumn("rationale", "The reviewer’s rationale, as printed.", (_ITEM["rationale"],), option=Option.RATIONALE),
    *_coded(
        "determination_outcome",
        "What follows for the whole determination.",
        f"determination__{_LETTER['outcome']}",
        CaseOutcome,
    ),
    *_letter_facts("determination__"),
    ExportColumn(
        "doubts",
        "The parser’s doubts about the item.",
        (_ITEM["doubts"],),
        cell=_joined,
        codes=DiagnosticCode,
    ),
    ExportColumn(
        "url",
        "The address of the item’s page.",
        ("determination__case_number", "determination_id", _ITEM["position"]),
        cell=lambda number, key, position: f"{_page(number, key)}#item-{position}",
    ),
]


def _outcomes(outcome: Outcome) -> Callable[[list[tuple[int, str, bool]]], int]:
    return lambda items: sum(1 for _, own, _ in items if own == outcome)


_DETERMINATION_COLUMNS = [
    ExportColumn("case_number", "The IMR case number; empty if none is printed.", ("case_number",)),
    *_coded("outcome", "What follows from the outcomes of the items.", _LETTER["outcome"], CaseOutcome),
    ExportColumn("items", "The number of disputed items in the letter.", linked="items", cell=len),
    ExportColumn("upheld_items", "How many of them were upheld.", linked="items", cell=_outcomes(Outcome.UPHELD)),
    ExportColumn(
        "overturned_items", "How many of them were overturned.", linked="items", cell=_outcomes(Outcome.OVERTURNED)
    ),
    ExportColumn(
        "matching_items",
        "The places of the items that fulfil the question.",
        linked="items",
        cell=lambda items: _joined(str(position) for position, _, matches in items if matches),
    ),
    *_letter_facts(""),
    ExportColumn("url", "The address of the determination’s page.", ("case_number", "pk"), cell=_page),
]

COLUMNS: Mapping[Unit, Mapping[str, ExportColumn]] = {
    Unit.ITEMS: {each.name: each for each in _ITEM_COLUMNS},
    Unit.DETERMINATIONS: {each.name: each for each in _DETERMINATION_COLUMNS},
}


def usual_columns(unit: Unit) -> tuple[ExportColumn, ...]:
    """Return the columns of a download for which none are chosen."""
    return tuple(each for each in COLUMNS[unit].values() if each.option is None)
