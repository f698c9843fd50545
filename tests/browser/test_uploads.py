"""An upload in a browser: dropped or chosen, previewed, published and undone; with scripts, without, and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from devtools.testing.handmade import ingest, printed_letter
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.admin.uploading import tasks
from imr_archive.models import Determination, UploadPreview

pytestmark = pytest.mark.django_db(transaction=True)

CASE, OTHER = "CM15-0000001", "CM15-0000002"


@pytest.fixture(autouse=True)
def _one_process(monkeypatch):
    monkeypatch.setattr(tasks, "PROCESSES", 0)


@pytest.fixture
def files(tmp_path):
    """A letter that is new, and one that turns the outcome of a case that is stored."""
    ingest([("known.txt", printed_letter(CASE))])
    contents = {"new.txt": printed_letter(OTHER), "turned.txt": printed_letter(CASE).replace(b"Upheld", b"Overturned")}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in contents]


def enter(page: Page, base_url: str, role: Role) -> None:
    """Sign in by a session of the account, and open the first page."""
    client = Client()
    client.force_login(staff_member(role))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])
    page.goto(f"{base_url}/admin/")


def upload_publish_undo(page: Page, base_url: str, files: list[str]) -> None:
    enter(page, base_url, Role.UPLOADER)
    page.get_by_label("Choose letters or archives of letters").set_input_files(files)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_role("checkbox", name="Publish new.txt")).to_be_checked()
    turned = page.get_by_role("checkbox", name="Publish turned.txt")
    expect(turned).not_to_be_checked()
    expect(page.get_by_text("3 fields would change")).to_be_visible()
    assert Determination.objects.count() == 1
    turned.check()
    page.get_by_role("button", name="Publish the ticked letters").click()
    expect(page.get_by_text("What became of 2 files")).to_be_visible()
    assert {each.outcome for each in Determination.objects.all()} == {"upheld", "overturned"}
    page.get_by_role("link", name="Undo this run").click()
    expect(page.get_by_text("Not public any more.")).to_be_visible()
    page.get_by_role("button", name="Undo run").click()
    expect(page.get_by_text("Taken back: the case came with run")).to_be_visible()
    assert [(each.case_number, each.outcome) for each in Determination.objects.all()] == [(CASE, "upheld")]


def test_letters_are_uploaded_previewed_published_and_undone(page, base_url, files):
    upload_publish_undo(page, base_url, files)


def test_the_same_without_scripts(page_without_scripts, base_url, files):
    upload_publish_undo(page_without_scripts, base_url, files)


def test_files_are_dropped_and_too_many_are_told_before_they_are_sent(page, base_url, files):
    enter(page, base_url, Role.UPLOADER)
    drop = """(names) => {
        const data = new DataTransfer();
        for (const name of names) data.items.add(new File(["x"], name));
        document.querySelector(".drop-zone").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
    }"""
    page.evaluate(drop, [f"{number}.txt" for number in range(101)])
    expect(page.get_by_text("At most 100 files can be uploaded at once.")).to_be_visible()
    page.get_by_role("button", name="Upload and preview").click()
    assert not UploadPreview.objects.exists()
    page.evaluate(drop, ["list.txt"])
    expect(page.get_by_text("At most 100 files")).to_have_count(0)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_text("prints none of the headings")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_are_accessible(page, base_url, files, scheme):
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(color_scheme=scheme)
    enter(page, base_url, Role.REVIEWER)
    page.get_by_label("Choose letters or archives of letters").set_input_files(files)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_role("checkbox", name="Publish new.txt")).to_be_checked()
    places = [f"{base_url}/admin/", f"{base_url}/admin/uploads/", page.url]
    places.append(page.get_by_role("link", name="turned.txt").evaluate("each => each.href"))
    page.get_by_role("button", name="Publish the ticked letters").click()
    expect(page.get_by_text("What became of 1 file")).to_be_visible()
    places += [page.url, re.sub(r"change/$", "undo/", page.url)]
    found = []
    for place in places:
        page.goto(place)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((place, "wider than the phone"))
        for violation in (
            Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "preload": False}).response["violations"]
        ):
            found += [(Path(place).name, violation["id"], node["target"]) for node in violation["nodes"]]
    assert found == []
