"""The page of one determination, and its downloads."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.archive import Cited, ItemRow, add_determination, spans_of
from devtools.testing.handmade import ingest, letter
from imr_archive.models import Correction
from imr_archive.vocabulary import SourceKind
from imr_archive.web.question.parameters import View
from imr_archive.web.results.result_page import PAGE_SIZES

pytestmark = pytest.mark.django_db

LETTER = """The physician reviewer is Board Certified in Orthopedic Surgery and licensed in California.
The worker is a 36-year-old female with a <fusion>.
Hardware block: Overturned
Walker: Upheld
Decision rationale: The fusion failed.
"""


@pytest.fixture
def case():
    return add_determination(
        "CM14-0000001",
        arrived=datetime(2016, 5, 4, 12, tzinfo=UTC),
        decided=date(2014, 8, 5),
        age=36,
        sex="F",
        boards=["Orthopedic Surgery"],
        summary="First of all.\n\nA fusion was done.",
        items=[
            ItemRow(
                "Hardware block #3",
                "overturned",
                treatments=["injection/other-injection"],
                body_parts=["lumbar-spine"],
                guidelines=[Cited("odg-low-back", section="Hardware injection", pages="305", year=2014)],
                ca_guidelines=["low-back-complaints"],
                basis="non_mtus",
                ca_basis="mtus",
                rationale="The fusion failed.",
                original_request="Hardware block #10",
                authorized="Hardware block #7",
                quantity=3,
            ),
            ItemRow("Walker", "upheld"),
        ],
        letter={
            "text": LETTER,
            "spans": spans_of(
                LETTER,
                worker__age="36-year-old",
                items__0__description="Hardware block",
                items__0__rationale="The fusion failed.",
                reviewer__certifications__0="Orthopedic Surgery",
            ),
            "diagnostics": [
                {"code": "summary-contradicts-box", "message": "Two ages are stated.", "start": 100, "end": 130},
                {"code": "case-number-missing", "message": "No case number is printed.", "start": None, "end": None},
            ],
        },
    )


def page_of(client, address="/determinations/CM14-0000001/", **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.replace("&nbsp;", " ")))


def test_the_page_says_in_plain_words_what_became_of_the_case(client, case):
    shown = text_of(page_of(client))
    assert "1 of 2 disputed items was overturned: the treatment was approved. For the other one" in shown
    assert "Overturned: the treatment is approved" in shown
    assert "Upheld: the denial stands" in shown


def facts_of(html, css_class):
    """The labels and values of a description list."""
    facts = re.search(rf'<dl class="{css_class}">.*?</dl>', html, re.S)[0]
    return {
        label: text_of(value).strip()
        for label, value in re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", facts, re.S)
    }


def test_what_the_letter_does_not_print_is_said_to_be_not_printed(client, case):
    assert facts_of(page_of(client), "header-facts") == {
        "Decided": "5 Aug 2014",
        "Worker": "36 years · female",
        "Reviewer’s boards": "Orthopedic Surgery ¶Orthopedic Surgery: see where the letter says so",
        "Licensed in": "California",
        "In the archive since": "4 May 2016",
        "Layout": "Boxed",
        "Source": "original · text",
        "Not printed": "date of injury, UR decision, application received, case assigned, priority",
    }


def test_both_voices_stand_side_by_side_and_their_citations_lead_to_their_facets(client, case):
    html = page_of(client)
    item = html[html.index('id="item-1"') : html.index('id="item-2"')]
    assert item.index("Claims administrator relied on") < item.index("Expert reviewer relied on")
    assert "?ca_guideline=mtus-acoem/low-back-complaints" in item
    assert "?guideline=odg/odg-low-back" in item
    shown = text_of(item)
    assert "Odg low back ODG, 2014 · Hardware injection · p. 305" in shown
    assert "Basis: other guidelines only" in shown
    assert facts_of(item, "details") == {
        "Original request": "Hardware block #10",
        "Authorized before": "Hardware block #7",
        "Quantity": "3",
    }


def test_every_facet_link_of_the_page_finds_the_case(client, case):
    links = set(re.findall(r'href="(/determinations/\?[^"]+)"', page_of(client)))
    assert len(links) == 9
    for link in links:
        assert "CM14-0000001" in page_of(client, link.replace("&amp;", "&")), link


def test_a_fact_leads_to_the_words_that_state_it(client, case):
    html = page_of(client)
    link = re.search(r'class="said"[^>]*href="([^"]+)"[^>]*>36 years<', html)[1]
    assert link == "/determinations/CM14-0000001/?at=worker.age#at"
    assert '<mark id="at" class="lit">36-year-old</mark>' in page_of(client, link.partition("#")[0])
    assert '<mark id="at"' not in html


def test_a_lit_place_shows_what_the_parser_doubted_there(client, case):
    source = page_of(client, "/determinations/CM14-0000001/?at=worker.age", **{"HX-Request": "true"})
    assert source.lstrip().startswith('<aside id="source"')
    assert "Two ages are stated." in source
    assert "Two ages" not in page_of(
        client, "/determinations/CM14-0000001/?at=items.0.rationale", **{"HX-Request": "true"}
    )


@pytest.mark.parametrize("at", ["", "nothing", "items.7.description", "%00", "warnings.1", "worker.age&at=x"])
def test_a_place_that_is_not_in_the_letter_lights_nothing(client, case, at):
    assert 'id="at"' not in page_of(client, f"/determinations/CM14-0000001/?at={at}")


def test_a_remark_leads_to_its_place(client, case):
    html = page_of(client)
    assert "No case number is printed." in html
    assert "?at=warnings.0#at" in html
    assert 'class="lit">' + LETTER[100:130].replace("<", "&lt;") in page_of(
        client, "/determinations/CM14-0000001/?at=warnings.0"
    )


def test_the_words_of_the_question_are_marked_everywhere_even_in_the_source(client, case):
    html = page_of(client, "/determinations/CM14-0000001/?q=fusion&scope=letter&at=items.0.rationale")
    assert re.search(r'<p>A <mark id="hit-\d">fusion</mark> was done.</p>', html)
    hits = re.findall(r'<mark id="hit-(\d+)">', html)
    assert re.findall(r'href="#hit-(\d+)"', html) == hits == [str(number) for number in range(1, len(hits) + 1)]
    assert "&lt;<mark>fusion</mark>&gt;" in html
    assert '<mark id="at" class="lit">The <mark>fusion</mark> failed.</mark>' in html


def test_the_way_back_keeps_the_question(client, case):
    html = page_of(client, "/determinations/CM14-0000001/?q=fusion&sex=F&page=2")
    assert 'href="/determinations/?q=fusion&amp;sex=F&amp;page=2"' in html
    assert "Results for fusion, sex Female" in text_of(html)
    assert "/determinations/CM14-0000001/?q=fusion&amp;sex=F&amp;page=2&amp;at=worker.age#at" in html


@pytest.mark.parametrize("reference", ["cm14-0000001", "{pk}", "00{pk}"])
def test_other_ways_to_name_a_case_lead_to_its_one_address(client, case, reference):
    response = client.get(f"/determinations/{reference.format(pk=case.pk)}/?q=a")
    assert response.status_code == 301
    assert response.headers["Location"] == "/determinations/CM14-0000001/?q=a"


def test_a_case_without_a_number_has_its_id_for_an_address(client):
    case = add_determination(None, items=[ItemRow("A")])
    html = page_of(client, f"/determinations/{case.pk}/")
    assert f'<link rel="canonical" href="/determinations/{case.pk}/">' in html
    assert "file is not kept" in html


@pytest.mark.parametrize("reference", ["CM14-9999999", "999", "9" * 40, "%00", "a%20b", "é", "--", "CM14-0000001%0A"])
@pytest.mark.parametrize("page", ["", "original/", "source.txt"])
def test_an_unknown_case_is_a_page_with_a_sentence_and_a_search_box(client, case, reference, page):
    response = client.get(f"/determinations/{reference}/{page}")
    assert response.status_code == 404
    html = response.content.decode()
    assert "The archive has no determination" in html
    assert 'id="search"' in html


def test_an_unknown_address_shows_nothing_of_the_machinery(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert b"Resolver404" not in response.content


@pytest.mark.parametrize(
    ("kind", "content_type", "name"),
    [
        (SourceKind.PDF, "application/pdf", "CM14-0000009.pdf"),
        (SourceKind.TEXT, "text/plain", "CM14-0000009.txt"),
        (SourceKind.UNKNOWN, "application/octet-stream", "CM14-0000009.bin"),
    ],
)
def test_the_original_is_sent_as_received_and_never_shown(client, kind, content_type, name):
    content = b"\xff\xfe<script>alert(1)</script>"
    letter = {"text": "é", "kind": kind, "content": content, "name": 'a"b\r\n.html'}
    add_determination("CM14-0000009", items=[ItemRow("A")], letter=letter)
    response = client.get("/determinations/CM14-0000009/original/")
    assert response.content == content
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_source_text_is_plain_text(client, case):
    response = client.get("/determinations/CM14-0000001/source.txt")
    assert response.content.decode() == LETTER
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_case_whose_file_is_not_kept_has_nothing_to_download(client):
    add_determination("CM14-0000009", items=[ItemRow("A")])
    response = client.get("/determinations/CM14-0000009/original/")
    assert response.status_code == 404
    assert "keeps no file" in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_letter(client):
    row = ItemRow("A", treatments=["surgery/spine/fusion"], body_parts=["knee"], guidelines=["odg-knee"])
    letter = {"text": "A"}
    add_determination("CM14-0000001", items=[row], boards=["A"], letter=letter)
    add_determination("CM14-0000002", items=[row] * 20, boards=["A", "B", "C"], letter={"text": "B"})
    page_of(client, "/determinations/CM14-0000001/?q=a")
    counts = []
    for reference in ("CM14-0000001", "CM14-0000002"):
        with CaptureQueriesContext(connection) as queries:
            page_of(client, f"/determinations/{reference}/?q=a")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_every_letter_of_a_case_is_told_and_can_be_had(client):
    first = b"A first text."
    ingest(
        [("first.txt", first), ("amended.txt", b"x"), ("again.pdf", b"y")],
        {
            first: letter("First.", case_number="CM15-0000001"),
            b"x": letter("Amended.", case_number="CM15-0000001"),
            b"y": letter("Amended.", case_number="CM15-0000001"),
        },
    )
    page = page_of(client, "/determinations/CM15-0000001/")
    versions = page[page.index('id="versions"') : page.index("</section>", page.index('id="versions"'))]
    assert "3 letters have come for this case" in versions
    assert versions.count("<li>") == 3
    assert "it does not speak for the case" in versions
    addresses = re.findall(r'href="(/determinations/CM15-0000001/letters/\d+/original/)"', versions)
    assert first in {client.get(address).content for address in addresses}
    assert client.get("/determinations/CM15-0000001/letters/999999/original/").status_code == 404


def test_a_case_of_one_letter_has_no_versions(client, case):
    assert 'id="versions"' not in page_of(client, "/determinations/CM14-0000001/")


def test_the_guidelines_that_were_asked_for_are_marked_where_they_are_cited(client, case):
    html = page_of(client, f"{case.get_absolute_url()}?q=cites:%22hardware+injection%22")
    assert '<i><mark id="hit-1">Hardware injection</mark></i>' in html
    assert "<b>1</b> hit for" in html


def unfolded(html):
    """The positions of the items that a page unfolds."""
    return [int(number) for number in re.findall(r'<details id="item-(\d+)-whole" class="whole" open>', html)]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [1, 2]),
        ("?item=2", [2]),
        ("?item=7", [1, 2]),
        ("?item=x", [1, 2]),
        ("?outcome=overturned", [1]),
        ("?outcome=overturned&item=2", [2]),
        ("?q=nowhere", [1, 2]),
        ("?item=2&at=items.0.rationale", [1, 2]),
    ],
)
def test_the_item_that_was_searched_for_is_unfolded(client, case, query, positions):
    assert unfolded(page_of(client, f"/determinations/CM14-0000001/{query}")) == positions


def test_the_items_stand_first_as_a_table_whose_links_unfold_them(client, case):
    html = page_of(client, "/determinations/CM14-0000001/?sex=F")
    table = html[html.index('<table class="card items">') : html.index("</table>")]
    assert re.findall(r"<td>(.*?)</td><td>(.*?)</td>", re.sub(r"</?(a|span)\b[^>]*>", "", table)) == [
        ("Overturned", "Hardware block #3"),
        ("Upheld", "Walker"),
    ]
    link = re.search(r'href="([^"]+)">Walker', table)[1].replace("&amp;", "&")
    assert link == "/determinations/CM14-0000001/?sex=F&item=2#item-2"
    assert unfolded(page_of(client, link.partition("#")[0])) == [2]
    assert html.index("</table>") < html.index('id="item-1"') < html.index('id="facts"') < html.index('id="summary"')


def walk(client, address, direction):
    """The addresses from a determination to the end of its results."""
    found = []
    while address:
        found.append(address)
        link = re.search(rf'rel="{direction}" href="([^"]+)"', page_of(client, address))
        address = link and link[1].replace("&amp;", "&")
    return found


@pytest.mark.parametrize("question", ["", "q=knee", "sort=oldest", "show=determinations&sort=items", "view=table"])
def test_previous_and_next_walk_through_all_results_across_pages(client, question, monkeypatch):
    monkeypatch.setitem(PAGE_SIZES, View.CARDS, 3)
    monkeypatch.setitem(PAGE_SIZES, View.TABLE, 4)
    for number in range(1, 10):
        add_determination(
            f"CM15-{number:07d}",
            decided=date(2015, 1 + number % 12, 1),
            items=[ItemRow("Knee brace"), ItemRow("Knee surgery")][: 1 + number % 2],
        )
    first = page_of(client, f"/determinations/?{question}")
    start = re.search(r'href="(/determinations/CM15-\d+/[^"#]*)', first)[1].replace("&amp;", "&")
    forth = walk(client, start, "next")
    assert len({each.partition("?")[0] for each in forth}) == 9
    back = walk(client, forth[-1], "prev")
    assert [each.partition("?")[0] for each in reversed(back)] == [each.partition("?")[0] for each in forth]


def test_the_place_among_the_results_is_said_only_where_it_is_known(client, case):
    add_determination("CM16-0000001", decided=date(2016, 1, 1), items=[ItemRow("Cane"), ItemRow("Splint")])
    assert "item 3 of 4" in text_of(page_of(client))
    assert "determination 2 of 2" in text_of(page_of(client, "/determinations/CM14-0000001/?show=determinations"))
    assert "These results" not in page_of(client, "/determinations/CM14-0000001/?q=cane")


def test_the_page_cites_itself_and_its_items(client, case):
    html = page_of(client)
    cite = html[html.index('id="cite"') : html.index("</details>", html.index('id="cite"'))]
    assert "IMR Case No. CM14-0000001 (Cal. Div. of Workers’ Comp., Aug. 5, 2014) (partly overturned)" in cite
    assert "IMR Case No. CM14-0000001, item 2 (Cal. Div. of Workers’ Comp., Aug. 5, 2014) (upheld)" in cite
    assert "binds its own case only" in cite
    links = re.findall(r'href="([^"]+)" download', cite)
    assert len(links) == 6
    for link in links:
        assert "http://testserver/determinations/CM14-0000001/" in page_of(client, link)
    assert 'href="http://testserver/determinations/CM14-0000001/">Link to this' in html


@pytest.mark.parametrize(
    ("address", "name", "content_type"),
    [
        ("cite.bib", "CM14-0000001.bib", "application/x-bibtex; charset=utf-8"),
        ("cite.ris?item=2", "CM14-0000001-2.ris", "application/x-research-info-systems; charset=utf-8"),
    ],
)
def test_a_citation_is_a_file_with_a_telling_name(client, case, address, name, content_type):
    response = client.get(f"/determinations/CM14-0000001/{address}")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Content-Type"] == content_type


@pytest.mark.parametrize("address", ["cite.txt", "cite.bib?item=3", "cite.ris?item=x"])
def test_there_is_no_citation_of_what_is_not_there(client, case, address):
    assert client.get(f"/determinations/CM14-0000001/{address}").status_code == 404


def combinations(html):
    """The links of the page's items that combine conditions: address by text."""
    lists = re.findall(r'<div class="combinations">.*?</div>', html, re.S)
    lines = [line for each in lists for line in re.findall(r"<li>(.*?)</li>", each)]
    return {text_of(line): (re.findall(r'href="([^"]+)"', line) or [""])[0].replace("&amp;", "&") for line in lines}


def test_links_that_combine_conditions_count_exactly_what_their_list_shows(client, case):
    like = {"treatments": ["injection/other-injection"], "body_parts": ["lumbar-spine"]}
    for number, outcome, guideline in ((2, "overturned", "odg-low-back"), (3, "overturned", "odg-knee"), (4, "", "")):
        guidelines = [guideline] if guideline else []
        add_determination(f"CM16-000000{number}", items=[ItemRow("Block", outcome, guidelines=guidelines, **like)] * 2)
    links = combinations(page_of(client))
    assert [*links] == [
        "Other injection, lumbar spine, overturned under Odg low back: 3 items",
        "Other injection, lumbar spine, overturned: 5 items",
        "Other injection, lumbar spine, upheld: 0 items",
    ]
    for text, link in links.items():
        if link:
            assert f"{text.rpartition(': ')[2].split()[0]} disputed items" in text_of(page_of(client, link))


def corrected(case, field, parsed, value, item=None, reason=""):
    when = datetime(2026, 3, 5, 20, tzinfo=UTC)
    said = {"reason": reason, "made_by": "somebody", "made_at": when}
    Correction.objects.create(determination=case, item=item, field=field, parsed=parsed, value=value, **said)


def test_a_corrected_value_says_so_with_what_was_read(client, case):
    corrected(case, "worker_age", 44, 36, reason="The summary says 36.")
    corrected(case, "decision_date", "", "2014-08-05")
    corrected(case, "states", ["California"], ["California", "Nevada"])
    corrected(case, "item", None, {"description": "A cane"}, item=9)
    corrected(case, "outcome", "upheld", "overturned", item=1)
    corrected(case, "treatments", [["surgery", "fusion"]], [["injection/other-injection", "block"]], item=1)
    corrected(case, "quantity", 3, 5, item=0)
    html = page_of(client)
    section = html[html.index('id="corrected"') : html.index("</section>", html.index('id="corrected"'))]
    assert [text_of(line) for line in re.findall("<li[^>]*>(.*?)</li>", section)] == [
        "decision date: not stated →corrected to 5 Aug 2014, 5 Mar 2026",
        "reviewer’s licence states: California →corrected to California, Nevada, 5 Mar 2026",
        "worker’s age: 44 →corrected to 36, 5 Mar 2026. The summary says 36.",
        "item 1, outcome: Upheld →corrected to Overturned, 5 Mar 2026",
        "item 1, treatments: fusion →corrected to Other injection, 5 Mar 2026",
        "item 9: no item →corrected to A cane, 5 Mar 2026",
    ]
    assert "somebody" not in html
    assert facts_of(html, "header-facts")["Worker"] == "36 years corrected · female"


def test_the_words_behind_a_corrected_value_are_not_taken_for_its_proof(client, case):
    corrected(case, "worker_age", 44, 36, reason="The summary says 36.")
    note = "Corrected on 5 Mar 2026 from 44 to 36. The summary says 36. The words here are what the letter prints."
    address = "/determinations/CM14-0000001/"
    assert note in text_of(page_of(client, f"{address}?at=worker.age", **{"HX-Request": "true"}))
    assert note not in text_of(page_of(client, f"{address}?at=items.0.rationale", **{"HX-Request": "true"}))


def test_a_determination_without_corrections_says_nothing_of_them(client, case):
    assert "orrected" not in text_of(page_of(client))
