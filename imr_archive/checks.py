"""System checks of the archive's own settings, run by `manage.py check` and before the image serves."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
_SHORTEST_KEY = 50


@register(Tags.security)
def settings_are_safe(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse settings that would endanger a site that others than this machine can reach."""
    if {*settings.ALLOWED_HOSTS} <= _LOCAL_HOSTS:
        return []
    found = []
    if settings.DEBUG:
        found.append(
            _error("DEBUG shows settings and source code to everybody who meets an error.", "Unset DEBUG.", "E001")
        )
    if "*" in settings.ALLOWED_HOSTS:
        hint = "List the names under which the site is reached in ALLOWED_HOSTS."
        found.append(_error("ALLOWED_HOSTS=* lets any site pretend to be this one.", hint, "E002"))
    if len(os.environ.get("SECRET_KEY", "")) < _SHORTEST_KEY:
        hint = "Set SECRET_KEY to a random text of 50 characters or more that stays the same."
        found.append(_error("SECRET_KEY is not set or too short, so sessions could be forged.", hint, "E003"))
    return found


def _error(sentence: str, hint: str, code: str) -> CheckMessage:
    return checks.Error(sentence, hint=hint, id=f"imr_archive.{code}")


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
