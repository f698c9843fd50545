"""Read what follows the name of the Official Disability Guidelines: chapters and topics, in any order and spelling."""

from __future__ import annotations

import re
from typing import NamedTuple

from imr_archive.parsing.citations.reliance import CitationReading
from imr_archive.parsing.citations.resolver import (
    GuidelineEntry,
    NamedGuideline,
    NameScope,
    guideline,
    holds_words,
    names,
    resolve,
    words,
)
from imr_archive.parsing.citations.sources.mtus import known_section, split_sections
from imr_archive.parsing.citations.tokens import (
    BLANKED,
    address,
    as_words,
    blanked,
    page_list,
    phrases,
    trimmed,
    with_closing_bracket,
    without_edition_dates,
    without_noise,
    year,
)


class OdgPart(NamedTuple):
    """A chapter or a topic of a run; ``several``: its name ends a list of chapters that share what follows."""

    start: int
    end: int
    chapter: GuidelineEntry | None = None
    several: bool = False


def read_odg(text: str, start: int, end: int, run_start: int) -> list[CitationReading]:
    """Read [start, end) of a paragraph, after the name of ODG that stands from ``run_start``.

    One citation for each topic, for each chapter without one, or for ODG alone.
    """
    plain = without_edition_dates(without_noise(text, start, end), start, end)
    while (own := address(plain, start, end)) is not None:
        plain = blanked(plain, *own)
    pages = page_list(plain, start, end)
    if pages:
        plain = blanked(plain, pages.start, pages.end)
    edition = year(plain, start, end)
    if edition:
        plain = blanked(plain, *edition.span())
    citations = [
        CitationReading.of(
            entry,
            text,
            _whole(text, run_start if first else begin, stop),
            section=section,
            year=int(edition.group(1)) if edition else None,
        )
        for first, (entry, section, begin, stop) in _numbered(
            _paired(plain, _parts(plain, start, end), run_start, start)
        )
    ]
    if pages:
        citations = [cited._replace(pages=pages.pages, tables=pages.tables) for cited in citations]
    return citations


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a printed piece's place without separators at its ends, but with its closing bracket."""
    start, end = trimmed(text, start, end)
    return start, with_closing_bracket(text, start, end)


_OWN_NAME = re.compile(r"(?<!\w)(?:the\s+)?(?:Official\s?Disability\s?Guide|ODG(?![a-z]))", re.IGNORECASE)


def named_at(text: str, start: int, end: int) -> int:
    """Return where ODG is first named in [start, end), else ``end``."""
    found = _OWN_NAME.search(text, start, end)
    return found.start() if found else end


def opens_with_chapter(text: str, start: int, end: int, *, topic_follows: bool = False) -> bool:
    """Return whether a text opens with an ODG chapter, ODG unnamed: a full title, or a name and "chapter".

    With ``topic_follows``, a chapter's name set off from a topic is enough ("Knee and Leg, Physical Therapy").
    """
    first, last = trimmed(text, start, end)
    for named in names(NameScope.ODG).at(text, first, last):
        if named.guideline.slug != "odg":
            if topic_follows and _is_before_topic(text, named.end, last):
                return True
            noise = phrases("noise", "phrases").match(text, _skip_blanks(text, named.end, last), last)
            said = _CHAPTER_NEXT.match(text, named.end, last)
            if noise or said or holds_words(text, named.start, named.end, _WORDS_OF_A_TITLE + 1):
                return True
    return False


_TOPIC_NEXT = re.compile(r"(?:\s?\((?:acute|chronic)\))?\s?(?:[,:;/]|\s[-–—]\s)\s?(?=[A-Za-z(])", re.IGNORECASE)


def _is_before_topic(text: str, start: int, end: int) -> bool:
    """Return whether a topic that looks like none of another source is set off after a chapter's name."""
    if start >= end:
        return True
    if not _TOPIC_NEXT.match(text, start, end) or address(text, start, end):
        return False
    return not (phrases("labels", "signs_of_others").search(text, start, end) or _CITES_A_WORK.search(text, start, end))


# what a bibliography prints and a topic doesn't: a year, a volume with pages, an author's initial
_CITES_A_WORK = re.compile(
    r"\b(?:19|20)\d\d\b|\d\s?[:;]\s?\d|\b[A-Z][a-z]+,?\s[A-Z]{1,2}[.,]|\bvol(?:ume)?\b|\bed(?:ition|\.)"
)
_WORDS_OF_A_TITLE = 3
_CHAPTER_NEXT = re.compile(r"[\s,)]{0,4}chapters?\b", re.IGNORECASE)


def _skip_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _skip_noise(text: str, start: int, end: int) -> int:
    while start < end and (text[start].isspace() or text[start] == BLANKED):
        start += 1
    return start


# --- parts -----------------------------------------------------------------------------------------------------------

_BETWEEN = re.compile(
    rf"(?:[\s,;:/.)&|•§®\[\]–—{BLANKED}-]|\((?=[^()]*$)|\b(?:and|under|see|also|both)\b(?=\W))+", re.IGNORECASE
)
_CLOSES_A_NAME = re.compile(rf"\s*(?:$|[,;:/.()\[\]–—{BLANKED}-]|under\b)", re.IGNORECASE)
_AND = re.compile(r"\s*(?:and\b|&)\s*", re.IGNORECASE)


def _parts(text: str, start: int, end: int) -> list[OdgPart]:
    """Cut a run into its chapters and topics, in the order printed."""
    parts: list[OdgPart] = []
    cursor = start
    while cursor < end:
        if between := _BETWEEN.match(text, cursor, end):
            cursor = between.end()
            continue
        if text[cursor] == "(" and _bracketed_chapter(text, cursor, end):
            cursor += 1
            continue
        kind = phrases("labels", "kinds").match(text, cursor, end)
        if kind and (not parts or parts[-1].chapter or _CLOSES_A_NAME.match(text, kind.end(), end)):
            cursor = kind.end()
            continue
        found = _chapter_at(text, cursor, end, parts)
        if found:
            stop, several = _after_kinds(text, with_closing_bracket(text, found.start, found.end), end)
            if parts and parts[-1].chapter == found.guideline:  # "Neck/Cervical": one chapter by two names
                parts[-1] = parts[-1]._replace(end=stop, several=several)
            else:
                parts.append(OdgPart(found.start, stop, found.guideline, several))
            cursor = stop
            continue
        stop = _topic_end(text, cursor, end)
        parts += [OdgPart(first, last) for first, last in _topics(text, cursor, stop)]
        cursor = max(stop, cursor + 1)
    return parts


def _after_kinds(text: str, start: int, end: int) -> tuple[int, bool]:
    """Return the place after words such as "chapter guidelines", and whether they spoke of several chapters."""
    several = False
    while kind := phrases("labels", "kinds").match(text, _skip_noise(text, start, end), end):
        if kind.group().lower() in ("and", "the", "in", "on", "for", "per", "regarding"):
            break
        several = several or kind.group().lower() == "chapters"
        start = kind.end()
    return start, several


def _chapter_at(text: str, start: int, end: int, parts: list[OdgPart]) -> NamedGuideline | None:
    """Return the chapter named at ``start``: the longest name that is set off from what follows, else the longest."""
    candidates = [named for named in names(NameScope.ODG).at(text, start, end) if named.guideline.slug != "odg"]
    if not candidates:
        return None
    if joined := _joined_part(text, candidates[0], end):
        return joined
    for named in candidates:
        if _CLOSES_A_NAME.match(text, named.end, end) or _after_kinds(text, named.end, end)[0] > named.end:
            return named
    longest = candidates[0]
    topic = known_section(text, start, end, "odg")
    if topic and topic > longest.end:
        return None
    for named in candidates:
        if known_section(text, _skip_blanks(text, named.end, end), end, "odg"):
            return named
    if _another_follows(text, longest.end, end):
        return longest
    plural = holds_words(text, longest.start, longest.end, 2)
    # with nothing between them, a chapter is told from a topic that begins like it by the capital that follows
    follows = text[_skip_blanks(text, longest.end, end) : end][:1]
    if any(part.chapter for part in parts):
        return longest if follows.isupper() and plural else None
    return longest if follows.isupper() or plural else None


# "Hip & Groin chapter", "Neck/Cervical Spine chapter": another part in a chapter's name
_JOINED_PART = re.compile(
    r"\s?(?:&|/|-|–|,?\s?and\s)\s?(?P<part>[A-Za-z]+(?:\s[A-Za-z]+){0,2})\s(?=chapter(?!s))", re.IGNORECASE
)


def _joined_part(text: str, named: NamedGuideline, end: int) -> NamedGuideline | None:
    """Return a chapter with another part in its printed name, unless that part is the name of another chapter."""
    joined = _JOINED_PART.match(text, named.end, end)
    if joined is None:
        return None
    other = resolve(joined["part"], NameScope.ODG)
    return named._replace(end=joined.end("part")) if other in (None, named.guideline) else None


def _bracketed_chapter(text: str, start: int, end: int) -> bool:
    """Return whether the bracket that opens at ``start`` holds a chapter's name and nothing else."""
    named = _chapter_at(text, start + 1, end, [])
    if named is None:
        return False
    stop, _ = _after_kinds(text, named.end, end)
    return text[stop : stop + 1] == ")"


def _another_follows(text: str, start: int, end: int) -> bool:
    """Return whether "and" with the name of another chapter follows."""
    joined = _AND.match(text, start, end)
    return joined is not None and bool(names(NameScope.ODG).at(text, joined.end(), end))


_SENTENCE_END = re.compile(r"(?<=[a-z)]{3})\.\s*(?=[A-Z])")
_SET_OFF = re.compile(rf"\s*(?:$|[,;:/({BLANKED}])")
_JOINED = re.compile(r"\s(?:and|&)\s", re.IGNORECASE)


_SEPARATOR = re.compile(r"[,;:/]\s?(?:and\s)?|\s[–—-]\s|\s(?:and|&)\s", re.IGNORECASE)
_LONGEST_TOPIC = 400


def _topic_end(text: str, start: int, end: int) -> int:
    """Return where the topics that begin at ``start`` stop: at a sentence's end or at the next chapter."""
    stop = end = min(end, start + _LONGEST_TOPIC)
    if sentence := _SENTENCE_END.search(text, start, end):
        stop = sentence.start()
    for separator in _SEPARATOR.finditer(text, start, stop):
        place = separator.end()
        named = _chapter_at(text, _skip_blanks(text, place, stop), stop, [])
        if named is None:
            continue
        kinds_follow = _after_kinds(text, named.end, end)[0] > named.end
        if text[named.start].islower() and not kinds_follow:
            continue  # "TENS, chronic pain (…)", "Medications for subacute & chronic pain": words of the topic
        in_bracket = text.count("(", start, place) > text.count(")", start, place)
        if (kinds_follow or _SET_OFF.match(text, named.end, stop)) and not in_bracket:
            return separator.start()
    return stop


def _topics(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split topics at commas and semicolons, and where two that begin alike are joined."""
    found: list[tuple[int, int]] = []
    for first, last in split_sections(text, start, end, kind="odg"):
        joined = _joint_of_parallel_topics(text, first, last)
        pieces = [(first, joined.start()), (joined.end(), last)] if joined else [(first, last)]
        found += [trimmed(text, *_without_kinds(text, *piece)) for piece in pieces]
    return [(first, last) for first, last in found if first < last]


def _joint_of_parallel_topics(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the "and" that joins two topics that begin with the same two words ("Surgery for … & Surgery for …")."""
    joints = [*_JOINED.finditer(text, start, end)]
    opening = words(text, start, end).keys[:2] if joints else []
    return next((joined for joined in joints if words(text, joined.end(), end).keys[:2] == opening), None)


_TRAILING_KIND = re.compile(r"\s(?:topic|section|entry|heading)s?$", re.IGNORECASE)


def _without_kinds(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out a word such as "topic" at the end of a topic."""
    start, end = trimmed(text, start, end)
    trailing = _TRAILING_KIND.search(text[start:end])
    return (start, start + trailing.start()) if trailing else (start, end)


# --- citations -------------------------------------------------------------------------------------------------------

Cited = tuple[GuidelineEntry, str | None, int, int]


def _paired(text: str, parts: list[OdgPart], run_start: int, start: int) -> list[Cited]:
    """Put each topic under its chapter: the one before it, else the one after it or at its own end, else ODG."""
    whole = guideline("odg")
    if not parts:
        return [(whole, None, run_start, start)]
    cited: list[Cited] = []
    position = 0
    while position < len(parts):
        part = parts[position]
        topics = _following_topics(parts, position + 1)
        if part.chapter is None:
            topics = [part, *topics]
            closing = parts[position + len(topics)] if position + len(topics) < len(parts) else None
            lone = closing is not None and not _following_topics(parts, position + len(topics) + 1)
            cited += _under_later_chapter(text, topics, closing if lone else None)
            position += len(topics) + bool(lone)
            continue
        heads = _adjoining_heads(parts, position)
        shared = _following_topics(parts, position + len(heads))
        for head in heads[:-1]:
            cited += _under(text, head, shared if heads[-1].several else [])
        cited += _under(text, heads[-1], shared)
        position += len(heads) + len(shared)
    return cited


def _following_topics(parts: list[OdgPart], position: int) -> list[OdgPart]:
    """Return the topics from a position to the next chapter."""
    topics = []
    while position < len(parts) and parts[position].chapter is None:
        topics.append(parts[position])
        position += 1
    return topics


def _adjoining_heads(parts: list[OdgPart], position: int) -> list[OdgPart]:
    """Return the chapters that follow each other without a topic, to one that ends a list with "chapters"."""
    last = position
    while last + 1 < len(parts) and parts[last + 1].chapter and not parts[last].several:
        last += 1
    return parts[position : last + 1]


def _under(text: str, head: OdgPart, topics: list[OdgPart]) -> list[Cited]:
    entry = head.chapter or guideline("odg")
    if not topics:
        return [(entry, None, head.start, head.end)]
    adjacent = topics[0].start >= head.start
    return [
        (entry, as_words(text[topic.start : topic.end]), head.start if not n and adjacent else topic.start, topic.end)
        for n, topic in enumerate(topics)
    ]


_PREPOSITION = re.compile(r"\s(?:of|for|in|on|under|to|with|at)(?:\sthe)?\s*$", re.IGNORECASE)


def _under_later_chapter(text: str, topics: list[OdgPart], later: OdgPart | None) -> list[Cited]:
    """Return topics that stand before their chapter, or that end with its name, or that name none."""
    cited: list[Cited] = []
    for topic in topics:
        entry, stop = (later.chapter, topic.end) if later else _chapter_within(text, topic)
        shown = later.end if later and topic is topics[-1] else topic.end
        cited.append((entry or guideline("odg"), as_words(text[topic.start : stop]), topic.start, shown))
    return cited


def _chapter_within(text: str, topic: OdgPart) -> tuple[GuidelineEntry | None, int]:
    """Return the chapter that a topic ends with, and where the topic proper ends; after "of" or "for" it runs on."""
    tokens = words(text, topic.start, topic.end)
    for position in range(1, len(tokens.keys)):
        for named in names(NameScope.ODG).starting_with(tokens, position):
            if named.end >= topic.end - 1 and named.guideline.slug != "odg":
                before = trimmed(text, topic.start, named.start)[1]
                runs_on = _PREPOSITION.search(text[topic.start : named.start])
                return named.guideline, topic.end if runs_on else before
    return None, topic.end


def _numbered(cited: list[Cited]) -> list[tuple[bool, Cited]]:
    """Mark the first, whose printed piece takes in the name of ODG."""
    return [(position == 0, each) for position, each in enumerate(cited)]
