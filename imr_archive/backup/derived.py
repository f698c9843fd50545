"""Checks of what the archive derives: spans and remarks of letters, canonical rows, profiles, traces of corrections.

Like those of ``check.py``, they yield sentences that name a letter or a case, and quote no clinical text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from imr_archive.letters.canonical import canonical_differences
from imr_archive.letters.reviewers import profile_faults
from imr_archive.models import Correction, IngestRunFile, Revision, SourceLetter
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import DiagnosticCode, RevisionKind, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS_AT_A_TIME = 100
_HEAD_BYTES = 1024
_CODES = frozenset(code.value for code in DiagnosticCode)


def letter_values() -> Iterator[str]:
    """Find letters whose kind, spans or remarks cannot be those of their bytes and text."""
    rows = SourceLetter.objects.order_by("pk").values_list(
        "pk", "sha256", "kind", "content", "text", "spans", "diagnostics", "parser_version"
    )
    for key, sha256, kind, content, text, spans, diagnostics, version in rows.iterator(chunk_size=_LETTERS_AT_A_TIME):
        letter = f"Letter {key} (SHA-256 {sha256[:12]}…)"
        is_pdf = b"%PDF-" in bytes(content)[:_HEAD_BYTES]
        if content and kind not in (SourceKind.UNKNOWN, SourceKind.PDF if is_pdf else SourceKind.TEXT):
            yield f"{letter} is stored as another kind of file than its bytes are."
        if not _spans_fit(spans, len(text)):
            yield f"{letter} has spans that are not places in its text."
        if not _diagnostics_fit(diagnostics, len(text), is_current=version == PARSER_VERSION):
            yield f"{letter} has remarks of the parser that are not its own."


def _spans_fit(spans: Any, length: int) -> bool:
    return isinstance(spans, dict) and all(_is_place(each, length) for each in spans.values())


def _is_place(span: Any, length: int) -> bool:
    if not isinstance(span, list) or len(span) != 2 or not all(isinstance(each, int) for each in span):
        return False
    return bool(0 <= span[0] <= span[1] <= length)


def _diagnostics_fit(diagnostics: Any, length: int, *, is_current: bool) -> bool:
    if not isinstance(diagnostics, list):
        return False
    for each in diagnostics:
        if not isinstance(each, dict) or "message" not in each:
            return False
        if is_current and each.get("code") not in _CODES:
            return False
        if each.get("start") is not None and not _is_place([each["start"], each.get("end")], length):
            return False
    return True


def canonical_rows() -> Iterator[str]:
    """Find canonical rows that the parser's tables state otherwise."""
    for difference in canonical_differences():
        yield f"{difference} is not as the parser's tables have it."


def profiles() -> Iterator[str]:
    """Find reviewer profiles whose hash, specialties or licences do not follow from their lists."""
    for key, fault in profile_faults():
        yield f"Reviewer profile {key} {fault}."


def lost_corrections() -> Iterator[str]:
    """Find determinations whose last change was a correction of which no row is left, or whose parsed value is lost."""
    last: dict[int, tuple[str, str]] = {}
    kinds = Revision.objects.exclude(determination=None).order_by("pk")
    corrected = kinds.filter(kind=RevisionKind.CORRECTION).values("determination")
    for key, reference, kind in kinds.filter(determination__in=corrected).values_list(
        "determination_id", "reference", "kind"
    ):
        last[key] = reference, kind
    kept = {*Correction.objects.order_by().values_list("determination_id", flat=True)}
    for key, (reference, kind) in sorted(last.items()):
        if kind == RevisionKind.CORRECTION.value and key not in kept:
            yield f"Determination {reference} has lost a correction that its history tells of."
    for each in Correction.objects.order_by("pk").iterator():
        kind = last.get(each.determination_id, ("", ""))[1]
        if kind == RevisionKind.CORRECTION.value and not _parsed_is_told(each):
            yield f"A correction of determination {each.determination_id} has lost what the parser had read."


def _parsed_is_told(correction: Correction) -> bool:
    """Return whether the parser's value is among the values that the revisions of this place have replaced."""
    told = [
        change
        for changes in Revision.objects.filter(determination=correction.determination_id).values_list(
            "changes", flat=True
        )
        for change in changes
        if change.get("item") == correction.item and change["field"].replace(".", "_").endswith(correction.field)
    ]
    comparable = [change for change in told if "before" in change]
    return len(comparable) < len(told) or not told or any(change["before"] == correction.parsed for change in told)


def run_letters() -> Iterator[str]:
    """Find files of runs that name another letter than the one with their bytes."""
    files = IngestRunFile.objects.exclude(letter=None).exclude(sha256="").exclude(letter__sha256=F("sha256"))
    for run, name in files.order_by("pk").values_list("run_id", "pk"):
        yield f"File {name} of run {run} names a letter with other bytes."
