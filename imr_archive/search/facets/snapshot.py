"""Snapshots: the archive as one process holds it, as of one moment: the stored index and what changed since.

``current_snapshot`` asks the database whether anything changed, and rereads only what did.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q

from imr_archive.models import Determination, FacetIndex, IndexChange, Revision, SourceLetter
from imr_archive.search.facets import healing
from imr_archive.search.facets.cache import BitmapCache, LruCache
from imr_archive.search.facets.dimensions import INDEXED
from imr_archive.search.facets.index.loading import read_segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
    from numpy.typing import NDArray
    from pyroaring import BitMap

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.index.segment import Segment

# While more letters than these are new, as in a bulk ingest, they are reread only after so many times the duration of
# the last reading.
FRESH_LETTERS = 5_000
PATIENCE = 10
# At a million letters a vector of scores takes 9 MB.
VECTORS = 12
CHAMPIONS = 200
# A query has about a dozen counts, of a few dozen values each.
COUNTS = 1_000

_STATE = f"""
    SELECT (SELECT max(id) FROM {FacetIndex._meta.db_table}),
           (SELECT coalesce(sum(id), 0) FROM {IndexChange._meta.db_table}),
           (SELECT count(*) FROM {IndexChange._meta.db_table} WHERE determination <> {IndexChange.NAMES})
"""

_WHOLE_STATE = f"""
    {_STATE},
           (SELECT max(id) FROM {SourceLetter._meta.db_table}), (SELECT max(id) FROM {Revision._meta.db_table})
"""


class State(NamedTuple):
    """The stored index's version (None: there is none), and the change log, whose sum rises with every change."""

    version: int | None
    changes: int
    changed: int


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The archive at one moment, in two segments: the stored index (base), and what changed since (delta).

    ``live`` are the positions of each segment that count: in the first, those of letters that did not change.
    ``base_before`` holds for each letter of the second how many positions of the first come before it.
    """

    using: str
    state: State
    base: Segment
    delta: Segment
    live: tuple[BitMap, BitMap]
    base_before: NDArray[np.int64]
    names: Mapping[str, Mapping[str, str]]
    # The last change of the names of treatments, guidelines and body parts.
    names_changed_at: int
    # Letters that the first segment lacks although the change log does not name them (``healing``).
    behind: NDArray[np.int64]
    # Caches: the matches of leaves in each segment, their scores in the first, and the champion lists of queries there.
    # Those of the first segment outlive the snapshot.
    matches: tuple[BitmapCache, BitmapCache]
    scores: LruCache[NDArray[Any]]
    champions: LruCache[NDArray[Any]]
    delta_scores: LruCache[NDArray[Any]]
    # If only the newest items can be ranked: their positions in the first segment, best first, with their scores.
    newest: LruCache[tuple[NDArray[Any], NDArray[Any]]]
    # Recent counts (``Selection.cached``): the next page of a query has the same facets.
    counts: LruCache[Any]
    # Values that are computed from it at first use.
    computed: dict[str, Any] = field(default_factory=dict)
    read_at: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def segments(self) -> tuple[Segment, Segment]:
        """Both segments."""
        return self.base, self.delta

    @property
    def data_version(self) -> str:
        """The name of what the archive holds: it changes with every change that is public."""
        return f"{self.state.version or 0}.{self.state.changes}"


_held: dict[str, Snapshot] = {}
# The state that was read for the request that is being answered, so that it is not read again.
_known_state: ContextVar[State | None] = ContextVar("known_state", default=None)
_lock = threading.Lock()


def current_snapshot(using: str = DEFAULT_DB_ALIAS) -> Snapshot:
    """Return the archive as it is committed now, at the cost of one small query if nothing changed."""
    state = _known_state.get() or read_state(using)
    held = _held.get(using)
    if held and _serves(held, state):
        return held
    with _lock:
        held = _held.get(using)
        if not (held and _serves(held, state)):
            held = _held[using] = _read(using, held)
        return held


@contextmanager
def one_state() -> Iterator[None]:
    """Within the block, let ``current_snapshot`` use the state that ``read_whole_state`` has read."""
    token = _known_state.set(None)
    try:
        yield
    finally:
        _known_state.reset(token)


def read_whole_state(using: str) -> tuple[State, tuple[int | None, ...]]:
    """Query the version and the change log, and the newest letter and revision, which pages show beside the items."""
    with connections[using].cursor() as cursor:
        cursor.execute(_WHOLE_STATE)
        version, changes, changed, *newest = cursor.fetchone()
    state = State(version, int(changes), changed)
    _known_state.set(state)
    return state, tuple(newest)


def forget_snapshots() -> None:
    """Drop all snapshots: for a process whose database was replaced, as tests do."""
    _held.clear()


def read_state(using: str) -> State:
    """Query the version and the change log."""
    with connections[using].cursor() as cursor:
        cursor.execute(_STATE)
        version, changes, changed = cursor.fetchone()
    return State(version, int(changes), changed)


def _serves(held: Snapshot, state: State) -> bool:
    if held.state == state:
        return True
    is_busy = state.changed > FRESH_LETTERS and held.state.changed > FRESH_LETTERS
    return is_busy and held.state.version == state.version and time.monotonic() - held.read_at < PATIENCE * held.seconds


def _read(using: str, held: Snapshot | None) -> Snapshot:
    """Read what changed; repeat if a new version was stored meanwhile, because that shortens the log."""
    while True:
        began = time.monotonic()
        state = read_state(using)
        log = IndexChange.objects.using(using).order_by()
        changes = dict(log.values_list("determination", "pk"))
        names_changed_at = changes.pop(IndexChange.NAMES, 0)
        kept = held if held and held.state.version == state.version else None
        base, behind = (kept.base, kept.behind) if kept else healing.base_of(state.version, using)
        changed = np.union1d(np.fromiter(changes, dtype=np.int64), behind)
        # ``cites:`` also matches words in the names of guidelines.
        known = kept if kept and kept.names_changed_at == names_changed_at else None
        delta = read_segment(_letters(log, behind, using), only=changed, using=using)
        if read_state(using).version == state.version:
            break
    positions = base.positions
    letters = delta.positions.letters
    base_before = positions.letters.starts[np.searchsorted(positions.letters.order, letters.order)]
    return Snapshot(
        using=using,
        state=state,
        base=base,
        delta=delta,
        live=(positions.everything - positions.items_of_letters(changed), delta.positions.everything),
        base_before=base_before,
        names={each.name: _names(each, base, delta, using) for each in INDEXED},
        names_changed_at=names_changed_at,
        behind=behind,
        matches=(known.matches[0] if known else BitmapCache(), BitmapCache()),
        scores=kept.scores if kept else LruCache(VECTORS),
        champions=kept.champions if kept else LruCache(CHAMPIONS),
        delta_scores=LruCache(CHAMPIONS),
        newest=LruCache(CHAMPIONS),
        counts=LruCache(COUNTS),
        seconds=time.monotonic() - began,
    )


def _names(dimension: Dimension, base: Segment, delta: Segment, using: str) -> Mapping[str, str]:
    """Return the labels of every possible value; a section is named as in the stored index, if it is there."""
    names = dimension.names(using)
    if not dimension.has_sections:
        return names
    return {**names, **delta.sections[dimension.name].labels, **base.sections[dimension.name].labels}


def _letters(log: QuerySet[IndexChange], behind: NDArray[np.int64], using: str) -> QuerySet[Any]:
    logged = log.values("determination")
    if not len(behind):
        return logged
    either = Q(pk__in=logged) | Q(pk__in=behind.tolist())
    return Determination.objects.using(using).filter(either).order_by().values("pk")
