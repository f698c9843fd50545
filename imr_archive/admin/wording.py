"""Values in words: durations, times, what a run was asked for, outcomes as badges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.utils.safestring import SafeString

_SHOWN = 3
_OPTIONS = {
    "folder": "in the folder",
    "patterns": "only names like",
    "watch": "watching",
    "follow_links": "following links",
    "take_dropped": "dropped files included",
    "publish_held": "publishing of what the screen holds:",
    "older_than": "older than parser version",
    "quarantined": "quarantined ones",
}


def duration(seconds: float) -> str:
    """Say a duration in its two largest units: "1.8 s", "2 min 5 s", "3 h 20 min"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, left = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours:,} h {minutes_left} min" if hours else f"{minutes} min {left} s"


def moment(value: datetime | None) -> SafeString | str:
    """Render a time; a script says it in the reader's own zone and wording."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    text = f"{local.day} {local:%b %Y, %H:%M %Z}"
    return format_html('<time datetime="{}" data-local>{}</time>', value.isoformat(), text)


def outcome_badge(code: str, label: str) -> SafeString | str:
    """Render an outcome with its colour and always with its word."""
    return format_html('<span class="badge {}">{}</span>', code, label) if code else ""


def asked_for(arguments: Mapping[str, Any]) -> str:
    """Say in a sentence what a run was asked to do."""
    if "upload" in arguments:
        return f"Upload of {_listed(arguments['upload'])}."
    if "undo" in arguments:
        return f"Undo run {arguments['undo']}."
    if "reparse" in arguments:
        conditions = _conditions(arguments["reparse"])
        return f"Read stored letters again{': ' + conditions if conditions else ', all of them'}."
    if "quarantine" in arguments:
        conditions = _conditions(arguments["quarantine"])
        return f"Read quarantined files again{': ' + conditions if conditions else ', all of them'}."
    if "reinstate" in arguments:
        return f"Reinstate {arguments['reinstate']}."
    if "held" in arguments:
        return f"Publish held letters: {arguments['reason']}"
    rest = _conditions({name: value for name, value in arguments.items() if name != "paths"})
    if "paths" in arguments:
        return f"Read {_listed(arguments['paths'])}{', ' + rest if rest else ''}."
    return f"Options: {rest}." if rest else "Nothing was recorded."


def moment_column(field: str, description: str) -> Any:
    """Make a column of a list or a line of a page that shows a time as ``moment`` does.

    It is a function, which Django takes in place of a name; its type stubs know names only, hence ``Any``.
    """

    @admin.display(description=description, ordering=field, empty_value="–")
    def column(row: Any) -> SafeString | str:
        return moment(getattr(row, field))

    return column


@admin.display(description="outcome", ordering="outcome", empty_value="–")
def _outcome_column(row: Any) -> SafeString | str:
    """Show the outcome of a determination or of an item as a badge."""
    return outcome_badge(row.outcome, row.get_outcome_display())


def _listed(names: Any) -> str:
    """Name a few, and count the rest."""
    if not isinstance(names, list | tuple):
        return str(names)
    rest = len(names) - _SHOWN
    return ", ".join(map(str, names[:_SHOWN])) + (f" and {rest:,} more" if rest > 0 else "")


def _conditions(values: Any) -> str:
    """Say the options that were set, in the order given."""
    if not isinstance(values, dict):
        return _listed(values) if values else ""
    said = (
        _OPTIONS.get(name, name.replace("_", " ")) + ("" if value is True else f" {_listed(value)}")
        for name, value in values.items()
        if value not in (None, False, "", [], {})
    )
    return ", ".join(said)


# Typed loosely: the stubs of Django know columns by name only.
outcome_column: Any = _outcome_column
