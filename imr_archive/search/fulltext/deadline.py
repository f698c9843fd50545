"""The deadline of the question that is being answered: one for all its queries and for the work between them."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from imr_archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

_end: ContextVar[float] = ContextVar("deadline", default=math.inf)


class OutOfTime(ArchiveError):
    """The deadline has passed."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Set the deadline for what the block does in this thread; 0 sets none."""
    token = _end.set(time.monotonic() + seconds if seconds else math.inf)
    try:
        yield
    finally:
        _end.reset(token)


def seconds_left() -> float:
    """Return how much time is left, infinity without a deadline; raise ``OutOfTime`` if none is."""
    left = _end.get() - time.monotonic()
    if left <= 0:
        raise OutOfTime("The question took too long.")
    return left


def check_deadline() -> None:
    """Raise ``OutOfTime`` if the deadline has passed; long work in Python calls this between its steps."""
    seconds_left()
