"""An outcome that is neither upheld nor overturned is no outcome, and is remarked on."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter, item
from imr_archive.parsing.parser import read_text

REQUEST = "Gabapentin 300mg #90"


@pytest.mark.parametrize(
    "printed",
    [
        "Partially Overturned",
        "Partially Upheld",
        "PARTIALLY OVERTURNED",
        "Partly Overturned",
        "Partial Overturned",
        "Overturned in part",
        "Overturned, in part",
        "Overturned (in part)",
        "Upheld in part",
        "Upheld with modification",
        "In part Overturned",
    ],
)
@pytest.mark.parametrize("guideline", ["Decision based on MTUS Low Back Complaints 2004.", None])
def test_a_partial_outcome_is_none_with_a_warning(printed: str, guideline: str | None) -> None:
    items = [item(REQUEST, outcome=printed, claims_administrator=guideline), item("A cane", outcome="Overturned")]
    letter = read_text(boxed_letter(items=items))
    assert [each.description.value for each in letter.items] == [REQUEST, "A cane"]
    assert letter.items[0].outcome is None
    assert letter.items[1].outcome is not None
    assert [each.code.value for each in letter.diagnostics if each.code.value == "outcome-missing"] == [
        "outcome-missing"
    ]


@pytest.mark.parametrize("request_", ["Partial knee replacement", "Repair of a partial tear"])
def test_a_request_with_such_words_keeps_its_outcome(request_: str) -> None:
    letter = read_text(boxed_letter(items=[item("A cane"), item(request_, outcome="Overturned")]))
    assert [each.description.value for each in letter.items] == ["A cane", request_]
    assert [each.outcome.value.value for each in letter.items if each.outcome] == ["upheld", "overturned"]
