#!/usr/bin/env python
"""Run one of the archive's management commands: `manage.py help` lists them."""

import os
import signal
import sys


def main() -> None:
    """Hand the command line to Django; end quietly if nobody reads the output any more, as in `manage.py … | head`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imr_archive.settings")
    from django.core.management import execute_from_command_line  # Django needs the settings' name first

    try:
        try:
            execute_from_command_line(sys.argv)
        finally:
            sys.stdout.flush()
    except MemoryError:
        sys.exit("The memory that this process may use is exhausted. Nothing that was stored is lost.")
    except BrokenPipeError:
        # Python would write what is left once more at its end, and complain.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())
        sys.exit(128 + signal.SIGPIPE)


if __name__ == "__main__":
    main()
