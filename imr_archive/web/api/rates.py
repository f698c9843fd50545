"""Overturn rates as the API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.selection import Unit


def rate_json(rate: Rate, unit: Unit) -> dict[str, Any]:
    """Return a rate of items or determinations; without any there is neither share nor interval."""
    return {
        "overturned": rate.part,
        "of": rate.whole,
        "counted": unit.value,
        "share": rate.value,
        "interval": [*rate.interval] if rate.whole else None,
        "design_effect": rate.design_effect,
    }
