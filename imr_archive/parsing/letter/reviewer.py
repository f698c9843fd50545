"""Read the expert reviewer's profile: certifications, subspecialties and licence states, as lists or as prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.parsing.letter.markers import find_markers
from imr_archive.parsing.results import Credential, Diagnostic, ReviewerProfile
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import DiagnosticCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imr_archive.parsing.letter.markers import Marker
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table of specialties or of states."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ParsedReviewer:
    """The profile, remarks on names that are not in our tables, and the ranges of text that were read."""

    profile: ReviewerProfile
    remarks: tuple[Diagnostic, ...]
    claimed: tuple[Range, ...]


def specialty(printed: str) -> Entry | None:
    """Return the specialty that a printed name means, or None where our table has none."""
    return _specialties().get(_key(printed))


def licence_state(printed: str) -> Entry | None:
    """Return the state that a printed name or postal code means, or None where there is none."""
    return _states().get(_key(printed))


def listed_names() -> tuple[list[str], list[str]]:
    """Return the canonical names of specialties and of states, in the order of the tables."""
    specialties, states = load("specialties")["specialties"], load("states")["states"]
    return [row["name"] for row in specialties], [row["name"] for row in states]


@cache
def _specialties() -> Mapping[str, Entry]:
    return _index(load("specialties")["specialties"])


@cache
def _states() -> Mapping[str, Entry]:
    rows = load("states")["states"]
    return _index(rows) | {row["code"].lower(): Entry(row["slug"], row["name"]) for row in rows}


def _index(rows: Iterable[Mapping[str, str]]) -> dict[str, Entry]:
    return {
        _key(name): Entry(row["slug"], row["name"]) for row in rows for name in (row["name"], *row.get("variants", ()))
    }


# "Physical Medicine and Rehabilitation", "PM & R", "Washington D.C.": differences that are ignored between names
_AND = re.compile(r"\s*(?:&|\band\b)\s*", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[^\w&]+")


def _key(name: str) -> str:
    return _PUNCTUATION.sub("", _AND.sub("&", name)).lower()


# "reviewer is Board Certified in", "reviewer is a Chiropractor"; a set of first letters makes the search 0.1 ms faster
# than ignoring the case of all letters, 6 % of a parse
_REVIEWER_IS = re.compile(
    r"[Rr](?i:eviewer\s+is\s+(?:an?\s+)?(?P<board>board[\s-]*certified\s+(?:in|by)\s+)?)",
)
_THE_PHYSICIAN = re.compile(r"\bthe\s+(?:\w{1,20}\s+)?$", re.IGNORECASE)
_LONGEST_LEAD = 30

# ", has a subspecialty in", " and has subspecialties in"
_SUBSPECIALTY = re.compile(
    r",?\s*(?:\band\s+)?\bha(?:s|ve)\s+(?:an?\s+)?sub-?\s?specialt(?:y|ies)\s+in\s+", re.IGNORECASE
)

# " and is licensed to practice in", "He/she is licensed in the State of"
_LICENSED = re.compile(
    r",?\s*(?:\band\s+)?(?:\bhe/she\s+)?\bis\s+licensed\s+(?:to\s+practice\s+)?in\s+(?:the\s+states?\s+of\s+)?",
    re.IGNORECASE,
)

# "California. He/she": the end of a sentence
_STOP = re.compile(r"[.:](?=\s|$)")

# "The second expert reviewer has the following credentials:", "Reviewer 2", "Expert Reviewer B": another list begins
_ANOTHER_REVIEWER = re.compile(
    r"""
    \b (?: (?:the\s)? (?:second|third|fourth|2nd|3rd|other|next|additional)\s (?:expert\s|physician\s)? reviewer\b
          | (?:expert\s|physician\s)? reviewer\s? (?:\#|no\.)?\s? (?:\d|[a-d])\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_LONGEST_LIST = 400


def read_reviewer(letter: NormalText, start: int, end: int) -> ParsedReviewer:
    """Read the profile from the part of the letter that describes the reviewer."""
    text = letter.text
    labels = [*find_markers("credentials", text, start, end)]
    openings = [*find_markers("boilerplate", text, start, end)]
    introductions = _introductions(text, start, end)
    found = _list_form(text, labels, openings, end) or _prose_form(text, introductions, end)
    certifications = _specialty_credentials(letter, _places(found, "certifications"))
    subspecialties = _specialty_credentials(letter, _places(found, "subspecialties"))
    states = _state_credentials(letter, [_states_alone(letter, place) for place in _places(found, "states")])
    remarks = (
        *_unknown((*certifications, *subspecialties), DiagnosticCode.UNKNOWN_SPECIALTY, "specialty"),
        *_unknown(states, DiagnosticCode.UNKNOWN_STATE, "licence state"),
    )
    claimed = (*(place for _, place in found), *_claimed(text, labels, openings, introductions, end))
    return ParsedReviewer(ReviewerProfile(certifications, subspecialties, states), remarks, claimed)


# One list of a letter: "certifications", "subspecialties" or "states", and its range. Several reviewers have several.
_List = tuple[str, "Range"]


def _places(lists: Iterable[_List], key: str) -> list[Range]:
    return [place for found, place in lists if found == key]


def _claimed(
    text: str, labels: Sequence[Marker], openings: Sequence[Marker], introductions: Sequence[Range], end: int
) -> Iterator[Range]:
    """Yield the ranges of the lists' labels, of the sentence that states a profile, and of boilerplate sentences."""
    for label in labels:
        yield label.start, label.end
    places = [*((opening.start, opening.end) for opening in openings), *introductions]
    for first, last in places:
        yield first, min(end, _stop(text, last, end) + 1)


def _stop(text: str, start: int, end: int) -> int:
    end = min(end, start + _LONGEST_LIST)
    stop = _STOP.search(text, start, end)
    return stop.start() if stop else end


def _list_form(text: str, labels: Sequence[Marker], openings: Sequence[Marker], end: int) -> list[_List]:
    """Return the labelled lists; each ends at the next label, sentence or reviewer, or the end of its section."""
    marks = sorted((*labels, *openings), key=lambda mark: mark.start)
    found: list[_List] = []
    for number, mark in enumerate(marks):
        if mark.key in ("states", "certifications", "subspecialties"):
            until = marks[number + 1].start if number + 1 < len(marks) else end
            another = _ANOTHER_REVIEWER.search(text, mark.end, until)
            until = another.start() if another else until
            found.append((mark.key, (mark.end, _stop(text, mark.end, until))))
    return found


def _introductions(text: str, start: int, end: int) -> list[Range]:
    """Find the first "The physician reviewer is a", also without "The physician", and later ones that name a board."""
    introductions: list[Range] = []
    for found in _REVIEWER_IS.finditer(text, start, end):
        if introductions and not found["board"]:
            continue
        lead = _THE_PHYSICIAN.search(text, max(start, found.start() - _LONGEST_LEAD), found.start())
        introductions.append(((lead or found).start(), found.end()))
    return introductions


def _prose_form(text: str, introductions: Sequence[Range], end: int) -> list[_List]:
    """Return the lists of each sentence that introduces a reviewer."""
    ends = [*(start for start, _ in introductions[1:]), *([end] if introductions else [])]
    return [
        each
        for introduction, until in zip(introductions, ends, strict=True)
        for each in _lists_of_sentence(text, introduction, until)
    ]


def _lists_of_sentence(text: str, introduction: Range, end: int) -> list[_List]:
    """Return the parts of "The reviewer is Board Certified in …, has a subspecialty in …, and is licensed … in …"."""
    start, names_start = introduction
    end = min(end, names_start + _LONGEST_LIST)
    # Search from the start of the opening: its "is" may already be the one of "is licensed".
    parts = [("certifications", start, names_start)]
    for key, pattern in (("subspecialties", _SUBSPECIALTY), ("states", _LICENSED)):
        part = pattern.search(text, start, end)
        if part:
            parts.append((key, part.start(), part.end()))
    parts.sort(key=lambda part: part[1])
    found: list[_List] = []
    for number, (key, _, part_end) in enumerate(parts):
        until = parts[number + 1][1] if number + 1 < len(parts) else end
        if part_end < until:
            found.append((key, (part_end, _stop(text, part_end, until))))
    return found


def _specialty_credentials(letter: NormalText, places: Iterable[Range]) -> tuple[Credential, ...]:
    """Read the names of specialties; they stay as printed except for "and" and trailing junk."""
    credentials = []
    for start, end in (name for place in places for name in _names(letter.text, place, specialty)):
        printed = _AND.sub(" & ", letter.piece(start, end).text)
        entry, printed = _without_junk(printed)
        credentials.append(_credential(letter, printed, entry, start, end))
    return _each_once(credentials)


def _states_alone(letter: NormalText, place: Range) -> Range:
    """End a list of states before the printed line where another list begins whose label was lost.

    The sign is that fewer states are known with the rest of the list than without it, because the last state and the
    first name of the other list read as one name.
    """
    start, end = place
    for at in reversed(letter.breaks.within(start, end)):
        if _known_states(letter.text, (start, at)) > _known_states(letter.text, (start, end)):
            end = at
    return start, end


def _known_states(text: str, place: Range) -> int:
    return sum(licence_state(text[slice(*name)]) is not None for name in _names(text, place, licence_state))


def _state_credentials(letter: NormalText, places: Iterable[Range]) -> tuple[Credential, ...]:
    credentials = []
    for start, end in (name for place in places for name in _names(letter.text, place, licence_state)):
        printed = letter.piece(start, end).text
        entry = licence_state(printed)
        credentials.append(_credential(letter, entry.name if entry else printed, entry, start, end))
    return _each_once(credentials)


def _each_once(credentials: Iterable[Credential]) -> tuple[Credential, ...]:
    """Return the credentials without those that an earlier reviewer of the letter has too."""
    by_value: dict[str, Credential] = {}
    for credential in credentials:
        by_value.setdefault(credential.slug or credential.value.lower(), credential)
    return tuple(by_value.values())


def _credential(letter: NormalText, value: str, entry: Entry | None, start: int, end: int) -> Credential:
    stated = letter.stated(value, start, end)
    slug, name = (entry.slug, entry.name) if entry else (None, None)
    return Credential(stated.value, stated.raw, stated.span, slug=slug, name=name)


# "Preventive Medicine", of a list divided by commas
_PART = re.compile(r"[^,;]+")

# " and ", " & " between two names
_BETWEEN = re.compile(r"\s+(?:&|and)\s+", re.IGNORECASE)

# "and Texas", "Pain Management.": what is trimmed from a name of a list
_EDGES = re.compile(r"^(?:and\s|[\s.&])+|(?:\sand|[\s.&])+$", re.IGNORECASE)

_MOST_COMMAS = 2


def _names(text: str, place: Range, known: Callable[[str], Entry | None]) -> list[Range]:
    """Cut a list into names: at its commas, unless a name holds them, and at "and" between two known names."""
    parts = [trimmed for part in _PART.finditer(text, *place) if (trimmed := _trimmed(text, *part.span()))]
    names: list[Range] = []
    at = 0
    while at < len(parts):
        for more in range(min(_MOST_COMMAS, len(parts) - at - 1), -1, -1):
            whole = (parts[at][0], parts[at + more][1])
            if more == 0 or known(text[slice(*whole)]):
                break
        at += more + 1
        names += _halves(text, whole, known)
    return names


def _halves(text: str, whole: Range, known: Callable[[str], Entry | None]) -> list[Range]:
    """Return a name cut at "and" if each piece is a known name and the whole is not."""
    return _known_pieces(text, whole, known) or [whole]


def _known_pieces(text: str, whole: Range, known: Callable[[str], Entry | None]) -> list[Range]:
    """Cut at "and" into known names, of which some hold an "and" themselves; none where a piece is not known."""
    start, end = whole
    if known(text[start:end]):
        return [whole]
    for between in _BETWEEN.finditer(text, start, end):
        if known(text[start : between.start()]):
            rest = _known_pieces(text, (between.end(), end), known)
            if rest:
                return [(start, between.start()), *rest]
    return []


def _trimmed(text: str, start: int, end: int) -> Range | None:
    edges = [edge.span() for edge in _EDGES.finditer(text[start:end])]
    for left, right in edges:
        if left == 0:
            start += right
        else:
            end -= right - left
    return (start, end) if start < end else None


_MOST_JUNK = 2
_SHORTEST_WITH_JUNK = 6


def _without_junk(printed: str) -> tuple[Entry | None, str]:
    """Look up a printed specialty, without its last letter or two if it is unknown with them."""
    for junk in range(_MOST_JUNK + 1):
        name = printed[: len(printed) - junk].rstrip()
        entry = specialty(name)
        if entry and not (junk and len(name) <= _SHORTEST_WITH_JUNK):
            return entry, name
    return None, printed


def _unknown(credentials: Iterable[Credential], code: DiagnosticCode, what: str) -> Iterator[Diagnostic]:
    for credential in credentials:
        if credential.slug is None:
            yield Diagnostic(code, f"The {what} “{credential.value}” is not in our tables.", credential.span)
