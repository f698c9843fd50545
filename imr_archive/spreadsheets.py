"""What a spreadsheet must not be given as it is: texts that begin like a formula, and texts longer than a cell."""

from __future__ import annotations

from typing import Any

# Full-width signs too: Excel in some languages reads them as their ASCII twins.
FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
# What Excel holds in a cell.
LONGEST_CELL = 32_767
_CUT = f" … [cut here: an Excel cell holds {LONGEST_CELL:,} characters]"


def safe_cell(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would evaluate as a formula."""
    return f"'{value}" if value.__class__ is str and value[:1] in FORMULA_SIGNS else value


def fitting(text: str) -> str:
    """Cut a text that no cell of Excel holds, and say so at its end."""
    # Excel counts UTF-16 units: a character outside the basic plane counts twice.
    if len(text) * 2 <= LONGEST_CELL or len(units := text.encode("utf-16-le")) <= 2 * LONGEST_CELL:
        return text
    kept = units[: 2 * (LONGEST_CELL - len(_CUT))]
    return kept.decode("utf-16-le", errors="ignore") + _CUT
