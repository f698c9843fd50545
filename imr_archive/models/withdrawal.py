"""Withdrawals: determinations that are not public any more, and what must not come back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from imr_archive.models.constraints import one_of
from imr_archive.vocabulary import WithdrawalScope


class Withdrawal(models.Model):
    """A determination that was taken back: the tombstone at its address, and who did it and why.

    ``public_reason`` is shown to everybody, ``reason`` to the staff. Nothing of the letter stands here. A withdrawal
    that was reinstated stays, as a part of the record of what was done.
    """

    reference = models.CharField(max_length=20, help_text="What the address named it by: case number, or number.")
    case_number = models.CharField(max_length=20, blank=True)
    scope = models.CharField(max_length=10, choices=WithdrawalScope.choices())
    public_reason = models.TextField(help_text="Why, in words that everybody may read.")
    reason = models.TextField(help_text="Why, for the staff.")
    withdrawn_by = models.CharField(max_length=150, help_text="The account that withdrew it.")
    withdrawn_at = models.DateTimeField(auto_now_add=True)
    reinstated_by = models.CharField(max_length=150, blank=True, help_text="The account that reinstated it.")
    reinstated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("scope", WithdrawalScope, name="withdrawal_scope_is_known"),
            models.UniqueConstraint(
                fields=["reference"], condition=Q(reinstated_at=None), name="withdrawal_in_force_once"
            ),
        ]
        indexes = [models.Index(fields=["case_number"], name="withdrawal_case_number")]

    def __str__(self) -> str:
        return f"Withdrawal of {self.reference}"

    @property
    def in_force(self) -> bool:
        """Return whether the determination is withdrawn now."""
        return self.reinstated_at is None


class WithdrawnHash(models.Model):
    """The hash of a withdrawn letter's bytes or of its normalised text, by which it is known when it comes again."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.CASCADE, db_index=False, related_name="hashes")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["withdrawal", "sha256"], name="withdrawn_hash_once")]

    def __str__(self) -> str:
        return self.sha256
