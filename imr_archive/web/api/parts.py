"""Parts of a list: how long they are, and the opaque cursor from one to the next."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.web.api.responses import ApiError
from imr_archive.web.question.filterset import INVALID_VALUE, Problem, shortened

if TYPE_CHECKING:
    from django.http import QueryDict

LIMIT_VAR = "limit"
CURSOR_VAR = "cursor"
USUAL_LIMIT, MOST = 25, 100
_PREFIX = "v1:"
_LONGEST_OFFSET = 9


class Part(NamedTuple):
    """A part of a list; ``offset`` is None where no cursor was given."""

    offset: int | None
    limit: int


def read_part(query: QueryDict) -> tuple[Part, QueryDict]:
    """Return the part that is asked for, and the parameters that are left: those of the question."""
    question = query.copy()
    limits, cursors = question.pop(LIMIT_VAR, []), question.pop(CURSOR_VAR, [])
    limit = _limit(limits[-1]) if limits else USUAL_LIMIT
    return Part(_offset(cursors[-1]) if cursors else None, limit), question


def cursor_at(offset: int) -> str:
    """Return the cursor of the part that begins at a place of the list."""
    return base64.urlsafe_b64encode(f"{_PREFIX}{offset}".encode()).decode().rstrip("=")


def _limit(value: str) -> int:
    if value.isascii() and value.isdecimal() and len(value) <= len(str(MOST)) and 1 <= int(value) <= MOST:
        return int(value)
    raise ApiError(400, Problem(INVALID_VALUE, f"“{shortened(value)}” is no limit: it is from 1 to {MOST}.", LIMIT_VAR))


def _offset(value: str) -> int:
    problem = Problem("invalid-cursor", "Cursors are given by “next” and are not made by hand.", CURSOR_VAR)
    try:
        text = base64.urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        raise ApiError(400, problem) from None
    number = text.removeprefix(_PREFIX)
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_OFFSET
    if not (text.startswith(_PREFIX) and is_number and cursor_at(int(number)) == value):
        raise ApiError(400, problem)
    return int(number)
