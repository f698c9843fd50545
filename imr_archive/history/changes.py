"""One change: the revisions that storing one letter, or one act of a person, has left together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.db.models import Q

from imr_archive.history.states import CaseState, LetterState, unpacked
from imr_archive.models import Revision
from imr_archive.vocabulary import HoldCode, RevisionKind, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, eq=False)
class Change:
    """The revisions of a change, the first one first, with what each replaced."""

    revisions: tuple[Revision, ...]
    states: tuple[CaseState, ...]

    @classmethod
    def of(cls, revisions: Iterable[Revision]) -> Change:
        """Read what revisions of one change keep; a letter that was new is held, as taken back, before it."""
        ordered = tuple(sorted(revisions, key=lambda each: each.pk))
        *others, last = map(_before, ordered)
        if _is_of_new_letter(ordered, (*others, last)):
            last = last.with_letter(ordered[-1].letter_id or 0, _taken_back(ordered[-1]))
        return cls(ordered, (*others, last))

    @property
    def letter(self) -> int | None:
        """The source letter that the change comes from; None if it is a person's."""
        return self.revisions[0].letter_id

    @property
    def can_be_undone(self) -> bool:
        """Return whether what was before is kept, or it is known that nothing was."""
        return all(each.before or _is_first(each) for each in self.revisions)

    @cached_property
    def takes_back(self) -> bool:
        """Return whether undoing it takes a case back that came with it."""
        return any(state.record is None for state in self.states)

    @cached_property
    def before(self) -> dict[int, CaseState]:
        """What there was of each determination that the change has written."""
        return {
            each.determination_id: state
            for each, state in zip(self.revisions, self.states, strict=True)
            if each.determination_id is not None and state.record is not msgspec.UNSET
        }

    @cached_property
    def letters(self) -> dict[int, LetterState]:
        """What there was of the letters of these cases."""
        return {key: letter for state in self.states for key, letter in state.letters.items()}


def _is_first(revision: Revision) -> bool:
    """Return whether a revision is the first of its letter, before which there was nothing to keep."""
    is_new = revision.kind in (RevisionKind.INGEST, RevisionKind.HOLD)
    return is_new and revision.letter_id is not None and not (revision.before or revision.is_erased)


def _before(revision: Revision) -> CaseState:
    """Return what there was before a revision: no record, if a new letter has made the case.

    A new letter that joined a case beside its current one, which its reason says, left the record alone.
    """
    if revision.before:
        return unpacked(revision.before)
    is_new_case = _is_first(revision) and revision.kind == RevisionKind.INGEST and not revision.reason
    return CaseState(record=None) if is_new_case else CaseState()


def _is_of_new_letter(revisions: Sequence[Revision], states: Iterable[CaseState]) -> bool:
    letter = revisions[-1].letter_id
    if letter is None or any(each.is_erased for each in revisions):
        return False
    return not any(letter in state.letters for state in states)


def _taken_back(revision: Revision) -> LetterState:
    reason = f"Taken back with run {revision.run_id}, which had brought it." if revision.run_id else "Taken back."
    return LetterState(SourceState.HELD.value, None, {"reason_code": HoldCode.TAKEN_BACK.value, "reason": reason})


class Later(NamedTuple):
    """A later revision: its key, what it is of, its run, which revision it undoes, its kind and who made it."""

    key: int
    determination: int | None
    letter: int | None
    run: int | None
    undoes: int | None
    kind: str
    made_by: str


def changes_newest_first(revisions: Iterable[Revision]) -> Iterator[Change]:
    """Yield the changes of a run out of its revisions, which come newest first."""
    for _, of_letter in groupby(revisions, key=lambda each: each.letter_id):
        yield Change.of(of_letter)


def changed_since(changes: Sequence[Change]) -> dict[Change, list[Later]]:
    """Return the revisions that came after each change to the same determinations or letter and are still in force.

    A revision and the one that undoes it leave what was before, so that neither counts.
    """
    by_determination: dict[int, list[Later]] = defaultdict(list)
    by_letter: dict[int, list[Later]] = defaultdict(list)
    for each in _later(changes):
        if each.determination is not None:
            by_determination[each.determination].append(each)
        if each.letter is not None:
            by_letter[each.letter].append(each)
    found = {}
    for change in changes:
        touched = {row for each in change.revisions for row in by_determination[each.determination_id or 0]}
        touched |= {*by_letter[change.letter or 0]}
        last = change.revisions[-1].pk
        found[change] = _in_force(each for each in touched if each.key > last)
    return found


def _later(changes: Sequence[Change]) -> Iterator[Later]:
    revisions = [each for change in changes for each in change.revisions]
    determinations = {each.determination_id for each in revisions if each.determination_id is not None}
    letters = {each.letter_id for each in revisions if each.letter_id is not None}
    first = min((each.pk for each in revisions), default=0)
    rows = Revision.objects.filter(Q(determination__in=determinations) | Q(letter__in=letters), pk__gt=first)
    columns = ("pk", "determination_id", "letter_id", "run_id", "undoes_id", "kind", "made_by")
    return (Later(*row) for row in rows.order_by("pk").values_list(*columns))


def _in_force(later: Iterable[Later]) -> list[Later]:
    rows = sorted(later, reverse=True)
    keys, undone, left = {each.key for each in rows}, set(), []
    for each in rows:
        if each.key in undone:
            continue
        if each.undoes in keys:
            undone.add(each.undoes)
        else:
            left.append(each)
    return left
