"""Where the words of a question stand in a printed text, and which piece of the text shows them best.

Pure, and stemmed by Porter's algorithm as both databases index, so that either database's finds are marked alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.query.stems import folded, is_plain, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from imr_archive.search.query.tree import Leaf, Run, Section

SNIPPET_LENGTH = 260
ELLIPSIS = "…"


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
    """A piece of one of several texts; ``source`` is that text's place, ``leaves`` are the places of those it shows.

    ``elsewhere`` tells of the leaves that stand only outside the piece in which text each is found first.
    """

    source: int
    pieces: tuple[Piece, ...]
    leaves: frozenset[int] = frozenset()
    elsewhere: tuple[tuple[int, int], ...] = ()


class _Token(NamedTuple):
    stem: str
    start: int
    end: int


def find_hits(text: str, leaves: Sequence[Leaf], section: Section | None = None) -> list[Hit]:
    """Return where the leaves stand in a text, in order and without overlaps; a longer leaf wins over a shorter.

    In the text of a named section, leaves of other sections are not looked for.
    """
    return _apart(_all_hits(text, leaves, section))


def _all_hits(text: str, leaves: Sequence[Leaf], section: Section | None) -> list[Hit]:
    """Return every place where a leaf stands, in order, of those that begin alike the longest first."""
    hits: set[Hit] = set()
    lowered = text.lower() if is_plain(text) else None
    tokens: list[_Token] | None = None
    for place, leaf in enumerate(leaves):
        if section is not None and section not in (leaf.sections or (section,)):
            continue
        ways = _ways_of(leaf)
        if lowered is not None and all(len(way) == 1 for way in ways):
            hits.update(Hit(start, end, place) for (run,) in ways for start, end in _standing(run, lowered))
            continue
        tokens = _tokens(text) if tokens is None else tokens
        stems = [token.stem for token in tokens]
        hits.update(Hit(tokens[first].start, tokens[last - 1].end, place) for first, last in _spans(leaf, stems))
    return sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.leaf))


@lru_cache(maxsize=1_000)
def _ways_of(leaf: Leaf) -> tuple[tuple[Run, ...], ...]:
    return leaf.ways


def _standing(run: Run, lowered: str) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of a run in a plain text in small letters."""
    *before, last = map(stem, run.tokens)
    for found in _pattern(run).finditer(lowered):
        *others, final = _PLAIN_TOKEN.findall(found[1]) if before else (found[1],)
        ends = stem(final).startswith(last) if run.is_prefix else stem(final) == last
        if ends and [*map(stem, others)] == before:
            yield found.span(1)


@lru_cache(maxsize=1_000)
def _pattern(run: Run) -> re.Pattern[str]:
    """Return a pattern that finds whatever may be a run: words keep their stem but for its last letter."""
    words = (rf"{re.escape(stem(token)[:-1])}[a-z0-9]+" for token in run.tokens)
    # Looked for without being used up, as one find may begin within another.
    return re.compile(rf"(?<![a-z0-9])(?=({'[^a-z0-9]+'.join(words)}))")


def _apart(hits: Sequence[Hit]) -> list[Hit]:
    apart: list[Hit] = []
    for hit in hits:
        if not apart or hit.start >= apart[-1].end:
            apart.append(hit)
    return apart


def marked_pieces(text: str, leaves: Sequence[Leaf], section: Section | None = None) -> list[Piece]:
    """Cut a whole text into pieces that are marked and pieces that are not; joined, they are the text."""
    return _pieces(text, find_hits(text, leaves, section), 0, len(text))


def best_snippet(
    texts: Sequence[tuple[str, Section | None]],
    leaves: Sequence[Leaf],
    *,
    length: int = SNIPPET_LENGTH,
    unshown: Collection[int] = (),
) -> Snippet | None:
    """Return the piece of about ``length`` characters, of all the texts, that shows the most of the leaves.

    Each text comes with its section. Earlier texts win over later ones, and the first good place in a text over the
    next; those ``unshown`` are only searched for what stands elsewhere. Without a hit it is the beginning of the first
    text; None where every text is empty.
    """
    best: tuple[tuple[int, int], int, list[Hit], int] | None = None
    standing: dict[int, int] = {}
    for source, (text, section) in enumerate(texts):
        found = _all_hits(text, leaves, section)
        for hit in found:
            standing.setdefault(hit.leaf, source)
        hits = _apart(found) if source not in unshown else []
        for first, opening in enumerate(hits):
            window = [hit for hit in hits[first:] if hit.end <= opening.start + length]
            score = (len({hit.leaf for hit in window}), len(window))
            if best is None or score > best[0]:
                best = (score, source, hits, opening.start)
    if best is None:
        first_text = next((place for place, (text, _) in enumerate(texts) if text and place not in unshown), None)
        if first_text is None:
            return None
        best = ((0, 0), first_text, [], 0)
    _, source, hits, start = best
    # A third of the room stands before the first hit, so that it is read in its sentence.
    snippet = _snippet(source, texts[source][0], hits, max(0, start - length // 3), length)
    elsewhere = tuple((leaf, other) for leaf, other in sorted(standing.items()) if leaf not in snippet.leaves)
    return replace(snippet, elsewhere=elsewhere)


def _snippet(source: int, text: str, hits: list[Hit], start: int, length: int) -> Snippet:
    end = min(len(text), start + length)
    start = _word_start(text, max(0, min(start, end - length)))
    end = len(text) if end == len(text) else max(text.rfind(" ", start, end + 1), start + 1)
    inside = [hit for hit in hits if hit.start >= start and hit.end <= end]
    pieces = _pieces(text, inside, start, end)
    if start > 0:
        pieces.insert(0, Piece(f"{ELLIPSIS} ", marked=False))
    if end < len(text):
        pieces.append(Piece(f" {ELLIPSIS}", marked=False))
    return Snippet(source, tuple(pieces), frozenset(hit.leaf for hit in inside))


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


def _spans(leaf: Leaf, stems: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each run of tokens by which a leaf is found."""
    for way in _ways_of(leaf):
        places = [list(_places(run, stems)) for run in way]
        if len(way) == 1:
            yield from places[0]
        elif leaf.within is not None:
            yield from _near(places, leaf.within)


def _places(run: Run, stems: Sequence[str]) -> Iterator[tuple[int, int]]:
    *before, last = map(stem, run.tokens)
    for at, final in enumerate(stems):
        start = at - len(before)
        if start >= 0 and (final.startswith(last) if run.is_prefix else final == last) and stems[start:at] == before:
            yield start, at + 1


def _near(places: Sequence[Sequence[tuple[int, int]]], within: int) -> Iterator[tuple[int, int]]:
    """Yield the runs that stand together: each ends at most ``within`` tokens before the last of them begins."""
    for last in sorted({place for run in places for place in run}):
        together = [
            [place for place in run if place[0] <= last[0] and last[0] - (place[1] - 1) <= within] for run in places
        ]
        if all(together):
            yield from (run[-1] for run in together)


_PLAIN_TOKEN = re.compile(r"[a-z0-9]+")


def _tokens(text: str) -> list[_Token]:
    """Split a text as ``stems.tokens_of`` does, keeping where each token stands."""
    if is_plain(text):
        return [_Token(stem(found[0]), *found.span()) for found in _PLAIN_TOKEN.finditer(text.lower())]
    return _folded_tokens(text)


def _folded_tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    letters: list[str] = []
    start = 0
    for at, char in enumerate(text):
        for plain in folded(char):
            if plain.isalnum():
                if not letters:
                    start = at
                letters.append(plain)
            elif letters:
                tokens.append(_Token(stem("".join(letters)), start, max(at, start + 1)))
                letters = []
    if letters:
        tokens.append(_Token(stem("".join(letters)), start, len(text)))
    return tokens
