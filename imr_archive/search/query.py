"""User text → SearchQuery: what a reader typed, as a value that either database can answer.

The reading is total: every string gives a query, and a string with no word in it gives the empty query, which filters
nothing. The language: words (all of them must be found), "phrases", `OR` between alternatives, and `-` or `NOT` before
what must not be found. `a b OR c -d` asks for a, and b or c, and not d.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Longer questions are cut here, so that no pasted letter becomes a query of thousands of clauses.
MAX_LEAVES = 40

_PIECE = re.compile(
    r"""
    (?P<negated>-?)                   # -"bone scan"
    (?: "(?P<phrase>[^"]*)(?:"|$)     # "bone scan", or an open quote to the end
      | (?P<word>[^\s"]+)             # L4-5, 10/325, fusion
    )
    """,
    re.VERBOSE,
)
_TYPOGRAPHIC_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def tokens_of(text: str) -> tuple[str, ...]:
    """Split text into the tokens that both engines index: runs of letters and digits, lower case, no accents."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return tuple("".join(char if char.isalnum() else " " for char in folded.lower()).split())


@dataclass(frozen=True, slots=True)
class Leaf:
    """Tokens that must stand side by side in one section; a single token is a word. ``printed`` is what was typed."""

    tokens: tuple[str, ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Clause:
    """Alternatives, at least one of which must be found; or, ``negated``, none of which may be."""

    leaves: tuple[Leaf, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Clauses that must all hold; no clause at all asks for everything."""

    clauses: tuple[Clause, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses)

    @property
    def positive_leaves(self) -> tuple[Leaf, ...]:
        """The leaves that a match holds: those to rank by and to mark."""
        return tuple(leaf for clause in self.clauses if not clause.negated for leaf in clause.leaves)


def parse_query(text: str) -> SearchQuery:
    """Read what a user typed; any string at all."""
    clauses: list[Clause] = []
    negate_next = join_next = False
    count = 0
    for piece in _PIECE.finditer(text.translate(_TYPOGRAPHIC_QUOTES)):
        word, phrase = piece["word"], piece["phrase"]
        if word in ("OR", "NOT", "AND") and not piece["negated"]:
            join_next = word == "OR" and bool(clauses)
            negate_next = word == "NOT"
            continue
        printed = word if phrase is None else f'"{phrase.strip()}"'
        tokens = tokens_of(printed)
        if not tokens or count == MAX_LEAVES:
            continue
        count += 1
        leaf = Leaf(tokens, printed)
        negated = negate_next or bool(piece["negated"])
        if join_next and clauses[-1].negated == negated:
            clauses[-1] = Clause((*clauses[-1].leaves, leaf), negated)
        else:
            clauses.append(Clause((leaf,), negated))
        negate_next = join_next = False
    return SearchQuery(tuple(clauses))
