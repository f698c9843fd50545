"""Patterns of the wordings in ``tables/doubts.toml``."""

from __future__ import annotations

import re
from functools import cache

from imr_archive.parsing.tables import load


@cache
def doubt_pattern(group: str, name: str) -> re.Pattern[str]:
    """Return a pattern that finds any of a row's wordings as whole words."""
    wordings = sorted(load("doubts")[group][name], key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(wording) for wording in wordings)})(?!\w)", re.IGNORECASE)
