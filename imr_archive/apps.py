"""Django application configurations of the archive and of its admin."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps

from imr_archive.logs import start_error_reports


class ArchiveConfig(AppConfig):
    """One application: the whole archive."""

    default = True
    name = "imr_archive"
    verbose_name = "IMR archive"

    def ready(self) -> None:
        """Register the system checks, and start reports of errors if they are wanted."""
        from imr_archive import checks  # noqa: F401 - importing registers them; the apps must be loaded first

        start_error_reports(settings.SENTRY_DSN)


class ArchiveAdminConfig(admin_apps.SimpleAdminConfig):
    """Django's admin with the archive's own site, and without the models that other applications register.

    The pages of one-time-code devices would show their secrets, and editing groups would bypass the roles.
    """

    default = False
    default_site = "imr_archive.admin.site.ArchiveAdminSite"

    def ready(self) -> None:
        """Register the pages of the admin."""
        super().ready()
        import imr_archive.admin  # noqa: F401 - importing registers them; the apps must be loaded first
