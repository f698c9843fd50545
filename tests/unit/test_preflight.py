"""Before anything slow, the demo says in one sentence what is in the way."""

import socket

import pytest

from imr_archive.preflight import HOST, demo_problem, letters_problem, main, port_problem, python_problem


@pytest.fixture
def taken_port():
    with socket.create_server((HOST, 0)) as server:
        yield str(server.getsockname()[1])


@pytest.fixture
def free_port():
    with socket.create_server((HOST, 0)) as server:
        return str(server.getsockname()[1])


def test_this_python_can_run_the_archive():
    assert python_problem() is None


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 2), (3, 10, 14)])
def test_an_older_python_is_named_with_the_one_that_is_needed(version):
    problem = python_problem(version)
    assert "3.11 or newer" in problem
    assert ".".join(map(str, version)) in problem


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_virtual_environments_is_told_how_debian_adds_them(monkeypatch, module):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())
    assert "apt install python3-venv" in python_problem()


@pytest.mark.parametrize("port", ["", "eighty", "80a", "-1", "0", "65536", "8000.5", " 8000", "８０００", "9" * 5000])
def test_what_is_no_port_is_refused_in_words(port):
    assert port_problem(port).startswith("The port must be a number from 1 to 65535")


def test_a_free_port_is_no_problem(free_port):
    assert port_problem(free_port) is None


def test_a_taken_port_is_named(taken_port):
    assert port_problem(taken_port) == f"Port {taken_port} is already in use; choose another with PORT=."


def test_a_port_of_the_system_is_refused_with_the_ports_that_are_free_to_all(monkeypatch):
    def refuse(self, address):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.socket.bind", refuse)
    assert "choose one from 1024 up" in port_problem("80")


def test_a_folder_of_letters_is_no_problem(tmp_path):
    assert letters_problem(str(tmp_path)) is None


@pytest.mark.parametrize("name", ["missing", "a file", ""])
def test_what_is_no_folder_is_named(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file").touch()
    assert letters_problem(name) == f"There is no folder of letters at {name!r}."


def test_the_folder_is_looked_at_before_the_port(taken_port):
    assert "no folder" in demo_problem("missing", taken_port)


def test_the_command_line_says_one_sentence_and_fails(tmp_path, taken_port, capsys):
    assert main([str(tmp_path), taken_port]) == 2
    assert capsys.readouterr().err == f"Port {taken_port} is already in use; choose another with PORT=.\n"


def test_the_command_line_is_silent_when_nothing_is_in_the_way(tmp_path, free_port, capsys):
    assert main([]) == 0
    assert main([str(tmp_path), free_port]) == 0
    assert capsys.readouterr().err == ""
