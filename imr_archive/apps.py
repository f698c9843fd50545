"""The archive as a Django application."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """One application: the whole archive."""

    name = "imr_archive"
    verbose_name = "IMR archive"

    def ready(self) -> None:
        """Register the system checks."""
        from imr_archive import checks  # noqa: F401 - registers by being imported, once the apps are there
