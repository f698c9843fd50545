"""Why a decision is comparable, in words: what it shares with an item, and in which stated reasons they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import capfirst

from imr_archive.analytics.comparable.pool import TREATMENT
from imr_archive.analytics.texts import words_of
from imr_archive.search.query.stems import stem
from imr_archive.vocabulary import ReasonCode
from imr_archive.web.formatting import midsentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imr_archive.analytics.comparable.nearest import ComparableMatch

_LEVEL = "level"


def why(match: ComparableMatch, rationale: str, own: Sequence[str], other: Sequence[str]) -> str:
    """Return a sentence on a match of an item with a rationale.

    ``own`` and ``other`` are the codes of the reasons of the item and of the match.
    """
    parts = [_same(match)]
    if match.words:
        parts.append(f"both rationales say {_listed([f'“{word}”' for word in _printed(match.words, rationale)])}")
    if differs := _differs(match, own, other):
        parts.append(f"differs: {differs}")
    return capfirst("; ".join(part for part in parts if part))


def _same(match: ComparableMatch) -> str:
    names = [*match.aspects]
    if match.same_levels:
        names.insert(1 if TREATMENT in names else 0, _LEVEL)
    if match.same_request:
        names.insert(0, "request")
    return f"same {_listed(names)}" if names else ""


def _differs(match: ComparableMatch, own: Iterable[str], other: Iterable[str]) -> str:
    """Name the reasons that only one of the two states; those of the other decision come first."""
    there, here = set(other) - set(own), set(own) - set(other)
    parts = ["another level"] if match.same_levels is False else []
    if there:
        parts.append(f"there, {_labels(there)}")
    if here:
        parts.append(f"here, {_labels(here)}")
    return "; ".join(parts)


def _labels(codes: Iterable[str]) -> str:
    chosen = {*codes}
    return _listed([midsentence(code.label) for code in ReasonCode if code.value in chosen])


def _printed(stems: Iterable[str], rationale: str) -> list[str]:
    """Return the words of a rationale that have some stems, as it has them first."""
    words: dict[str, str] = {}
    for word in words_of(rationale):
        words.setdefault(stem(word), word)
    return [words.get(each, each) for each in stems]


def _listed(names: Sequence[str]) -> str:
    """Join names as in a sentence."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
