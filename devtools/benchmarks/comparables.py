"""Time comparable decisions of random items: ``make bench WHAT=comparables``, on the archive that DATABASE_URL names.

    DATABASE_URL=sqlite:///var/bench/archive-100000.sqlite3 python -m devtools.benchmarks.comparables --items 200

Each item's fragment is asked for once through Django, as a page does when it comes into view, with nothing of it in the
process's cache of counts. The facet index is loaded before. ``README.md`` has the last run.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED = 77
TARGET_MS = 300


class Timing(NamedTuple):
    """One item: how long its fragment took, how many queries, and among how many rationales it was compared.

    Processor time leaves out what else the machine does; on PostgreSQL it is that of this process only.
    """

    milliseconds: float
    processor: float
    queries: int
    compared: int


def main() -> int:
    """Time the fragments and print the table; the exit status is 1 if the 95th percentile is above the target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200, help="random items to ask for (default: %(default)s)")
    arguments = parser.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "imr_archive.settings", "ALLOWED_HOSTS": "testserver"}
    import django  # the settings read the database's address from the environment

    django.setup()
    letters, items = _sizes()
    timings = [*_timings(arguments.items)]
    sys.stdout.write(f"{letters:,} letters, {items:,} items; {len(timings)} random items, seed {SEED}\n\n")
    sys.stdout.write("\n".join(_table(timings)) + "\n")
    return int(_high([each.milliseconds for each in timings]) > TARGET_MS)


def _sizes() -> tuple[int, int]:
    from imr_archive.search.facets.selection import Selection, Unit  # after django.setup()

    everything = Selection.of_everything()
    return everything.size(Unit.DETERMINATIONS), everything.size()


def _timings(number: int) -> Iterator[Timing]:
    from django.db import connection  # after django.setup()
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from imr_archive.analytics.comparable.nearest import comparables_of
    from imr_archive.analytics.overturn import letter_sums
    from imr_archive.models import DisputedItem
    from imr_archive.search.facets.selection import Selection

    everything = Selection.of_everything()
    keys = sorted(everything.item_keys())
    chosen = random.Random(SEED).sample(keys, min(number, len(keys)))  # noqa: S311 - no secret
    client = Client(headers={"HX-Request": "true"})
    for item in DisputedItem.objects.filter(pk__in=chosen).select_related("determination", "text").order_by("pk"):
        address = reverse("web:comparables", args=[item.reference])
        everything.snapshot.counts.clear()
        letter_sums(everything)  # of the whole archive: the first page of any kind computes it
        with CaptureQueriesContext(connection) as queries:
            began, worked = time.perf_counter(), time.process_time()
            client.get(address)
            taken, processor = time.perf_counter() - began, time.process_time() - worked
        yield Timing(taken * 1000, processor * 1000, len(queries), comparables_of(item, everything).compared)


def _table(timings: Sequence[Timing]) -> Iterator[str]:
    times = [each.milliseconds for each in timings]
    yield "| | median | 95th percentile | longest |"
    yield "| --- | ---: | ---: | ---: |"
    for name, taken in (("time, ms", times), ("processor time, ms", [each.processor for each in timings])):
        yield f"| {name} | {median(taken):.0f} | {_high(taken):.0f} | {max(taken):.0f} |"
    most, compared = max(each.queries for each in timings), median(each.compared for each in timings)
    yield ""
    yield f"At most {most} queries an item; compared with {compared:.0f} rationales (median)."


def _high(times: Sequence[float]) -> float:
    """Return the 95th percentile of some times."""
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
