"""How a question was read is said in numbers; where nothing answers it, the page says what to drop or was meant."""

import re
from html import unescape

import pytest
from django.http import QueryDict

from devtools.testing.archive import ItemRow, add_determination
from imr_archive.search.query.tree import Scope
from imr_archive.web.question.search import search_of
from imr_archive.web.results.alternatives import alternatives
from imr_archive.web.results.explanation import leaf_counts, other_scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _archive():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("Bone scan", "upheld", rationale="A fusion is planned."),
            ItemRow("Tramadol 50 mg", "overturned", rationale="Pain is severe after the fusion."),
        ],
    )
    add_determination(
        "CM14-0000002", items=[ItemRow("Bone density scan", "upheld", rationale="No surgery is planned.")]
    )


def asked(query_string):
    return search_of(QueryDict(query_string))


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def counted(query_string):
    return {(leaf.printed, leaf.is_negated): leaf.count for leaf in leaf_counts(asked(query_string))}


def offered(query_string):
    return {(each.change, each.label, each.count) for each in alternatives(asked(query_string))}


def test_each_leaf_has_its_own_count():
    assert counted("q=scan+-fusion") == {("scan", False): 2, ("fusion", True): 2}


def test_of_a_long_question_every_leaf_has_its_count():
    words = [f"word{number}" for number in range(30)]
    assert counted(f"q={'+OR+'.join(['scan', *words])}") == {(word, False): 0 for word in words} | {("scan", False): 2}


def test_the_filters_hold_for_a_leafs_count():
    assert counted("q=scan+fusion&outcome=overturned") == {("scan", False): 0, ("fusion", False): 1}


def test_a_leaf_is_counted_in_the_unit_of_the_page():
    assert counted("q=scan+OR+fusion&show=determinations") == {("scan", False): 2, ("fusion", False): 1}


def test_a_question_of_one_word_needs_no_explanation():
    assert counted("q=scan") == {}


def test_what_the_thesaurus_added_is_counted_with_its_leaf():
    (leaf, _) = leaf_counts(asked("q=ultram+pain&exact=1"))
    assert leaf.also == ()
    widened = next(leaf for leaf in leaf_counts(asked("q=ultram+pain")) if leaf.printed == "ultram")
    assert "tramadol" in widened.also
    assert widened.count == 1


def test_nothing_found_offers_to_drop_a_leaf_or_a_filter():
    assert offered("q=scan+severe") == {("Without", "severe", 2), ("Without", "scan", 1)}
    assert offered("q=severe&outcome=upheld") == {("Without", "severe", 2), ("Without", "outcome Upheld", 1)}


def test_a_misspelled_word_leads_to_the_word_that_was_meant():
    assert ("Did you mean", "bone density", 1) in offered("q=bone+densitty")
    assert ("Did you mean", "tramadol", 1) in offered("q=tramodol")


def test_several_misspelled_words_are_corrected_together():
    assert offered("q=bonne+densitty") >= {("Did you mean", "bone density", 1)}


def test_where_nothing_else_helps_a_word_is_offered_alone():
    assert offered("q=scan+xyzzy+plugh") == {("Only", "scan", 2)}


def test_a_word_that_is_in_the_archive_is_not_corrected():
    assert all(change == "Without" for change, _, _ in offered("q=bone+severe"))


def test_a_suggestion_leads_to_what_it_promises():
    for alternative in alternatives(asked("q=bone+densitty+-fusion&outcome=upheld")):
        search = asked(alternative.url.removeprefix("?"))
        assert search.selection.size(search.question.show) == alternative.count


def test_the_page_shows_counts_and_alternatives(client):
    page = client.get("/determinations/", {"q": "scan severe"}).content.decode()
    assert "Nothing matches all of this" in page
    assert ">severe</a>: <b>2</b> items" in page
    page = client.get("/determinations/", {"q": "bone fusion"}).content.decode()
    assert "<code>fusion</code> <b>2</b>" in page


@pytest.fixture
def _summaries():
    items = [ItemRow("Injection", "upheld"), ItemRow("Brace", "overturned")]
    add_determination("CM14-0000003", items=items, summary="The laminectomy failed, says the scan.")
    add_determination("CM14-0000004", items=[ItemRow("Laminectomy", "upheld")], summary="Pain.")


@pytest.mark.usefixtures("_summaries")
def test_words_are_looked_for_in_the_item_and_the_summary_is_offered_with_its_count(client):
    assert asked("q=laminectomy").selection.size() == 1
    other = other_scope(asked("q=laminectomy"))
    assert (other.scope, other.count, other.url) == (Scope.LETTER, 3, "?q=laminectomy&scope=letter")
    shown = text_of(client.get("/determinations/?q=laminectomy").content.decode())
    assert "Also in the letter’s summary: 3 items in letters that contain these words" in shown
    assert "1 disputed item in 1 determination" in shown
    by_letter = text_of(client.get("/determinations/?q=laminectomy&show=determinations").content.decode())
    assert "Also in the letter’s summary: 2 determinations that contain these words" in by_letter


@pytest.mark.usefixtures("_summaries")
def test_the_headline_and_the_rate_name_the_widening(client):
    answer = client.get("/determinations/?q=laminectomy&scope=letter")
    shown = text_of(answer.content.decode())
    assert "3 disputed items in 2 determinations that contain these words" in shown
    assert "1 of 3 overturned, of items in letters that contain these words" in shown
    assert "Only in the item: 1" in shown
    assert answer.context["page"].other_scope.url == "?q=laminectomy"
    narrow = text_of(client.get("/determinations/?q=laminectomy").content.decode())
    assert "that contain these words" not in narrow.replace("in letters that contain these words", "")


@pytest.mark.usefixtures("_summaries")
@pytest.mark.parametrize("question", ["q=laminectomy+in:summary", "q=brace", "q=case:CM14-0000003", "outcome=upheld"])
def test_no_widening_is_offered_where_it_finds_nothing_more(question):
    assert other_scope(asked(question)) is None


@pytest.mark.usefixtures("_summaries")
def test_the_scope_is_the_same_in_the_api_and_goes_with_the_words(client):
    assert client.get("/api/v1/items/?q=laminectomy").json()["found"]["items"] == 1
    answer = client.get("/api/v1/items/?q=laminectomy&scope=letter").json()
    assert (answer["found"]["items"], answer["scope"]) == (3, "letter")
    assert client.get("/api/v1/items/?q=laminectomy+in:summary").json()["found"]["items"] == 2
    assert client.get("/api/v1/items/?q=laminectomy&scope=page").status_code == 400
    assert asked("scope=letter").question.scope is Scope.ITEM
    assert asked("q=a&scope=letter").question.without_words().scope is Scope.ITEM


@pytest.mark.usefixtures("_summaries")
def test_a_misspelt_word_is_corrected_by_words_of_the_scope():
    assert ("Did you mean", "laminectomy", 1) in offered("q=laminectony")
    assert ("Did you mean", "laminectomy", 3) in offered("q=laminectony&scope=letter")
    assert {leaf.sections for leaf in leaf_counts(asked("q=scan+fusion"))} == {()}


@pytest.mark.parametrize(
    "typed", ['"CM14-0000002"', "CM14-0000002.", "CM14–0000002", "CM14 0000002", "Case Number CM14-0000002", "0000002"]
)
def test_a_case_is_found_and_named_by_its_number_in_any_printed_form(client, typed):
    page = client.get("/determinations/", {"q": typed}).context["page"]
    assert (str(page.named_case), page.totals["items"]) == ("CM14-0000002", 1)
    assert client.get("/api/v1/items/", {"q": typed}).json()["found"] == {"items": 1, "determinations": 1}
