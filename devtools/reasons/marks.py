"""Pair marked reasons with the items of parsed letters."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDS = 5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class MarkedItem:
    """One item with what a reader marked: ``marks`` are pairs of a code and the words that state it."""

    case: str
    position: str
    outcome: Outcome | None
    rationale: str
    description: str
    marks: tuple[tuple[str, str], ...]
    is_unsure: bool

    @property
    def fold(self) -> int:
        """Return the fold of the item's letter, which no order of files changes."""
        return int(hashlib.sha256(self.case.encode()).hexdigest(), 16) % FOLDS


def marked_items(gold: Path, parsed: Path) -> Iterator[MarkedItem]:
    """Yield the marked items of ``reasons.json``, with what ``manage.py parse`` printed of the same letters."""
    letters = {}
    for line in parsed.read_text(encoding="utf-8").splitlines():
        letter = json.loads(line)
        case = letter["case_number"] or letter["file"].rsplit("/", 1)[-1].rsplit(".", 1)[0]
        letters[case] = {str(item["position"]): item for item in letter["items"]}
    for case, entries in json.loads(gold.read_text(encoding="utf-8")).items():
        for position, entry in entries.items():
            item = letters.get(case, {}).get(position, {})
            yield MarkedItem(
                case=case,
                position=position,
                outcome=Outcome(item["outcome"]) if item.get("outcome") else None,
                rationale=item.get("rationale") or "",
                description=item.get("description") or "",
                marks=tuple((mark["code"], mark["quote"]) for mark in entry["reasons"]),
                is_unsure=entry["unsure"],
            )


@dataclass
class Score:
    """Counts of codes that were found and marked, found only, marked only, and of quotes at the right place."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    items: int = 0
    exact: int = 0
    quotes: int = 0
    right_quotes: int = 0

    def add(self, item: MarkedItem, found: list[tuple[str, str]]) -> None:
        """Count one item; codes compare as sets, and a quote is right that shares half the words of a marked one."""
        want, got = {code for code, _ in item.marks}, {code for code, _ in found}
        self.items += 1
        self.exact += want == got
        self.right.update(want & got)
        self.extra.update(got - want)
        self.missed.update(want - got)
        for code, quote in found:
            if code in want:
                self.quotes += 1
                self.right_quotes += any(_overlap(quote, marked) for other, marked in item.marks if other == code)

    def rates(self, code: str | None = None) -> tuple[float, float, float]:
        """Return precision, recall and F1 of a code, or of all codes together, in percent."""
        right, extra, missed = (
            counts.total() if code is None else counts[code] for counts in (self.right, self.extra, self.missed)
        )
        return (
            100 * right / (right + extra) if right + extra else 0.0,
            100 * right / (right + missed) if right + missed else 0.0,
            200 * right / (2 * right + extra + missed) if right + extra + missed else 100.0,
        )

    @property
    def codes(self) -> list[str]:
        """Return the codes that were found or marked, the most frequent mark first."""
        marked = self.right + self.missed
        return sorted({*marked, *self.extra}, key=lambda code: (-marked[code], code))


def _overlap(one: str, other: str) -> bool:
    """Return whether two quotes share at least half of the shorter one's words."""
    left, right = (Counter(_WORD.findall(text.lower())) for text in (one, other))
    return (left & right).total() * 2 >= min(left.total(), right.total()) > 0
