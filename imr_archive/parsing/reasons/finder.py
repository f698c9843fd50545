"""Find the reviewer's reasons for one item's outcome, each with the clause that states it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.reasons.clauses import sentences
from imr_archive.parsing.reasons.lexicon import words_of
from imr_archive.parsing.reasons.quotations import is_quoted, quotations
from imr_archive.parsing.reasons.reading import SentenceRole, read_sentence
from imr_archive.parsing.reasons.rules import deciding_words
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.parsing.reasons.rules import Ground
    from imr_archive.vocabulary import Outcome, ReasonCode

_MOST_QUOTES = 2
_LETTERS_OF_A_STEM = 4
_NAMES_NO_SERVICE = frozenset(word[:_LETTERS_OF_A_STEM] for word in load("reasons/rules")["names-no-service"])


class Reason(NamedTuple):
    """One coded ground: ``rationale[start:end]`` states it, found by the rule of that name."""

    code: ReasonCode
    start: int
    end: int
    rule: str

    def words(self, rationale: str) -> tuple[str, ...]:
        """Return the words that decided, to explain the reason."""
        return deciding_words(rationale[self.start : self.end], self.rule)


# A ground with the offset of its sentence in the rationale.
_Placed = tuple[int, "Ground"]


def find_reasons(rationale: str, outcome: Outcome | None, description: str = "") -> tuple[Reason, ...]:
    """Return the reasons that a rationale states for its outcome, in reading order.

    Without an outcome nothing is known that a reason could explain, so none is returned. What a guideline says counts
    only where it names the service of the item's ``description``, or where the rationale gives no other reason.
    """
    if outcome is None:
        return ()
    quoted = quotations(rationale)
    service = _stems(description)
    firm: list[_Placed] = []
    weak: list[_Placed] = []
    missing: set[str] = set()
    is_on_case = is_history = False
    before = SentenceRole.OPEN
    for start, end in sentences(rationale):
        reading = read_sentence(rationale[start:end], outcome)
        role = reading.role
        if role is SentenceRole.BOILERPLATE:
            continue
        is_history = role is SentenceRole.HISTORY or (is_history and not reading.ends_history)
        if is_history:
            continue
        if quoted and is_quoted(start, end, quoted):
            role = SentenceRole.RECITAL
        elif role is SentenceRole.OPEN:
            role = before
        before = role
        if role is SentenceRole.RECITAL:
            for ground in reading.recited:
                clause = rationale[start + ground.start : start + ground.end]
                is_firm = _names(clause, service) or (is_on_case and ground.is_firm and not service)
                (firm if is_firm else weak).append((start, ground))
        else:
            is_on_case = is_on_case or reading.turns_to_case
            missing |= reading.missing
            (firm if role is SentenceRole.CASE else weak).extend((start, ground) for ground in reading.grounds)
    return _chosen(firm, missing) or _chosen(weak[-1:], missing)


def _names(clause: str, service: set[str]) -> bool:
    """Return whether a clause names the service, by one of its words or as "this"."""
    return clause[:5].lower() == "this " or not service.isdisjoint(_stems(clause))


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that tell one service from another."""
    words = words_of(text)
    return {word[:_LETTERS_OF_A_STEM] for word in words if len(word) >= _LETTERS_OF_A_STEM} - _NAMES_NO_SERVICE


def _chosen(placed: Iterable[_Placed], missing: set[str]) -> tuple[Reason, ...]:
    """Return each code's last few clauses: what a general rule found gives way to what a specific one did."""
    by_code: dict[ReasonCode, list[_Placed]] = {}
    for offset, ground in placed:
        if not ground.item or not ground.item.isdisjoint(missing):
            by_code.setdefault(ground.code, []).append((offset, ground))
    reasons: list[Reason] = []
    for found in by_code.values():
        specific = [(offset, ground) for offset, ground in found if not ground.is_fallback] or found
        by_place = {offset + ground.start: (offset, ground) for offset, ground in reversed(specific)}
        reasons += [
            Reason(ground.code, offset + ground.start, offset + ground.end, ground.rule)
            for offset, ground in list(by_place.values())[:_MOST_QUOTES]
        ]
    return tuple(sorted(reasons, key=lambda reason: (reason.start, reason.code)))
