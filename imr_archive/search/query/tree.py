"""What a reader asked for, as a value: leaves to be found, joined by and, or and not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, product
from typing import TYPE_CHECKING, TypeAlias

from imr_archive.search.query.stems import completions
from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

# Words that stand near one another and can each be completed in several ways: so many of the combinations are asked.
MAX_WAYS = 24


class Section(Vocabulary):
    """The parts of a letter's text that a question can name: ``in:rationale``."""

    REQUEST = "request", "request"
    RATIONALE = "rationale", "rationale"
    GUIDELINE = "guideline", "guideline paragraphs"
    SUMMARY = "summary", "clinical summary"


# The item's own text; the summary is the whole letter's.
ITEM_SECTIONS = (Section.REQUEST, Section.RATIONALE, Section.GUIDELINE)


class Scope(Vocabulary):
    """Where words are looked for that no ``in:`` narrows."""

    ITEM = "item", "the item"
    LETTER = "letter", "the item and its letter’s summary"


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that stand side by side; with ``is_prefix`` the last of them may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False

    @property
    def ways(self) -> tuple[Run, ...]:
        """The run, and after a beginning the runs with a whole word that the index has under another stem."""
        if not self.is_prefix:
            return (self,)
        *before, last = self.tokens
        return (self, *(Run((*before, word)) for word in completions(last)))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing to be found; ``printed`` is how a reader types it, empty where the thesaurus added it.

    It is found where its ``runs`` stand in one section: a single run as it is, several ``within`` so many words of one
    another, in any order. ``also`` are other wordings, any of which will do. ``sections`` narrows to those; none means
    all, the letter's summary included. With ``in_citations`` the runs stand in the guidelines cited, not in the text. A
    ``case_number`` is found, too, by the determination's number; it may end in ``*``.
    """

    printed: str
    runs: tuple[Run, ...] = ()
    within: int | None = None
    sections: tuple[Section, ...] = ()
    also: tuple[Run, ...] = ()
    also_printed: tuple[str, ...] = ()
    in_citations: bool = False
    case_number: str = ""

    @property
    def in_text(self) -> bool:
        """Whether it is looked for in the letters' words, and so can be ranked by and marked."""
        return bool(self.runs) and not self.in_citations

    @property
    def is_plain(self) -> bool:
        """Whether it is a word outside quotes, without operators: what the thesaurus may widen."""
        is_word = self.in_text and len(self.runs) == 1 and not self.runs[0].is_prefix
        return is_word and not self.case_number and not self.printed.startswith('"')

    @property
    def ways(self) -> tuple[tuple[Run, ...], ...]:
        """Every way to stand in a text: runs to be found near one another, or one run alone."""
        own = islice(product(*(run.ways for run in self.runs)), MAX_WAYS)
        return (*own, *((run,) for run in self.also))


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold for an item."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts holds for an item."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold for an item."""

    part: Node


Node: TypeAlias = Leaf | And | Or | Not


def joined(kind: type[And | Or], parts: list[Node]) -> Node | None:
    """Join parts, those of the same kind merged in; one part stands for itself, and none is None."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))


def negated(node: Node) -> Node:
    """Negate; twice is not at all."""
    return node.part if isinstance(node, Not) else Not(node)


def leaves_of(node: Node, *, positive: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Yield the leaves in order, each with whether it is to be found (or, under a not, to be absent)."""
    match node:
        case Leaf():
            yield node, positive
        case Not(part):
            yield from leaves_of(part, positive=not positive)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves_of(part, positive=positive)


def replaced(node: Node, leaf: Leaf, other: Node | None) -> Node | None:
    """Put something else in a leaf's place, or nothing; a question of which nothing is left is None."""
    match node:
        case Leaf():
            return other if node == leaf else node
        case Not(part):
            rest = replaced(part, leaf, other)
            return negated(rest) if rest else None
        case And(parts) | Or(parts):
            return joined(type(node), [rest for part in parts if (rest := replaced(part, leaf, other))])


def with_sections(node: Node, sections: tuple[Section, ...]) -> Node:
    """Narrow every leaf of the text that has no section of its own."""
    match node:
        case Leaf():
            return replace(node, sections=sections) if node.in_text and not node.sections else node
        case Not(part):
            return Not(with_sections(part, sections))
        case And(parts) | Or(parts):
            return type(node)(tuple(with_sections(part, sections) for part in parts))


def printed(node: Node | None, *, joint: str = " ") -> str:
    """Write a question so that reading it again gives the same question; ``joint`` stands between parts of an And."""
    if node is None:
        return ""
    sections = {leaf.sections for leaf, _ in leaves_of(node) if leaf.in_text}
    if len(sections) == 1 and (common := sections.pop()):
        return f"{_printed(node, joint, common)} {_printed_sections(common)}"
    return _printed(node, joint, ())


def _printed(node: Node, joint: str, common: tuple[Section, ...]) -> str:
    match node:
        case Leaf():
            own = node.in_text and node.sections and node.sections != common
            return f"({node.printed} {_printed_sections(node.sections)})" if own else node.printed
        case Not(part):
            inner = _printed(part, joint, common)
            sign = "-" if joint == " " else "NOT "
            return f"{sign}({inner})" if isinstance(part, And | Or) or _is_connector(part) else f"{sign}{inner}"
        case And(parts) | Or(parts):
            between = joint if isinstance(node, And) else " OR "
            return between.join(
                f"({_printed(part, joint, common)})" if isinstance(part, And | Or) else _printed(part, joint, common)
                for part in parts
            )


def _is_connector(node: Node) -> bool:
    return isinstance(node, Leaf) and node.within is not None and not node.printed.endswith(f"~{node.within}")


def _printed_sections(sections: tuple[Section, ...]) -> str:
    return " ".join(f"in:{section}" for section in sections)
