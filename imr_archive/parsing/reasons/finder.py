"""Find the reviewer's reasons for one item's outcome, each with the clause that states it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.reasons.clauses import sentences
from imr_archive.parsing.reasons.lexicon import words_of
from imr_archive.parsing.reasons.quotations import is_quoted, quotations
from imr_archive.parsing.reasons.reading import SentenceReading, SentenceRole, read_sentence
from imr_archive.parsing.reasons.rules import deciding_words
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import ReasonCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.parsing.reasons.rules import Ground
    from imr_archive.vocabulary import Outcome

_MOST_QUOTES = 2
_LETTERS_OF_A_STEM = 4
_NAMES_NO_SERVICE = frozenset(word[:_LETTERS_OF_A_STEM] for word in load("reasons/rules")["names-no-service"])
_MOST_DRUGS_OF_A_NAME = 3


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


class _Collected:
    """What was read of a rationale so far."""

    def __init__(self, description: str) -> None:
        self.service = _stems(description) | _other_names(description)
        self.firm: list[_Placed] = []
        self.weak: list[_Placed] = []
        self.history: list[_Placed] = []
        self.missing: set[str] = set()
        self.told: set[str] = set()
        self.is_on_case = self.has_recital = False

    def add_recital(self, start: int, reading: SentenceReading, sentence: str, *, is_quoted_text: bool) -> None:
        """Add what a guideline says, and what the same sentence says of the case.

        A guideline that speaks replaces the remark that another is silent, and what a general rule found absent before
        the first guideline may only tell the history, so it is kept apart.
        """
        if not self.has_recital:
            self.has_recital = True
            self.history = [placed for placed in self.firm if placed[1].may_be_history]
            self.firm = [placed for placed in self.firm if not placed[1].may_be_history]
        self.firm = [placed for placed in self.firm if placed[1].code is not ReasonCode.GUIDELINE_SILENT]
        if not is_quoted_text:
            self.firm.extend((start, ground) for ground in reading.grounds)
        for ground in reading.recited:
            is_firm = _names(sentence[ground.start : ground.end], self.service) or (
                self.is_on_case and ground.is_firm and not self.service
            )
            (self.firm if is_firm else self.weak).append((start, ground))

    def add_statement(self, start: int, reading: SentenceReading, role: SentenceRole) -> None:
        """Add what a sentence says of the case; before the case is named, only where it recites nothing."""
        self.is_on_case = self.is_on_case or reading.turns_to_case
        self.missing |= reading.missing
        is_firm = role is SentenceRole.CASE or not reading.told
        (self.firm if is_firm else self.weak).extend((start, ground) for ground in reading.grounds)

    def reasons(self) -> tuple[Reason, ...]:
        """Return what counts: the history only where nothing else does, then the last of what a guideline says."""
        return self._chosen(self.firm) or self._chosen(self.history) or self._chosen(self.weak[-1:])

    def _chosen(self, placed: Iterable[_Placed]) -> tuple[Reason, ...]:
        """Return each code's last few clauses: what a general rule found gives way to what a specific one did."""
        by_code: dict[ReasonCode, list[_Placed]] = {}
        for offset, ground in placed:
            if (not ground.item or not ground.item.isdisjoint(self.missing)) and (
                not ground.recital or not ground.recital.isdisjoint(self.told)
            ):
                by_code.setdefault(ground.code, []).append((offset, ground))
        reasons: list[Reason] = []
        for found in by_code.values():
            specific = [(offset, ground) for offset, ground in found if not ground.is_fallback] or found
            by_place = {offset + ground.start: (offset, ground) for offset, ground in reversed(specific)}
            last, *others = by_place.values()
            kept = [last, *(placed for placed in others if not placed[1].is_fallback)][:_MOST_QUOTES]
            reasons += [
                Reason(ground.code, offset + ground.start, offset + ground.end, ground.rule) for offset, ground in kept
            ]
        return tuple(sorted(reasons, key=lambda reason: (reason.start, reason.code)))


def find_reasons(rationale: str, outcome: Outcome | None, description: str = "") -> tuple[Reason, ...]:
    """Return the reasons that a rationale states for its outcome, in reading order.

    Without an outcome nothing is known that a reason could explain, so none is returned. What a guideline says counts
    only where it names the service of the item's ``description``, or where the rationale gives no other reason.
    """
    if outcome is None:
        return ()
    quoted = quotations(rationale)
    collected = _Collected(description)
    is_history = False
    before = SentenceRole.OPEN
    for start, end in sentences(rationale):
        reading = read_sentence(rationale[start:end], outcome)
        role = reading.role
        if role is SentenceRole.BOILERPLATE:
            continue
        is_history = role is SentenceRole.HISTORY or (is_history and not reading.ends_history)
        if is_history:
            continue
        is_quoted_text = bool(quoted) and is_quoted(start, end, quoted)
        if is_quoted_text:
            role = SentenceRole.RECITAL
        elif role is SentenceRole.OPEN:
            role = before
        before = role
        collected.told |= reading.told
        if role is SentenceRole.RECITAL:
            collected.add_recital(start, reading, rationale[start:end], is_quoted_text=is_quoted_text)
        else:
            collected.add_statement(start, reading, role)
    return collected.reasons()


def _names(clause: str, service: set[str]) -> bool:
    """Return whether a clause names the service, by one of its words or as "this"."""
    return clause[:5].lower() == "this " or not service.isdisjoint(_stems(clause))


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that tell one service from another."""
    words = words_of(text)
    return {word[:_LETTERS_OF_A_STEM] for word in words if len(word) >= _LETTERS_OF_A_STEM} - _NAMES_NO_SERVICE


def _other_names(description: str) -> set[str]:
    """Return the beginnings of the other names of each drug in a description, since guidelines use the generic one."""
    names = _drug_names()
    return {stem for word in words_of(description) for stem in names.get(word, ())} - _NAMES_NO_SERVICE


@cache
def _drug_names() -> dict[str, frozenset[str]]:
    """Return for each word of a drug's names the beginnings of all; a word of many drugs names none of them."""
    found: dict[str, list[set[str]]] = {}
    for row in load("drugs").values():
        for names in row["drugs"].values():
            stems = _stems(" ".join(names))
            for word in {word for name in names for word in words_of(name) if len(word) >= _LETTERS_OF_A_STEM}:
                found.setdefault(word, []).append(stems)
    return {word: frozenset().union(*drugs) for word, drugs in found.items() if len(drugs) <= _MOST_DRUGS_OF_A_NAME}
