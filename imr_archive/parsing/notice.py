"""The items of the notices of 2013: decided in numbered sentences above, and reasoned one by one far below.

The sentences are printed twice. The fuller copy tells the items, and two copies that contradict each other decide
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.parsing.blocks import Block, Ruling, item_number, numbered_start
from imr_archive.parsing.lexer import find_markers
from imr_archive.parsing.lost_labels import reliance_end
from imr_archive.parsing.sentenced import find_statements
from imr_archive.parsing.verdicts import find_verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.diagnostics import Range
    from imr_archive.parsing.lexer import Marker
    from imr_archive.parsing.normalise import NormalText
    from imr_archive.parsing.sections import Sections


@dataclass(frozen=True, slots=True)
class _Decision:
    """One numbered sentence: the request and the outcome in it."""

    number: int | None
    request: Range
    ruling: Ruling | None
    place: Range


@dataclass(frozen=True, slots=True)
class _Reasons:
    """What is said below of one request: its heading, and the paragraphs with the statements of both sides."""

    number: int | None
    request: Range | None
    paragraphs: dict[str, Range]
    both_sides: Range | None
    place: Range


def notice_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the items in the order in which they are decided, each with its reasons."""
    copies = _copies(letter, [*_decisions(letter, sections.header.end)])
    decisions = max(copies, key=len, default=[])
    reasons = _all_reasons(letter, sections)
    if not decisions:  # both copies were lost: what is reasoned below was in dispute, whatever was decided
        return [_block(_Decision(None, each.request, None, each.place), [], each) for each in reasons if each.request]
    return [
        _block(decision, _same(letter, decision, copies), _reasons_for(letter, place, decision, decisions, reasons))
        for place, decision in enumerate(decisions)
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
    """Yield the sentences that decide a request, both copies one after the other."""
    openings = [*find_markers("determinations", letter.text, 0, end)]
    starts = [_numbered(letter.text, opening.start) for opening in openings]
    for position, opening in enumerate(openings):
        number, start = starts[position]
        until = starts[position + 1][1] if position + 1 < len(openings) else end
        verdict = next(find_verdicts(letter.text, opening.end, until), None)
        if verdict:
            ruling = Ruling(verdict.value, verdict.word, verdict.end) if verdict.value else None
            stop = letter.text.find(".", verdict.end, until) + 1 or verdict.end
            yield _Decision(number, (opening.end, verdict.start), ruling, (start, stop))


def _numbered(text: str, at: int) -> tuple[int | None, int]:
    """Return the number printed before a place, and where the number or else the place itself begins."""
    least = max(0, at - _LONGEST_NUMBER)
    found = _NUMBER_BEFORE.search(text[least:at])
    return (int(found[1]), least + found.start()) if found else (None, at)


def _copies(letter: NormalText, decisions: Sequence[_Decision]) -> list[list[_Decision]]:
    """Part the decisions where their numbers, or without numbers the first of them, begin again."""
    copies: list[list[_Decision]] = []
    for decision in decisions:
        if not copies or _begins_again(letter, decision, copies[-1]):
            copies.append([])
        copies[-1].append(decision)
    return copies


def _begins_again(letter: NormalText, decision: _Decision, copy: Sequence[_Decision]) -> bool:
    if decision.number is not None and copy[-1].number is not None:
        return decision.number <= copy[-1].number
    return _words(letter, decision.request) == _words(letter, copy[0].request)


def _words(letter: NormalText, place: Range) -> str:
    """Return the words of a stretch so that spacing, case and punctuation make no difference."""
    return "".join(filter(str.isalnum, letter.text[slice(*place)].lower()))


def _same(letter: NormalText, decision: _Decision, copies: Sequence[Sequence[_Decision]]) -> list[_Decision]:
    """Return a decision's copies, itself among them."""
    words = _words(letter, decision.request)
    return [
        other
        for copy in copies
        for other in copy
        if other is decision or (decision not in copy and _words(letter, other.request) == words)
    ]


# --- reasons ----------------------------------------------------------------------------------------------------------

_ORDER = ("request", "guideline", "rationale")


def _all_reasons(letter: NormalText, sections: Sections) -> list[_Reasons]:
    """Return what is said below of each request, parted where the labels begin again."""
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
    """Return where the reasons begin: at the number before the label, or, where the label was lost, at the number."""
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
    asked = (request.end, heading_end) if request else None
    return _Reasons(
        item_number(letter.text, start),
        asked and (asked[0], asked[0] + len(letter.text[slice(*asked)].rstrip(" \n:."))),
        paragraphs,
        (sides_start, sides_end),
        (start, end),
    )


def _after(letter: NormalText, at: int) -> int:
    point = _POINT.match(letter.text, at)
    return point.end() if point else at


def _sides(statements: Sequence[Marker], start: int, end: int) -> dict[str, Range]:
    """Part the paragraph below the heading of the guidelines: the claims administrator's statement, the reviewer's."""
    reviewer = next((one.start for one in statements if one.key == "reviewer" and one.start >= start), None)
    if reviewer is None:
        side = "claims_administrator" if any(one.start >= start for one in statements) else "reviewer"
        return {side: (start, end)} if start < end else {}
    found = {"claims_administrator": (start, reviewer)} if start < reviewer else {}
    return found | {"reviewer": (reviewer, end)}


def _reasons_for(
    letter: NormalText, place: int, decision: _Decision, decisions: Sequence[_Decision], reasons: Sequence[_Reasons]
) -> _Reasons | None:
    """Return the reasons for a request: those of its number, of its words, or of its place if none is left over."""
    numbered = [each for each in reasons if each.number is not None and each.number == decision.number]
    if len(numbered) == 1:
        return numbered[0]
    words = _words(letter, decision.request)
    alike = [each for each in reasons if each.request and _words(letter, each.request) == words]
    if len(alike) == 1:
        return alike[0]
    return reasons[place] if len(reasons) == len(decisions) else None
