"""An earlier state is written again: records, the roles and readings of letters, and the corrections in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from imr_archive.history.corrections import places_free
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Correction, Determination, SourceLetter
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imr_archive.history.states import CaseState, LetterState
    from imr_archive.letters.canonical import Canonical


def write_back(
    before: Mapping[int, CaseState],
    letters: Mapping[int, LetterState],
    *,
    now: Mapping[int, CaseState],
    canonical: Canonical,
) -> None:
    """Write the states of determinations, by their keys, and of letters; ``now`` is what the determinations are."""
    if len(before) > 1:
        _free_identities(before)
    records_write(
        [
            RecordWrite(state.record, key, replaces=now[key].record is not None, stored=now[key].known_record)
            for key, state in before.items()
            if state.record
        ],
        canonical=canonical,
    )
    _letters_back(letters)
    _corrections_back(before)
    Determination.objects.filter(pk__in=[key for key, state in before.items() if state.record is None]).delete()


def _free_identities(keys: Iterable[int]) -> None:
    """Take case numbers and texts away for a moment: one determination may get back what another has now."""
    placeholder = Concat(Value("put back "), Cast(F("pk"), CharField()))
    Determination.objects.filter(pk__in=keys).update(case_number=None, text_sha256=placeholder)


def _letters_back(letters: Mapping[int, LetterState]) -> None:
    """Give letters their former roles; one case has never two current ones, not even in between."""
    SourceLetter.objects.filter(pk__in=letters, state=SourceState.CURRENT).update(state=SourceState.SUPERSEDED)
    for key, letter in letters.items():
        role = {"state": letter.state, "determination_id": letter.determination}
        SourceLetter.objects.filter(pk=key).update(**role, **letter.reading)


def _corrections_back(before: Mapping[int, CaseState]) -> None:
    """Let the corrections of determinations be those that were in force, under their keys."""
    wanted = {each.id: (key, each) for key, state in before.items() for each in state.corrections}
    present = {*Correction.objects.filter(determination__in=before).values_list("pk", flat=True)}
    places_free({*wanted, *present})
    Correction.objects.filter(pk__in=present.difference(wanted)).delete()
    for key, (determination, each) in wanted.items():
        values = msgspec.structs.asdict(each) | {"determination_id": determination}
        del values["id"]
        Correction.objects.update_or_create(pk=key, defaults=values)
