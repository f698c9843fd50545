"""The disclaimer before the summary of a notice ends with a date, which is no part of the summary."""

from __future__ import annotations

import pytest

from devtools.synthetic.letters import Making, make_letter
from imr_archive.parsing.parser import read_text
from imr_archive.vocabulary import Layout

NOTICE = make_letter(3, 1, Making(layout=Layout.NOTICE)).text
STORY = "The patient is a 41 year old male. He was hurt at work on May 2, 2012."
DISCLAIMER = "Disclaimer: The following case summary was taken directly from the utilization review"


@pytest.mark.parametrize(
    "end",
    [
        "denial/modification dated August 30, 2013.",
        "denial/modification dated August 30, 2013:",
        "denial/modification dated 8/30/2013.",
        "denial/modification dated 8/30/2013:",
        "denial/modification dated 08-30-13",
        "denial dated Aug. 30, 2013.",
        "determination dated August 30, 2013",
    ],
)
def test_the_summary_begins_with_the_case(end: str) -> None:
    start, stop = NOTICE.index("Case Summary:"), NOTICE.index("Documents Reviewed for Determination:")
    letter = read_text(f"{NOTICE[:start]}Case Summary:\n{DISCLAIMER} {end}\n{STORY}\n{NOTICE[stop:]}")
    assert letter.clinical_summary is not None
    assert letter.clinical_summary.value == STORY
