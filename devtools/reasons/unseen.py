"""Score one fold with a finder that has forgotten what only this fold's letters taught; run in a process of its own."""

from __future__ import annotations

import importlib
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from devtools.reasons.attested import LEXICON
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devtools.reasons.marks import MarkedItem

_ROOM = "imr_archive.parsing.reasons"
Found = list[tuple[str, str]]


def found_without(items: Sequence[MarkedItem], phrases: set[str]) -> list[Found]:
    """Return the code and quote of each reason of each item, found without some of the lexicon's phrases."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_find, items, phrases).result()


def _find(items: Sequence[MarkedItem], phrases: set[str]) -> list[Found]:
    """Find the reasons; the lexicon is read at import, so it is shortened and the finder imported again."""
    table = load(LEXICON)
    for label in table:
        table[label] = [phrase for phrase in table[label] if phrase not in phrases]
    for name in [name for name in sys.modules if name.startswith(_ROOM)]:
        del sys.modules[name]
    find_reasons = importlib.import_module(f"{_ROOM}.finder").find_reasons
    return [
        [
            (reason.code.value, item.rationale[reason.start : reason.end])
            for reason in find_reasons(item.rationale, item.outcome, item.description)
        ]
        for item in items
    ]
