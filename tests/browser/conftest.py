"""Headless Chromium against a live server, with scripts and without."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
CHROMIUM_FLAGS = [
    "--no-sandbox",  # CI is root in a container, where Chromium's sandbox cannot start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of the one that Playwright would download; fails without it in CI, skips elsewhere."""
    if not CHROMIUM.exists():
        reason = (
            f"NO BROWSER: there is no {CHROMIUM}. Install one (on Debian: apt install chromium) or name it in CHROMIUM."
        )
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session", autouse=True)
def _database_beside_an_event_loop() -> Iterator[None]:
    """Let Django use the database in the thread where Playwright keeps its event loop; nothing here is asynchronous."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """The live server, so that pages are named by their path."""
    return live_server.url


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that must say nothing to the console: no script error, no refused resource, no breach of the policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: is_complaint(message) and complaints.append(message.text))
    yield page
    assert complaints == []


REPLACED_REQUEST = ("htmx:afterRequest,", "htmx:sendAbort,")
"""What htmx logs as an error when a newer request replaces one under way, as when filters are ticked quickly.

A request that fails logs htmx:sendError or htmx:responseError beside htmx:afterRequest, so no failure is lost here.
"""


def is_complaint(message: ConsoleMessage) -> bool:
    """Whether the console reports a fault of the page.

    Chromium asks for /favicon.ico by itself where a page names no icon, and htmx logs a replaced request as an error.
    """
    return (
        message.type in ("error", "warning")
        and not message.location["url"].endswith("/favicon.ico")
        and not message.text.startswith(REPLACED_REQUEST)
    )


@pytest.fixture
def page_without_scripts(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context: BrowserContext = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()
