"""Integrity check of the archive: bytes, texts, references, corrections, revisions, run totals and indexes.

Findings name a case number, a letter or a SHA-256. They never quote clinical text, because they are printed and logged.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, connection
from django.db.models import Exists, OuterRef

from imr_archive.backup import derived
from imr_archive.history.corrections import corrections_of, corrections_unlike
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, DisputedItem, IngestRun, Revision, SourceLetter
from imr_archive.models.readable import readable_rows
from imr_archive.models.search_indexes import INDEXED_TABLES
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.parsing.source.normalise import normalise
from imr_archive.records import case_outcome
from imr_archive.search.facets import verify as facet_index
from imr_archive.search.facets.change_log import CHANGE_LOG
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.fulltext.backend import backend, restore_triggers
from imr_archive.vocabulary import RunStatus, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from imr_archive.search.fulltext.tables import IndexedTable

_LETTERS_AT_A_TIME = 20
_ROWS_AT_A_TIME = 2000
_CORRECTED_AT_A_TIME = 200
_COMPARED_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """One fault: a code for programs, a sentence for people, and whether it was repaired."""

    code: str
    sentence: str
    repaired: bool = False


def check_archive(*, repair: bool = False) -> Iterator[IntegrityFinding]:
    """Yield the faults of the archive; with ``repair``, make what is derived again: indexes and canonical rows.

    Rows are read in small batches. A check that meets rows it cannot read says so, and the others go on.
    """
    for name, check in CHECKS.items():
        yield from _guarded(name, (IntegrityFinding(name, sentence) for sentence in check()))
    yield from _guarded("canonical", _canonical(repair=repair))
    yield from _guarded("index", _indexes(repair=repair))


def _guarded(name: str, findings: Iterator[IntegrityFinding]) -> Iterator[IntegrityFinding]:
    try:
        yield from findings
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Rows that no check expects, as after damage by hand.
        yield IntegrityFinding(name, f"The check “{name}” met rows that it cannot read ({type(error).__name__}).")


def _indexes(*, repair: bool) -> Iterator[IntegrityFinding]:
    repaired = False
    for table in INDEXED_TABLES:
        for finding in _text_index(table, repair=repair):
            repaired |= finding.repaired
            yield finding
    yield from _facet_index(repair=repair, renew=repaired)


# -- Letters ----------------------------------------------------------------------------------------------------------


def _bytes() -> Iterator[str]:
    """Find letters whose bytes are missing or differ from those that were received."""
    letters = SourceLetter.objects.order_by("pk").values_list("pk", "sha256", "size", "content")
    for key, sha256, size, stored in letters.iterator(chunk_size=_LETTERS_AT_A_TIME):
        content = bytes(stored)
        if not content and size:
            yield f"{_letter(key, sha256)} has lost its bytes; only a kept copy has them."
        elif hashlib.sha256(content).hexdigest() != sha256:
            yield f"{_letter(key, sha256)} has other bytes than were received."
        elif len(content) != size:
            yield f"{_letter(key, sha256)} has {len(content):,} bytes, and its row says {size:,}."


def _texts() -> Iterator[str]:
    """Find determinations whose current letter has a different text from the one that was parsed.

    Other parser versions may normalise text differently, so only letters read by this version are compared.
    """
    letters = (
        SourceLetter.objects.filter(
            state=SourceState.CURRENT, parser_version=PARSER_VERSION, determination__isnull=False
        )
        .order_by("pk")
        .values_list(
            "pk", "sha256", "text", "determination__text_sha256", "determination_id", "determination__case_number"
        )
    )
    for key, sha256, text, text_sha256, determination, case_number in letters.iterator(chunk_size=_LETTERS_AT_A_TIME):
        if not text:
            yield f"{_letter(key, sha256)} has lost its text."
        elif hashlib.sha256(normalise(text).words.encode(errors="replace")).hexdigest() != text_sha256:
            yield f"{_case(determination, case_number)} was read from another text than that of {_letter(key, sha256)}."


# -- References between rows ------------------------------------------------------------------------------------------


def _orphaned_letters() -> Iterator[str]:
    waiting = (SourceState.QUARANTINED, SourceState.HELD, SourceState.WITHDRAWN)
    lost = SourceLetter.objects.exclude(state__in=waiting).filter(determination=None)
    for key, sha256, state in _rows(lost, "pk", "sha256", "state"):
        yield f"{_letter(key, sha256)} is {state}, and its determination is gone; ingesting it again brings it back."


def _orphaned_determinations() -> Iterator[str]:
    current = SourceLetter.objects.filter(determination=OuterRef("pk"), state=SourceState.CURRENT)
    without_letter = Determination.objects.exclude(Exists(current))
    for key, case_number in _rows(without_letter, "pk", "case_number"):
        yield f"{_case(key, case_number)} has no current letter."
    for key, case_number in _rows(Determination.objects.filter(text=None), "pk", "case_number"):
        yield f"{_case(key, case_number)} has lost its text."


def _orphaned_items() -> Iterator[str]:
    names = ("position", "determination_id", "determination__case_number")
    for position, determination, case_number in _rows(DisputedItem.objects.filter(text=None), *names):
        yield f"Item {position} of {_case(determination, case_number)} has lost its text."


def _references() -> Iterator[str]:
    """Find rows that refer to missing rows. The database does the check."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        yield f"A row refers to another that is gone: {error}"


def _corrections() -> Iterator[str]:
    """Find corrections whose value differs from the stored one."""
    keys = [*Correction.objects.order_by("determination").values_list("determination", flat=True).distinct()]
    for start in range(0, len(keys), _CORRECTED_AT_A_TIME):
        some = keys[start : start + _CORRECTED_AT_A_TIME]
        records = readable_rows(stored_records, some, what="Determination")
        for key, corrections in corrections_of([*records]).items():
            for each in corrections_unlike(records[key], corrections):
                case = _case(key, records[key].case_number)
                yield f"{case} does not have the value that {each.made_by} has given to {each}."


def _revisions() -> Iterator[str]:
    """Find determinations that differ from their last revision, or whose outcome does not match their items."""
    last, keys = 0, Determination.objects.order_by("pk").values_list("pk", flat=True)
    while some := [*keys.filter(pk__gt=last)[:_COMPARED_AT_A_TIME]]:
        last = some[-1]
        sha256s = _last_sha256s(some)
        records = readable_rows(stored_records, some, what="Determination")
        for key in sorted({*some} - {*records}):
            yield f"{_case(key, _case_number(key))} has a value that cannot be read: an impossible date or no JSON."
        for key, record in records.items():
            case = _case(key, record.case_number)
            if sha256s.get(key, "") not in ("", record_sha256(record)):
                yield f"{case} says something else than its last revision left."
            if record.outcome != case_outcome(item.outcome for item in record.items):
                yield f"{case} has another outcome than follows from its items."


def _case_number(key: int) -> str | None:
    return Determination.objects.filter(pk=key).values_list("case_number", flat=True).first()


def _last_sha256s(keys: list[int]) -> dict[int, str]:
    """Return, for each determination, the hash of the record after its last revision; empty if unknown."""
    rows = Revision.objects.filter(determination__in=keys).order_by("pk")
    return dict(rows.values_list("determination_id", "after_sha256"))


# -- Runs -------------------------------------------------------------------------------------------------------------


def _runs() -> Iterator[str]:
    """Find ended runs whose totals do not match their files. Totals of a running one lag by a few seconds."""
    for run in IngestRun.objects.exclude(status=RunStatus.RUNNING).order_by("pk").iterator():
        counts, errors = run.count_files()
        if _without_zeros(run.counts) != counts:
            listed = sum(counts.values())
            yield f"Run {run.pk} says it read {run.total:,} files, and {listed:,} are listed; or their states differ."
        elif _without_zeros(run.errors) != errors:
            yield f"Run {run.pk} says other numbers of errors than its files do."


# -- Canonical rows ---------------------------------------------------------------------------------------------------


def _canonical(*, repair: bool) -> Iterator[IntegrityFinding]:
    faults, repaired = [*derived.canonical_rows()], False
    if faults and repair:
        canonical_sync()
        repaired = not any(derived.canonical_rows())
    for fault in faults:
        yield IntegrityFinding("canonical", fault, repaired)


def _storage() -> Iterator[str]:
    for fault in backend(connection).storage_faults():
        yield f"The database reports: {fault}"


# -- Indexes ----------------------------------------------------------------------------------------------------------


def _text_index(table: IndexedTable, *, repair: bool) -> Iterator[IntegrityFinding]:
    name = table.index.removeprefix("imr_archive_")
    engine = backend(connection)
    triggers = engine.index_triggers(table)
    if lost := engine.lost_triggers(triggers):
        if repair:
            restore_triggers(connection, [triggers[each] for each in lost])
        sentence = f"The full-text index {name} is not updated any more: it has lost {', '.join(lost)}."
        yield IntegrityFinding("text-index-triggers", sentence, repair)
    faults, repaired = [*engine.index_faults(table)], False
    if faults and repair:
        engine.rebuild_index(table)
        repaired = not any(engine.index_faults(table))
    for fault in faults:
        yield IntegrityFinding("text-index", f"The full-text index {name} has drifted: {fault}.", repaired)


def _facet_index(*, repair: bool, renew: bool) -> Iterator[IntegrityFinding]:
    """Compare the facet index with the rows.

    ``renew`` rebuilds it even without a fault: after a full-text index was repaired, the new version of the facet index
    makes processes discard the search results that they have cached.
    """
    engine = backend(connection)
    triggers = engine.change_triggers(CHANGE_LOG)
    if lost := engine.lost_triggers(triggers):
        if repair:
            restore_triggers(connection, [triggers[each] for each in lost])
        sentence = f"Changes are not logged for the facet index any more: {', '.join(lost)} is lost."
        yield IntegrityFinding("facet-index-triggers", sentence, repair)
    faults, repaired = [*facet_index.index_faults()], False
    if (faults and repair) or renew:
        rebuild(keep_previous=not faults)
        repaired = not any(facet_index.index_faults())
    for fault in faults:
        yield IntegrityFinding("facet-index", f"The facet index has drifted: {fault}.", repaired)


# -- Wording ----------------------------------------------------------------------------------------------------------


def _rows(rows: QuerySet[Any, Any], *names: str) -> Iterator[tuple[Any, ...]]:
    return rows.order_by("pk").values_list(*names).iterator(chunk_size=_ROWS_AT_A_TIME)


def _letter(key: int, sha256: str) -> str:
    return f"Letter {key} (SHA-256 {sha256[:12]}…)"


def _case(key: int, case_number: str | None) -> str:
    return f"Determination {case_number or key}"


def _without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}


CHECKS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "bytes": _bytes,
    "text": _texts,
    "letter-without-determination": _orphaned_letters,
    "determination-incomplete": _orphaned_determinations,
    "item-incomplete": _orphaned_items,
    "reference": _references,
    "correction": _corrections,
    "revision": _revisions,
    "run-totals": _runs,
    "letter-values": derived.letter_values,
    "profile": derived.profiles,
    "lost-correction": derived.lost_corrections,
    "run-letter": derived.run_letters,
    "storage": _storage,
}
