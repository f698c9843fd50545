"""Login events: who signed in to the administration, or tried to, when and from where."""

from __future__ import annotations

from django.db import models

from imr_archive.models.constraints import one_of
from imr_archive.vocabulary import LoginEventKind


class LoginEvent(models.Model):
    """One login event of an account. Rows are append-only: triggers of the database reject updates and deletions.

    ``account`` is empty if no account has the name that was typed, because people type passwords into the wrong field.
    """

    at = models.DateTimeField("time", auto_now_add=True)
    kind = models.CharField("event", max_length=20, choices=LoginEventKind.choices())
    account = models.CharField(max_length=150, blank=True)
    by = models.CharField(max_length=150, blank=True, help_text="The account that did it to another one.")
    address = models.GenericIPAddressField("network address", null=True, blank=True)
    browser = models.CharField(max_length=255, blank=True, help_text="The user agent, as the browser names itself.")

    class Meta:
        ordering = ["-pk"]
        constraints = [one_of("kind", LoginEventKind, name="login_event_kind_is_known")]
        indexes = [models.Index(fields=["account", "-id"], name="login_event_account")]

    def __str__(self) -> str:
        return f"{LoginEventKind(self.kind).label}: {self.account or 'unknown account'}"
