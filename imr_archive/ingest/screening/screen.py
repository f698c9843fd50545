"""The screen between parsing and storing: what speaks against publishing a letter that nobody has looked at.

Pure: it runs in the worker processes, beside the parser, so that the one writer loses no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.ingest.screening.rules import HARMLESS, rules_with_cue
from imr_archive.letters.reading import Finding
from imr_archive.vocabulary import DiagnosticCode as Diagnosed
from imr_archive.vocabulary import HoldCode, PublishHeld

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.parsing.parsed import ParsedLetter

# The parser's remarks that hold a letter.
_REMARKS = {
    Diagnosed.UNKNOWN_SPECIALTY: HoldCode.UNKNOWN_SPECIALTY,
    Diagnosed.ITEMS_MISSING: HoldCode.ITEMS_MISSING,
    Diagnosed.OUTCOME_MISSING: HoldCode.OUTCOME_MISSING,
    Diagnosed.SUMMARY_MISSING: HoldCode.SECTION_LOST,
    Diagnosed.REVIEWER_MISSING: HoldCode.SECTION_LOST,
    Diagnosed.RATIONALE_MISSING: HoldCode.SECTION_LOST,
    Diagnosed.PAGE_WITHOUT_TEXT: HoldCode.PAGE_WITHOUT_TEXT,
    Diagnosed.PAGE_ASKEW: HoldCode.PAGE_ASKEW,
    Diagnosed.PAGES_OUT_OF_ORDER: HoldCode.PAGES_OUT_OF_ORDER,
    Diagnosed.TEXT_TWICE: HoldCode.TEXT_TWICE,
    Diagnosed.SEVERAL_LETTERS: HoldCode.SEVERAL_LETTERS,
}


def screen(letter: ParsedLetter) -> tuple[Finding, ...]:
    """Return what speaks against publishing a letter, in the order of the table, each with its place in the text."""
    return (*_identifiers(letter.source_text), *_remarked(letter))


def is_published(findings: Iterable[Finding], policy: PublishHeld) -> bool:
    """Return whether a letter with these findings is published under a policy without anybody looking at it."""
    codes = {finding.code for finding in findings}
    if policy is PublishHeld.ALL:
        # One determination would mix the facts of several people, whatever anybody asks for.
        return HoldCode.SEVERAL_LETTERS not in codes
    return all(policy is PublishHeld.CLEAN and code.is_mild for code in codes)


def _identifiers(text: str) -> Iterator[Finding]:
    for rule in rules_with_cue(text):
        for match in rule.pattern.finditer(text):
            if not HARMLESS.search(match[0]):
                yield Finding(code=rule.code, message=rule.sentence, start=match.start(), end=match.end())


def _remarked(letter: ParsedLetter) -> Iterator[Finding]:
    summary = letter.spans.get("clinical_summary")
    for remark in letter.diagnostics:
        code, span = _REMARKS.get(remark.code), remark.span
        if remark.code is Diagnosed.UNCLAIMED_TEXT and span and summary and span.end <= summary.start:
            code = HoldCode.UNCLAIMED_TEXT
        if code is not None:
            start, end = span or (None, None)
            yield Finding(code=code, message=remark.message, start=start, end=end)
