"""Take the README's screenshots, or with ``--all FOLDER`` those of every public page.

Ingests the letters of ``fixtures/letters`` into a database of its own, serves the site on a free port of this machine,
and photographs a result list and a determination, at a phone's and a desk's width, light and dark; and at a desk's how
a question is explained, how a facet's values are found, and the page of a treatment. ``--all`` takes each kind of page
at full length, 375, 768 and 1440 pixels wide, light and dark.
"""

from __future__ import annotations

import argparse
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

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[1]
LETTERS = ROOT / "fixtures" / "letters"
PICTURES = ROOT / "docs" / "images"
PHONE, TABLET, DESK = (375, 812), (768, 1024), (1440, 810)
SCHEMES = ("light", "dark")
QUESTION = "/determinations/?q=%22home+program%22+therapy&treatment=rehabilitation/physical-occupational-therapy"
LETTERS_OF_BOTH_KINDS = "/determinations/?case_outcome=partially_overturned"
EXPLAINED = "/determinations/?q=(MRI+OR+%22physical+therapy%22)+lumbar+-fusion&show=determinations"
TREATMENT = "/treatments/rehabilitation/physical-occupational-therapy/"
PAGES = {
    "home": "/",
    "cards": "/determinations/?q=therapy",
    "table": "/determinations/?view=table",
    "nothing": "/determinations/?q=lumbr+fusionn+pain&outcome=overturned",
    "outcomes": "/outcomes/",
    "trend": "/outcomes/?rows=year&split=guideline_source",
    "against": "/outcomes/compare/?a.treatment=pharmaceuticals&b.treatment=rehabilitation",
    "treatments": "/treatments/",
    "treatment": TREATMENT,
    "guidelines": "/guidelines/",
    "guideline": "/guidelines/odg/odg-low-back/",
    "specialties": "/specialties/",
    "new": "/new/",
    "corrections": "/corrections/",
    "tray": "/tray/",
    "compare": "/compare/",
    "data": "/data/",
    "about": "/about/",
    "help": "/help/",
    "not-found": "/no-such-page/",
}
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
    page.goto(f"{base_url}/determinations/")
    page.get_by_role("searchbox", name="Find in Treatment").press_sequentially("inj")
    page.locator("#found-treatment .value").first.wait_for()
    yield picture(page, "facet-1440")
    page.goto(base_url + TREATMENT)
    yield picture(page, "treatment-1440")


def picture(page: Page, name: str) -> Path:
    """Save a screenshot of the page under a name; return its path."""
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    return path


def take_readme(browser: Browser, base_url: str) -> Iterator[Path]:
    """Take the README's pictures."""
    for width, height in (PHONE, DESK):
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            suffix = f"{width}" if scheme == "light" else f"{width}-{scheme}"
            yield from photograph(page, base_url, suffix, lit=(width, height) == DESK)
            page.close()
    page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    yield from photograph_asking(page, base_url)


def take_all(browser: Browser, base_url: str, folder: Path) -> Iterator[Path]:
    """Take each kind of page, and the first determination, at every width in every colour scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in (PHONE, TABLET, DESK):
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(f"{base_url}/determinations/")
            first = page.locator(".result h2 a").first.get_attribute("href")
            for name, address in {**PAGES, "determination": str(first)}.items():
                page.goto(base_url + address)
                path = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, animations="disabled", full_page=True)
                yield path
            page.close()


def main() -> None:
    """Take the pictures and say how large each is."""
    parser = argparse.ArgumentParser(prog="python -m devtools.screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="take every public page, into this folder")
    every = parser.parse_args().all
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        site(Path(folder) / "screenshots.sqlite3") as base_url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        for path in take_all(browser, base_url, every) if every else take_readme(browser, base_url):
            sys.stdout.write(f"{path.name}  {path.stat().st_size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
