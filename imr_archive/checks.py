"""System checks of the archive's own settings, run by `manage.py check`."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register(Tags.security, deploy=True)
def secret_key_is_lasting(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn if SECRET_KEY is not set, because each process then generates its own and sessions end at a restart."""
    if os.environ.get("SECRET_KEY"):
        return []
    return [
        checks.Warning(
            "SECRET_KEY is not set, so each process makes up its own and signs everybody out when it restarts.",
            hint="Set SECRET_KEY to a long random text that stays the same.",
            id="imr_archive.W001",
        )
    ]
