"""Cut a rationale into sentences and clauses, each with its offsets.

A sentence ends at a full stop before a capital or a digit; a clause ends where another statement begins
("…, but there is no …"). Openings that state nothing ("However,", "On 11/30/2016,") are left out of a clause.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SENTENCE_END = re.compile(r"""[.?!] ["”’)\]]{0,3} \s+ (?= ["“(\[]? [A-Z0-9] )""", re.VERBOSE)
_ABBREVIATIONS = frozenset({"dr", "mr", "mrs", "ms", "vs", "st", "no", "p", "pg", "fig", "approx", "e.g", "i.e"})
_LONGEST_ABBREVIATION = 6

# It begins with one set of characters, so that the search skips from one to the next.
_CLAUSE_START = re.compile(
    r"""
    [;,\s] \s* (?:
        (?<= ;\s ) (?: yet \s+ )?
      | (?<= ,\s ) (?:
            yet \s+
          | (?: and | or ) \s+ (?= (?:
                the | that | this | these | it | its | he | she | they | we | his | her | none | is | was ) \b )
          | (?= (?: the | this ) \s+ (?: current\s+ | ancillary\s+ | original\s+ )? request \b )
        )
      | (?<= \s ) (?:
            (?: but | however (?!,) | although | though | while | whereas ) \b ,? \s* (?! (?:
                to | not \s limited | has | have | had | was | were | is | are | did | does ) \b )
          | (?= nor \b )
          | or \s+ (?= (?: indicate | document | show | provide | describe | mention | demonstrate ) \b )
          | (?: and | or ) ,? \s+ (?= (?: there | no | not | its | it | lack | given | unfortunately | if ) \b )
          | (?<! \b not \s ) (?<! \b was \s ) (?<! \b were \s ) (?<! \b been \s )
            (?= (?: as | since | because | given | without ) \s+
                (?: the | there | it | this | that | long | imaging | further | any | evidence | documentation ) \b )
          | (?= (?: therefore | thus | hence ) \b )
        )
    )
    """,
    re.VERBOSE,
)

# A subordinate clause that opens the sentence ends at the comma before the main clause.
_SUBORDINATE = re.compile(
    r"""
    (?: [Aa]s (?!\ (?:such|noted|stated)) | [Ss]ince | [Bb]ecause | [Gg]iven (?!\ (?:the\ above|these)) | [Ww]ithout
      | [Dd]ue\ to | (?: [Ee]ven\ )? [Tt]hough | [Aa]lthough | [Ww]hile
      | [Ww]ith (?!\ (?:regard|respect)) | [Uu]ntil | [Ii]n\ the\ absence
    ) \b
    """,
    re.VERBOSE,
)
_MAIN = re.compile(
    r"""
    , \s+ (?= (?: the | this | these | that | medical | its | it | an? | there | continued | additional | proceeding
                | therefore | his | her ) \b )
    """,
    re.VERBOSE,
)

_OPENING = re.compile(
    r"""
    [\s,]* (?:
        (?: however | furthermore | moreover | additionally | further | also | again | rather | here | hence | thus
          | therefore | consequently | accordingly | unfortunately | finally | lastly | similarly | likewise
          | in\ addition (?: \ to\ this )? | in\ this\ (?: case | instance | situation | patient )
          | in\ the\ present\ case
          | in\ (?: the\ )? case\ of\ this\ [a-z]{1,20} | regarding\ this\ [a-z']{1,20}\ case | at\ this\ time
          | at\ present | on \s [\d/.-]{6,10} | as\ such | in\ short
          | (?: with)?in\ the\ (?: submitted\ )? (?: documentation | records? | file ) [a-z\ ]{0,40}
          | based\ on\ the\ [a-z\ ]{0,60}
          | (?: therefore \ )? given\ (?: the\ above | these\ findings )
        ) , \s*
      | (?: and | or | but | that ) \s+
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MOST_OPENINGS = 3
_FEWEST_WORDS = 3


class ClauseSpan(NamedTuple):
    """A piece [start, end) of a text; ``opening`` is what was cut off before it."""

    start: int
    end: int
    opening: str = ""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the [start, end) offsets of each sentence, its full stop inside."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        word = text[max(start, match.start() - _LONGEST_ABBREVIATION - 1) : match.start()].rpartition(" ")[2]
        if word.lower().lstrip('("“') in _ABBREVIATIONS:
            continue
        yield start, match.start() + len(match[0].rstrip())
        start = match.end()
    if text[start:].strip():
        yield start, len(text.rstrip())


def clauses(sentence: str) -> list[ClauseSpan]:
    """Return the clauses of a sentence; pieces of one or two words stay with the clause before them."""
    cuts = [match.span() for match in _CLAUSE_START.finditer(sentence)]
    if _SUBORDINATE.match(sentence) and (main := _MAIN.search(sentence)):
        cuts = sorted([*cuts, main.span()])
    pieces = [(0, len(sentence))]
    for before, after in cuts:
        start, end = pieces[-1]
        if after <= start:
            continue
        if sentence.count(" ", start, before) < _FEWEST_WORDS - 1:
            pieces[-1:] = [(start, end)] if len(pieces) == 1 else [(pieces[-1][0], end)]
            continue
        pieces[-1:] = [(start, before), (after, end)]
    return [_without_opening(sentence, start, end) for start, end in pieces]


def _without_opening(sentence: str, start: int, end: int) -> ClauseSpan:
    """Return the clause without the words that open it and state nothing."""
    first = start
    for _ in range(_MOST_OPENINGS):
        match = _OPENING.match(sentence, first, end)
        if match is None:
            break
        first = match.end()
    while first < end and sentence[first].isspace():
        first += 1
    return ClauseSpan(first, end, sentence[start:first])
