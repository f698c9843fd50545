"""The server as operators run it: slow clients, SIGTERM, a path below a proxy, unsafe settings, many migrations."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from devtools.testing.postgresql import NoServer, own_server

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
PATIENCE = 60


def environment(tmp_path, **settings):
    own = {"DATABASE_URL": f"sqlite:///{tmp_path / 'archive.sqlite3'}", "SECRET_KEY": "of a test", "LOG_LEVEL": "ERROR"}
    return {**os.environ, **own, **settings}


def manage(*arguments, env):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@contextmanager
def server(env, path=""):
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"{HOST}:{port}",
        "--log-level",
        "critical",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        address = f"http://{HOST}:{port}{path}"
        deadline = time.monotonic() + PATIENCE
        while status(f"{address}/healthz") != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process, port, address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def status(address):
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            answer.read()
            return answer.status
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_slow_senders_do_not_keep_others_waiting_and_sigterm_loses_no_request(tmp_path):
    env = environment(tmp_path)
    assert manage("migrate", "--verbosity=0", env=env).returncode == 0
    with server(env) as (process, port, address):
        slow = [socket.create_connection((HOST, port)) for _ in range(10)]
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert [status(f"{address}/help/") for _ in range(5)] == [200] * 5
        for connection in slow:
            connection.settimeout(PATIENCE)
            # Cut off, after an answer that says so or without one.
            assert b" 200 " not in connection.recv(1000)
            connection.close()
        with ThreadPoolExecutor(4) as readers:
            asked = [readers.submit(status, f"{address}/determinations/?q=pain{number}") for number in range(12)]
            while not any(each.done() for each in asked):
                time.sleep(0.01)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            answers = [each.result() for each in asked]
        assert process.wait(timeout=PATIENCE) == 0
        # What was taken is answered; what came after the end of listening was refused, not broken off.
        assert {*answers} <= {200, 0}
        assert answers[0] == 200
        assert time.monotonic() - began < PATIENCE


def test_the_site_works_below_a_path(tmp_path):
    env = environment(tmp_path, SCRIPT_NAME="/imr")
    assert manage("migrate", "--verbosity=0", env=env).returncode == 0
    with server(env, "/imr") as (_, _, address):
        with urlopen(f"{address}/determinations/", timeout=PATIENCE) as answer:
            page = answer.read().decode()
        assert 'href="/imr/static/css/' in page
        assert 'href="/determinations/' not in page
        assert status(f"{address}/static/css/base.css") == 200
        assert status(f"{address}/readyz") == 200


def test_several_processes_may_migrate_an_empty_database_at_once(tmp_path):
    env = environment(tmp_path)
    with ThreadPoolExecutor(3) as starting:
        done = [*starting.map(lambda _: manage("migrate", "--verbosity=0", env=env), range(3))]
    assert [each.returncode for each in done] == [0, 0, 0], [each.stderr[-300:] for each in done]


def test_several_processes_may_migrate_an_empty_postgresql_database_at_once(tmp_path):
    try:
        with own_server() as database, ThreadPoolExecutor(3) as starting:
            env = environment(tmp_path, DATABASE_URL=database.url)
            done = [*starting.map(lambda _: manage("migrate", "--verbosity=0", env=env), range(3))]
    except NoServer:
        pytest.skip("There are no programs of a PostgreSQL server on this machine.")
    assert [each.returncode for each in done] == [0, 0, 0], [each.stderr[-300:] for each in done]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"ALLOWED_HOSTS": "archive.example.org", "SECRET_KEY": "short"}, "imr_archive.E003"),
        ({"ALLOWED_HOSTS": "*", "SECRET_KEY": "x1" * 30}, "imr_archive.E002"),
        ({"ALLOWED_HOSTS": "archive.example.org", "SECRET_KEY": "x1" * 30, "DEBUG": "true"}, "imr_archive.E001"),
    ],
)
def test_unsafe_settings_of_a_public_site_are_refused(tmp_path, settings, code):
    checked = manage("check", env=environment(tmp_path, **settings))
    assert checked.returncode == 1
    assert code in checked.stderr


def test_the_settings_of_a_public_site_pass_the_checks_of_a_deployment(tmp_path):
    key = "".join(chr(65 + number % 26) + str(number) for number in range(40))
    env = environment(tmp_path, ALLOWED_HOSTS="archive.example.org", HTTPS="true", SECRET_KEY=key)
    checked = manage("check", "--deploy", "--fail-level", "WARNING", env=env)
    assert (checked.returncode, checked.stderr) == (0, "")
