"""What is asked, in words: one chip for each thing that can be given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.facets.dimensions import DIMENSIONS

if TYPE_CHECKING:
    from imr_archive.web.question.filters import ItemFilterSet
    from imr_archive.web.question.state import SearchState


class Chip(NamedTuple):
    """One filter in words, and the query string without it."""

    phrase: str
    label: str
    remove_url: str
    element_id: str


def chips(filterset: ItemFilterSet, state: SearchState) -> list[Chip]:
    """Return a chip for the words and for each chosen value; one that doesn't exist shows what was asked."""
    found = []
    if state.words:
        found.append(Chip("words", state.words, state.without_words().query_string, "chip-words"))
    for dimension in DIMENSIONS:
        labels = filterset.labels(dimension.name)
        for value in state.values(dimension.name):
            label = labels.get(value, f"“{value}”")
            url = state.without_value(dimension.name, value).query_string
            found.append(Chip(dimension.phrase, label, url, f"chip-{len(found)}"))
    return found


def in_words(found: list[Chip]) -> str:
    """Say a whole question for a title: "fusion, treatment Imaging"."""
    return ", ".join(chip.label if chip.phrase == "words" else f"{chip.phrase} {chip.label}" for chip in found)
