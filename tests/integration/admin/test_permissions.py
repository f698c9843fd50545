"""Who may open what: the matrix of the documentation, and no page with a link that its reader may not follow."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from devtools.permissions import matrix
from devtools.testing.staff import sample_archive, staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.models import IngestRun

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[3] / "docs" / "permissions.md"
LETTERS = "/admin/imr_archive/sourceletter/"


def test_the_published_matrix_is_that_of_today():
    assert matrix() == DOCUMENT.read_text(encoding="utf-8"), "run: python -m devtools.permissions > docs/permissions.md"


def signed_in(role):
    client = Client()
    client.force_login(staff_member(role))
    return client


def links_of(address, page):
    found = {urljoin(address, link) for link in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', page)}
    return {link.replace("&amp;", "&") for link in found if not urlsplit(link).netloc}


@pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role.value if role else "superuser")
def test_no_page_has_a_link_that_its_reader_may_not_follow(role):
    client = signed_in(role)
    sample_archive()
    refused, waiting, seen = [], [("", "/admin/")], {"/admin/"}
    while waiting:
        origin, address = waiting.pop()
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            refused.append((origin, address, answer.status_code))
        if not address.startswith("/admin/") or answer.streaming or "?" in address:
            continue  # public pages and narrowed lists are followed once, and not beyond
        for link in links_of(address, answer.text) - seen:
            seen.add(link)
            waiting.append((address, link))
    assert refused == []
    assert len(seen) > 10


def test_an_uploader_sees_own_runs_and_letters_only():
    client = signed_in(Role.UPLOADER)
    sample_archive()
    assert [row.name for row in client.get(LETTERS).context["cl"].result_list] == ["own.pdf"]
    runs = client.get("/admin/imr_archive/ingestrun/").context["cl"].result_list
    assert [run.started_by for run in runs] == ["uploader"]
    files = client.get("/admin/imr_archive/ingestrunfile/").context["cl"].result_list
    assert [file.name for file in files] == ["own.pdf"]


def test_runs_of_the_command_line_are_not_those_of_an_account_of_the_same_name():
    """The column names the account of the operating system there."""
    client = signed_in(Role.UPLOADER)
    IngestRun.objects.create(arguments={"paths": ["/letters"]}, started_by="uploader")
    assert list(client.get("/admin/imr_archive/ingestrun/").context["cl"].result_list) == []


@pytest.mark.parametrize("key", [10**21, -1, 0, "9" * 5000, "x", "1_0"])
@pytest.mark.parametrize(
    "place",
    [
        *("imr_archive/sourceletter/{}/change/", "imr_archive/sourceletter/{}/delete/", "auth/user/{}/password/"),
        *("imr_archive/sourceletter/{}/history/", "imr_archive/determination/{}/change/", "auth/user/{}/change/"),
        *("imr_archive/sourceletter/{}/original/", "imr_archive/ingestrun/{}/change/", "r/5/{}/", "r/{}/1/"),
    ],
)
def test_an_address_of_a_row_that_cannot_exist_is_not_found(admin_client, place, key):
    address = "/admin/" + place.format(str(key).replace("_", "_5F"))
    assert admin_client.get(address, follow=True).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("determination/?reviewer__id__exact=1{0}", "disputeditem/?body_parts__id__exact=1{0}", "treatment/?p=1{0}"),
        *("ingestrunfile/?run__id__exact=1{0}", "guidelinecitation/?guideline__id__exact=1{0}", "sourceletter/?e=1{0}"),
    ],
)
def test_a_filter_by_a_number_beyond_all_keys_is_answered(admin_client, query):
    page = admin_client.get("/admin/imr_archive/" + query.format("0" * 21))
    assert page.status_code in (200, 302)
