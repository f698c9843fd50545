"""The questions for all engines. All answers must be equal before anything is timed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

PAGE_SIZE = 25
# Facets that every engine counts: of one value, and of several, of the item and of its letter.
FACETS = ("outcome", "treatment", "guideline", "basis", "body_part", "year")
MULTIPLE = frozenset(("treatment", "guideline", "body_part"))

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class BenchmarkQuestion:
    """Words that stand side by side, values of facets, and a page of the newest or of the best items.

    The archive is asked for the words as they are ``typed``, the peers, which hold stems, for their stems.
    """

    name: str
    words: tuple[str, ...] = ()
    typed: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    by_relevance: bool = False

    @property
    def offset(self) -> int:
        """How many items stand before the page."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def query_string(self) -> str:
        """The question as the archive's address has it."""
        asked = dict(self.chosen)
        if self.words:
            # The summary is searched, too: the peers are given it, and it is the more to do.
            asked |= {"q": f'"{self.typed}"', "scope": "letter"}
        if self.words and not self.by_relevance:
            asked["sort"] = "newest"
        if self.page > 1:
            asked["page"] = str(self.page)
        return urlencode(asked)

    def without(self, name: str) -> dict[str, str]:
        """Return the chosen values of every facet but one."""
        return {facet: value for facet, value in self.chosen.items() if facet != name}

    def counted_under(self) -> dict[str | None, tuple[str, ...]]:
        """Return which facets are counted under which narrowing, by the chosen facet that it leaves out.

        A facet that nothing is chosen of is counted under the whole question (None), a chosen one without itself.
        """
        unchosen = tuple(name for name in FACETS if name not in self.chosen)
        return {None: unchosen, **{name: (name,) for name in self.chosen}}


@dataclass(frozen=True)
class Answer:
    """The back end of one list page: how many items, the counts of each facet, and the keys of the page's items."""

    total: int
    counts: Counts
    keys: tuple[int, ...]


class NotAsked(Exception):
    """An engine has no way to be asked such a question."""


class Engine(Protocol):
    """One way to answer; it is loaded before and says how it is called in the report."""

    name: str
    version: str

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Answer the question as if for the first time."""
        ...


@dataclass(frozen=True)
class PeerRow:
    """One disputed item as the peers are given it. ``position`` is its rank from the oldest.

    ``own`` and ``summary`` are the stems of its own text and of its letter's summary, joined by spaces, section by
    section with a stem between that stands in no letter, so that no phrase reaches from one into the next.
    """

    key: int
    position: int
    facets: Mapping[str, tuple[str, ...]]
    own: str
    summary: str


Rows = Iterator[PeerRow]


def without_zeros(counts: Counts) -> Counts:
    """Return the counts that some item has: engines differ in whether they name the others."""
    return {name: {value: n for value, n in of.items() if n} for name, of in counts.items()}
