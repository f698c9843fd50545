"""Take the README's screenshots: ``python -m devtools.screenshots``.

Ingests the letters of ``fixtures/letters`` into a database of its own, serves the site on a free port of this machine,
and photographs a result list and a determination, at a phone's and a desk's width, light and dark; and at a desk's how
a question is explained, what is offered where nothing answers it, and how a facet's values are found.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[1]
LETTERS = ROOT / "fixtures" / "letters"
PICTURES = ROOT / "docs" / "images"
PHONE, DESK = (375, 812), (1440, 810)
QUESTION = "/determinations/?q=%22home+program%22+therapy&treatment=rehabilitation/physical-occupational-therapy"
LETTERS_OF_BOTH_KINDS = "/determinations/?case_outcome=partially_overturned"
EXPLAINED = "/determinations/?q=(MRI+OR+%22physical+therapy%22)+lumbar+-fusion&show=determinations"
NOTHING = "/determinations/?q=lumbr+fusionn+pain&outcome=overturned"
SECONDS_TO_START = 30


@contextmanager
def site(database: Path) -> Iterator[str]:
    """Serve the fixtures' letters from a database of their own, and end the server afterwards."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DEBUG": "false"}

    def manage(*arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    subprocess.run(manage("migrate", "--verbosity", "0"), env=environment, check=True)
    subprocess.run(manage("ingest", str(LETTERS)), env=environment, check=True, stdout=subprocess.DEVNULL)
    address = f"127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        manage("runserver", address, "--noreload"),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://{address}/readyz")
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str) -> None:
    """Return once the address answers; raise after half a minute."""
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def photograph(page: Page, base_url: str, suffix: str, *, lit: bool) -> Iterator[Path]:
    """Take both pages, the letter's with a fact ``lit`` in its source; ``suffix`` tells the pictures apart."""
    page.goto(base_url + QUESTION)
    page.locator(".result").first.wait_for()
    yield picture(page, f"list-{suffix}")
    page.goto(base_url + LETTERS_OF_BOTH_KINDS)
    page.locator(".result h2 a").first.click()
    page.locator(".header-facts").wait_for()
    if lit:
        page.locator(".header-facts .said").nth(2).click()
        page.locator("#at").wait_for()
    yield picture(page, f"detail-{suffix}")


def photograph_asking(page: Page, base_url: str) -> Iterator[Path]:
    """Take what helps a reader to ask."""
    page.goto(base_url + EXPLAINED)
    yield picture(page, "explained-1440")
    page.goto(base_url + NOTHING)
    yield picture(page, "nothing-1440")
    page.goto(f"{base_url}/determinations/")
    page.get_by_role("searchbox", name="Find in Treatment").press_sequentially("inj")
    page.locator("#found-treatment .value").first.wait_for()
    yield picture(page, "facet-1440")


def picture(page: Page, name: str) -> Path:
    """Save a screenshot of the page under a name; return its path."""
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path


def main() -> None:
    """Take every picture and say how large each is."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        site(Path(folder) / "screenshots.sqlite3") as base_url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        for width, height in (PHONE, DESK):
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                suffix = f"{width}" if scheme == "light" else f"{width}-{scheme}"
                for path in photograph(page, base_url, suffix, lit=(width, height) == DESK):
                    sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes\n")
                page.close()
        page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
        for path in photograph_asking(page, base_url):
            sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
