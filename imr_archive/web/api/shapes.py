"""The types of what the API answers, made of the record's own types: a new field of the record needs no line here."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from imr_archive.records import CitationRecord, ItemRecord, LetterRecord, ReasonRecord, Record, SideRecord
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.tree import Scope
from imr_archive.vocabulary import GuidelineSource, Outcome, ReasonCode
from imr_archive.web.exports.records import ITEM_ONLY, LETTER_ONLY
from imr_archive.web.question.parameters import Sort


class CitationJson(msgspec.Struct):
    """A guideline, and section of it, that one side cited; ``guideline`` is the slug of the canonical entry."""

    guideline: str
    title: str
    source: GuidelineSource
    section: str | None
    year: int | None
    pages: str | None
    tables: list[str]
    text: str


class ReasonJson(msgspec.Struct):
    """Why the item was upheld or overturned: a code, and the clause of the rationale that states it."""

    code: ReasonCode
    quote: str


def _shape(name: str, fields: dict[str, Any], record: type[Record]) -> type[msgspec.Struct]:
    return msgspec.defstruct(name, [*fields.items()], namespace={"__doc__": record.__doc__ or ""})


def _fields(record: type[Record], left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {name: _published(hints[name]) for name in record.__struct_fields__ if name not in left_out}


def _published(hint: Any) -> Any:
    """Return a type with the published form in place of each record, and lists in place of tuples of any length."""
    if isinstance(hint, type) and issubclass(hint, Record):
        return _SHAPES.get(hint) or _shape(hint.__name__.removesuffix("Record"), _fields(hint), hint)
    if get_origin(hint) is tuple and get_args(hint)[-1] is Ellipsis:
        return list[_published(get_args(hint)[0])]  # type: ignore[misc]  # made of a run-time type
    return hint


_SHAPES: dict[type[Record], type[msgspec.Struct]] = {CitationRecord: CitationJson, ReasonRecord: ReasonJson}
_SHAPES[SideRecord] = _shape("Side", _fields(SideRecord), SideRecord)
_LETTER = {**_fields(LetterRecord, LETTER_ONLY), "arrived": date | None, "url": str}
_ITEM = {"url": str, **_fields(ItemRecord, ITEM_ONLY)}
Letter = _shape("Letter", _LETTER, LetterRecord)
OwnItem = _shape("OwnItem", _ITEM, ItemRecord)
Item = _shape("Item", {"determination": Letter, **_ITEM}, ItemRecord)
Determination = _shape("Determination", {**_LETTER, "items": list[OwnItem]}, LetterRecord)  # type: ignore[valid-type]  # made of a run-time type


class FoundJson(msgspec.Struct):
    """How many disputed items, and distinct determinations, a question finds."""

    items: int
    determinations: int


class RateJson(msgspec.Struct):
    """The overturn rate of those with an outcome, without a chosen outcome; the interval is of 95 %."""

    overturned: int
    of: int
    counted: Unit
    share: float | None
    interval: tuple[float, float] | None
    design_effect: float


class _Asked(msgspec.Struct):
    question: str
    notices: list[str]
    scope: Scope
    data_version: str


class _Listed(_Asked):
    found: FoundJson
    rate: RateJson
    order: Sort
    ranked_among: int | None
    next: str | None


class ItemsJson(_Listed):
    """A part of the disputed items of a question."""

    items: list[Item]  # type: ignore[valid-type]  # made of a run-time type


class DeterminationsJson(_Listed):
    """A part of the determinations of a question, each with its selected items."""

    determinations: list[Determination]  # type: ignore[valid-type]  # made of a run-time type


class ValueJson(msgspec.Struct):
    """A value of a facet and its count."""

    value: str
    label: str
    count: int


class FacetJson(msgspec.Struct):
    """A facet with its values."""

    name: str
    title: str
    values: list[ValueJson]


class FacetsJson(_Asked):
    """The values of every facet, each counted under all filters but its own."""

    counted: Unit
    facets: list[FacetJson]


class OutcomeRateJson(msgspec.Struct):
    """How many of some items were overturned, or have a reason; the interval is of 95 %. Below 30, too few to say."""

    part: int
    of: int
    share: float | None
    interval: tuple[float, float] | None
    design_effect: float
    too_few: bool


class OutcomeValueJson(OutcomeRateJson):
    """A value with its rate, and the address of the list of exactly its items."""

    value: str
    label: str
    url: str


class OutcomeCellJson(OutcomeRateJson):
    """The rate of the items that have the values of a row and of a column."""

    row: str
    column: str


class OutcomesJson(_Asked):
    """The rates of a question by one or two axes; of reasons, the share of items that were decided for each."""

    rows: str
    split: str | None
    rates_are: Literal["overturned", "reason"]
    total: OutcomeRateJson
    values: list[OutcomeValueJson]
    left_out: int
    without_value: int
    without_outcome: int
    columns: list[OutcomeValueJson]
    cells: list[OutcomeCellJson]


class SuggestionJson(msgspec.Struct):
    """Something that the words may mean, and its address; ``count`` is null where counting takes long."""

    kind: str
    label: str
    count: int | None
    url: str


class SuggestionsJson(_Asked):
    """What the words of a question may mean."""

    suggestions: list[SuggestionJson]


class ComparableJson(msgspec.Struct):
    """A comparable decision: how near it is, and in what it agrees and differs."""

    item: str
    url: str
    compare_url: str
    outcome: Outcome
    decided: date | None
    request: str
    nearness: float
    why: str


class ComparablesJson(msgspec.Struct):
    """The decisions nearest to an item: their overturn rate, and the nearest of each outcome, from different letters.

    ``compared`` is the number of distinct rationales among which they were found.
    """

    data_version: str
    item: str
    url: str
    compared: int
    nearest: int
    rate: RateJson
    overturned: list[ComparableJson]
    upheld: list[ComparableJson]


class VersionsJson(msgspec.Struct):
    """What the archive holds, and which versions of the parser read it."""

    api: str
    data_version: str
    parser_versions: list[str]
    totals: FoundJson


class ErrorJson(msgspec.Struct):
    """What is wrong: a code, a sentence, and the parameter that it is about."""

    code: str
    message: str
    parameter: str | None


class ErrorsJson(msgspec.Struct):
    """Every answer with a status other than 200 and 304."""

    errors: list[ErrorJson]
