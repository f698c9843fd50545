"""Health checks for a monitor or a load balancer, answered before any rule about hosts, https or sessions."""

from __future__ import annotations

import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error, close_old_connections, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max
from django.http import HttpResponse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from imr_archive.database_errors import database_failure
from imr_archive.models import FacetIndex, IngestRun
from imr_archive.search.facets.snapshot import read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
                problem, facts = readiness()
                told = f"not ready: {problem}" if problem else "ready"
                return _plain("\n".join([told, *facts]), status=503 if problem else 200)
        return self.get_response(request)


def readiness() -> tuple[str | None, list[str]]:
    """Return a sentence that says why this process cannot serve, or None, and what is known of it; within a second."""
    try:
        problem, facts = _prober.submit(_probe).result(timeout=_SECONDS)
    except TimedOut:
        problem, facts = "The database does not answer.", []
    if problem:
        logger.warning("Not ready: %s", problem)
    return problem, facts


def _probe() -> tuple[str | None, list[str]]:
    try:
        close_old_connections()
        loader = MigrationLoader(connection)
        if loader.disk_migrations.keys() - loader.applied_migrations.keys():
            return "The database lacks migrations of this version; run manage.py migrate.", []
        return _disk_problem(), [*_told()]
    except Error as error:
        return database_failure(error, was_connected=False), []
    finally:
        connection.close()


def _told() -> Iterator[str]:
    """Yield a line for the index, for the disk of an SQLite database and for the last sign of an ingest."""
    state, newest = read_state(connection.alias), FacetIndex.objects.first()
    built = f"built {newest.built_at:%Y-%m-%dT%H:%M:%SZ}" if newest else "not built"
    yield f"index: version {state.version or 0}, {built}, {state.changed} changes since"
    name = Path(str(connection.settings_dict["NAME"]))
    if name.is_file():
        yield f"disk: {shutil.disk_usage(name.parent).free // 1_000_000} MB free"
    run = IngestRun.objects.values_list("status", "started_at", "finished_at").first()
    if run:
        status, started, finished = run
        yield f"last run: {status}, {(finished or started):%Y-%m-%dT%H:%M:%SZ}"
    if settings.TASK_WORKER:
        yield _worker_sign()


def _worker_sign() -> str:
    """Return when the worker last began or ended a task, and how many wait for it."""
    tasks = DBTaskResult.objects.order_by()
    signs = tasks.aggregate(begun=Max("started_at"), ended=Max("finished_at"))
    last = max((each for each in signs.values() if each), default=None)
    waiting = tasks.filter(status=TaskResultStatus.READY).count()
    return f"worker: last sign {f'{last:%Y-%m-%dT%H:%M:%SZ}' if last else 'never'}, {waiting} tasks wait"


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
