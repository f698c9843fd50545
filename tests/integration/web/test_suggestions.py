"""While one types, the field offers things before words, each with its count and its address."""

import pytest
from django.http import QueryDict

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.web.question.search import search_of
from imr_archive.web.suggestions import suggest
from imr_archive.web.suggestions.suggest import suggestions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _archive():
    epidural = Cited("odg-low-back", "Epidural steroid injections (ESIs)")
    items = [
        ItemRow("LESI", "upheld", treatments=["injection/epidural-steroid-injection"], guidelines=[epidural]),
        ItemRow("Norco", "overturned", treatments=["pharmaceuticals/opioid/hydrocodone"], body_parts=["lumbar-spine"]),
    ]
    add_determination("CM14-0000001", items=items, summary="A lumbar epidural helped.")
    add_determination("CM14-0000002", items=[ItemRow("LESI", treatments=["injection/epidural-steroid-injection"])])


def offered(query):
    return [(each.kind, each.label, each.count) for each in suggestions(search_of(QueryDict(query)))]


def test_things_come_before_words_each_with_its_count():
    assert offered("q=epidur") == [
        ("Treatment", "Injection › Epidural steroid injection", 2),
        ("Section", "ODG › Odg low back › Epidural steroid injections (ESIs)", 1),
        ("About the treatment", "Injection › Epidural steroid injection", None),
        ("About the section", "ODG › Odg low back › Epidural steroid injections (ESIs)", None),
        ("Words in the item", "epidur", 1),
        ("Words anywhere in the letter", "epidur", 2),
    ]


@pytest.mark.parametrize(
    ("typed", "kind", "label"),
    [
        ("norco", "Treatment", "Pharmaceuticals › Opioid › Hydrocodone"),
        ("LESI", "Treatment", "Injection › Epidural steroid injection"),
        ("odg", "Guideline", "ODG"),
        ("low back", "Guideline", "ODG › Odg low back"),
        ("spine lum", "Body part", "Lumbar spine"),
        ("Case Number CM14 0000002", "Case", "CM14-0000002"),
        ("0000002", "Case", "CM14-0000002"),
    ],
)
def test_things_are_offered_by_any_of_their_names(typed, kind, label):
    assert (kind, label) in [each[:2] for each in offered(f"q={typed}")]


def test_each_address_keeps_the_filters_and_finds_what_its_count_says():
    found = suggestions(search_of(QueryDict("q=epidur&outcome=upheld&show=determinations")))
    assert {each.kind for each in found} >= {"Treatment", "Section", "Words in the item"}
    for each in found:
        search = search_of(QueryDict(each.url.partition("?")[2]))
        assert search.question.values("outcome") == ("upheld",)
        if each.kind.startswith("About"):
            assert each.url.startswith(("/treatments/", "/guidelines/"))
            continue
        assert search.selection.size(search.question.show) == each.count, each


def test_a_single_letter_and_no_text_offer_nothing():
    assert offered("q=e") == offered("q=") == []


def test_words_are_not_counted_where_that_takes_long(monkeypatch):
    monkeypatch.setattr(suggest, "LARGE", 1)
    assert ("Words in the item", "epidur", None) in offered("q=epidur")


def test_the_field_and_the_api_are_answered_alike(client):
    part = client.get("/suggest/", {"q": "<b>epidur"}).content.decode()
    assert 'role="option"' in part
    assert "<b>epidur" not in part
    answer = client.get("/api/v1/suggestions/", {"q": "epidur"}).json()
    assert [(each["kind"], each["label"], each["count"]) for each in answer["suggestions"]] == offered("q=epidur")
    assert answer["suggestions"][0]["url"].startswith("http://testserver/determinations/?treatment=injection/")
    assert 'data-url="/suggest/"' in client.get("/determinations/").content.decode()


def test_a_value_is_offered_from_its_first_letter_on():
    assert offered("q=lumb")[0][:2] == ("Body part", "Lumbar spine")
    rebuild()
    assert ("Body part", "Knee", 1) not in offered("q=knee")
    add_determination("CM14-0000003", items=[ItemRow("Brace", body_parts=["knee"])])
    assert ("Body part", "Knee", 1) in offered("q=knee")
    add_determination("CM14-0000004", items=[ItemRow("Brace", body_parts=["knee"])])
    assert ("Body part", "Knee", 2) in offered("q=knee")
