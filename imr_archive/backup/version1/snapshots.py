"""Snapshots of everything that storing one letter can change, in the form of format version 1."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from imr_archive.backup.version1.facts import stored_facts
from imr_archive.history.states import CaseState, CorrectionState, LetterState
from imr_archive.models import Correction, SourceLetter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from imr_archive.backup.version1.facts import Facts
    from imr_archive.records import LetterRecord

    Snapshot = dict[str, dict[str, Any]]

_READ = ("kind", "parser_version", "reason_code", "reason", "diagnostics", "spans", "text")
_CORRECTED = ("determination_id", "item", "field", "value", "parsed")


def digest(snapshot: Snapshot) -> str:
    """Return the SHA-256 of a snapshot."""
    return hashlib.sha256(json.dumps(snapshot, sort_keys=True).encode()).hexdigest()


def former(difference: Snapshot, now: Snapshot) -> Snapshot:
    """Return the snapshot before a change, given the difference and the snapshot after it (``now``)."""
    return {
        "letter": now["letter"] | difference["letter"],
        "roles": difference["roles"],
        "corrections": difference["corrections"],
        "determinations": {
            key: None if facts is None else (now["determinations"][key] or {}) | facts
            for key, facts in difference["determinations"].items()
        },
    }


class Snapshots:
    """Snapshots of the stored state or, after ``go_back``, of the state before the changes passed to it."""

    def __init__(self) -> None:
        self._facts: dict[int, Facts | None] = {}
        self._letters: dict[int, dict[str, Any]] = {}
        self._roles: dict[int, list[Any]] = {}
        self._corrections: dict[int, dict[str, Any]] = {}

    def of(self, letter: int, determinations: Collection[int]) -> Snapshot | None:
        """Return the snapshot of a letter and of determinations; None if the letter is gone."""
        read = self._letters.get(letter) or SourceLetter.objects.filter(pk=letter).values(*_READ).first()
        if read is None:
            return None
        unknown = [key for key in determinations if key not in self._facts]
        facts = stored_facts(unknown) if unknown else {}
        return {
            "letter": read,
            "roles": self._roles_of(letter, determinations),
            "determinations": {
                str(key): self._facts[key] if key in self._facts else facts.get(key) for key in sorted(determinations)
            },
            "corrections": self._corrections_of(determinations),
        }

    def go_back(self, letter: int, before: Snapshot) -> None:
        """Use the state before a change in place of the stored state from now on."""
        self._letters[letter] = before["letter"]
        self._roles |= {int(key): role for key, role in before["roles"].items()}
        self._corrections |= {int(key): values for key, values in before["corrections"].items()}
        self._facts |= {int(key): facts for key, facts in before["determinations"].items()}

    def _roles_of(self, letter: int, determinations: Collection[int]) -> dict[str, Any]:
        rows = SourceLetter.objects.filter(Q(pk=letter) | Q(determination__in=determinations) | Q(pk__in=self._roles))
        roles = {key: role for key, *role in rows.order_by("pk").values_list("pk", "state", "determination_id")}
        roles |= {key: role for key, role in self._roles.items() if key in roles}
        return {str(key): role for key, role in roles.items() if key == letter or role[1] in determinations}

    def _corrections_of(self, determinations: Collection[int]) -> dict[str, Any]:
        rows = Correction.objects.filter(Q(determination__in=determinations) | Q(pk__in=self._corrections))
        found = {row.pop("pk"): row for row in rows.order_by("pk").values("pk", *_CORRECTED)}
        found |= {key: values for key, values in self._corrections.items() if key in found}
        return {str(key): row for key, row in found.items() if row["determination_id"] in determinations}


def states(
    letter: int, before: Snapshot, now: Snapshot, record_of: Callable[[Facts | None], LetterRecord | None]
) -> Iterator[tuple[int | None, CaseState, LetterRecord | None]]:
    """Yield each determination of a change with its state before and its record after.

    A change without a determination is yielded once, with None as its determination.
    """
    was = {name: value for name, value in before["letter"].items() if now["letter"][name] != value}
    letters = {
        int(key): LetterState(state, determination, was if int(key) == letter else {})
        for key, (state, determination) in before["roles"].items()
    }
    if not before["determinations"]:
        yield None, CaseState(letters=letters), None
    names = dict(Correction.objects.filter(pk__in=before["corrections"]).values_list("pk", "made_by"))
    times = dict(Correction.objects.filter(pk__in=before["corrections"]).values_list("pk", "made_at"))
    for name, facts in before["determinations"].items():
        key = int(name)
        corrections = tuple(
            CorrectionState(
                *(int(pk), row["item"], row["field"], row["value"], row["parsed"], names[int(pk)], times[int(pk)])
            )
            for pk, row in before["corrections"].items()
            if row["determination_id"] == key and int(pk) in names
        )
        yield key, CaseState(record_of(facts), letters, corrections), record_of(now["determinations"][name])
