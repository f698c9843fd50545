"""The archive's rows for the peers: the same facts, and the stems of the archive's own index."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice

from django.db import connection
from django.db.models import F

from devtools.benchmarks.engines.questions import PeerRow
from imr_archive.models import (
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    ItemBodyPart,
    ItemTreatment,
)
from imr_archive.models.search_indexes import ITEMS
from imr_archive.search.query.stems import folded, stem
from imr_archive.vocabulary import CitedBy

UNKNOWN = "unknown"
BATCH = 4_000
# Between two sections: no phrase reaches over it, and no question names it.
BREAK = " \u00b6 "
_TOKEN = re.compile(r"[^\W_]+")
_stem = cache(stem)


def rows(processes: int) -> Iterator[PeerRow]:
    """Yield every item from the oldest to the newest; stemming is done by ``processes`` at a time."""
    with ProcessPoolExecutor(processes) as pool:
        for batch in pool_map(pool, _batches(), ahead=2 * processes):
            yield from batch


def pool_map(pool: ProcessPoolExecutor, tasks: Iterator[list[tuple]], *, ahead: int) -> Iterator[list[PeerRow]]:
    """Run tasks in order, so many of them ahead of the one that is yielded."""
    waiting = [pool.submit(_made, task) for task in islice(tasks, ahead)]
    while waiting:
        yield waiting.pop(0).result()
        waiting += [pool.submit(_made, task) for task in islice(tasks, 1)]


def _batches() -> Iterator[list[tuple]]:
    facts = DisputedItem.objects.order_by(
        F("determination__decision_date").asc(nulls_first=True), "determination", "position"
    ).values_list("pk", "determination", "outcome", "reviewer_basis", "determination__decision_date")
    every = iter(list(facts))
    position = 0
    while batch := list(islice(every, BATCH)):
        yield _with_texts(batch, position)
        position += len(batch)


def _with_texts(batch: Sequence[tuple], first: int) -> list[tuple]:
    keys = [row[0] for row in batch]
    several: dict[str, dict[int, set[str]]] = {
        name: defaultdict(set) for name in ("treatment", "guideline", "body_part")
    }
    for name, pairs in (
        ("treatment", ItemTreatment.objects.filter(item__in=keys).values_list("item", "treatment__category")),
        ("body_part", ItemBodyPart.objects.filter(item__in=keys).values_list("item", "body_part__slug")),
        (
            "guideline",
            GuidelineCitation.objects.filter(item__in=keys, cited_by=CitedBy.REVIEWER).values_list(
                "item", "guideline__source"
            ),
        ),
    ):
        for key, slug in pairs.order_by():
            several[name][key].add(slug)
    texts = {row[0]: row[1:] for row in DisputedItemText.objects.filter(pk__in=keys).values_list("pk", *ITEMS.columns)}
    summaries = dict(
        DeterminationText.objects.filter(pk__in={row[1] for row in batch}).values_list("pk", "clinical_summary")
    )
    made = []
    for place, (key, determination, outcome, basis, decided) in enumerate(batch, first):
        facets = {
            "outcome": (outcome or UNKNOWN,),
            "basis": (basis,),
            "year": (str(decided.year) if decided else UNKNOWN,),
            **{name: tuple(sorted(of[key])) or _NONE[name] for name, of in several.items()},
        }
        made.append((key, place, facets, texts[key], summaries.get(determination, "")))
    return made


# An item without a treatment or a citation has no value of that facet; without a body part, it is unknown.
_NONE: dict[str, tuple[str, ...]] = {"treatment": (), "guideline": (), "body_part": (UNKNOWN,)}


def _made(task: list[tuple]) -> list[PeerRow]:
    summaries: dict[str, str] = {}
    made = []
    for key, position, facets, sections, summary in task:
        if summary not in summaries:
            summaries[summary] = stems_of(summary)
        own = BREAK.join(map(stems_of, sections))
        made.append(PeerRow(key, position, facets, own, summaries[summary]))
    return made


def stems_of(text: str) -> str:
    """Return the stems of a text, in their order."""
    plain = text.lower() if text.isascii() else "".join(map(folded, text))
    return " ".join(map(_stem, _TOKEN.findall(plain)))


def close_connection() -> None:
    """Close the database connection before processes are forked."""
    connection.close()
