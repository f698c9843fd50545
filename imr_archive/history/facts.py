"""What a determination's rows say, as plain values that JSON can hold: of a parsed letter, or of what is stored.

Both give the same values for the same letter, so that they can be compared, kept, and written again. What hangs on an
item is named by the slug of its canonical row, and a reviewer by the names of the profile: no key is among the values.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from imr_archive.ingest.pipeline.canonical import stored_treatment
from imr_archive.ingest.pipeline.letter_rows import (
    CITATION_COLUMNS,
    DETERMINATION_COLUMNS,
    DETERMINATION_TEXT_COLUMNS,
    ITEM_COLUMNS,
    ITEM_TEXT_COLUMNS,
    MENTION_COLUMNS,
    ItemRows,
    LetterRows,
    Profile,
    fingerprint_of,
)
from imr_archive.ingest.pipeline.rows import firsts
from imr_archive.models import (
    Determination,
    DisputedItem,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemTreatment,
)
from imr_archive.parsing.requests.treatment_table import treatments

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from django.db.models import Model

    from imr_archive.ingest.pipeline.letter_rows import Values

    Facts = dict[str, Any]

_JSON = frozenset({"raw", "doubts", "tables"})
_DATES = frozenset({each for each in DETERMINATION_COLUMNS if each.endswith("_date")} | {"service_from", "service_to"})
_REVIEWER = ("certifications", "subspecialties", "states")


def facts_of(letter: LetterRows) -> Facts:
    """Return the facts of a parsed letter, as they are once they are stored."""
    return {
        **_parsed(DETERMINATION_COLUMNS, letter.facts),
        **_parsed(DETERMINATION_TEXT_COLUMNS, letter.text),
        "reviewer": letter.profile.names if letter.profile else None,
        "items": [_item_facts(item) for item in letter.items],
    }


def letter_of(facts: Facts) -> LetterRows:
    """Return facts as the rows that a letter puts into the tables; without what belongs to the letter itself."""
    return LetterRows(
        parser_version="",
        case_number=facts["case_number"],
        text_sha256=facts["text_sha256"],
        decided=_typed("decision_date", facts["decision_date"]),
        facts=_values(DETERMINATION_COLUMNS, facts),
        text=_values(DETERMINATION_TEXT_COLUMNS, facts),
        profile=_profile(facts["reviewer"]),
        items=tuple(map(_item_rows, facts["items"])),
        source_text="",
        spans="",
        diagnostics="",
    )


def stored_facts(keys: Collection[int]) -> dict[int, Facts]:
    """Return the facts of stored determinations by their keys, in a fixed number of queries."""
    columns = ("pk", *DETERMINATION_COLUMNS, *(f"text__{each}" for each in DETERMINATION_TEXT_COLUMNS))
    profile = ("reviewer_id", *(f"reviewer__{each}" for each in _REVIEWER))
    items = _stored_items(keys)
    found = {}
    for key, *values in Determination.objects.filter(pk__in=keys).order_by("pk").values_list(*columns, *profile):
        *facts, reviewer, certifications, subspecialties, states = values
        names = dict(zip(_REVIEWER, (certifications, subspecialties, states), strict=True))
        found[key] = {
            **_stored((*DETERMINATION_COLUMNS, *DETERMINATION_TEXT_COLUMNS), facts),
            "reviewer": names if reviewer else None,
            "items": items[key],
        }
    return found


# -- Of a parsed letter, and back -------------------------------------------------------------------------------------


def _item_facts(item: ItemRows) -> Facts:
    return {
        **_parsed(ITEM_COLUMNS, item.facts),
        **_parsed(ITEM_TEXT_COLUMNS, item.text),
        "treatments": _named((stored_treatment(slug, _listed_treatments()), raw) for slug, raw in item.treatments),
        "body_parts": _named(item.body_parts),
        "citations": [{"guideline": slug, **_parsed(CITATION_COLUMNS, values)} for slug, values in item.citations],
        "mentions": [{"guideline": slug, **_parsed(MENTION_COLUMNS, values)} for slug, values in item.mentions],
    }


def _item_rows(item: Facts) -> ItemRows:
    return ItemRows(
        facts=_values(ITEM_COLUMNS, item),
        text=_values(ITEM_TEXT_COLUMNS, item),
        treatments=tuple((slug, raw) for slug, raw in item["treatments"]),
        body_parts=tuple((slug, raw) for slug, raw in item["body_parts"]),
        citations=tuple((each["guideline"], _values(CITATION_COLUMNS, each)) for each in item["citations"]),
        mentions=tuple((each["guideline"], _values(MENTION_COLUMNS, each)) for each in item["mentions"]),
    )


def _parsed(columns: Sequence[str], values: Values) -> Facts:
    return {
        column: json.loads(value) if column in _JSON else plain(value)
        for column, value in zip(columns, values, strict=True)
    }


def _values(columns: Sequence[str], facts: Facts) -> Values:
    return tuple(json.dumps(facts[each]) if each in _JSON else _typed(each, facts[each]) for each in columns)


def _typed(column: str, value: Any) -> Any:
    return date.fromisoformat(value) if column in _DATES and value is not None else value


def plain(value: Any) -> Any:
    """Return a column's value as facts have it: days in ISO 8601."""
    return value.isoformat() if isinstance(value, date) else value


def _named(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[slug, raw] for slug, raw in firsts(pairs).items()]


def _profile(names: dict[str, list[str]] | None) -> Profile | None:
    """Return a profile whose row is stored already; should it be lost, its boards and states go by their names."""
    if names is None:
        return None
    boards = [*names["certifications"], *names["subspecialties"]]
    return Profile(
        fingerprint=fingerprint_of(names),
        names=names,
        boards=tuple((None, name) for name in boards),
        states=tuple((None, name) for name in names["states"]),
    )


@cache
def _listed_treatments() -> frozenset[str]:
    return frozenset(entry.slug for entry in treatments())


# -- Of what is stored ------------------------------------------------------------------------------------------------


def _stored_items(keys: Collection[int]) -> dict[int, list[Facts]]:
    columns = ("pk", "determination_id", *ITEM_COLUMNS, *(f"text__{each}" for each in ITEM_TEXT_COLUMNS))
    items = DisputedItem.objects.filter(determination__in=keys).order_by("determination", "position")
    satellites = {
        "treatments": _of_items(keys, ItemTreatment, ("treatment__slug", "raw"), ("position",), list),
        "body_parts": _of_items(keys, ItemBodyPart, ("body_part__slug", "raw"), ("pk",), list),
        "citations": _of_items(
            keys, GuidelineCitation, ("guideline__slug", *CITATION_COLUMNS), ("cited_by", "position"), _cited
        ),
        "mentions": _of_items(keys, GuidelineMention, ("guideline__slug", *MENTION_COLUMNS), ("position",), _mentioned),
    }
    found: dict[int, list[Facts]] = defaultdict(list)
    for key, determination, *values in items.values_list(*columns):
        facts = _stored((*ITEM_COLUMNS, *ITEM_TEXT_COLUMNS), values)
        found[determination].append(facts | {name: rows[key] for name, rows in satellites.items()})
    return found


def _of_items(
    keys: Collection[int],
    model: type[Model],
    columns: Sequence[str],
    order: Sequence[str],
    read: Callable[[Sequence[Any]], Any],
) -> dict[int, list[Any]]:
    """Return what hangs on the items of determinations, by the item's key, in its order."""
    rows = model._default_manager.filter(item__determination__in=keys).order_by("item", *order)
    found: dict[int, list[Any]] = defaultdict(list)
    for item, *values in rows.values_list("item_id", *columns):
        found[item].append(read(values))
    return found


def _cited(values: Sequence[Any]) -> Facts:
    return _stored(("guideline", *CITATION_COLUMNS), values)


def _mentioned(values: Sequence[Any]) -> Facts:
    return _stored(("guideline", *MENTION_COLUMNS), values)


def _stored(columns: Sequence[str], values: Iterable[Any]) -> Facts:
    return {column: plain(value) for column, value in zip(columns, values, strict=True)}
