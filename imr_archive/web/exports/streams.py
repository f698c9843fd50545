"""Items as the text of a download: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from imr_archive.records import DATE_NAMES, PROFILE_NAMES

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
COLUMNS = (
    *("case_number", "item", "outcome", "description", "original_request", "authorized"),
    *("treatment", "further_treatments", "body_parts", "laterality", "quantity", "service_from", "service_to"),
    *("reviewer_basis", "reviewer_guidelines", "claims_administrator_basis", "claims_administrator_guidelines"),
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
        *(item["reviewer"]["basis"], _cited(item["reviewer"])),
        *(item["claims_administrator"]["basis"], _cited(item["claims_administrator"])),
        *(determination["outcome"], *(determination["dates"][name] for name in DATE_NAMES), determination["priority"]),
        *(determination["worker"]["age"], determination["worker"]["sex"]),
        *(_JOINT.join(profile[name]) for name in PROFILE_NAMES),
        *(determination["layout"], _JOINT.join(item["doubts"]), item["url"]),
    ]


def _cited(side: ItemJson) -> str:
    """Return the guidelines that a side cites, each with its section."""
    named = (f"{each['title']}, {each['section']}" if each["section"] else each["title"] for each in side["citations"])
    return _JOINT.join(dict.fromkeys(named))


def _cell(value: Any) -> Any:
    """Neutralize a text that a spreadsheet would evaluate as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
