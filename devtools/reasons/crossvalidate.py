"""Score the reasons that the finder reads against marked letters, in five folds by letter.

``python -m devtools.reasons.crossvalidate REASONS.json PARSED.jsonl [--show CODE] [--unseen]``

The finder's rules are written by hand and contain no trained parameters. With ``--unseen`` each fold is scored without
the phrases that only its letters attest, which is as near to unseen letters as hand-written rules allow.
docs/reasons.md has the method and its limits.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.reasons.attested import phrases_of_one_fold
from devtools.reasons.marks import FOLDS, MarkedItem, Score, marked_items
from devtools.reasons.paragraphs import marked_paragraphs
from devtools.reasons.sentences import own_sentences
from devtools.reasons.unseen import found_without
from imr_archive.parsing.reasons.finder import find_reasons

if TYPE_CHECKING:
    from collections.abc import Iterator


OWN = Path(__file__).parents[2] / "tests" / "wordings"


def found_in(item: MarkedItem) -> list[tuple[str, str]]:
    """Return the code and quote of each reason that the finder reads for an item."""
    return [
        (reason.code.value, item.rationale[reason.start : reason.end])
        for reason in find_reasons(item.rationale, item.outcome, item.description)
    ]


def report(items: list[MarkedItem], found: list[list[tuple[str, str]]]) -> Iterator[str]:
    """Yield the lines of the table: each code over all folds, then each fold, then everything."""
    whole = Score()
    folds = [Score() for _ in range(FOLDS)]
    for item, reasons in zip(items, found, strict=True):
        whole.add(item, reasons)
        folds[item.fold].add(item, reasons)
    for code in whole.codes:
        yield _line(code, whole.rates(code), f"of {whole.right[code] + whole.missed[code]}")
    for number, fold in enumerate(folds, 1):
        yield _line(f"fold {number}", fold.rates(), f"{fold.items} items")
    exact, quotes = 100 * whole.exact / whole.items, 100 * whole.right_quotes / max(whole.quotes, 1)
    yield _line("all", whole.rates(), f"{whole.items} items, exact {exact:.1f}%, quotes right {quotes:.1f}%")


def found_unseen(items: list[MarkedItem]) -> list[list[tuple[str, str]]]:
    """Return what is found in each item without the phrases that only the letters of its fold attest."""
    own = [sentence for sentence, *_ in own_sentences()]
    own += [item.rationale for path in sorted(OWN.glob("reasons_*.txt")) for item in marked_paragraphs(path)]
    found: dict[int, list[tuple[str, str]]] = {}
    for fold, phrases in enumerate(phrases_of_one_fold(items, own)):
        places = [place for place, item in enumerate(items) if item.fold == fold]
        found.update(zip(places, found_without([items[place] for place in places], phrases), strict=True))
    return [found[place] for place in range(len(items))]


def misses(items: list[MarkedItem], code: str) -> Iterator[str]:
    """Yield where the finder and the reader differ over a code, with the quote."""
    for item in items:
        found = found_in(item)
        for kind, ours, theirs in (("extra", found, item.marks), ("missed", item.marks, found)):
            if all(other != code for other, _ in theirs):
                for other, quote in ours:
                    if other == code:
                        yield f"{kind:6} {item.case} {item.position}: {quote}"


def _line(name: str, rates: tuple[float, float, float], rest: str) -> str:
    precision, recall, f1 = rates
    return f"{name:22} P {precision:5.1f}%  R {recall:5.1f}%  F1 {f1:5.1f}%  {rest}"


def main() -> None:
    """Print the table, and the misses of one code where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("parsed", type=Path)
    parser.add_argument("--show", metavar="CODE", help="print where this code was missed or found in excess")
    parser.add_argument("--unseen", action="store_true", help="forget what only the letters of a fold attest")
    options = parser.parse_args()
    items = list(marked_items(options.gold, options.parsed))
    if options.show:
        lines = misses(items, options.show)
    else:
        lines = report(items, found_unseen(items) if options.unseen else [found_in(item) for item in items])
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
