"""Read paragraphs of our own with marked reasons: ``{no-indication|There is no fracture.}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devtools.reasons.marks import MarkedItem
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = re.compile(r"\{ ([a-z+-]+) \| ([^{}]*) \}", re.VERBOSE)


def marked_paragraphs(path: Path) -> Iterator[MarkedItem]:
    """Yield each paragraph of a file: a line ``outcome | description``, the marked rationale, an empty line."""
    for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n")):
        if block.startswith("#"):
            continue
        head, _, marked = block.strip().partition("\n")
        outcome, _, description = head.partition("|")
        marked = " ".join(marked.split())
        yield MarkedItem(
            case=f"{path.stem}-{number}",
            position="1",
            outcome=Outcome(outcome.strip()),
            rationale=_MARK.sub(r"\2", marked),
            description=description.strip(),
            marks=tuple((code, match[2]) for match in _MARK.finditer(marked) for code in match[1].split("+")),
            is_unsure=False,
        )
