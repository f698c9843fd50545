"""Field types of the tables."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


class StrictJSONField(models.JSONField):
    """A JSON field that raises ``ValueError`` if its row holds no JSON, as SQLite can after damage.

    Django's own field returns such a value as text, which then fails somewhere else or not at all.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decode the value; Django's field returns the very text that it cannot decode."""
        decoded = super().from_db_value(value, expression, connection)
        return json.loads(value) if isinstance(value, str) and decoded is value else decoded

    def deconstruct(self) -> Any:
        """Stand in migrations as Django's field, because the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
