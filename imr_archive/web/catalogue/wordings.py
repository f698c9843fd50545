"""The names of a treatment, and how the newest letters word a treatment or a guideline."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.models import GuidelineCitation, ItemTreatment
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.sections import STEP, section_slug
from imr_archive.search.facets.selection import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imr_archive.search.facets.selection import Selection

_NAMES = Path(__file__).with_name("treatment_names.json")
# Wordings are counted in so many items, the newest: reading those of a million would take seconds.
READ = 1_000
_SHOWN = 20


class PrintedForm(NamedTuple):
    """Words as printed, and how many of the items read have them."""

    words: str
    number: int


class CitedForms(NamedTuple):
    """How a guideline or section is printed where it is cited, and which editions are named."""

    forms: Sequence[PrintedForm]
    editions: Sequence[PrintedForm]
    items: int


def other_names(treatment: str) -> Sequence[str]:
    """Return the other names of a treatment in the parser's tables: generic and brand names, abbreviations."""
    return _other_names().get(treatment, ())


@cache
def _other_names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = json.loads(_NAMES.read_text())
    return names


def newest(selection: Selection) -> list[int]:
    """Return the keys of the newest items of a selection, as many as are read."""
    return selection.page(Order.NEWEST, Unit.ITEMS, offset=0, limit=READ)


def request_wordings(selection: Selection, treatment: str) -> Sequence[PrintedForm]:
    """Return the words by which the newest requests name a treatment, or one below it, the most frequent first."""
    rows = ItemTreatment.objects.filter(item__in=newest(selection)).order_by()
    found = rows.filter(treatment__slug=treatment) | rows.filter(treatment__slug__startswith=f"{treatment}{STEP}")
    return _counted(found.values_list("raw", flat=True))


def cited_forms(selection: Selection, value: str) -> CitedForms:
    """Return how the newest items print a guideline, or a section of it, and the editions that they name."""
    guideline, _, section = value.partition(STEP)[2].partition(STEP)
    keys = newest(selection)
    rows = GuidelineCitation.objects.filter(item__in=keys, guideline__slug=guideline).order_by()
    cited = [
        (title, printed, year)
        for title, printed, year in rows.values_list("title", "section", "year")
        if not section or section_slug(printed) == section
    ]
    forms = _counted(printed if section else title for title, printed, _ in cited)
    return CitedForms(forms, _counted(str(year) for _, _, year in cited if year), len(keys))


def _counted(printed: Iterable[str]) -> list[PrintedForm]:
    """Count printed words, case and white space aside; a wording is shown in its most frequent form."""
    forms: dict[str, Counter[str]] = {}
    for words in printed:
        plain = " ".join(words.split())
        if plain:
            forms.setdefault(plain.casefold(), Counter())[plain] += 1
    found = [PrintedForm(min(each, key=lambda form: (-each[form], form)), each.total()) for each in forms.values()]
    return sorted(found, key=lambda wording: (-wording.number, wording.words))[:_SHOWN]
