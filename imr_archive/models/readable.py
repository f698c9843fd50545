"""Reads rows of which some may be damaged: a value that is no date or no JSON costs its own row and no other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from imr_archive.database_errors import is_damaged_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Row = TypeVar("Row")


def readable_rows(
    read: Callable[[Sequence[Key]], dict[Key, Row]], keys: Sequence[Key], *, what: str = "Row"
) -> dict[Key, Row]:
    """Return what ``read`` returns for some keys, without the rows that cannot be read.

    The keys are halved until a damaged row stands alone, so a few of them cost a few more queries. ``what`` names the
    rows in the log.
    """
    try:
        return read(keys)
    except Exception as error:
        if not is_damaged_value(error):
            raise
    if len(keys) == 1:
        logger.error("%s %s has a damaged value and is left out; manage.py check_archive names it.", what, keys[0])
        return {}
    half = len(keys) // 2
    first = readable_rows(read, keys[:half], what=what)
    return first | readable_rows(read, keys[half:], what=what)
