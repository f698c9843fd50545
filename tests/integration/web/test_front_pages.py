"""The home page, the page about the data and the data page: live figures, few queries, little weight."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.random_archive import random_archive
from imr_archive.models import Determination
from imr_archive.vocabulary import Layout

pytestmark = pytest.mark.django_db

PAGES = ["/", "/about/", "/data/"]
HOME_BYTES = 60_000


def html_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def cases():
    return random_archive(seed=5, size=60, stored="half")


@pytest.mark.parametrize("address", PAGES)
def test_an_empty_archive_has_the_pages_too(client, address):
    assert "<h1>" in html_of(client, address)


def test_every_link_of_the_front_pages_leads_somewhere(client, cases):
    for page in PAGES:
        for address in {*re.findall(r'<a [^>]*href="(/[^"]*)"', html_of(client, page))}:
            answer = client.head(address.replace("&amp;", "&"))
            assert answer.status_code == 200, (page, address)


def test_the_front_pages_take_the_same_few_queries_however_much_there_is(client, cases, django_assert_max_num_queries):
    for page in PAGES:
        html_of(client, page)
        with django_assert_max_num_queries(5):
            html_of(client, page)


def test_the_home_page_is_light(client, cases):
    assert len(gzip.compress(html_of(client, "/").encode())) < HOME_BYTES / 3


def test_what_is_unknown_is_counted(client):
    add_determination("CM14-0000001", items=[ItemRow("A", ""), ItemRow("B", "upheld")])
    html = html_of(client, "/about/")
    assert re.search(
        r'href="/determinations/\?outcome=unknown">Outcome: not stated</a></th><td class="number">1</td>', html
    )
    assert "Boxed" in html


def test_letters_of_forms_that_were_never_seen_whole_are_counted_by_year_and_say_so(client):
    notice = add_determination("CM13-0000001", items=[ItemRow("A")], decided=date(2013, 10, 1))
    Determination.objects.filter(pk=notice.pk).update(layout=Layout.NOTICE)
    add_determination("CM17-0000001", items=[ItemRow("A")], decided=date(2017, 5, 1))
    add_determination("CM20-0000001", items=[ItemRow("A")], decided=date(2020, 5, 1))
    described = html_of(client, "/about/").partition('id="described"')[2].partition("<h2")[0]
    assert re.findall(r"year=(\d{4})", described) == ["2013", "2020"]
    note = "Read by rules that were written from descriptions"
    assert note in html_of(client, "/determinations/CM13-0000001/")
    assert note in html_of(client, "/determinations/CM20-0000001/")
    assert note not in html_of(client, "/determinations/CM17-0000001/")
