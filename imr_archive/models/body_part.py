"""Body parts that requests name."""

from django.db import models


class BodyPart(models.Model):
    """A canonical body part, loaded from the parser's tables."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
