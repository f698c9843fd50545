"""Write the measured accuracy of reasons that the pages show.

``python -m devtools.reasons.accuracy [REASONS.json PARSED.jsonl]`` writes ``imr_archive/web/reason_accuracy.json``. The
marked letters are not part of the repository: without them their figures are kept, and only those of the paragraphs of
our own that were kept aside are measured again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devtools.reasons.crossvalidate import OWN, found_in, found_unseen
from devtools.reasons.marks import Score, marked_items
from devtools.reasons.paragraphs import marked_paragraphs
from imr_archive.vocabulary import ReasonCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from devtools.reasons.marks import MarkedItem

FIGURES = Path(__file__).parents[2] / "imr_archive" / "web" / "reason_accuracy.json"
ASIDE = OWN / "reasons_aside.txt"
FEWEST_MARKS, LEAST_PRECISION = 10, 80


def kept_aside() -> dict[str, Any]:
    """Return the figures of the paragraphs that the rules were never tuned with."""
    items = list(marked_paragraphs(ASIDE))
    return figures(items, [found_in(item) for item in items])


def figures(items: Iterable[MarkedItem], found: Iterable[list[tuple[str, str]]]) -> dict[str, Any]:
    """Return the micro F1 in whole percent, the share of right quotes, and the codes that may not be relied on."""
    score = Score()
    for item, reasons in zip(items, found, strict=True):
        score.add(item, reasons)
    marked = score.right + score.missed
    return {
        "items": score.items,
        "f1": round(score.rates()[2]),
        "quotes": round(100 * score.right_quotes / max(score.quotes, 1)),
        "imprecise": [
            code for code in score.codes if marked[code] >= FEWEST_MARKS and score.rates(code)[0] < LEAST_PRECISION
        ],
        "unmeasured": [code.value for code in ReasonCode if marked[code.value] < FEWEST_MARKS],
    }


def main() -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("marks", type=Path, nargs="*", metavar="FILE", help="REASONS.json and PARSED.jsonl")
    options = parser.parse_args()
    known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    if options.marks:
        items = list(marked_items(*options.marks))
        known["seen"] = figures(items, [found_in(item) for item in items])
        known["cross_validated"] = figures(items, found_unseen(items))
        known["letters"] = len({item.case for item in items})
    known["aside"] = kept_aside()
    FIGURES.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
