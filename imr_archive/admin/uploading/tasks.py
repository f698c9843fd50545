"""What a worker does for the administration: read uploads, publish letters, undo runs.

With ``TASK_WORKER`` these wait in the database for ``manage.py db_worker``; without it, the request that asks for them
does the work before it answers.
"""

from __future__ import annotations

from django_tasks import task

from imr_archive.ingest.pipeline.runner import default_processes
from imr_archive.ingest.previews.publishing import publication_run
from imr_archive.ingest.previews.reading import preview_read
from imr_archive.ingest.previews.removing import previews_expire
from imr_archive.ingest.runs.processes import this_process
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.models import IngestRun

# Letters are read apart from the server: PDFium is not safe in its threads, and a hostile file costs a process.
PROCESSES = default_processes()


@task()
def read_upload(key: int) -> None:
    """Read the files of an upload, and remove previews that nobody has touched for long."""
    preview_read(key, processes=PROCESSES)
    previews_expire()


@task()
def publish_letters(key: int) -> None:
    """Do the work of a run that publishes letters of a preview."""
    publication_run(key, processes=PROCESSES)


@task()
def undo_run(key: int) -> None:
    """Do the work of a run that undoes another one."""
    run = IngestRun.objects.get(pk=key)
    run.process = this_process()
    run.save(update_fields=["process"])
    for _ in run_undo(run_to_undo(run.arguments["undo"]), run=run):
        pass
