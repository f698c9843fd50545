"""How the tests find their PostgreSQL server, and what is said when there is none."""

import sys

import pytest

from devtools.testing import postgresql

SHOW_DATABASE = [sys.executable, "-c", "import os, sys; sys.stderr.write(os.environ['DATABASE_URL']); sys.exit(7)"]


@pytest.fixture
def no_server(monkeypatch, tmp_path):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(postgresql, "DEBIAN_SERVERS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_server_that_is_named_is_used_and_the_commands_exit_code_kept(monkeypatch, capfd):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://named/server")
    assert postgresql.main(SHOW_DATABASE) == 7
    assert capfd.readouterr().err == "postgres://named/server"


@pytest.mark.usefixtures("no_server")
def test_without_a_server_the_run_goes_on_and_says_so_loudly(monkeypatch, capfd):
    monkeypatch.delenv("CI", raising=False)
    assert postgresql.main(SHOW_DATABASE) == 0
    assert "NO POSTGRESQL SERVER" in capfd.readouterr().err


@pytest.mark.usefixtures("no_server")
def test_without_a_server_ci_fails(monkeypatch, capfd):
    monkeypatch.setenv("CI", "true")
    assert postgresql.main(SHOW_DATABASE) == 1
    assert "NO POSTGRESQL SERVER" in capfd.readouterr().err


def test_the_newest_of_the_installed_servers_is_taken(monkeypatch, tmp_path):
    for version in ("9.6", "15", "8"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    (tmp_path / "17" / "bin").mkdir(parents=True)  # a client alone
    monkeypatch.setattr(postgresql, "DEBIAN_SERVERS", tmp_path)
    assert postgresql._server_programs() == tmp_path / "15" / "bin"
