"""Constraints that several tables share."""

from django.db import models

from imr_archive.vocabulary import Vocabulary


def one_of(field: str, vocabulary: type[Vocabulary], *, name: str, blank: bool = False) -> models.CheckConstraint:
    """Return the constraint that a field holds a code of a vocabulary (or, with ``blank``, an empty string)."""
    codes = [member.value for member in vocabulary]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": ["", *codes] if blank else codes}), name=name)
