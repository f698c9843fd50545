"""The pool of candidates: the items that share most of an item's facets, found by bitmaps, and their texts.

Ways to agree form tiers: same treatment, body part and section first, then less and less. Tiers are read, the newest
decisions of each first, until enough distinct rationales are known. So the cost does not grow with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyroaring import BitMap

from imr_archive.analytics.comparable.subject import ItemWords, Subject
from imr_archive.models import DisputedItemText
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.paging import Order, Place, page_of
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# How many rows are read at most for the distinct rationales that are wanted: copies take rows as well.
MOST_READ = 1_800
# How many rows a query reads: as many as are wanted still, but no dribble where most are copies.
_AT_ONCE, _FEWEST_AT_ONCE = 400, 100
TREATMENT, KIND, BODY_PART, SECTION, GUIDELINE = "treatment", "kind of treatment", "body part", "section", "guideline"


class Aspect(NamedTuple):
    """One way in which items agree with an item: its name, its weight, and the items."""

    name: str
    weight: float
    items: Selection


class Aspects(NamedTuple):
    """The ways to agree, by group; of a group only the first that holds counts."""

    groups: tuple[tuple[Aspect, ...], ...]
    # Whether a candidate must agree in the first group; without it, in any.
    needs_first: bool

    def of(self, place: Place) -> tuple[Aspect, ...]:
        """Return the aspects in which the item at a place agrees."""
        found = []
        for group in self.groups:
            aspect = next((each for each in group if place.position in each.items.positions[place.segment]), None)
            if aspect:
                found.append(aspect)
        return tuple(found)


@dataclass(frozen=True)
class Candidate:
    """An item of the pool, with its texts and where it stands in the index."""

    key: int
    determination: int
    outcome: Outcome
    place: Place
    words: ItemWords


def aspects_of(subject: Subject, everything: Selection) -> Aspects:
    """Return the ways to agree with an item; groups of which it states nothing are empty."""

    def aspect(name: str, weight: float, dimension: str, values: Sequence[str]) -> tuple[Aspect, ...]:
        items = everything.having(DIMENSION_BY_NAME[dimension], values)
        return (Aspect(name, weight, items),) if values else ()

    kinds = [*dict.fromkeys(each.rpartition(STEP)[0] for each in subject.treatments if STEP in each)]
    treatments = aspect(TREATMENT, 4.0, "treatment", subject.treatments) + aspect(KIND, 2.0, "treatment", kinds)
    cited = aspect(SECTION, 2.0, "guideline", subject.sections) + aspect(
        GUIDELINE, 1.2, "guideline", subject.guidelines
    )
    body_parts = aspect(BODY_PART, 2.0, "body_part", subject.body_parts)
    return Aspects((treatments, body_parts, cited), needs_first=bool(treatments))


def pool_of(
    subject: Subject, aspects: Aspects, among: Selection, *, wanted: int, known: Iterable[Candidate] = ()
) -> list[Candidate]:
    """Return candidates with distinct rationales, other than the item's own and those known; in a few queries.

    Items without a rationale, and those of the item's own letter, are not compared. Of copies, the one that agrees in
    most stands for all: that of the first tier, and the newest there.
    """
    left_out = {b"", subject.words.fingerprint, *(each.words.fingerprint for each in known)}
    found: dict[bytes, Candidate] = {}
    read = 0
    places = _places(subject, aspects, among)
    while len(found) < wanted and read < MOST_READ:
        batch = [*islice(places, min(_AT_ONCE, max(_FEWEST_AT_ONCE, wanted - len(found))))]
        if not batch:
            break
        read += len(batch)
        for each in _with_texts(among, batch):
            if each.words.fingerprint not in left_out:
                found.setdefault(each.words.fingerprint, each)
    return [*found.values()][:wanted]


def _places(subject: Subject, aspects: Aspects, among: Selection) -> Iterator[Place]:
    """Yield the places of candidates, tier by tier, the newest of each first."""
    decided = among.having(DIMENSION_BY_NAME["outcome"], [each.value for each in Outcome])
    own = np.array([subject.determination])
    segments = zip(decided.positions, decided.snapshot.segments, strict=True)
    base, delta = (positions - segment.positions.items_of_letters(own) for positions, segment in segments)
    for tier in _tiers(aspects):
        found = BitMap(), BitMap()
        for combination in tier:
            found[0].update(BitMap.intersection(base, *(each.items.positions[0] for each in combination)))
            found[1].update(BitMap.intersection(delta, *(each.items.positions[1] for each in combination)))
        base, delta = base - found[0], delta - found[1]
        offset = 0
        while places := page_of(among.snapshot, found, Order.NEWEST, offset=offset, limit=_AT_ONCE):
            yield from places
            offset += len(places)


def _tiers(aspects: Aspects) -> list[list[tuple[Aspect, ...]]]:
    """Return the combinations of ways to agree, those of equal weight together, the heaviest first."""
    tiers: dict[float, list[tuple[Aspect, ...]]] = {}
    for chosen in product(*((*group, None) for group in aspects.groups)):
        combination = tuple(each for each in chosen if each)
        if combination and (chosen[0] or not aspects.needs_first):
            tiers.setdefault(round(sum(each.weight for each in combination), 6), []).append(combination)
    return [tiers[weight] for weight in sorted(tiers, reverse=True)]


def _with_texts(items: Selection, places: Sequence[Place]) -> Iterator[Candidate]:
    """Read the texts of some places in one query; what was deleted since the index was read is left out."""
    by_key = {items.key(place, Unit.ITEMS): place for place in places}
    rows = DisputedItemText.objects.filter(pk__in=[*by_key]).order_by("pk")
    columns = ("pk", "item__determination_id", "item__outcome", "description", "rationale")
    read = {row[0]: row for row in rows.values_list(*columns)}
    for key, place in by_key.items():
        if key in read and read[key][2]:
            _, determination, outcome, request, rationale = read[key]
            yield Candidate(key, determination, Outcome(outcome), place, ItemWords(request, rationale))
