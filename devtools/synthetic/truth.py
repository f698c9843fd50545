"""The expected data of a synthetic letter, in the form imr-parse/1 without spans.

It leaves out what the generator cannot know: the printed piece of each citation, and the parser's warnings.
Treatments are given by category and subcategory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from devtools.synthetic.case.contents import Contents
    from devtools.synthetic.case.decisions import Decision

SCHEMA = "imr-parse/1"


def truth_of(contents: Contents) -> dict[str, Any]:
    """Return the data of a letter; what its layout does not print is absent."""
    case, summary, printed = contents.case, contents.summary, contents.printed
    outcomes = {decision.outcome for decision in contents.decisions}
    return {
        "schema": SCHEMA,
        "file": contents.name,
        "layout": case.layout,
        "case_number": contents.number if "case_number" in printed else None,
        "priority": ("expedited" if case.expedited else "standard") if "priority" in printed else None,
        "dates": {
            "injury": _iso(case.injury, "injury" in printed or summary.states_injury_date),
            "ur_decision": _iso(case.ur_decision, "ur_decision" in printed or summary.states_ur_date),
            "received": _iso(case.received, "received" in printed),
            "assigned": _iso(case.assigned, "assigned" in printed),
            "decision": _iso(case.decision, "decision" in printed),
        },
        "worker": {"age": summary.age, "sex": summary.sex},
        "reviewer": {
            "certifications": list(contents.reviewer.certifications),
            "subspecialties": list(contents.reviewer.subspecialties),
            "states": list(contents.reviewer.states),
        },
        "outcome": "partially_overturned" if len(outcomes) == 2 else outcomes.pop(),
        "clinical_summary": " ".join(summary.text.split()),
        "items": [_item(contents, position, decision) for position, decision in enumerate(contents.decisions, 1)],
    }


def _item(contents: Contents, position: int, decision: Decision) -> dict[str, Any]:
    request = decision.request
    served = request.service_dates
    return {
        "position": position,
        "description": contents.description(decision),
        "original_request": request.original_request,
        "authorized": request.authorized,
        "outcome": decision.outcome,
        "treatments": [request.topic.treatment],
        "body_parts": list(request.body_parts),
        "laterality": request.laterality,
        "quantity": request.quantity,
        "service_dates": [day.isoformat() for day in served] if served else None,
        "claims_administrator": decision.administrator.as_json(),
        "reviewer": decision.reviewer.as_json(),
        "rationale": " ".join(decision.rationale.split()),
    }


def _iso(day: date, stated: bool) -> str | None:
    return day.isoformat() if stated else None
