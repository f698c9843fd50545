"""Items as the text of a download: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from imr_archive.records import DATE_NAMES, PROFILE_NAMES
from imr_archive.vocabulary import GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.web.exports.records import ItemJson


def ndjson_text(batches: Iterable[list[ItemJson]]) -> Iterator[str]:
    """Yield the lines of each batch."""
    for items in batches:
        yield "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)


def csv_text(batches: Iterable[list[ItemJson]]) -> Iterator[str]:
    """Yield the header, then the rows of each batch."""
    # Without the byte order mark, spreadsheets assume another encoding.
    yield "\ufeff" + _lines([COLUMNS])
    for items in batches:
        yield _lines([*map(_cell, row_of(item))] for item in items)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_JOINT = "; "
# What one side relied on. The lists of its citations are parallel: an empty place stands for what is not stated.
SIDE = ("basis", "guideline_sources", "guidelines", "sections", "edition_years")
COLUMNS = (
    *("case_number", "item", "outcome", "description", "original_request", "authorized"),
    *("treatment", "further_treatments", "body_parts", "laterality", "quantity", "service_from", "service_to"),
    *(f"reviewer_{name}" for name in SIDE),
    *(f"claims_administrator_{name}" for name in SIDE),
    *("determination_outcome", *(f"{name}_date" for name in DATE_NAMES), "priority", "worker_age", "worker_sex"),
    *(*(f"reviewer_{name}" for name in PROFILE_NAMES), "layout", "doubts", "url"),
)


def row_of(item: ItemJson) -> list[Any]:
    """Return the values of ``COLUMNS``; lists are joined by semicolons."""
    determination, (first, *further) = item["determination"], item["treatments"] or [None]
    profile = determination["reviewer"]
    return [
        *(determination["case_number"], item["position"], item["outcome"]),
        *(item["description"], item["original_request"], item["authorized"]),
        *(first, _JOINT.join(further), _JOINT.join(item["body_parts"]), item["laterality"], item["quantity"]),
        *(item["service_dates"] or (None, None)),
        *_side(item["reviewer"]),
        *_side(item["claims_administrator"]),
        *(determination["outcome"], *(determination["dates"][name] for name in DATE_NAMES), determination["priority"]),
        *(determination["worker"]["age"], determination["worker"]["sex"]),
        *(_JOINT.join(profile[name]) for name in PROFILE_NAMES),
        *(determination["layout"], _JOINT.join(item["doubts"]), item["url"]),
    ]


def _side(side: ItemJson) -> list[str]:
    """Return the values of ``SIDE``; sources by their labels, as in facets."""
    citations = side["citations"]
    columns = (
        [GuidelineSource(each["source"]).label for each in citations],
        [each["title"] for each in citations],
        [each["section"] or "" for each in citations],
        [str(each["year"] or "") for each in citations],
    )
    return [side["basis"], *(_JOINT.join(column) if any(column) else "" for column in columns)]


def _cell(value: Any) -> Any:
    """Neutralize a text that a spreadsheet would evaluate as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
