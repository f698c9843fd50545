"""User text → lexemes: leaves, operators, parentheses and sections. Pure and total; what can't be meant is a notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from imr_archive.search.query.case_numbers import case_number_of, with_case_numbers
from imr_archive.search.query.stems import tokens_of
from imr_archive.search.query.tree import Leaf, Run, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

# Bounds, so that no pasted letter becomes a query of thousands of clauses.
MAX_TEXT = 2_000
MAX_RUN = 40
MAX_DEPTH = 20
# The widest proximity, and how many words can stand near one another: PostgreSQL has every distance written out.
MAX_WITHIN = 50
MAX_NEAR = 5
# A shorter beginning would find nearly everything.
SHORTEST_BEGINNING = 2
# Sentences and paragraphs are not in the index: so many words stand for them.
SENTENCE, PARAGRAPH = 20, 50

_LEXEME = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
    | (?P<minus>-+(?=[^\s-]))                                     # -fusion, -"bone scan", -(a OR b)
    | (?P<field>(?:in|case|cites):)\s*
    | "(?P<quoted>[^"]*) (?: " (?: ~(?P<within>\d{1,6}) )? | $ )  # "bone scan"~5, or an open quote to the end
    | (?P<word> [^\s"()]+ (?: \([^\s"()]+\) [^\s"()]* )* )        # L4-5, 10/325, 9792.24.2(a), opioid*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONNECTOR = re.compile(r"(?:w|pre)?/(?:(?P<words>\d{1,6})|(?P<span>[sp]))", re.ASCII | re.IGNORECASE)
_TYPOGRAPHIC_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_SECTIONS = {section.value: section for section in Section} | {
    "requests": Section.REQUEST,
    "guidelines": Section.GUIDELINE,
    "clinical summary": Section.SUMMARY,
}


class LexemeKind(Enum):
    """What a lexeme is."""

    LEAF = auto()
    SECTION = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    OPEN = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a question with what its kind needs: a leaf, a section, or how many words apart."""

    kind: LexemeKind
    leaf: Leaf | None = None
    section: Section | None = None
    within: int = 0


def lex(text: str) -> tuple[list[Lexeme], list[str]]:
    """Cut a question into lexemes whose parentheses balance; and say in sentences what was read otherwise."""
    lexer = _Lexer()
    if len(text) > MAX_TEXT:
        lexer.notices.append(f"Only the first {MAX_TEXT:,} characters were read.")
    lexer.read(with_case_numbers(text[:MAX_TEXT].translate(_TYPOGRAPHIC_QUOTES)))
    return _balanced(lexer.lexemes, lexer.notices), lexer.notices


class _Lexer:
    def __init__(self) -> None:
        self.lexemes: list[Lexeme] = []
        self.notices: list[str] = []
        self.field = ""

    def read(self, text: str) -> None:
        for found in _LEXEME.finditer(text):
            if found["field"]:
                self._end_field()
                self.field = found["field"].lower()
            elif found["quoted"] is not None:
                self._quoted(found["quoted"].strip(), found["within"])
            elif found["word"] and not self.field:
                self._word(found["word"])
            elif found["word"]:
                self._field_value(found["word"], self._run_of(found["word"]))
            else:
                self._end_field()
                kinds = {"open": LexemeKind.OPEN, "close": LexemeKind.CLOSE, "minus": LexemeKind.NOT}
                self.lexemes.append(Lexeme(kinds[found.lastgroup or ""]))
        self._end_field()

    def _end_field(self) -> None:
        if self.field:
            self.notices.append(f"“{self.field}” is followed by nothing to look for, and was left out.")
        self.field = ""

    def _word(self, word: str) -> None:
        if word in ("AND", "OR", "NOT", "&"):
            self.lexemes.append(Lexeme(LexemeKind.AND if word == "&" else LexemeKind[word]))
        elif connector := _CONNECTOR.fullmatch(word):
            self._connector(word, connector)
        elif run := self._run_of(word):
            if word.endswith("!"):
                self.notices.append(f"“{word}” was read as “{word[:-1]}*”: words that begin so.")
                word = f"{word[:-1]}*"
            self._leaf(Leaf(word, (run,), case_number=case_number_of(word)))

    def _connector(self, word: str, connector: re.Match[str]) -> None:
        within = {"s": SENTENCE, "p": PARAGRAPH}.get((connector["span"] or "").lower()) or int(connector["words"])
        self.lexemes.append(Lexeme(LexemeKind.NEAR, within=self._bounded(within)))
        unit = {"s": "sentences", "p": "paragraphs"}.get((connector["span"] or "").lower())
        why = f"; {unit} are not in the index" if unit else ""
        self.notices.append(f"“{word}” was read as: within {self._bounded(within)} words, in either order{why}.")

    def _quoted(self, inside: str, within: str | None) -> None:
        words = [run for word in inside.split() if (run := self._run_of(word))]
        if within is None or len(words) < 2:
            run = self._run_of(inside)
            leaf = Leaf(f'"{inside}"', (run,), case_number=case_number_of(inside)) if run else None
        else:
            steps = self._bounded(int(within))
            leaf = Leaf(f'"{inside}"~{steps}', self._near(words), steps)
        if self.field:
            self._field_value(inside, leaf.runs[0] if leaf else None, leaf)
        elif leaf:
            self._leaf(leaf)

    def _near(self, words: list[Run]) -> tuple[Run, ...]:
        """Two words stay as they are, so that "L4-5 fusion"~9 keeps its level; of more, each token stands alone."""
        if len(words) == 2:
            return tuple(words)
        alone = [
            Run((token,), run.is_prefix and place == len(run.tokens))
            for run in words
            for place, token in enumerate(run.tokens, 1)
        ]
        if len(alone) > MAX_NEAR:
            self.notices.append(f"At most {MAX_NEAR} words can stand near one another; the others were left out.")
        return tuple(alone[:MAX_NEAR])

    def _field_value(self, typed: str, run: Run | None, leaf: Leaf | None = None) -> None:
        field = self.field
        self.field = ""
        if field == "in:":
            section = _SECTIONS.get(" ".join(tokens_of(typed)))
            if section:
                self.lexemes.append(Lexeme(LexemeKind.SECTION, section=section))
            else:
                known = ", ".join(Section)
                self.notices.append(f"There is no section “{_shortened(typed)}” to look in; there are {known}.")
        elif run is None:
            self.notices.append(f"“{field}” is followed by nothing to look for, and was left out.")
        elif field == "case:":
            number = typed.upper()
            quoted = f'"{number}"' if leaf else number
            self._leaf(Leaf(f"case:{quoted}", case_number=number))
        else:
            leaf = leaf or Leaf(typed, (run,))
            self._leaf(Leaf(f"cites:{leaf.printed}", leaf.runs, leaf.within, in_citations=True))

    def _run_of(self, typed: str) -> Run | None:
        tokens = tokens_of(typed)
        if len(tokens) > MAX_RUN:
            self.notices.append(f"Of a phrase, the first {MAX_RUN} words were read.")
            return Run(tokens[:MAX_RUN])
        is_prefix = bool(tokens) and typed.endswith(("*", "!"))
        if is_prefix and len(tokens[-1]) < SHORTEST_BEGINNING:
            self.notices.append(f"“{_shortened(typed)}” is too short a beginning; it was read as a word.")
            is_prefix = False
        return Run(tokens, is_prefix) if tokens else None

    def _bounded(self, within: int) -> int:
        if within > MAX_WITHIN:
            self.notices.append(f"Words can be looked for within {MAX_WITHIN} words of each other at most.")
        return min(max(within, 1), MAX_WITHIN)

    def _leaf(self, leaf: Leaf) -> None:
        self.lexemes.append(Lexeme(LexemeKind.LEAF, leaf))


def _balanced(lexemes: Iterable[Lexeme], notices: list[str]) -> list[Lexeme]:
    """Leave out parentheses that close nothing or stand too deep, and close those that are open at the end."""
    kept: list[Lexeme] = []
    depth = 0
    for lexeme in lexemes:
        if lexeme.kind is LexemeKind.OPEN:
            depth += 1
        if lexeme.kind is LexemeKind.CLOSE:
            depth -= 1
        if depth < 0:
            notices.append("A parenthesis closes nothing, and was left out.")
            depth = 0
        elif (
            lexeme.kind not in (LexemeKind.OPEN, LexemeKind.CLOSE)
            or depth + (lexeme.kind is LexemeKind.CLOSE) <= MAX_DEPTH
        ):
            kept.append(lexeme)
        else:
            notices.append(f"Parentheses can stand {MAX_DEPTH} deep; deeper ones were left out.")
    if depth:
        notices.append("A parenthesis is not closed; it was read to the end.")
        kept.extend([Lexeme(LexemeKind.CLOSE)] * min(depth, MAX_DEPTH))
    return kept


def _shortened(typed: str) -> str:
    return typed if len(typed) <= 60 else f"{typed[:60]}…"
