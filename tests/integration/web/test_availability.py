"""Probes tell the truth under any setting, and pages say so at once when the database is away and are back with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.db import OperationalError

from devtools.testing.postgresql import NoServer, own_server
from imr_archive.web import health

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
# What a reader waits at most for the 503, and a probe for its answer; the promises are 2 and 1 s on an idle machine.
PATIENCE = 20


@pytest.mark.django_db
@pytest.mark.parametrize("probe", ["/healthz", "/readyz"])
def test_probes_answer_under_any_host_and_without_https(client, settings, probe):
    settings.ALLOWED_HOSTS = ["archive.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(probe, headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/help/", headers={"host": "10.1.2.3:8000"}).status_code == 400


def test_a_missing_migration_makes_the_site_not_ready(db, monkeypatch):
    monkeypatch.setattr(health.MigrationLoader, "disk_migrations", {("imr_archive", "9999_next"): None}, raising=False)

    def load(loader, connection):
        loader.disk_migrations, loader.applied_migrations = {("imr_archive", "9999_next"): None}, {}

    monkeypatch.setattr(health.MigrationLoader, "__init__", load)
    assert health.readiness()[0] == "The database lacks migrations of this version; run manage.py migrate."


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "body"), [("/determinations/", b"not available"), ("/api/v1/items/", b"errors")])
def test_a_page_says_that_the_database_is_away(client, monkeypatch, address, body):
    def away(*arguments, **options):
        raise OperationalError("secret text of the server") from None

    client.raise_request_exception = False
    monkeypatch.setattr("imr_archive.web.question.search.current_snapshot", away, raising=False)
    monkeypatch.setattr("imr_archive.search.facets.snapshot.read_state", away)
    response = client.get(address)
    assert response.status_code == 503
    assert body in response.content
    assert response["Retry-After"]
    assert b"secret" not in response.content


@contextmanager
def site(url):
    """Serve an archive with gunicorn; yield its address."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "of a test", "LOG_LEVEL": "CRITICAL"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", "--log-level", "critical"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://{HOST}:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


def status(address):
    """The status of an answer, or 0 if nobody listens."""
    try:
        with urlopen(Request(address), timeout=PATIENCE) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(address, expected):
    deadline = time.monotonic() + 60
    while (found := status(address)) != expected:
        assert time.monotonic() < deadline, f"{address} answers {found}, not {expected}"
        time.sleep(0.1)


def test_a_site_outlives_its_database_server():
    try:
        with own_server() as server, site(server.url) as address:
            wait_for(f"{address}/determinations/", 200)
            server.stop("fast")
            wait_for(f"{address}/determinations/", 503)
            assert status(f"{address}/api/v1/items/") == 503
            assert status(f"{address}/healthz") == 200
            assert status(f"{address}/readyz") == 503
            server.start()
            wait_for(f"{address}/determinations/", 200)
            wait_for(f"{address}/readyz", 200)
    except NoServer:
        pytest.skip("There are no programs of a PostgreSQL server on this machine.")
