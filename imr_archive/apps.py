"""The archive as a Django application, and the admin that it brings."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ArchiveConfig(AppConfig):
    """One application: the whole archive."""

    default = True
    name = "imr_archive"
    verbose_name = "IMR archive"

    def ready(self) -> None:
        """Register the system checks."""
        from imr_archive import checks  # noqa: F401 - registers by being imported, once the apps are there


class ArchiveAdminConfig(admin_apps.SimpleAdminConfig):
    """Django's admin with the archive's own site, and without what other applications would register in it.

    The lists of one-time-code devices would show their secrets, those of groups would undo the roles.
    """

    default = False
    default_site = "imr_archive.admin.site.ArchiveAdminSite"

    def ready(self) -> None:
        """Register the pages of the admin."""
        super().ready()
        import imr_archive.admin  # noqa: F401 - registers by being imported, once the apps are there
