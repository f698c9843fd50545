"""Check an item's outcome against the verdict with which its rationale concludes.

Like every doubt this is a possible contradiction for a reader to judge; the rule speaks only where the letter is plain
on both sides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.checks.wordings import doubt_pattern
from imr_archive.parsing.results import Diagnostic
from imr_archive.vocabulary import DiagnosticCode as Code
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.results import Item
    from imr_archive.parsing.spans import TracedText

_LAST_SENTENCES = 3
_LONGEST_SENTENCE = 500
_SENTENCE_MARKS = (". ", ".\n")
_LAST_WORDS = 120
_LONG_WORD = re.compile(r"[a-z]{4,}")
_SAID_ALWAYS = frozenset(
    ("medically", "necessary", "request", "requested", "times", "week", "weeks", "with", "without")
)

_ANCHORS = ("edically", "edical nec", "certified", "Decision is", "decision is")

# how nearly every rationale ends
_AGREEMENT = {Outcome.UPHELD: " not medically necessary", Outcome.OVERTURNED: " is medically necessary"}

# every verdict, whatever it is, in small letters as those below
_VERDICT = re.compile(
    r"medically\s+(?:un)?necessary | medical\s+necessity | \b(?:non-?\s?)?certified\b | \b(?:upheld|overturned)\b",
    re.VERBOSE,
)

# "is deemed not medically necessary", "cannot be considered medically necessary", "is not a medical necessity",
# "remains non-certified", "Utilization Review Decision is upheld"
_DENIAL = re.compile(
    r"""
    (?:\bnot|\bcannot|n['’]t) \s+ (?:[\w-]+\s+){0,5}? (?:medically\s+necessary | a\s+medical\s+necessity)\b
    | \b(?:is|are|remains?) \s+ (?:therefore\s+)? (?:non-?\s?certified | not\s+certified | medically\s+unnecessary)\b
    | \bdecision\s+is\s+(?:therefore\s+)?upheld\b
    """,
    re.VERBOSE,
)

# "is medically necessary", "is determined to be medically necessary", "deem the request … to be medically necessary",
# "Utilization Review Decision is overturned"
_APPROVAL = re.compile(
    r"""
    \b(?:is|are|was|were) \s+
        (?: (?: therefore | thus | hereby | also | both | clearly | considered | deemed | determined | found | felt
              | seen | established | certified | as | to\s+be ) \s+ ){0,3}
        medically\s+necessary\b
    | \b(?:deem|find|consider)\b [^.;]{0,300}? \bto\s+be\s+medically\s+necessary\b
    | \bdecision\s+is\s+(?:therefore\s+)?(?:overturned|reversed)\b
    """,
    re.VERBOSE,
)


def contradicted_outcome(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Compare the heading's outcome with the last verdict on the item, unless another verdict near it agrees."""
    if item.outcome is None or _AGREEMENT[item.outcome.value] in rationale.text[-_LAST_WORDS:]:
        return
    contrary = None
    for outcome, start, end in _verdicts(rationale.text):
        if outcome is item.outcome.value:
            return
        contrary = contrary or (outcome, start, end)
    if contrary is None:
        return
    outcome, start, end = contrary
    if not _speaks_of(item, rationale.text[start:end].lower()):
        return
    said = "medically necessary" if outcome is Outcome.OVERTURNED else "not medically necessary"
    message = (
        f"Possible contradiction: item {item.position} is headed “{item.outcome.value.label}”, "
        f"but its rationale concludes that it is {said}."
    )
    yield Diagnostic(Code.OUTCOME_CONTRADICTED, message, rationale.span(start, end))


def _verdicts(text: str) -> Iterator[tuple[Outcome, int, int]]:
    """Yield the plain verdicts in a rationale's last sentences that hold a verdict, the last one first."""
    before = len(text)
    for _ in range(_LAST_SENTENCES):
        at = max(text.rfind(anchor, 0, before) for anchor in _ANCHORS)
        if at < 0:
            return
        start, end = _sentence(text, at)
        outcome = _verdict(text[start:end].lower())
        if outcome:
            yield outcome, start, end
        before = start


def _sentence(text: str, at: int) -> tuple[int, int]:
    """Return the range of the sentence around an offset."""
    least, most = max(0, at - _LONGEST_SENTENCE), min(len(text), at + _LONGEST_SENTENCE)
    starts = [found + len(mark) for mark in _SENTENCE_MARKS if (found := text.rfind(mark, least, at)) >= 0]
    ends = [found + 1 for mark in _SENTENCE_MARKS if (found := text.find(mark, at, most)) >= 0]
    start = max(starts, default=least)
    return start, start + len(text[start : min(ends, default=most)].rstrip())


def _verdict(sentence: str) -> Outcome | None:
    """Return the outcome that a sentence, given in lower case, plainly states."""
    if _DENIAL.search(sentence):
        is_plain = len(_DENIAL.findall(sentence)) == len(_VERDICT.findall(sentence))
        return (
            Outcome.UPHELD if is_plain and not doubt_pattern("conclusion", "clouding_denial").search(sentence) else None
        )
    if _APPROVAL.search(sentence) and not doubt_pattern("conclusion", "clouding_approval").search(sentence):
        return Outcome.OVERTURNED
    return None


def _speaks_of(item: Item, sentence: str) -> bool:
    """Return whether a verdict is plainly about the item: it shares a word with the request, or names no treatment."""
    asked = {*_LONG_WORD.findall(item.description.value.lower())} - _SAID_ALWAYS
    if not asked.isdisjoint(_LONG_WORD.findall(sentence)):
        return True
    return " for " not in sentence and doubt_pattern("conclusion", "pointing").search(sentence) is not None
