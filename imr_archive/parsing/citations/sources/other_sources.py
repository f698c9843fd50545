"""Read the free text of what lies outside the MTUS: ODG, ACOEM, societies, insurers, labels, books, web addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.citations.reliance import CitationReading
from imr_archive.parsing.citations.resolver import (
    GuidelineEntry,
    NamedGuideline,
    NameScope,
    NameWords,
    holds_words,
    may_begin_a_name,
    names,
    words,
)
from imr_archive.parsing.citations.sources.acoem import read_acoem
from imr_archive.parsing.citations.sources.hosts import guideline_of_address
from imr_archive.parsing.citations.sources.mtus import names_a_whole, read_mtus
from imr_archive.parsing.citations.sources.odg import opens_with_chapter, read_odg
from imr_archive.parsing.citations.tokens import (
    address,
    as_words,
    page_list,
    phrases,
    trimmed,
    without_access_dates,
    without_noise,
)
from imr_archive.vocabulary import GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Iterator


class AnchorKind(Enum):
    """What a stretch of the free text begins with."""

    ODG = "odg"
    ACOEM = "acoem"
    MTUS = "mtus"
    OTHER = "other"
    ADDRESS = "address"
    BREAK = "break"
    PIECE = "piece"


_NAMED = (AnchorKind.ODG, AnchorKind.ACOEM, AnchorKind.MTUS)


class SourceAnchor(NamedTuple):
    """A place where a source may begin; its name, address or connecting phrase stands in [start, end)."""

    kind: AnchorKind
    start: int
    end: int
    guideline: GuidelineEntry | None = None


@dataclass(slots=True)
class Stretch:
    """The text of one source while it is being gathered: it begins with an anchor and runs to ``end``."""

    kind: AnchorKind
    start: int
    body: int
    end: int
    guideline: GuidelineEntry | None = None
    addressed: int | None = None


def read_non_mtus(text: str, start: int, end: int) -> list[CitationReading]:
    """Read [start, end) of a paragraph as sources outside the MTUS; one citation for each source and section."""
    citations: list[CitationReading] = []
    leading: Stretch | None = None
    for stretch in _stretches(text, *trimmed(text, start, end)):
        read = _read(text, stretch)
        if leading and stretch.kind is AnchorKind.ODG and len(read) == 1 and read[0].section is None:
            citations[-1:] = [_with_topic(text, leading, read[0])]
        else:
            citations += read
        leading = stretch if read and _may_be_topic(text, stretch) else None
    return citations


_WORDS_OF_A_TOPIC = 8
_LEADS_ON = re.compile(r"(?:,|:|\sin|\sper|\s[-–])\s*(?:the\s+)?$")


def _may_be_topic(text: str, stretch: Stretch) -> bool:
    """Return whether a few words that name no source may be the topic of the guideline that they lead on to."""
    if stretch.kind is not AnchorKind.BREAK or stretch.guideline or stretch.addressed:
        return False
    if not _LEADS_ON.search(text[max(stretch.start, stretch.end - 16) : stretch.end]):
        return False
    signs = phrases("labels", "signs_of_others").search(text, stretch.start, stretch.end)
    return not signs and not holds_words(text, stretch.start, stretch.end, _WORDS_OF_A_TOPIC + 1)


def _with_topic(text: str, leading: Stretch, cited: CitationReading) -> CitationReading:
    """Put a topic printed before its guideline into the guideline's citation."""
    start, stop = trimmed(text, leading.start, leading.end)
    return cited._replace(section=as_words(text[start:stop]), start=start, text=text[start : cited.end])


def _read(text: str, stretch: Stretch) -> list[CitationReading]:
    """Read one stretch by what it begins with."""
    if stretch.kind is AnchorKind.ODG:
        return read_odg(text, stretch.body, stretch.end, stretch.start)
    if stretch.kind is AnchorKind.ACOEM:
        return read_acoem(text, stretch.start, stretch.body, stretch.end, stretch.guideline)
    if stretch.kind is AnchorKind.MTUS:
        return read_mtus(text, stretch.start, stretch.end)
    return _read_other(text, stretch)


# --- anchors ---------------------------------------------------------------------------------------------------------

_SET_OFF = re.compile(r"(?:^|[.,;:/(]|\band|&)\s*(?:\b(?:the|MTUS|CA|California)\s+){0,3}$", re.IGNORECASE)
_FULL_NAME = re.compile(r"guidelines?|schedule", re.IGNORECASE)
_MTUS_WORDS = 3
_PIECE = re.compile(r"[;.](?:(?<=;)|(?<=[a-z)]{3}\.))\s+(?=\S)")


def _anchors(text: str, start: int, end: int) -> list[SourceAnchor]:
    """Find the places in [start, end) where a source may begin, in order and apart from each other."""
    anchors = [*_addresses(text, start, end), *_breaks(text, start, end)]
    taken = {offset for anchor in anchors for offset in range(anchor.start, anchor.end)}
    tokens = words(text, start, end)
    position = 0
    while position < len(tokens.keys):
        anchor = None
        if may_begin_a_name(tokens.keys[position]) and tokens.printed[position].start() not in taken:
            anchor = _named_at(text, tokens, position, start)
        if anchor:
            anchors.append(anchor)
            position = tokens.after(anchor.end, position)
        else:
            position += 1
    return sorted(anchors, key=lambda anchor: anchor.start)


def _named_at(text: str, tokens: NameWords, position: int, start: int) -> SourceAnchor | None:
    """Return the source whose name begins at a word, or None: ODG and ACOEM anywhere, others where set off."""

    def longest(scope: NameScope) -> NamedGuideline | None:
        return next(iter(names(scope).starting_with(tokens, position)), None)

    if (named := longest(NameScope.ODG)) and named.guideline.slug == "odg":
        return SourceAnchor(AnchorKind.ODG, named.start, named.end)
    acoem = longest(NameScope.ACOEM)
    if acoem and acoem.guideline.slug == "acoem-outside":
        return SourceAnchor(AnchorKind.ACOEM, acoem.start, acoem.end)
    if not _is_set_off(text, start, tokens.printed[position].start()):
        return None
    if acoem and (stop := _acoem_after(text, acoem)):
        return SourceAnchor(AnchorKind.ACOEM, acoem.start, stop, acoem.guideline)
    named = longest(NameScope.MTUS)
    if named and _FULL_NAME.search(text[named.start : named.end]) and _long(text, named):
        return SourceAnchor(AnchorKind.MTUS, named.start, named.end)
    if named := longest(NameScope.OTHER):
        return SourceAnchor(AnchorKind.OTHER, named.start, named.end, named.guideline)
    return None


def _is_set_off(text: str, start: int, at: int) -> bool:
    """Return whether a name at a place stands first, after a separator, or after such words as "and the"."""
    return _SET_OFF.search(text[max(start, at - 24) : at]) is not None


# "Knee Complaints Chapter (ACOEM Practice Guidelines": between a topic and the name of what it is of
_TOPIC_OF = re.compile(r"\s*(?:chapters?|topics?|guidelines?)?(?:\s*[,(]\s*|\s+(?:of|in)\s+)(?:the\s+)?", re.IGNORECASE)


def _acoem_after(text: str, topic: NamedGuideline) -> int | None:
    """Return the end of ACOEM's own name where it follows a topic that only ACOEM has, else None."""
    own = topic.guideline.chapter_number or "isorder" in text[topic.start : topic.end]
    link = _TOPIC_OF.match(text, topic.end) if own else None
    whole = names(NameScope.ACOEM).at(text, link.end(), len(text)) if link else []
    return whole[0].end if whole and whole[0].guideline.slug == "acoem-outside" else None


def _long(text: str, named: NamedGuideline) -> bool:
    return holds_words(text, named.start, named.end, _MTUS_WORDS)


def _addresses(text: str, start: int, end: int) -> Iterator[SourceAnchor]:
    """Find the web addresses, each with the guideline whose host it names."""
    while (found := address(text, start, end)) is not None:
        yield SourceAnchor(
            AnchorKind.ADDRESS, found.start, found.end, guideline_of_address(text[found.start : found.end])
        )
        start = found.end


def _breaks(text: str, start: int, end: int) -> Iterator[SourceAnchor]:
    """Find the phrases and the pieces of a list that begin another source."""
    for found in phrases("connectors", "further").finditer(text, start, end):
        yield SourceAnchor(AnchorKind.BREAK, found.start(), found.end())
    for piece in _PIECE.finditer(text, start, end):
        following = _PIECE.search(text, piece.end(), end)
        if phrases("labels", "signs_of_others").search(text, piece.end(), following.start() if following else end):
            yield SourceAnchor(AnchorKind.PIECE, piece.start(), piece.end())


# --- stretches -------------------------------------------------------------------------------------------------------


def _stretches(text: str, start: int, end: int) -> list[Stretch]:
    """Gather the text into one stretch for each source."""
    anchors = _anchors(text, start, end)
    named_first = bool(anchors) and anchors[0].start == start and anchors[0].kind in _NAMED
    if named_first:
        gathered = [_begun(text, anchors.pop(0), end)]
    else:
        # the form prints the name of ODG only if a box was ticked, and what was written after it in any case
        until = anchors[0].start if anchors else end
        own = not anchors or anchors[0].kind is not AnchorKind.OTHER
        gathered = [_begun(text, SourceAnchor(AnchorKind.BREAK, start, start), until, topic_follows=own)]
        gathered[0].end = end
    for anchor in anchors:
        if anchor.start < gathered[-1].body:
            continue
        _close_after_address(text, gathered, anchor.start)
        if gathered[-1].kind is AnchorKind.ODG and anchor.kind is AnchorKind.ADDRESS and not _is_of_odg(anchor):
            _split_title(text, gathered, anchor)
        current = gathered[-1]
        if anchor.kind is AnchorKind.PIECE and current.kind not in (AnchorKind.ODG, AnchorKind.ACOEM):
            continue
        if _repeats(text, current, anchor):
            current.body = anchor.end
        elif _same_source(text, current, anchor):
            current.guideline = current.guideline or anchor.guideline
            current.addressed = anchor.end if anchor.kind is AnchorKind.ADDRESS else None
        else:
            _append(gathered, _begun(text, anchor, end), anchor.start)
    _close_after_address(text, gathered, end)
    return gathered


def _append(gathered: list[Stretch], stretch: Stretch, stop: int) -> None:
    """End the last stretch at ``stop``, unless nothing is left of it, and go on with another."""
    gathered[-1].end = stop
    if stop == gathered[-1].start:
        gathered.pop()
    gathered.append(stretch)


def _begun(text: str, anchor: SourceAnchor, end: int, *, topic_follows: bool = False) -> Stretch:
    """Begin a stretch at an anchor; a connecting phrase itself is left out."""
    if anchor.kind in (AnchorKind.BREAK, AnchorKind.PIECE):
        opens = opens_with_chapter(text, anchor.end, end, topic_follows=topic_follows)
        kind = AnchorKind.ODG if opens else AnchorKind.BREAK
        return Stretch(kind, anchor.end, anchor.end, end)
    addressed = anchor.end if anchor.kind is AnchorKind.ADDRESS else None
    kind = AnchorKind.OTHER if anchor.kind is AnchorKind.ADDRESS else anchor.kind
    return Stretch(kind, anchor.start, anchor.end, end, anchor.guideline, addressed)


def _repeats(text: str, current: Stretch, anchor: SourceAnchor) -> bool:
    """Return whether an anchor only names ODG or ACOEM again ("ODG, Work Loss Data Institute")."""
    if anchor.kind is not current.kind or anchor.kind not in (AnchorKind.ODG, AnchorKind.ACOEM):
        return False
    between = text[current.body : anchor.start]
    return not holds_words(without_noise(between, 0, len(between)), 0, len(between))


def _same_source(text: str, current: Stretch, anchor: SourceAnchor) -> bool:
    """Return whether an anchor belongs to the source that is being gathered: its other name, or its address."""
    if anchor.kind is AnchorKind.ADDRESS and current.kind is AnchorKind.ODG:
        return _is_of_odg(anchor)
    if current.kind not in (AnchorKind.OTHER, AnchorKind.BREAK) or anchor.kind not in (
        AnchorKind.OTHER,
        AnchorKind.ADDRESS,
    ):
        return False
    between = text[current.body : anchor.start]
    if current.addressed is not None:
        return False
    if current.guideline is None or anchor.guideline in (None, current.guideline):
        return True
    return anchor.kind is AnchorKind.ADDRESS and not re.search(r"[.;]\s*$", between)


def _is_of_odg(anchor: SourceAnchor) -> bool:
    return anchor.guideline is not None and anchor.guideline.source is GuidelineSource.ODG


_WORDS_OF_A_SOURCE = 3


def _close_after_address(text: str, gathered: list[Stretch], before: int) -> None:
    """End a stretch after its address if words enough for another source follow."""
    current = gathered[-1]
    if current.kind is AnchorKind.ODG or current.addressed is None:
        return
    first, last = without_access_dates(text, current.addressed, before)
    first, last = trimmed(text, first, last)
    if holds_words(text, first, last, _WORDS_OF_A_SOURCE):
        _append(gathered, Stretch(AnchorKind.BREAK, first, first, current.end), current.addressed)


def _split_title(text: str, gathered: list[Stretch], anchor: SourceAnchor) -> None:
    """Give the last piece of an ODG run to the address that follows, if it is set off as that address's title."""
    pieces = list(_PIECE.finditer(text, gathered[-1].body, anchor.start))
    if pieces and holds_words(text, pieces[-1].end(), anchor.start):
        first = pieces[-1].end()
        _append(gathered, Stretch(AnchorKind.BREAK, first, first, gathered[-1].end), pieces[-1].start())


# --- other sources ---------------------------------------------------------------------------------------------------

# "; section 50.2" goes on with the source before it
_LISTED = re.compile(
    r";\s+(?![\s\d]|(?i:sections?|chapters?|pages?|pgs?|pp?|vol|volume|part)\b)|(?<=[a-z)]\.)\s+\d{1,2}[.)]\s+(?=[A-Z])"
)


_TRAILING_AND = re.compile(r"[\s,;]and\s*$", re.IGNORECASE)


# ", and on the" before the name of the next source
_NO_TITLE = re.compile(
    r"none|n/?a|not\s(?:applicable|cited|provided|specified)|(?:(?:also|and|as|from|in|of|on|per|the|to|under|upon|well|with)\b\W*)+",
    re.IGNORECASE,
)


def _read_other(text: str, stretch: Stretch) -> list[CitationReading]:
    """Read a stretch as sources by the titles and addresses printed, one for each piece of a list."""
    citations = []
    first = stretch.start
    stops = [match.span() for match in _LISTED.finditer(text, stretch.start, stretch.end)]
    for stop, following in [*stops, (stretch.end, stretch.end)]:
        cited = _other(text, first, stop, stretch)
        if cited:
            citations.append(cited)
        first = following
    return citations


def _other(text: str, start: int, end: int, stretch: Stretch) -> CitationReading | None:
    """Cite one other source, or None where no title is left."""
    if trailing := _TRAILING_AND.search(text, start, end):
        end = trailing.start()
    start, end = trimmed(text, *without_access_dates(text, *trimmed(text, start, end)))
    if leading := phrases("noise", "phrases").match(text, start, end):
        start = trimmed(text, leading.end(), end)[0]
    if not holds_words(text, start, end) or names_a_whole(text, start, end) or _NO_TITLE.fullmatch(text, start, end):
        return None
    pages = page_list(text, start, end)
    title_end = trimmed(text, start, pages.start)[1] if pages and pages.start > start else end
    known = _known(text, start, end)
    title = (
        known.title if known and known.source is not GuidelineSource.OTHER else _printed_title(text, start, title_end)
    )
    cited = CitationReading(
        source=known.source if known else GuidelineSource.OTHER,
        guideline=title,
        slug=known.slug if known else None,
        text=text[start:end],
        start=start,
        end=end,
    )
    return cited._replace(pages=pages.pages, tables=pages.tables) if pages else cited


def _printed_title(text: str, start: int, end: int) -> str:
    """Return a title as printed; an address that a line end broke is whole, also where the line end is a space now."""
    place = address(text, start, end)
    if place is None:
        return as_words(text[start:end])
    whole = "".join(text[slice(*place)].split())
    return as_words(f"{text[start : place.start]}{whole}{text[place.end : end]}")


def _known(text: str, start: int, end: int) -> GuidelineEntry | None:
    """Return the one source of our tables that a piece names, in words before in an address; None for several."""
    named = {anchor.guideline for anchor in _anchors(text, start, end) if anchor.kind is AnchorKind.OTHER}
    hosts = {anchor.guideline for anchor in _addresses(text, start, end) if anchor.guideline}
    candidates = named or hosts or _named_within(text, start, end)
    return candidates.pop() if len(candidates) == 1 else None


def _named_within(text: str, start: int, end: int) -> set[GuidelineEntry]:
    """Return the sources that a piece names by several words, wherever in it ("Zofran package insert")."""
    tokens = words(text, start, end)
    found = (names(NameScope.OTHER).starting_with(tokens, position) for position in range(1, len(tokens.keys) - 1))
    return {named[0].guideline for named in found if named and _several_words(text, named[0])}


def _several_words(text: str, named: NamedGuideline) -> bool:
    return " " in text[named.start : named.end]
