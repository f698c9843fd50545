"""Health checks for a monitor or a load balancer, answered before any rule about hosts, https or sessions."""

from __future__ import annotations

import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import Error, close_old_connections, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponse

from imr_archive.database_errors import database_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

# A probe waits no longer, whatever is down.
_SECONDS = 0.9
_LEAST_FREE_BYTES = 50_000_000
# One thread: while a probe hangs at a database that does not answer, those after it fail at once by the time limit.
_prober = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")


class HealthMiddleware:
    """Answer ``/healthz`` (the process lives) and ``/readyz`` (it can serve); put first, so that nothing stops it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe, or pass the request on."""
        if request.method in ("GET", "HEAD"):
            if request.path_info == "/healthz":
                return _plain("ok", status=200)
            if request.path_info == "/readyz":
                problem = readiness_problem()
                return _plain(f"not ready: {problem}" if problem else "ready", status=503 if problem else 200)
        return self.get_response(request)


def readiness_problem() -> str | None:
    """Return a sentence that says why this process cannot serve, or None; within a second."""
    try:
        problem = _prober.submit(_database_problem).result(timeout=_SECONDS)
    except TimedOut:
        problem = "The database does not answer."
    if problem:
        logger.warning("Not ready: %s", problem)
    return problem


def _database_problem() -> str | None:
    try:
        close_old_connections()
        loader = MigrationLoader(connection)
        if loader.disk_migrations.keys() - loader.applied_migrations.keys():
            return "The database lacks migrations of this version; run manage.py migrate."
        return _disk_problem()
    except Error as error:
        return database_failure(error, was_connected=False)
    finally:
        connection.close()


def _disk_problem() -> str | None:
    """Return a problem if the disk of an SQLite database is nearly full; PostgreSQL watches its own."""
    name = Path(str(connection.settings_dict["NAME"]))
    if name.is_file() and shutil.disk_usage(name.parent).free < _LEAST_FREE_BYTES:
        return "The disk that holds the database is nearly full."
    return None


def _plain(text: str, *, status: int) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response
