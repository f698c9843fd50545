"""Records of items as the text of a download: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from imr_archive.web.exports.records import DATES, PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.web.exports.records import Record


def ndjson_text(batches: Iterable[list[Record]]) -> Iterator[str]:
    """Yield the lines of each batch."""
    for records in batches:
        yield "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def csv_text(batches: Iterable[list[Record]]) -> Iterator[str]:
    """Yield the header, then the rows of each batch."""
    # Without the byte order mark, spreadsheets assume another encoding.
    yield "\ufeff" + _lines([COLUMNS])
    for records in batches:
        yield _lines([*map(_cell, row_of(record))] for record in records)


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
    *("determination_outcome", *(f"{name}_date" for name in DATES), "priority", "worker_age", "worker_sex"),
    *(*(f"reviewer_{name}" for name in PROFILE), "layout", "doubts", "url"),
)


def row_of(record: Record) -> list[Any]:
    """Return the values of ``COLUMNS``; lists are joined by semicolons."""
    determination, (first, *further) = record["determination"], record["treatments"] or [None]
    profile = determination["reviewer"]
    return [
        *(determination["case_number"], record["position"], record["outcome"]),
        *(record["description"], record["original_request"], record["authorized"]),
        *(first, _JOINT.join(further), _JOINT.join(record["body_parts"]), record["laterality"], record["quantity"]),
        *(record["service_dates"] or (None, None)),
        *(record["reviewer"]["basis"], _cited(record["reviewer"])),
        *(record["claims_administrator"]["basis"], _cited(record["claims_administrator"])),
        *(determination["outcome"], *(determination["dates"][name] for name in DATES), determination["priority"]),
        *(determination["worker"]["age"], determination["worker"]["sex"]),
        *(_JOINT.join(profile[name]) for name in PROFILE),
        *(determination["layout"], _JOINT.join(record["doubts"]), record["url"]),
    ]


def _cited(side: Record) -> str:
    """Return the guidelines that a side cites, each with its section."""
    named = (f"{each['title']}, {each['section']}" if each["section"] else each["title"] for each in side["citations"])
    return _JOINT.join(dict.fromkeys(named))


def _cell(value: Any) -> Any:
    """Neutralize a text that a spreadsheet would evaluate as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
