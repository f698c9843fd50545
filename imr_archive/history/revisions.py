"""What letters were before a run, kept and put back.

A snapshot holds all that storing one letter can change: what was read of it, the facts of the determinations it belongs
or comes to belong to, their corrections, and the roles of all their letters.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from imr_archive.history.corrections import places_free
from imr_archive.letters.difference import plain
from imr_archive.letters.reader import stored_records
from imr_archive.letters.source_letters import READ_COLUMNS
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Correction, Determination, LetterRevision, SourceLetter
from imr_archive.records import LetterRecord
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from imr_archive.history.rewriting import Rewrite
    from imr_archive.letters.canonical import Canonical
    from imr_archive.models import IngestRun

    Snapshot = dict[str, dict[str, Any]]
    # Rows by their keys as text, of whatever the outer key names.
    _Rows = dict[int, dict[str, Any]]

_CORRECTED = ("determination_id", "item", "field", "value", "parsed")


def snapshot(letter: int, determinations: Iterable[int] = ()) -> Snapshot:
    """Return what is stored of a letter and of determinations."""
    return snapshots({letter: [*determinations]})[letter]


def snapshots(scopes: Mapping[int, Collection[int]]) -> dict[int, Snapshot]:
    """Return what is stored of letters and of the determinations beside each, in a fixed number of queries."""
    keys = {*chain.from_iterable(scopes.values())}
    records, (own, roles), corrections = stored_records(keys) if keys else {}, _roles(scopes, keys), _corrections(keys)
    read = SourceLetter.objects.filter(pk__in=scopes).order_by().values("pk", *READ_COLUMNS)
    letters: dict[int, dict[str, Any]] = {row.pop("pk"): row for row in read}
    return {
        letter: {
            "letter": letters[letter],
            "roles": own[letter] | _together(roles, scope),
            "determinations": {str(key): records.get(key) for key in sorted(scope)},
            "corrections": _together(corrections, scope),
        }
        for letter, scope in scopes.items()
    }


def _roles(letters: Collection[int], determinations: Collection[int]) -> tuple[_Rows, _Rows]:
    """Return the roles of letters by letter, and those of all letters of determinations by determination."""
    of_letters: _Rows = {}
    of_cases: _Rows = defaultdict(dict)
    found = SourceLetter.objects.filter(Q(pk__in=letters) | Q(determination__in=determinations)).order_by()
    for key, state, determination in found.values_list("pk", "state", "determination_id"):
        of_letters[key] = {str(key): [state, determination]}
        if determination is not None:
            of_cases[determination] |= of_letters[key]
    return of_letters, of_cases


def _corrections(determinations: Collection[int]) -> _Rows:
    """Return the corrections of determinations by determination."""
    of_cases: _Rows = defaultdict(dict)
    for row in Correction.objects.filter(determination__in=determinations).order_by("pk").values("pk", *_CORRECTED):
        of_cases[row["determination_id"]][str(row.pop("pk"))] = row
    return of_cases


def _together(rows: _Rows, keys: Iterable[int]) -> dict[str, Any]:
    return {name: row for key in keys for name, row in rows.get(key, {}).items()}


def digest(taken: Snapshot) -> str:
    """Return what tells one snapshot from another."""
    return hashlib.sha256(msgspec.json.encode(taken, order="deterministic")).hexdigest()


def revision(*, run: IngestRun, letter: int, before: Snapshot, after: Snapshot) -> LetterRevision | None:
    """Return the row that keeps what a letter was, unsaved; None if nothing has changed."""
    if before == after:
        return None
    return LetterRevision(run=run, letter_id=letter, before=_difference(before, after), after=digest(after))


def revisions_keep(rewrites: Iterable[Rewrite], *, run: IngestRun) -> None:
    """Keep what letters were that a run has rewritten."""
    kept = (revision(run=run, letter=each.letter, before=each.before, after=each.after) for each in rewrites)
    LetterRevision.objects.bulk_create([each for each in kept if each])


def former(kept: LetterRevision, current: Snapshot) -> Snapshot:
    """Return what a letter was before a revision's run; ``current`` must be what that run left."""
    difference = kept.before
    return {
        "letter": current["letter"] | difference["letter"],
        "roles": difference["roles"],
        "corrections": difference["corrections"],
        "determinations": {
            key: None if values is None else _with(current["determinations"][key], values)
            for key, values in difference["determinations"].items()
        },
    }


def _with(current: LetterRecord | None, values: Mapping[str, Any]) -> LetterRecord:
    """Return a record with the values that a revision keeps; all of them, if there is no record now."""
    return msgspec.convert({**(plain(current) or {}), **values}, LetterRecord)


def determinations_in(kept: LetterRevision) -> list[int]:
    """Return the keys of the determinations that a letter's revision speaks of."""
    return [int(key) for key in kept.before["determinations"]]


def put_back(kept: LetterRevision, *, current: Snapshot, canonical: Canonical) -> None:
    """Write what was before; ``current`` must be what the revision's run left."""
    before = former(kept, current)
    records = {int(key): each for key, each in before["determinations"].items()}
    stored = {int(key) for key, each in current["determinations"].items() if each is not None}
    if len(records) > 1:
        _free_identities(records)
    writes = [RecordWrite(each, key, replaces=key in stored) for key, each in records.items() if each is not None]
    records_write(writes, canonical=canonical)
    _roles_back(kept.letter_id, before)
    places_free(map(int, before["corrections"]))
    for correction, values in before["corrections"].items():
        Correction.objects.filter(pk=correction).update(**values)
    gone = [key for key, each in records.items() if each is None]
    Determination.objects.filter(pk__in=gone).delete()


def _free_identities(keys: Iterable[int]) -> None:
    """Take case numbers and texts away for a moment: one determination may get back what another has now."""
    nobody = Concat(Value("put back "), Cast(F("pk"), CharField()))
    Determination.objects.filter(pk__in=keys).update(case_number=None, text_sha256=nobody)


def _roles_back(letter: int, before: Snapshot) -> None:
    """Give letters their former roles; one case has never two current ones, not even in between."""
    SourceLetter.objects.filter(pk__in=before["roles"], state=SourceState.CURRENT).update(state=SourceState.SUPERSEDED)
    for key, (state, determination) in before["roles"].items():
        read = before["letter"] if int(key) == letter else {}
        SourceLetter.objects.filter(pk=key).update(state=state, determination_id=determination, **read)


def _difference(before: Snapshot, after: Snapshot) -> Snapshot:
    """Return what is needed to make the one of the other: of values that stand by their names, those that differ."""
    return {
        "letter": _differing(before["letter"], after["letter"]),
        "roles": before["roles"],
        "corrections": before["corrections"],
        "determinations": {
            key: _differing(plain(before["determinations"].get(key)), plain(record))
            for key, record in after["determinations"].items()
        },
    }


def _differing(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Any:
    if before is None or after is None:
        return before
    return {name: value for name, value in before.items() if value != after[name]}
