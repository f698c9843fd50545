"""Tell a section or a title that looks misread by its shape, whatever it should have been.

Each reader makes one candidate of what is printed; this is the net below them all. What it catches is stored as it was
read, and a diagnostic says so.
"""

from __future__ import annotations

import re

_MISREAD = re.compile(
    r"""
    \A [\W_]* (?:
        \d{1,2} \s? [-/.] \s? \d{1,2} \s? [-/.] \s? \d{2,4} \b           # begins with a date
      | (?: jan | feb | mar | apr | may | june? | july? | aug | sep | oct | nov | dec ) [a-z]{0,6} [.,]{0,2} \s
        (?: \d{1,2},? \s )? \d{4} \b
      | (?: on | of | and | or | to | in | by | at | as | from | with | which | that | is | are | was | accessed
          | retrieved | viewed | visited | updated | dated | cited | effective | pages? | pgs? | et \s (?:al|seq) ) \b
        (?! \s? [-/] )
    )
    | \b sections? \s? (?: \(s\) | : )                                  # the label of a list of sections
    | \b pages? \s? \( s \)
    | \A [\W_]* (?: (?: the | medical | treatment | practice | disability ) \s )* (?:
        guidelines? | revision | revised | edition | version | chapters? | sections? | topics? | introduction \s to
      | medical \s treatment | mtus | acoem | odg | (?:19|20) \d\d ) [\W_]* \Z
    | \b (?: and | or | of | the | in | for | with | to | from | by | page | pages ) [\s,;:.]* \Z   # breaks off
    | \b (?: medical \s treatment | guidelines? | revision | edition ) \s \(? (?:19|20) \d\d \)? \Z
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 250


def looks_misread(text: str) -> bool:
    """Return whether a section or title has a shape that none has: see ``_MISREAD``, or a bracket without its pair."""
    return len(text) > _LONGEST or not _balanced(text) or _MISREAD.search(text) is not None


def _balanced(text: str) -> bool:
    """Return whether each bracket has its pair."""
    for opening, closing in ("()", "[]"):
        depth = 0
        if opening not in text and closing not in text:
            continue
        for character in text:
            depth += (character == opening) - (character == closing)
            if depth < 0:
                return False
        if depth:
            return False
    return True
