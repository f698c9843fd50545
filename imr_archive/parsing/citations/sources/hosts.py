"""Tell whose web site an address is of."""

from __future__ import annotations

import re

from imr_archive.parsing.citations.resolver import GuidelineEntry, NameScope, resolve


def guideline_of_address(address: str) -> GuidelineEntry | None:
    """Return the guideline whose web site an address names: by host and folder, else by the longest known ending."""
    bare = re.sub(r"^(?:https?\s?:\s?//\s?)?(?:www\.\s?)?", "", address, flags=re.IGNORECASE)
    host, *path = re.split(r"[/?#:\s]", bare, maxsplit=2)
    parts = host.split(".")
    hosts = [".".join(parts[first:]) for first in range(len(parts) - 1)]
    for host in ([f"{hosts[0]}/{path[0]}"] if hosts and path and path[0] else []) + hosts:
        for scope in (NameScope.OTHER, NameScope.ODG):
            if found := resolve(host, scope):
                return found
    return None
