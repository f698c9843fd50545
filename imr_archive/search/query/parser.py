"""User text → SearchQuery: what a reader typed, as a value that either database can answer.

The reading is total: every string gives a query, and a string with no word in it gives the empty query, which filters
nothing. What can't be meant (a parenthesis that closes nothing, an OR without an alternative) is left out with a
notice. OR binds before AND, as lawyers' databases have it: `a b OR c -d` asks for a, and b or c, and not d.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from imr_archive.search.query.lexer import Lexeme, LexemeKind, lex
from imr_archive.search.query.tree import And, Leaf, Node, Or, joined, leaves_of, negated, with_sections

if TYPE_CHECKING:
    from imr_archive.search.query.tree import Section

# Longer questions are cut here, so that no pasted letter becomes a query of thousands of clauses.
MAX_LEAVES = 40

_OPERANDS = (LexemeKind.LEAF, LexemeKind.NOT, LexemeKind.OPEN)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question about disputed items; without a root it asks for everything.

    ``notices`` are sentences about what was read otherwise than typed; they are no part of the question.
    """

    root: Node | None = None
    notices: tuple[str, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return self.root is not None

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf, in the order they were typed."""
        return tuple(leaf for leaf, _ in leaves_of(self.root)) if self.root else ()

    @property
    def positive_leaves(self) -> tuple[Leaf, ...]:
        """The leaves that a match holds in its text: those to rank by and to mark."""
        return tuple(leaf for leaf in self._to_be_found if leaf.in_text)

    @property
    def cited_leaves(self) -> tuple[Leaf, ...]:
        """The leaves that a match holds in the guidelines cited: those to mark there."""
        return tuple(leaf for leaf in self._to_be_found if leaf.in_citations)

    @property
    def _to_be_found(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf, positive in leaves_of(self.root) if positive) if self.root else ()


def parse_query(text: str) -> SearchQuery:
    """Read what a user typed; any string at all."""
    lexemes, notices = lex(text)
    reader = _LexemeReader(_cut(lexemes, notices), notices)
    root = reader.group()
    return SearchQuery(root, tuple(dict.fromkeys(notices)))


def _cut(lexemes: list[Lexeme], notices: list[str]) -> list[Lexeme]:
    kept, leaves = [], 0
    for lexeme in lexemes:
        leaves += lexeme.kind is LexemeKind.LEAF
        if leaves <= MAX_LEAVES or lexeme.kind in (LexemeKind.OPEN, LexemeKind.CLOSE):
            kept.append(lexeme)
    if leaves > MAX_LEAVES:
        notices.append(f"Only the first {MAX_LEAVES} words and phrases were read.")
    return kept


class _LexemeReader:
    """Reads lexemes whose parentheses balance by descending: group, alternatives, operand, near, primary.

    A section stands anywhere in its group, and is no operand: looking at the next lexeme passes it by.
    """

    def __init__(self, lexemes: list[Lexeme], notices: list[str]) -> None:
        self.lexemes = lexemes
        self.notices = notices
        self.at = 0
        self.sections: list[list[Section]] = []

    def group(self) -> Node | None:
        """Read to the parenthesis that closes the group, or to the end."""
        self.sections.append([])
        parts: list[Node] = []
        while (kind := self._next()) not in (None, LexemeKind.CLOSE):
            if kind in _OPERANDS:
                part = self._alternatives()
                parts += [] if part is None else [part]
                continue
            self.at += 1
            if kind is not LexemeKind.AND or not parts or self._next() not in _OPERANDS:
                self._dangling(kind)
        node = joined(And, parts)
        sections = tuple(dict.fromkeys(self.sections.pop()))
        return with_sections(node, sections) if node and sections else node

    def _alternatives(self) -> Node | None:
        parts = [self._operand()]
        while self._next() is LexemeKind.OR:
            self.at += 1
            if self._next() not in _OPERANDS:
                self._dangling(LexemeKind.OR)
                break
            parts.append(self._operand())
        return joined(Or, [part for part in parts if part is not None])

    def _operand(self) -> Node | None:
        is_negative = False
        while self._next() is LexemeKind.NOT:
            is_negative = not is_negative
            self.at += 1
        if self._next() not in _OPERANDS:
            self._dangling(LexemeKind.NOT)
            return None
        node = self._near()
        return negated(node) if node and is_negative else node

    def _near(self) -> Node | None:
        """Read words that stand near one another; in a chain each is near the next."""
        first = self._primary()
        pairs: list[Node] = []
        others: list[Node] = []
        last = first
        while self._next() is LexemeKind.NEAR:
            within = self.lexemes[self.at].within
            self.at += 1
            if self._next() not in (LexemeKind.LEAF, LexemeKind.OPEN):
                self._dangling(LexemeKind.NEAR)
                break
            following = self._primary()
            pair = _near_one_another(last, following, within)
            if pair:
                pairs.append(pair)
            else:
                self.notices.append("Only words and phrases can stand near one another; the others were read as AND.")
                others += [node for node in (None if pairs else last, following) if node]
            last = following
        return joined(And, [*pairs, *others]) if pairs or others else first

    def _primary(self) -> Node | None:
        lexeme = self.lexemes[self.at]
        self.at += 1
        if lexeme.kind is LexemeKind.LEAF:
            return lexeme.leaf
        node = self.group()
        self.at += 1
        return node

    def _next(self) -> LexemeKind | None:
        """Tell the kind of the next lexeme, and keep the sections before it for their group."""
        while self.at < len(self.lexemes) and (section := self.lexemes[self.at].section):
            self.sections[-1].append(section)
            self.at += 1
        return self.lexemes[self.at].kind if self.at < len(self.lexemes) else None

    def _dangling(self, kind: LexemeKind) -> None:
        name = "A connector such as /5" if kind is LexemeKind.NEAR else kind.name
        self.notices.append(f"{name} has nothing to join there, and was left out.")


def _near_one_another(one: Node | None, other: Node | None, within: int) -> Node | None:
    """Join each of some alternatives with each of others; None where they are not all words or phrases."""
    ones, others = _alternatives_of(one), _alternatives_of(other)
    if not ones or not others:
        return None
    return joined(Or, [_near_leaf(first, second, within) for first in ones for second in others])


def _alternatives_of(node: Node | None) -> list[Leaf]:
    parts = node.parts if isinstance(node, Or) else (node,)
    leaves = [part for part in parts if isinstance(part, Leaf) and part.in_text and part.within is None]
    return leaves if len(leaves) == len(parts) else []


def _near_leaf(one: Leaf, other: Leaf, within: int) -> Leaf:
    printed = f"{one.printed} /{within} {other.printed}"
    return replace(
        one,
        printed=printed,
        runs=(*one.runs, *other.runs),
        within=within,
        sections=one.sections or other.sections,
        case_number="",
    )
