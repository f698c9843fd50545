"""Where the words of a question stand in a printed text, and which piece of the text shows them best.

Pure, and stemmed by Porter's algorithm as both databases index, so that either database's finds are marked alike.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.query import Leaf

SNIPPET_LENGTH = 260
ELLIPSIS = "…"

_stemmer = snowballstemmer.stemmer("porter")


class Hit(NamedTuple):
    """[start, end) of a leaf in a text; ``leaf`` is the leaf's place among those asked for."""

    start: int
    end: int
    leaf: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is either one hit or none."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one of several texts; ``source`` is that text's place among them."""

    source: int
    pieces: tuple[Piece, ...]


class _Token(NamedTuple):
    stem: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def _stem(token: str) -> str:
    return str(_stemmer.stemWord(token))


def find_hits(text: str, leaves: Sequence[Leaf]) -> list[Hit]:
    """Return where the leaves stand in a text, in order and without overlaps; a longer leaf wins over a shorter."""
    if not leaves:
        return []
    wanted: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for place, leaf in enumerate(leaves):
        stems = tuple(_stem(token) for token in leaf.tokens)
        wanted.setdefault(stems[0], []).append((stems, place))
    for same_start in wanted.values():
        same_start.sort(key=lambda candidate: -len(candidate[0]))
    tokens = _tokens(text)
    hits: list[Hit] = []
    index = 0
    while index < len(tokens):
        for stems, place in wanted.get(tokens[index].stem, ()):
            run = tokens[index : index + len(stems)]
            if tuple(token.stem for token in run) == stems:
                hits.append(Hit(run[0].start, run[-1].end, place))
                index += len(stems) - 1
                break
        index += 1
    return hits


def marked_pieces(text: str, leaves: Sequence[Leaf]) -> list[Piece]:
    """Cut a whole text into pieces that are marked and pieces that are not; joined, they are the text."""
    return _pieces(text, find_hits(text, leaves), 0, len(text))


def best_snippet(texts: Sequence[str], leaves: Sequence[Leaf], *, length: int = SNIPPET_LENGTH) -> Snippet | None:
    """Return the piece of about ``length`` characters, of all the texts, that shows the most of the leaves.

    Earlier texts win over later ones, and the first good place in a text over the next. Without a hit it is the
    beginning of the first text; None where every text is empty.
    """
    best: tuple[tuple[int, int], int, list[Hit], int] | None = None
    for source, text in enumerate(texts):
        hits = find_hits(text, leaves)
        for first, opening in enumerate(hits):
            window = [hit for hit in hits[first:] if hit.end <= opening.start + length]
            score = (len({hit.leaf for hit in window}), len(window))
            if best is None or score > best[0]:
                best = (score, source, hits, opening.start)
    if best is None:
        first_text = next((source for source, text in enumerate(texts) if text), None)
        return None if first_text is None else Snippet(first_text, tuple(_window(texts[first_text], [], 0, length)))
    _, source, hits, start = best
    # A third of the room stands before the first hit, so that it is read in its sentence.
    return Snippet(source, tuple(_window(texts[source], hits, max(0, start - length // 3), length)))


def _window(text: str, hits: list[Hit], start: int, length: int) -> list[Piece]:
    end = min(len(text), start + length)
    start = max(0, min(start, end - length))
    start = _word_start(text, start)
    end = len(text) if end == len(text) else max(text.rfind(" ", start, end + 1), start + 1)
    inside = [hit for hit in hits if hit.start >= start and hit.end <= end]
    pieces = _pieces(text, inside, start, end)
    if start > 0:
        pieces.insert(0, Piece(f"{ELLIPSIS} ", marked=False))
    if end < len(text):
        pieces.append(Piece(f" {ELLIPSIS}", marked=False))
    return pieces


def _word_start(text: str, start: int) -> int:
    if start == 0 or text[start - 1].isspace():
        return start
    blank = text.find(" ", start, start + 40)
    return start if blank < 0 else blank + 1


def _pieces(text: str, hits: list[Hit], start: int, end: int) -> list[Piece]:
    pieces = []
    at = start
    for hit in hits:
        if hit.start > at:
            pieces.append(Piece(text[at : hit.start], marked=False))
        pieces.append(Piece(text[hit.start : hit.end], marked=True))
        at = hit.end
    if at < end:
        pieces.append(Piece(text[at:end], marked=False))
    return pieces


def _tokens(text: str) -> list[_Token]:
    """Split a text as ``query.tokens_of`` does, keeping where each token stands."""
    tokens: list[_Token] = []
    letters: list[str] = []
    start = 0
    for at, char in enumerate(text):
        for folded in _folded(char):
            if folded.isalnum():
                if not letters:
                    start = at
                letters.append(folded)
            elif letters:
                tokens.append(_Token(_stem("".join(letters)), start, max(at, start + 1)))
                letters = []
    if letters:
        tokens.append(_Token(_stem("".join(letters)), start, len(text)))
    return tokens


@lru_cache(maxsize=4_000)
def _folded(char: str) -> str:
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return plain.lower()
