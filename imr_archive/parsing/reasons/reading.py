"""Read one sentence of a rationale: whether it speaks of this case, and what it states.

A recital of a guideline states no reason; only what is applied to the case does. So each sentence has a role.
Rationales repeat each other's sentences, within a letter and between letters, so what was read of a sentence is kept.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.reasons.clauses import clauses
from imr_archive.parsing.reasons.lexicon import Tagged, tag, tags_at_start, tags_of, words_of
from imr_archive.parsing.reasons.rules import (
    AGAINST,
    ITEM_TAGS,
    RECITAL_TAGS,
    grounds_of,
    recited,
    rules_for,
    tags_of_others,
)
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from imr_archive.parsing.reasons.clauses import ClauseSpan
    from imr_archive.parsing.reasons.rules import Ground

_WORDS_OF_A_SUBJECT = 10
_WORDS_OF_A_FIRST_NOUN = 3
_LONGEST_KEPT = 1000
_SENTENCES_KEPT = 16384

_FEWEST_WORDS_STATED = 5
_PURPOSES = frozenset({"support", "warrant", "justify", "substantiate", "necessitate"})
_NOT_BEFORE = frozenset({"failed", "fails", "evidence"})

_DENIED_WITH_THE_FIRST = frozenset(
    {"if", "whether", "indicate", "document", "show", "provide", "describe", "mention", "demonstrate"}
)
_NEGATIVE = frozenset({"no", "none", "nil", "neither", "nothing", "nobody"})
_ABSENT = frozenset({"absent", "denied-state"})
_BY_PLACE = frozenset({"given", "concluding", "guide"})
_APPROVED = frozenset({"approved-parent", "denied-parent"})
_CASE_TAGS = frozenset({"case", "request", "given-first"})
_ENDS_HISTORY = frozenset({"records-speak", "concluded", "given-first", "necessary"})
_NO_RECITAL = frozenset({"request", "given-first"})
_FOUND = frozenset({"absent", "normal"})
_OF_PATIENTS = frozenset({"finding", "care", "record"})
_OF_SCIENCE = frozenset({"guide", "says", "conditional", "against", "experimental", "studied"})
_OF_ADVICE = frozenset({"ought", "generic"})
_TURNED = frozenset({"absent", "nothing-exceptional"})
_APPLIED = frozenset({"there", "case", "past"})
_OF_GUIDELINES = frozenset({"norm", "generic", "guide", "conditional"})
_OWN_MATTER = frozenset({"guide", "given-first", "over-limit", "ancillary", "exceed", "finding", "benefit", "docnoun"})


class SentenceRole(Enum):
    """What a sentence does in the rationale."""

    CASE = "speaks of this case"
    RECITAL = "recites a guideline"
    OPEN = "names neither the case nor a guideline, and so belongs with the sentence before it"
    HISTORY = "begins to tell the history, in which what is not there is a finding and no reason"
    BOILERPLATE = "states procedure"


_TELLING = (SentenceRole.RECITAL, SentenceRole.OPEN)


class Statement(NamedTuple):
    """One clause [start, end) of its sentence, with its words and their tags."""

    start: int
    end: int
    words: list[str]
    tags: frozenset[str]

    @property
    def concludes(self) -> bool:
        """Return whether the clause only says what was decided ("As such, the request is not …")."""
        tags = self.tags
        if "concluded" in tags:
            return True
        if "absent" not in tags or "given-first" in tags or "rationale" in tags or "unsupported-by-any" in tags:
            return False
        if "necessary" in tags and "denied-parent" not in tags and "there" not in tags:
            return True
        return "request" in tags and "warranted" in tags and tags.isdisjoint(_OWN_MATTER)

    @property
    def is_applied(self) -> bool:
        """Return whether the clause speaks of the case, in a sentence that begins with a guideline."""
        tags = self.tags
        return not tags.isdisjoint(_TURNED) and not tags.isdisjoint(_APPLIED) and tags.isdisjoint(_OF_GUIDELINES)


class SentenceReading(NamedTuple):
    """What a sentence says; other sentences' rules ask for tags ``missing`` in the case or ``told`` by a guideline."""

    role: SentenceRole
    turns_to_case: bool = False
    ends_history: bool = False
    missing: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    grounds: tuple[Ground, ...] = ()
    recited: tuple[Ground, ...] = ()


def read_sentence(sentence: str, outcome: Outcome) -> SentenceReading:
    """Return what a sentence says for an outcome."""
    return _kept(sentence, outcome) if len(sentence) <= _LONGEST_KEPT else _read(sentence, outcome)


def _read(sentence: str, outcome: Outcome) -> SentenceReading:
    """Return what a sentence says; one that can state nothing is not cut into clauses."""
    words = words_of(sentence)
    tags = _tags(words)
    role = _role(tags)
    turns = role is SentenceRole.CASE and ("case" in tags or "absent" in tags)
    ends_history = role is SentenceRole.RECITAL or not tags.isdisjoint(_ENDS_HISTORY)
    told = frozenset(tags & RECITAL_TAGS) if "guide" in tags or role in _TELLING else frozenset()
    if role in (SentenceRole.BOILERPLATE, SentenceRole.HISTORY) or (
        role is SentenceRole.RECITAL
        and tags.isdisjoint(AGAINST)
        and (tags.isdisjoint(_TURNED) or tags.isdisjoint(_APPLIED))
    ):
        return SentenceReading(role, turns, ends_history, told=told)
    rules = rules_for(tags, outcome)
    if not rules and tags.isdisjoint(AGAINST):
        return SentenceReading(role, turns, ends_history, told=told)
    statements = _statements(sentence, words, tags)
    missing = frozenset(
        tag for statement in statements if "absent" in statement.tags for tag in statement.tags & ITEM_TAGS
    )
    others = tags_of_others(statements)
    grounds = tuple(
        ground
        for statement, other in zip(statements, others, strict=True)
        if not statement.concludes and (role is not SentenceRole.RECITAL or statement.is_applied)
        for ground in grounds_of(statement, rules, other)
    )
    from_guideline = outcome is Outcome.UPHELD
    return SentenceReading(
        role, turns, ends_history, missing, told, grounds, tuple(recited(statements)) if from_guideline else ()
    )


_kept = lru_cache(maxsize=_SENTENCES_KEPT)(_read)


def _statements(sentence: str, words: list[str], tags: set[str]) -> list[Statement]:
    """Return the clauses of a sentence, whose words and tags are known."""
    cut = clauses(sentence)
    if len(cut) == 1 and not cut[0].opening and len(_without_purpose(words)) == len(words):
        return [Statement(0, len(sentence), words, frozenset(tags))]
    statements: list[Statement] = []
    for clause in cut:
        statements.append(_statement(sentence, clause, statements[-1] if statements else None))
    return statements


def _statement(sentence: str, clause: ClauseSpan, before: Statement | None) -> Statement:
    """Return a clause with its tags."""
    words = _without_purpose(words_of(sentence[clause.start : clause.end]))
    tags = _tags(words)
    # "There are no notes of how many visits there were, or if they helped": the second clause is denied with the first.
    # "There is no weakness and no sign of a tear": what there is not goes on.
    if before is not None and "absent" in before.tags and words:
        if words[0] in _DENIED_WITH_THE_FIRST:
            tags |= _ABSENT
        elif words[0] in ("no", "not", "nor"):
            tags.add("there")
    if clause.opening:
        opening = tags_of(words_of(clause.opening))
        if "case" in opening or "date" in opening:
            tags.add("case")
        if "concluding" in opening:
            tags.add("concluded")
    return Statement(clause.start, clause.end, words, frozenset(tags))


def _without_purpose(words: list[str]) -> list[str]:
    """Return the words before "to support the request" and the like, which say for what, and not what."""
    for place in range(_FEWEST_WORDS_STATED, len(words) - 1):
        if words[place + 1] in _PURPOSES and words[place] in ("to", "would") and words[place - 1] not in _NOT_BEFORE:
            return words[:place]
    return words


def _tags(words: list[str]) -> set[str]:
    """Return the tags of a sentence or clause, with those that follow from others and from their place."""
    tags = tags_of(words)
    if "mask" in tags:
        tags = {found.tag for found in _unmasked(tag(words))}
    if "neg" in tags or "unknown" in tags:
        tags |= _ABSENT
    if words and words[0] in _NEGATIVE:
        tags.add("neg-first")
    if not tags.isdisjoint(_BY_PLACE):
        start = tags_at_start(words)
        if "given" in start:
            tags.add("given-first")
        if "concluding" in start:
            tags.add("concluded")
        if "guide" in tags and _has_guideline_as_subject(words):
            tags.add("guide-first")
    return tags


def _has_guideline_as_subject(words: list[str]) -> bool:
    """Return whether a guideline is named before this case is."""
    return "guide" in tags_of(words[:_WORDS_OF_A_SUBJECT]) and "case" not in tags_of(words[:_WORDS_OF_A_FIRST_NOUN])


def _unmasked(tagged: list[Tagged]) -> list[Tagged]:
    """Return the tags without those inside phrases of the tag ``mask`` ("not limited to" denies nothing)."""
    masked = {place for found in tagged if found.tag == "mask" for place in range(found.first, found.last)}
    if not masked:
        return tagged
    return [found for found in tagged if not (found.first in masked and found.last - 1 in masked)]


def _role(tags: set[str]) -> SentenceRole:
    """Return the role of a sentence, taken alone."""
    if "boilerplate" in tags:
        return SentenceRole.BOILERPLATE
    is_of_case = "generic" not in tags and (not tags.isdisjoint(_CASE_TAGS) or tags >= _APPROVED)
    if "guide-first" in tags and "says" in tags and tags.isdisjoint(_NO_RECITAL):
        applied = "case" in tags and "absent" in tags and "generic" not in tags
        if not applied and not ("exceed" in tags and "norm" not in tags):
            return SentenceRole.RECITAL
    is_measured = "exceed" in tags and tags.isdisjoint(_OF_ADVICE)
    if not is_of_case and ("norm" in tags or "generic" in tags):
        return SentenceRole.CASE if is_measured else SentenceRole.RECITAL
    if "narrative" in tags and tags.isdisjoint(_ENDS_HISTORY):
        return SentenceRole.HISTORY
    if is_of_case or "there" in tags or ("past" in tags and not tags.isdisjoint(_FOUND)):
        return SentenceRole.CASE
    if "absent" in tags and not tags.isdisjoint(_OF_PATIENTS) and tags.isdisjoint(_OF_SCIENCE):
        return SentenceRole.CASE
    return SentenceRole.OPEN
