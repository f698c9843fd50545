"""Comparable decisions on pages and in the API, and two items side by side."""

from __future__ import annotations

import re
from datetime import date

import pytest

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.analytics.comparable.nearest import ComparableMatch
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.vocabulary import Outcome, WithdrawalScope
from imr_archive.web.comparables.why import why

pytestmark = pytest.mark.django_db

OWN, OTHER = "CM14-0000001-1", "CM15-0000002-1"
GUIDELINE = "The guideline asks for radicular pain and failed conservative care."


def injection(outcome, rationale, **rest):
    about = {"treatments": ["injection/facet"], "body_parts": ["lumbar-spine"]}
    cited = [Cited("odg-low-back", "Facet blocks", year=2014)]
    return ItemRow("Facet block, left L4-5", outcome, guidelines=cited, rationale=rationale, **{**about, **rest})


@pytest.fixture
def archive(db):
    add_determination(
        "CM14-0000001",
        decided=date(2014, 8, 5),
        boards=["Neurology"],
        items=[injection("upheld", f"{GUIDELINE} No <relief> was documented.", reasons=["no-benefit-shown"])],
    )
    reasons = ["benefit-shown"]
    for number in range(2, 7):
        text = f"{GUIDELINE} Relief lasted for {'many ' * number}months."
        items = [injection("overturned", text, reasons=reasons), ItemRow("Walker", "upheld")]
        add_determination(f"CM15-000000{number}", decided=date(2015, 1, number), items=items)
    add_determination("CM16-0000009", items=[injection("upheld", "Nothing of this kind was tried before.")])


def content(client, address, status=200, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("&nbsp;", " ")))


def test_an_items_page_links_to_its_comparables_and_loads_them_with_scripts(client, archive):
    page = content(client, "/determinations/CM14-0000001/")
    address = f"/comparable/{OWN}/"
    assert f'<a href="{address}">' in page
    assert f'hx-get="{address}"' in page
    fragment = content(client, address, **{"HX-Request": "true"})
    assert "<html" not in fragment
    assert "<html" in content(client, address)


def test_comparables_say_the_mix_and_why_each_is_comparable(client, archive):
    shown = text_of(content(client, f"/comparable/{OWN}/"))
    assert "Of the 6 nearest decisions, 5 were overturned: too few to say, 95 % interval" in shown
    same = "Same request, treatment, level, body part and section"
    assert f"{same}; differs: there, benefit shown so far; here, no benefit shown so far" in shown
    assert shown.count("Compare item 1 with CM15-") == 3
    assert shown.count("Compare item 1 with CM16-") == 1
    assert "Found among 6 decisions of other letters" in shown


def test_the_api_has_the_numbers_of_the_page(client, archive):
    page = client.get(f"/comparable/{OWN}/").context["page"]
    answer = client.get("/api/v1/comparables/", {"item": OWN}).json()
    assert (answer["rate"]["overturned"], answer["rate"]["of"]) == (page.rate.part, page.rate.whole) == (5, 6)
    assert answer["rate"]["interval"] == [*page.rate.interval]
    assert (answer["compared"], answer["nearest"]) == (page.compared, page.nearest)
    for outcome, rows in page.sides:
        shown = answer[outcome.value]
        assert [(each["item"], each["why"]) for each in shown] == [(row.reference, row.why) for row in rows]
        assert all(
            client.get(each["compare_url"].removeprefix("http://testserver")).status_code == 200 for each in shown
        )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "missing-parameter"),
        ("?item=", 400, "missing-parameter"),
        (f"?item={OWN}&page=2", 400, "unknown-parameter"),
        ("?item=nonsense", 404, "not-found"),
        ("?item=CM14-0000001-7", 404, "not-found"),
        ("?item=CM14-0000001-99999", 404, "not-found"),
        ("?item=CM99-0000001-1", 404, "not-found"),
    ],
)
def test_the_api_says_what_is_wrong(client, archive, query, status, code):
    answer = client.get(f"/api/v1/comparables/{query}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_two_items_stand_side_by_side_with_what_differs_marked(client, archive):
    page = content(client, f"/compare/?a={OWN}&b={OTHER}")
    assert '<mark class="only"><span class="unseen">[only here: </span>No &lt;relief&gt; was documented.' in page
    shown = text_of(page)
    assert f"A: {GUIDELINE} [only here: No" in shown
    for label in ("Treatment", "Body part", "Expert reviewer’s guideline line", "Request"):
        assert f"{label} · same" in shown
    assert "A: Neurology B: not stated" in shown
    assert "A: 5 Aug 2014 B: 2 Jan 2015" in shown
    assert "A: No benefit shown so far: “Facet block, left L4-5” B: Benefit shown so far" in shown
    assert f'href="/comparable/{OTHER}/"' in page


def test_texts_with_nothing_in_common_are_not_marked_at_all(client, archive):
    page = content(client, f"/compare/?a={OWN}&b=CM16-0000009-1")
    assert "no passage of four words or more in common" in page
    assert "only here" not in page


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 200, "Name two disputed items"),
        (f"?a={OWN}", 200, "Name two disputed items"),
        (f"?a={OWN}&b=CM14-0000001-7", 404, "Determination “CM14-0000001” has no item 7."),
        (f"?a={OWN}&b=CM99-0000001-1", 404, "The archive has no determination “CM99-0000001”."),
        (f"?a={OWN}&b=%3Cb%3E", 404, "“&lt;b&gt;” names no item"),
        (f"?a={OWN}&b=-1%00", 404, "names no item"),
    ],
)
def test_a_comparison_without_two_items_asks_for_them(client, archive, query, status, sentence):
    page = content(client, f"/compare/{query}", status)
    assert sentence in page
    assert 'name="a"' in page


def test_a_withdrawn_determination_is_comparable_no_more(client, archive):
    reasons = {"reason": "A made-up request.", "public_reason": "At the request of the person concerned."}
    determination_withdraw(reference="CM15-0000002", scope=WithdrawalScope.HIDE, withdrawn_by="tests", **reasons)
    assert "CM15-0000002" not in content(client, f"/comparable/{OWN}/")
    assert client.get("/api/v1/comparables/", {"item": OWN}).json()["compared"] == 5
    for address in (f"/comparable/{OTHER}/", f"/compare/?a={OWN}&b={OTHER}", f"/compare/?a={OTHER}&b={OWN}"):
        assert "CM15-0000002 was withdrawn" in content(client, address, 410)
    answer = client.get("/api/v1/comparables/", {"item": OTHER})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (410, "withdrawn")


def test_crawlers_are_kept_out(client, archive):
    robots = content(client, "/robots.txt")
    assert "Disallow: /comparable/" in robots
    assert "Disallow: /compare/" in robots
    for address in (f"/comparable/{OWN}/", f"/compare/?a={OWN}&b={OTHER}"):
        response = client.get(address)
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_archive(client, archive, django_assert_max_num_queries):
    client.get(f"/comparable/{OWN}/")  # loads the snapshot
    for address, most in ((f"/comparable/{OTHER}/", 16), (f"/compare/?a={OWN}&b={OTHER}", 24)):
        with django_assert_max_num_queries(most):
            client.get(address)


def test_a_sentence_names_only_what_is_known():
    match = ComparableMatch(
        1, 1, Outcome.UPHELD, 4.0, ("kind of treatment",), same_request=False, same_levels=False, words=("emg",)
    )
    assert why(match, "An EMG.", [], []) == "Same kind of treatment; both rationales say “emg”; differs: another level"
