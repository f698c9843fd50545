"""The list page, as a reader's browser gets it."""

import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.views.defaults import page_not_found, permission_denied, server_error

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.web.question.parameters import USUAL_COLUMNS

pytestmark = pytest.mark.django_db


def page_of(client, question="", **headers):
    response = client.get(f"/determinations/{question}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def headline(html):
    return text_of(re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)[1]).strip()


def cases(html):
    return re.findall(r'<h2 id="case-\d+"><a[^>]*>([^<]+)</a>', html)


def fill(count, **columns):
    for number in range(count):
        add_determination(f"CM14-{number:07d}", items=[ItemRow(f"Request {number}")], **columns)


def test_the_headline_counts_items_and_determinations(client):
    add_determination("CM14-0000001", items=[ItemRow("A", "overturned"), ItemRow("B"), ItemRow("C")])
    add_determination("CM14-0000002", items=[ItemRow("D")])
    assert headline(page_of(client)) == "4 disputed items in 2 determinations"
    assert headline(page_of(client, "?outcome=overturned")) == "1 disputed item in 1 determination"
    assert headline(page_of(client, "?q=absent")) == "0 disputed items in 0 determinations"


def test_an_empty_archive_says_how_to_add_letters(client):
    html = page_of(client)
    assert "python manage.py ingest" in html
    assert client.get("/").status_code == 200


def test_a_result_shows_its_matching_items_and_counts_the_others(client):
    add_determination(
        "CM14-0000001",
        decided=date(2014, 8, 5),
        boards=["Orthopedic Surgery"],
        items=[
            ItemRow(
                "Bone scan",
                "overturned",
                treatments=["diagnostic-testing/imaging"],
                body_parts=["knee"],
                guidelines=["odg-knee"],
                rationale="An <old> fusion asks for a bone scan.",
            ),
            ItemRow("Walker"),
            ItemRow("Cane"),
        ],
    )
    html = page_of(client, "?q=scans+fusion")
    shown = text_of(html)
    assert "decided 5 Aug 2014" in shown
    assert "Orthopedic Surgery · California" in shown
    assert "Diagnostic testing › Imaging Knee reviewer: Odg knee administrator: none cited" in shown
    assert "An &lt;old&gt; <mark>fusion</mark> asks for a bone <mark>scan</mark>." in html
    assert "2 more items, all upheld" in shown
    assert "Walker" not in shown
    assert 'href="/determinations/CM14-0000001/?q=scans+fusion"' in html


def test_a_snippet_says_when_it_is_not_from_the_rationale(client):
    add_determination("CM14-0000001", items=[ItemRow("A", rationale="None.")], summary="He had a laminectomy.")
    html = page_of(client, "?q=laminectomy&scope=letter")
    assert "clinical summary:" in text_of(html)
    assert "<mark>laminectomy</mark>" in html


def test_what_the_summary_says_is_shown_once_not_under_each_item(client):
    items = [ItemRow("A", rationale="One."), ItemRow("B", rationale="Two.")]
    add_determination("CM14-0000001", items=items, summary="He had a laminectomy.")
    html = page_of(client, "?q=laminectomy&scope=letter")
    assert html.count("<mark>laminectomy</mark>") == 1
    assert "Two." in html


def test_a_letter_of_many_matching_items_shows_the_first_and_counts_the_rest(client):
    items = [ItemRow(f"Request {number}", "overturned" if number > 6 else "upheld") for number in range(1, 10)]
    add_determination("CM14-0000001", items=items)
    shown = text_of(page_of(client, "?q=request&show=determinations&sort=newest"))
    assert "Request 5" in shown
    assert "Request 6" not in shown
    assert "4 more items, 1 upheld and 3 overturned" in shown


def test_chips_say_the_question_in_words_and_go_away_one_by_one(client):
    add_determination("CM14-0000001", items=[ItemRow("Bone scan", treatments=["diagnostic-testing/imaging"])])
    html = page_of(client, "?q=scan&treatment=diagnostic-testing/imaging&page=1")
    chips = re.search(r'<ul class="chips".*?</ul>', html, re.S)[0]
    assert text_of(chips).strip() == "words scan ×, remove treatment Imaging ×, remove About Imaging Clear all"
    assert re.findall(r'href="([^"]*)"', chips) == [
        "/determinations/?treatment=diagnostic-testing/imaging",
        "/determinations/?q=scan",
        "/treatments/diagnostic-testing/imaging/?q=scan",
        "/determinations/",
    ]


def test_letters_are_listed_newest_first_and_those_without_a_date_last(client):
    fill(1)
    add_determination("CM15-0000001", items=[ItemRow("A")], decided=date(2015, 1, 1))
    add_determination("CM15-0000002", items=[ItemRow("A")], decided=date(2016, 1, 1))
    add_determination("CM15-0000003", items=[ItemRow("A")], decided=date(2016, 1, 1))
    newest = ["CM15-0000003", "CM15-0000002", "CM15-0000001", "CM14-0000000"]
    assert cases(page_of(client)) == newest
    assert cases(page_of(client, "?sort=newest")) == newest
    assert cases(page_of(client, "?sort=oldest")) == ["CM15-0000001", "CM15-0000002", "CM15-0000003", "CM14-0000000"]


def test_with_words_the_best_match_comes_first(client):
    add_determination("CM14-0000001", items=[ItemRow("Laminectomy", rationale="A laminectomy.")])
    add_determination("CM14-0000002", items=[ItemRow("Walker", rationale=f"After a laminectomy. {'Much else. ' * 40}")])
    assert cases(page_of(client, "?q=laminectomy")) == ["CM14-0000001", "CM14-0000002"]
    assert cases(page_of(client, "?q=laminectomy&sort=newest")) == ["CM14-0000002", "CM14-0000001"]


@pytest.mark.parametrize("question", ["?", "?q=request"])
def test_pages_show_each_determination_once(client, question):
    fill(60)
    pages = [cases(page_of(client, f"{question}&page={number}")) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len(set().union(*pages)) == 60


@pytest.mark.parametrize("question", ["?page=4", "?q=request&page=999999999"])
def test_past_the_end_the_last_page_is_shown_and_said(client, question):
    fill(60)
    html = page_of(client, question)
    assert len(cases(html)) == 10
    assert "this is the last one" in text_of(html)


def test_where_nothing_is_found_nothing_is_said_of_pages_and_the_filters_stay(client):
    fill(1)
    html = page_of(client, "?q=absent&page=4")
    assert "this is the last one" not in html
    assert "Nothing matches all of this" in html
    assert re.search(r'type="checkbox" name="outcome" value="upheld">', html)


@pytest.mark.parametrize(
    "question",
    [
        "?page=x",
        "?page=-1",
        "?page=",
        "?sort=x",
        "?treatment=x",
        "?treatment=%00",
        "?q=%00",
        "?q=%ff%fe",
        "?q=%22",
        "?q=%27%3B--",
        "?q=*",
        "?q=NOT",
        "?q=-",
        "?q=OR+OR",
        "?q=-request",
        "?year=abc",
        "?year=0000",
        "?year=99999",
        "?age=12",
        "?sex=f",
        "?sort=relevance",
        "?outcome=upheld&outcome=nonsense",
        "?q=" + "a+" * 400,
        "?&&=&=x",
        "?at=%00",
    ],
)
def test_no_query_string_breaks_the_page(client, question):
    fill(2)
    page_of(client, question)


def test_a_bad_value_is_named_and_finds_nothing(client):
    fill(2)
    html = page_of(client, "?treatment=<b>x</b>&sort=odd")
    assert headline(html) == "0 disputed items in 0 determinations"
    assert "Treatment: there is no value “&lt;b&gt;x&lt;/b&gt;”." in html
    assert "no order named “odd”" in html


def test_a_case_number_typed_as_words_leads_to_the_case(client):
    fill(1)
    assert 'href="/determinations/CM14-0000000/"' in page_of(client, "?q=cm14-0000000")
    assert "is in the archive" not in page_of(client, "?q=CM14-9999999")


def test_htmx_gets_the_region_with_title_search_box_and_announcement(client):
    fill(1)
    response = client.get("/determinations/?q=request", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert text_of(html).strip().startswith("request · Determinations · IMR Archive")
    assert headline(html) == "1 disputed item in 1 determination"
    assert re.search(r'<form id="search"[^>]*hx-swap-oob="true"', html)
    assert re.search(r'<p id="announcement"[^>]*>1 disputed item in 1 determination\s*</p>', html)
    assert "HX-Request" in response.headers["Vary"]


def test_htmx_is_told_the_one_address_of_the_question(client):
    response = client.get("/determinations/?sex=F&q=+a&treatment=surgery%2Fspine", headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == "/determinations/?q=a&treatment=surgery/spine&sex=F"


def test_going_back_to_a_lost_page_gets_the_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in page_of(client, "", **headers)


def test_the_search_box_keeps_the_filters_and_starts_from_the_first_page(client):
    fill(30)
    form = re.search(r"<form.*?</form>", page_of(client, "?q=request&outcome=upheld&page=2"), re.S)[0]
    assert re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', form) == [("q", "request"), ("outcome", "upheld")]


def test_only_staff_are_shown_the_way_to_the_admin(client):
    assert "/admin/" not in page_of(client)
    client.force_login(get_user_model().objects.create_user("clerk", is_staff=True))
    assert 'href="/admin/"' in page_of(client)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?q=request",
        "?q=request&treatment=surgery&outcome=upheld&specialty=a&year=2014",
        "?view=table&year_from=2013&values=rate",
        "?view=table&show=determinations",
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_archive(client, question):
    def add(first, last):
        for number in range(first, last):
            row = ItemRow("Request", treatments=["surgery/spine"], body_parts=["knee"], guidelines=["odg-knee"])
            add_determination(f"CM14-{number:07d}", items=[row, row], boards=["A"], decided=date(2014, 1, 1))

    counts = []
    for first, last in ((0, 1), (1, 30)):
        add(first, last)
        # The first page after a change reads what changed; the next ones ask for their rows alone.
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                page_of(client, question)
            counts.append(len(queries))
    reading, settled = counts[:2]
    assert counts[2:] == [reading, settled]
    assert reading <= 60
    assert settled <= 10


@pytest.mark.parametrize("page", ["?page=2", "?q=request&page=2", "?show=determinations&page=2", "?sort=items&page=2"])
def test_no_page_is_found_by_skipping_rows_or_by_counting_them(client, page):
    fill(60)
    page_of(client)  # reads the index
    with CaptureQueriesContext(connection) as queries:
        assert "CM" in text_of(page_of(client, page))
    asked = " ".join(query["sql"].upper() for query in queries)
    assert "SELECT" in asked
    # The log of changes alone is counted, which is kept short.
    assert not re.search(r"OFFSET [1-9]|DISTINCT|COUNT\((?!\*\) FROM IMR_ARCHIVE_INDEXCHANGE)", asked)


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/robots.txt", "/help/", "/"])
def test_the_small_pages_answer(client, address):
    assert client.get(address).status_code == 200


def test_the_health_check_asks_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


@pytest.mark.parametrize("address", ["/determinations/", "/help/"])
def test_pages_are_read_only(client, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("view", [server_error, permission_denied, page_not_found])
def test_error_pages_are_in_style_and_need_no_context(rf, view):
    arguments = () if view is server_error else (PermissionError("no"),)
    html = view(rf.get("/"), *arguments).content.decode()
    assert '<form id="search"' in html
    assert "PermissionError" not in html


def test_pages_carry_the_strict_policy(client):
    policy = client.get("/determinations/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_words_are_widened_by_what_means_the_same_unless_they_are_to_be_exact(client):
    add_determination("CM16-0000001", items=[ItemRow("Physical therapy, 6 visits")])
    add_determination("CM16-0000002", items=[ItemRow("PT evaluation")])
    widened = page_of(client, "?q=PT")
    assert set(cases(widened)) == {"CM16-0000001", "CM16-0000002"}
    assert "Also searched: physical therapy" in text_of(widened)
    assert 'href="/determinations/?q=PT&amp;exact=1"' in widened
    exact = page_of(client, "?q=PT&exact=1")
    assert cases(exact) == ["CM16-0000002"]
    assert "Only the words as typed are searched." in text_of(exact)


def test_the_page_says_how_a_question_was_read(client):
    add_determination("CM16-0000001", items=[ItemRow("Bone scan")])
    assert "Read as bone AND scan" in text_of(page_of(client, "?q=bone+scan"))
    assert "Read as" not in page_of(client, "?q=bone")


def test_the_rate_is_printed_with_its_numbers_beside_that_of_everything(client):
    for number in range(40):
        items = [ItemRow("Scan", "overturned" if number < 4 else "upheld"), ItemRow("Cane", of_men(number))]
        add_determination(f"CM14-{number:07d}", sex="F" if number < 30 else "M", items=items)
    whole = text_of(page_of(client))
    assert "14 of 80 overturned 17.5 % 95 % interval" in whole
    assert "all items" not in whole
    shown = text_of(page_of(client, "?sex=F&outcome=overturned"))
    assert "4 of 60 overturned, whatever the outcome chosen 6.7 % 95 % interval" in shown
    assert "all items 17.5 %" in shown
    few = text_of(page_of(client, "?sex=M"))
    assert "10 of 20 overturned too few to say 95 % interval" in few
    assert "50.0 %" not in few
    assert "the scale goes to 100" in few
    cases_shown = text_of(page_of(client, "?sex=F&show=determinations"))
    assert "4 of 30 determinations overturned in whole or in part 13.3" in cases_shown
    assert "all determinations 35.0 %" in cases_shown


def of_men(number):
    return "overturned" if number >= 30 else "upheld"


def rows(html):
    """The cells of each row, but for the first one, which has the button of the tray."""
    body = re.search(r"<tbody>.*?</tbody>", html, re.S)[0]
    return [
        [text_of(cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)[1:]]
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)
    ]


def add_for_the_table():
    items = [
        ItemRow(
            "MRI of the knee",
            "overturned",
            treatments=["diagnostic-testing/imaging"],
            body_parts=["knee"],
            guidelines=[Cited("odg-knee", section="MRI")],
            basis="non_mtus",
        ),
        ItemRow("Cane", body_parts=["knee"]),
    ]
    add_determination("CM14-0000001", decided=date(2014, 8, 5), boards=["Orthopedic Surgery"], items=items)


def test_the_table_has_a_row_for_each_item(client):
    add_for_the_table()
    html = page_of(client, "?view=table&sort=oldest")
    assert rows(html) == [
        [
            *("Overturned", "MRI of the knee", "Imaging", "Odg knee, MRI", "Other guidelines only"),
            *("Orthopedic Surgery", "5 Aug 2014", "CM14-0000001"),
        ],
        [
            "Upheld",
            "Cane",
            "– not stated",
            "– not stated",
            "None cited",
            "Orthopedic Surgery",
            "5 Aug 2014",
            "CM14-0000001",
        ],
    ]
    assert 'href="/determinations/CM14-0000001/?sort=oldest&amp;view=table#item-1"' in html


def test_the_columns_of_the_table_are_chosen_and_kept_for_downloads(client):
    add_for_the_table()
    question = "?view=table&columns=case&columns=body_part"
    html = page_of(client, question)
    assert re.findall(r'<th scope="col">([^<]+)</th>', html) == ["Body part", "Case"]
    assert rows(html)[0] == ["Knee", "CM14-0000001"]
    chosen = "?view=table&amp;columns=body_part&amp;columns=case"
    assert f'href="/disputed-items.csv{chosen}"' in html
    usual = "&".join(f"columns={column}" for column in USUAL_COLUMNS)
    assert client.get(f"/determinations/?view=table&{usual}").context["page"].question.query_string == "?view=table"
    assert "There is no column “colour”." in page_of(client, "?view=table&columns=colour")


def test_a_row_of_the_table_may_be_a_determination(client):
    add_for_the_table()
    html = page_of(client, "?view=table&show=determinations&columns=outcome&columns=request&columns=body_part")
    assert rows(html) == [["Partly overturned", "MRI of the knee; Cane", "Knee"]]


def test_a_page_of_the_table_has_fifty_rows(client):
    fill(60)
    assert len(rows(page_of(client, "?view=table"))) == 50
    assert len(rows(page_of(client, "?view=table&page=2"))) == 10


def test_determinations_as_the_unit_are_listed_each_with_its_outcome_and_requests(client):
    add_for_the_table()
    add_determination("CM14-0000002", items=[ItemRow("Walker"), ItemRow("Brace")])
    html = page_of(client, "?show=determinations&sort=oldest")
    assert headline(html) == "2 determinations with 4 disputed items"
    first, second = re.findall(r"<article.*?</article>", html, re.S)
    assert re.findall(r'class="badge[^>]*>([^<]+)<', first) == ["Partly overturned", "Overturned", "Upheld"]
    # What all its items have in common is said once.
    assert re.findall(r'class="badge[^>]*>([^<]+)<', second) == ["Upheld"]
    assert "Walker" in second


def test_all_results_can_be_taken_away_by_links_above_them(client):
    fill(2, sex="F")
    html = page_of(client, "?sex=F")
    for path in ("/disputed-items.csv", "/disputed-items.ndjson", "/api/v1/items/"):
        assert f'href="{path}?sex=F"' in html
    assert "All 1" not in page_of(client, "?q=request+1")
