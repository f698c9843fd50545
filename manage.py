#!/usr/bin/env python
"""Run one of the archive's management commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imr_archive.settings")
    from django.core.management import execute_from_command_line  # Django needs the settings' name first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
