"""Source letters: the files as received."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.vocabulary import SourceKind, SourceState

WIDE_COLUMNS = ("content", "text", "spans", "diagnostics")
# The same columns, for querysets that reach them through a foreign key ``letter``.
WIDE_COLUMNS_OF_LETTER = tuple(f"letter__{column}" for column in WIDE_COLUMNS)


class SourceLetterQuerySet(models.QuerySet["SourceLetter"]):
    """Querysets of source letters."""

    def without_content(self) -> SourceLetterQuerySet:
        """Defer the wide columns, so that lists do not load them."""
        return self.defer(*WIDE_COLUMNS)


class SourceLetter(models.Model):
    """A file that was received: its bytes, its text, and the parser's diagnostics.

    ``spans`` maps paths of the parse schema to [start, end) offsets into ``text``; ``diagnostics`` are the parser's
    remarks and ``findings`` the screen's, as objects of ``code``, ``message``, ``start``, ``end``. A determination has
    one current letter; other letters of the same case are kept as duplicates or superseded versions.
    """

    name = models.CharField(max_length=255, help_text="The file's name as received.")
    kind = models.CharField(max_length=10, choices=SourceKind.choices())
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("size in bytes")
    received_at = models.DateTimeField(auto_now_add=True)
    parser_version = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=SourceState.choices())
    reason_code = models.CharField(max_length=40, blank=True, help_text="Why the letter is quarantined or held.")
    reason = models.TextField(blank=True)
    findings = StrictJSONField(
        null=True, blank=True, help_text="What the screen has found in a letter that is or was held."
    )
    determination = models.ForeignKey(
        "Determination", on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    diagnostics = StrictJSONField(default=list, blank=True)
    spans = StrictJSONField(default=dict, blank=True)
    text = models.TextField(blank=True)
    content = models.BinaryField()

    objects = SourceLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        permissions = [("view_every_sourceletter", "Can view every source letter and run, not only own uploads")]
        constraints = [
            one_of("kind", SourceKind, name="letter_kind_is_known"),
            one_of("state", SourceState, name="letter_state_is_known"),
            models.UniqueConstraint(
                fields=["determination"], condition=Q(state=SourceState.CURRENT), name="letter_one_current_a_case"
            ),
            models.CheckConstraint(
                condition=~Q(state=SourceState.QUARANTINED) | (Q(determination=None) & ~Q(reason_code="")),
                name="letter_quarantined_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=SourceState.HELD) | (Q(determination=None) & ~Q(reason_code="")),
                name="letter_held_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "-received_at"], name="letter_state")]

    def __str__(self) -> str:
        return self.name
