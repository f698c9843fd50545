"""``manage.py demo``: serve a folder of letters as an archive in the browser."""

import os
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command

from imr_archive.management.commands import ingest
from imr_archive.preflight import HOST, demo_problem

ADMINISTRATOR = "admin"


class Command(BaseCommand):
    """Migrate the database, ingest the letters, create an administrator if there is none, and serve the site."""

    help = "Migrate, ingest a folder of letters, create a local administrator if there is none, and serve the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --letters and --port."""
        parser.add_argument("--letters", default="fixtures/letters", help="folder of letters (default: %(default)s)")
        parser.add_argument("--port", default="8000", help=f"port on {HOST} (default: %(default)s)")

    def handle(self, *args: Any, letters: str, port: str, **options: Any) -> None:
        """Prepare the archive, then replace this process by the server."""
        if problem := demo_problem(letters, port):
            raise CommandError(problem, returncode=2)
        call_command("migrate", verbosity=0)
        self.ingest(letters)
        self.serve(port, password=self.ensure_administrator())

    def ingest(self, letters: str) -> None:
        """Ingest the letters. Quarantined files are reported, and the demo goes on with the others."""
        try:
            call_command(ingest.Command(), letters, stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            if error.returncode != 1:
                raise
            self.stderr.write(str(error))

    def ensure_administrator(self) -> str | None:
        """Create an administrator if there is none, and return the new password."""
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            return None
        password = secrets.token_urlsafe(12)
        users.create_superuser(username=ADMINISTRATOR, password=password)
        return password

    def serve(self, port: str, *, password: str | None) -> None:
        """Print the address and the new password as the last lines, then replace this process by the server."""
        self.stdout.write(f"The archive is at http://{HOST}:{port}/ (administration under /admin/); Ctrl-C stops it.")
        if password:
            self.stdout.write(f"Administrator {ADMINISTRATOR!r}, password {password} (shown this once)")
        self.stdout.flush()
        server = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--log-level", "warning"]
        os.execv(sys.executable, server)  # noqa: S606 - our own interpreter, and a port that was checked to be a number
