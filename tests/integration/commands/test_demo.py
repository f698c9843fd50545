"""``manage.py demo``: from a folder of letters to an archive in the browser, and again without losing anything."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from imr_archive.management.commands.demo import ADMINISTRATOR, Command
from imr_archive.preflight import HOST

ROOT = Path(__file__).resolve().parents[3]
LONGEST_START = 60  # seconds


@pytest.mark.parametrize(
    ("letters", "port", "sentence"),
    [
        (".", "eighty", "The port must be a number from 1 to 65535, not 'eighty'."),
        ("no such folder", "8000", "There is no folder of letters at 'no such folder'."),
    ],
)
def test_bad_usage_is_told_in_one_sentence(letters, port, sentence):
    with pytest.raises(CommandError, match=re.escape(sentence)) as refused:
        call_command("demo", letters=letters, port=port)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_without_an_administrator_one_is_created():
    password = Command().ensure_administrator()
    administrator = get_user_model().objects.get(username=ADMINISTRATOR)
    assert (administrator.is_superuser, administrator.check_password(password)) == (True, True)


@pytest.mark.django_db
def test_with_an_administrator_none_is_created(django_user_model):
    django_user_model.objects.create_superuser("someone", password="a password of their own")
    assert Command().ensure_administrator() is None
    assert get_user_model().objects.count() == 1


@pytest.fixture
def letters(tmp_path):
    """A folder with two of the fixture letters, and a file that is no letter."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for letter in sorted((ROOT / "fixtures" / "letters").iterdir())[:2]:
        shutil.copy(letter, folder)
    (folder / "shopping.txt").write_text("bread, milk")
    return folder


@contextmanager
def demo(folder, tmp_path):
    """The address of the running demo and what it has said so far; its database is a file of the test's own."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    said = tmp_path / "said"
    command = [sys.executable, "manage.py", "demo", "--letters", str(folder), "--port", str(port)]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'archive.sqlite3'}"}
    with said.open("w") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(port, server, said)
            yield f"http://{HOST}:{port}", said.read_text()
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=20)


def wait_for(port, server, said):
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=10):
                return
        except ConnectionRefusedError:
            time.sleep(0.1)
    pytest.fail(f"The demo did not start:\n{said.read_text()}")


def test_letters_become_an_archive_and_a_second_start_keeps_it(letters, tmp_path):
    with demo(letters, tmp_path) as (address, said):
        assert address in said.splitlines()[-2]
        assert re.search(r"password \S+", said.splitlines()[-1])
        with urlopen(f"{address}/determinations/", timeout=10) as page:
            first = page.read().decode()
        stylesheet = re.search(r'<link[^>]*href="([^"]+\.css)"', first)[1]
        with urlopen(f"{address}{stylesheet}", timeout=10) as style:
            assert style.status == 200
    with demo(letters, tmp_path) as (address, said):
        assert address in said.splitlines()[-1]
        assert "password" not in said
        with urlopen(f"{address}/determinations/", timeout=10) as page:
            assert case_numbers(page.read().decode()) == case_numbers(first) != set()


def case_numbers(page):
    return set(re.findall(r"CM\d\d-\d{7}", page))
