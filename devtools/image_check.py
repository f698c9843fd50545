"""Run an image of the archive from an empty database to a clean stop: ``python -m devtools.image_check -- COMMAND…``.

    docker volume create imr-check
    python -m devtools.image_check -- docker run --rm --init=false --network host --read-only --tmpfs /tmp \\
        -v imr-check:/data -e PORT -e SECRET_KEY -e ALLOWED_HOSTS imr-archive

COMMAND is what runs a command of the image with the environment of this process; the steps append theirs. Migrate,
make an account, ingest, serve, health, static files, log in and upload a letter, stop under requests.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

STOP_SECONDS = 10
_PATIENCE = 120
_PASSWORD = "of-an-image-check-only"  # noqa: S105 - of an account that lives as long as the check
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> int:
    """Run the steps; return 1 at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", default="/app/fixtures/letters", help="a folder of letters inside the image")
    parser.add_argument("--port", default="8765")
    parser.add_argument("command", nargs="+", help="what runs a command of the image")
    arguments = parser.parse_args()
    key = "".join(chr(65 + number * 7 % 26) + str(number) for number in range(40))
    site = f"http://127.0.0.1:{arguments.port}"
    environment = {
        **os.environ,
        "PORT": arguments.port,
        "SECRET_KEY": os.environ.get("SECRET_KEY", key),
        "DJANGO_SUPERUSER_PASSWORD": _PASSWORD,
    }
    _step("migrate", subprocess.run([*arguments.command, "migrate", "--verbosity=0"], env=environment).returncode == 0)
    account = ["createsuperuser", "--noinput", "--username=check", "--email=check@example.org"]
    _step("account", subprocess.run([*arguments.command, *account], env=environment).returncode == 0)
    ingest = [*arguments.command, "ingest", arguments.letters]
    _step("ingest", subprocess.run(ingest, env=environment, stdout=subprocess.DEVNULL).returncode in (0, 1))
    server = subprocess.Popen([*arguments.command, "serve"], env=environment)
    try:
        _step("serve", _answers(f"{site}/readyz"))
        page = _read(f"{site}/determinations/")
        static = re.findall(r'href="(/static/css/[^"]+)"', page)
        _step("static files are named by their content", bool(static) and "base.css" not in page)
        _step("static files", all(_status(f"{site}{each}") == 200 for each in static))
        _step("log in and open the upload", _logged_in(site))
        _step("stop", _stops_without_losing_requests(site, arguments.port))
    finally:
        server.terminate()
        server.wait(timeout=_PATIENCE)
    return 0


def _step(name: str, passed: bool) -> None:
    sys.stdout.write(f"{'passed' if passed else 'FAILED'}  {name}\n")
    sys.stdout.flush()
    if not passed:
        sys.exit(1)


def _status(address: str) -> int:
    try:
        with urlopen(address, timeout=_PATIENCE) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def _read(address: str) -> str:
    with urlopen(address, timeout=_PATIENCE) as answer:
        return str(answer.read().decode())


def _answers(address: str) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while _status(address) != 200:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _logged_in(site: str) -> bool:
    """Log in and open the page for uploads."""
    browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
    login = f"{site}/admin/login/?next=/admin/imr_archive/sourceletter/add/"
    with browser.open(login, timeout=_PATIENCE) as answer:
        token = _TOKEN.search(answer.read().decode())
    fields = {
        "username": "check",
        "password": _PASSWORD,
        "next": "/admin/imr_archive/sourceletter/add/",
        "csrfmiddlewaretoken": token[1] if token else "",
    }
    request = Request(login, data=urlencode(fields).encode(), headers={"Referer": login})
    with browser.open(request, timeout=_PATIENCE) as answer:
        return 'type="file"' in answer.read().decode()


def _stops_without_losing_requests(site: str, port: str) -> bool:
    """Send SIGTERM to the server while requests are being answered; each that was taken must be answered."""
    master = _master(port)
    with ThreadPoolExecutor(4) as readers:
        asked = [readers.submit(_status, f"{site}/determinations/?q=pain{number}") for number in range(40)]
        while sum(each.done() for each in asked) < 4:
            time.sleep(0.005)
        began = time.monotonic()
        os.kill(master, signal.SIGTERM)
        while Path(f"/proc/{master}").exists() and time.monotonic() < began + _PATIENCE:
            time.sleep(0.02)
        took = time.monotonic() - began
        answers = [each.result() for each in asked]
    good, refused = answers.count(200), answers.count(0)
    sys.stdout.write(f"        {good} answered, {refused} came after the end, stopped after {took:.1f} s\n")
    return good + refused == len(answers) and took < STOP_SECONDS


def _master(port: str) -> int:
    """Return the process of the server: the one of gunicorn with our port whose parent is none of gunicorn."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"gunicorn" in command and f"PORT={port}\0".encode() in environment:
            found[int(folder.name)] = parent
    return next(process for process, parent in found.items() if parent not in found)


if __name__ == "__main__":
    sys.exit(main())
