"""Entity tags, what caches may keep, and a crawler that reaches each determination once."""

import re
from urllib.robotparser import RobotFileParser

import pytest
from django.contrib.auth import get_user_model

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.handmade import ingest, printed_letter
from imr_archive.models import Determination
from imr_archive.web.pages import sitemap

pytestmark = pytest.mark.django_db

CASE = "CM15-0000001"
PAGES = ("/", "/determinations/?q=tramadol", f"/determinations/{CASE}/", "/outcomes/")


@pytest.fixture
def letter():
    ingest([("1.txt", printed_letter(CASE))])


@pytest.mark.parametrize("address", PAGES)
def test_an_unchanged_page_is_answered_without_rendering(address, letter, client, monkeypatch):
    first = client.get(address)
    assert (first.status_code, first["Cache-Control"]) == (200, "public, no-cache")
    monkeypatch.setattr("django.template.base.Template.render", None)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", PAGES)
def test_a_change_of_the_data_or_another_address_is_another_page(address, letter, client):
    tag = client.get(address)["ETag"]
    add_determination("CM15-0000009", items=[ItemRow("Fusion")])
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    tag = client.get(address)["ETag"]
    ingest([("same.txt", printed_letter(CASE, "Tramadol  50mg"))])
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(address)["ETag"] != client.get(f"{address}{'&' if '?' in address else '?'}page=2")["ETag"]


def test_a_page_that_was_withdrawn_or_deleted_is_not_served_from_a_cache(letter, client):
    tag = client.get(f"/determinations/{CASE}/")["ETag"]
    Determination.objects.all().delete()
    assert client.get(f"/determinations/{CASE}/", headers={"If-None-Match": tag}).status_code == 404


def test_pages_of_who_is_signed_in_are_kept_by_nobody(letter, client):
    client.force_login(get_user_model().objects.create_superuser("root", "", "a long password of a test"))
    page = client.get("/determinations/")
    assert page["Cache-Control"] == "private, no-store"
    assert not page.has_header("ETag")


def test_a_crawler_reaches_each_determination_once(client, monkeypatch):
    monkeypatch.setattr(sitemap, "KEYS_OF_PART", 3)
    numbers = [f"CM15-{number:07d}" for number in range(1, 9)]
    for number in numbers:
        add_determination(number, items=[ItemRow("Fusion", treatments=["surgery/spine"])])
    robots = RobotFileParser()
    rules = client.get("/robots.txt").content.decode()
    robots.parse(line for line in rules.splitlines() if "*?" not in line)
    assert "Disallow: /*?" in rules
    start = re.search(r"^Sitemap: http://testserver(.+)$", rules, re.MULTILINE)[1]
    waiting, seen = [start, "/"], {}
    while waiting:
        address = waiting.pop()
        if address in seen or "?" in address or address.startswith("/static/") or not robots.can_fetch("*", address):
            continue
        response = client.get(address)
        seen[address] = response.status_code
        if "html" in response["Content-Type"] or "xml" in response["Content-Type"]:
            page = response.content.decode()
            links = [*re.findall(r'href="(/[^"#]*)', page), *re.findall(r"<loc>http://testserver(/[^<]*)<", page)]
            waiting += [link.replace("&amp;", "&") for link in links]
    assert {status for address, status in seen.items() if address.startswith("/determinations/CM")} == {200}
    reached = [address for address in seen if re.fullmatch(r"/determinations/CM[\d-]+/", address)]
    assert sorted(reached) == [f"/determinations/{number}/" for number in numbers]
    assert len(seen) < 120
