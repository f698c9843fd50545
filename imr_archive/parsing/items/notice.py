"""Find the items of the notices of 2013: numbered decisions at the top, the reasons for each one far below.

The decisions are printed twice. The fuller copy gives the items; an item on which the copies contradict each other has
no outcome.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from imr_archive.parsing.items.blocks import Block, Ruling, item_number, numbered_start
from imr_archive.parsing.items.plain import find_statements
from imr_archive.parsing.items.verdicts import find_verdicts
from imr_archive.parsing.letter.lost_labels import reliance_end
from imr_archive.parsing.letter.markers import find_markers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imr_archive.parsing.letter.markers import Marker
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range


@dataclass(frozen=True, slots=True)
class _Decision:
    """One numbered decision: its request and its outcome."""

    number: int | None
    request: Range
    words: str
    ruling: Ruling | None
    place: Range


@dataclass(frozen=True, slots=True)
class _Reasons:
    """The reasons given below for one request: heading, paragraphs, and the range of both sides' statements."""

    number: int | None
    request: Range | None
    words: str
    paragraphs: dict[str, Range]
    both_sides: Range | None
    place: Range


def notice_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the items in the order in which they are decided, each with its reasons."""
    copies = _copies([*_decisions(letter, sections.header.end)])
    decisions = max(copies, key=len, default=[])
    reasons = _all_reasons(letter, sections)
    if not decisions:  # both copies were lost, but what has reasons below was in dispute
        return [
            Block(each.request, None, each.paragraphs, (each.place,), each.both_sides)
            for each in reasons
            if each.request
        ]
    same: dict[tuple[int | None, str], list[_Decision]] = {}
    for decision in chain.from_iterable(copies):
        same.setdefault((decision.number, decision.words), []).append(decision)
    return [
        _block(decision, same[decision.number, decision.words], each)
        for decision, each in zip(decisions, _given(decisions, reasons), strict=True)
    ]


def _block(decision: _Decision, copies: Sequence[_Decision], reasons: _Reasons | None) -> Block:
    agreed = len({copy.ruling.value if copy.ruling else None for copy in copies}) == 1
    claimed = tuple(copy.place for copy in copies) + ((reasons.place,) if reasons else ())
    paragraphs = reasons.paragraphs if reasons else {}
    both_sides = reasons.both_sides if reasons else None
    return Block(decision.request, decision.ruling if agreed else None, paragraphs, claimed, both_sides)


# --- decisions --------------------------------------------------------------------------------------------------------

# "1) " before a sentence
_NUMBER_BEFORE = re.compile(r"(?<!\d)(\d{1,2})\s?[.)]\s*$")
_LONGEST_NUMBER = 8


def _decisions(letter: NormalText, end: int) -> Iterator[_Decision]:
    """Yield the sentences that decide a request, one copy after the other."""
    openings = [*find_markers("determinations", letter.text, 0, end)]
    starts = [_numbered(letter.text, opening.start) for opening in openings]
    for position, opening in enumerate(openings):
        number, start = starts[position]
        until = starts[position + 1][1] if position + 1 < len(openings) else end
        verdict = next(find_verdicts(letter.text, opening.end, until), None)
        if verdict:
            ruling = Ruling(verdict.value, verdict.word, verdict.end) if verdict.value else None
            stop = letter.text.find(".", verdict.end, until) + 1 or verdict.end
            request = (opening.end, verdict.start)
            yield _Decision(number, request, _words(letter.text[slice(*request)]), ruling, (start, stop))


def _numbered(text: str, at: int) -> tuple[int | None, int]:
    """Return the number printed before an offset and where it begins; without a number, None and the offset."""
    least = max(0, at - _LONGEST_NUMBER)
    found = _NUMBER_BEFORE.search(text[least:at])
    return (int(found[1]), least + found.start()) if found else (None, at)


def _words(text: str) -> str:
    """Return a request's letters and digits in lower case, for comparison."""
    return "".join(filter(str.isalnum, text.lower()))


def _copies(decisions: Sequence[_Decision]) -> list[list[_Decision]]:
    """Split the decisions where the numbering starts again or, without numbers, the first decision is repeated."""
    copies: list[list[_Decision]] = []
    for decision in decisions:
        if not copies or _begins_again(decision, copies[-1]):
            copies.append([])
        copies[-1].append(decision)
    return copies


def _begins_again(decision: _Decision, copy: Sequence[_Decision]) -> bool:
    if decision.number is not None and copy[-1].number is not None:
        return decision.number <= copy[-1].number
    return decision.words == copy[0].words


# --- reasons ----------------------------------------------------------------------------------------------------------

_ORDER = ("request", "guideline", "rationale")


def _all_reasons(letter: NormalText, sections: Sections) -> list[_Reasons]:
    """Return the reasons for each request, split where the sequence of labels starts again."""
    effect = sections.get("effect")
    end = next(
        (heading.start for heading in sections.headings if effect and heading.end == effect.start), len(letter.text)
    )
    told = [section.body for key, section in sections.found.items() if key != "effect"]
    start = max(told, default=sections.header.end)
    groups: list[list[Marker]] = []
    for label in find_markers("notice_labels", letter.text, start, end):
        if not groups or _ORDER.index(label.key) <= _ORDER.index(groups[-1][-1].key):
            groups.append([])
        groups[-1].append(label)
    starts = []
    for number, group in enumerate(groups, start=1):
        floor = groups[number - 2][-1].end if number > 1 else start
        starts.append(_start_of(letter, group[0], floor, number))
    ends = [*starts[1:], end] if starts else []
    return [_reasons(letter, group, place) for group, *place in zip(groups, starts, ends, strict=True)]


def _start_of(letter: NormalText, first: Marker, floor: int, number: int) -> int:
    """Return where the reasons begin: at the number before the first label, or at the label without a number."""
    if first.key == "request":
        return _numbered(letter.text, first.start)[1]
    numbered = numbered_start(letter, (floor, first.start), number)
    return first.start if numbered is None else numbered


# ":", "." after a label
_POINT = re.compile(r"\s*[:.]?\s*")


def _reasons(letter: NormalText, group: Sequence[Marker], place: Sequence[int]) -> _Reasons:
    start, end = place
    labels = {label.key: label for label in group}
    rationale, guideline, request = (labels.get(key) for key in reversed(_ORDER))
    sides_end = rationale.start if rationale else end
    statements = find_statements(letter, start, sides_end)
    heading_end = guideline.start if guideline else min([sides_end, *(one.start for one in statements)])
    sides_start = _after(letter, guideline.end if guideline else heading_end)
    paragraphs = _sides(statements, sides_start, sides_end)
    if rationale:
        paragraphs["rationale"] = (_after(letter, rationale.end), end)
    elif paragraphs:
        last = [*paragraphs][-1]
        cut = reliance_end(letter, paragraphs[last])
        if cut is not None:
            paragraphs |= {last: (paragraphs[last][0], cut), "rationale": (cut, end)}
    asked = letter.text[request.end : heading_end].rstrip(" \n:.") if request else ""
    return _Reasons(
        item_number(letter.text, start),
        (request.end, request.end + len(asked)) if request else None,
        _words(asked),
        paragraphs,
        (sides_start, sides_end),
        (start, end),
    )


def _after(letter: NormalText, at: int) -> int:
    point = _POINT.match(letter.text, at)
    return point.end() if point else at


def _sides(statements: Sequence[Marker], start: int, end: int) -> dict[str, Range]:
    """Split the paragraph below the guidelines' heading into the statements of claims administrator and reviewer."""
    reviewer = next((one.start for one in statements if one.key == "reviewer" and one.start >= start), None)
    if reviewer is None:
        side = "claims_administrator" if any(one.start >= start for one in statements) else "reviewer"
        return {side: (start, end)} if start < end else {}
    found = {"claims_administrator": (start, reviewer)} if start < reviewer else {}
    return found | {"reviewer": (reviewer, end)}


def _given(decisions: Sequence[_Decision], reasons: Sequence[_Reasons]) -> list[_Reasons | None]:
    """Match reasons to requests by number, else by words, else by position if there is one for each request."""
    by_number = _unique((each.number, each) for each in reasons if each.number is not None)
    by_words = _unique((each.words, each) for each in reasons if each.words)
    by_place = reasons if len(reasons) == len(decisions) else [None] * len(decisions)
    return [
        by_number.get(decision.number) or by_words.get(decision.words) or placed
        for decision, placed in zip(decisions, by_place, strict=True)
    ]


def _unique(pairs: Iterable[tuple[int | str | None, _Reasons]]) -> dict[int | str | None, _Reasons]:
    """Return the values by key, without the keys that several values share."""
    given = [*pairs]
    counts = Counter(key for key, _ in given)
    return {key: value for key, value in given if counts[key] == 1}
