"""Facet counts and filters against a count made in Python, item by item."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest
from django.http import QueryDict

from devtools.testing.archive import Cited, ItemRow, add_determination
from devtools.testing.random_archive import (
    all_values,
    found_by_hand,
    order_by_hand,
    random_archive,
    random_question,
    values_by_hand,
)
from imr_archive.models import Determination, DisputedItem, Guideline
from imr_archive.search.facets import selection
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import GuidelineSource
from imr_archive.web.facets.builder import build_facets
from imr_archive.web.facets.value_finder import find_values
from imr_archive.web.question.parameters import FACET_VARS
from imr_archive.web.question.search import search_of

pytestmark = pytest.mark.django_db

TREES = ("treatment", "guideline", "ca_guideline")


def is_in_sight(slug, chosen):
    """Whether a page shows a value of a tree: those at the top, and those below what is chosen."""
    above = slug.rpartition("/")[0]
    return not above or any(value == above or value.startswith(f"{above}/") for value in chosen)


@pytest.mark.parametrize("stored", ["nothing", "half", "everything", "everything, and half of it changed"])
@pytest.mark.parametrize("counted", ["by value", "by item"])
def test_lists_counts_and_facets_agree_with_a_count_by_hand(monkeypatch, counted, stored):
    if counted == "by item":  # as where many items lie scattered
        monkeypatch.setattr(selection, "_FEW_ITEMS", 0)
        monkeypatch.setattr(selection, "_LOOKED_UP", -1)
    cases = random_archive(seed=7, size=40, stored=stored)
    chance = random.Random(11)
    for _ in range(60):
        question = random_question(chance)
        search = search_of(QueryDict(question))
        found = found_by_hand(cases, search.question)
        assert search.selection.size(Unit.ITEMS) == len(found), question
        assert search.selection.size(Unit.DETERMINATIONS) == len({case.number for case, _ in found}), question
        for facet in build_facets(search):
            by_hand = Counter(
                value
                for value, _ in {
                    (value, case.number if search.question.show is Unit.DETERMINATIONS else place)
                    for place, (case, item) in enumerate(found_by_hand(cases, search.question, leave_out=[facet.name]))
                    for value in values_by_hand(case, item, facet.name)
                }
            )
            shown = {value.slug for value in all_values(facet.values)}
            chosen = set(search.question.values(facet.name))
            overturned = overturned_by_hand(cases, search.question, facet.name)
            for value in all_values(facet.values):
                assert value.count == by_hand[value.slug], (question, facet.name, value.slug)
                assert value.overturned == overturned[value.slug], (question, facet.name, value.slug)
                if by_hand:
                    may_be_zero = value.slug in chosen or facet.name in TREES
                    assert value.count or may_be_zero, "beside other values only what is chosen is shown at zero"
            in_sight = {slug for slug in by_hand if facet.name not in TREES or is_in_sight(slug, chosen)}
            assert in_sight | chosen <= shown, (question, facet.name)


def overturned_by_hand(cases, question, name):
    """How many items, or determinations with such an item, of each value were overturned."""
    return Counter(
        value
        for value, _ in {
            (value, case.number if question.show is Unit.DETERMINATIONS else place)
            for place, (case, item) in enumerate(found_by_hand(cases, question, leave_out=[name]))
            if item.outcome == "overturned"
            for value in values_by_hand(case, item, name)
        }
    )


@pytest.mark.parametrize("stored", ["nothing", "half", "everything", "everything, and half of it changed"])
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("unit", Unit)
def test_pages_are_pieces_of_the_order_made_by_hand(stored, order, unit):
    cases = random_archive(seed=3, size=30, stored=stored)
    keys = dict(Determination.objects.values_list("case_number", "pk"))
    items = dict_of_items()
    chance = random.Random(5)
    for _ in range(15):
        question = random_question(chance)
        search = search_of(QueryDict(question))
        found = [(case, case.items.index(item) + 1) for case, item in found_by_hand(cases, search.question)]
        found.sort(key=lambda each: order_by_hand(*each, order, keys))
        if unit is Unit.ITEMS:
            by_hand = [items[case.number, position] for case, position in found]
        else:
            by_hand = [*dict.fromkeys(keys[case.number] for case, _ in found)]
        pages = [search.selection.page(order, unit, offset=offset, limit=7) for offset in range(0, len(by_hand) + 7, 7)]
        assert [key for page in pages for key in page] == by_hand, question


def dict_of_items():
    rows = DisputedItem.objects.values_list("determination__case_number", "position", "pk")
    return {(number, position): key for number, position, key in rows}


def test_conditions_hold_for_one_and_the_same_item():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("Bone scan", "upheld", treatments=["diagnostic-testing/imaging"]),
            ItemRow("Physical therapy", "overturned", treatments=["rehabilitation/physical-occupational-therapy"]),
        ],
    )
    add_determination("CM14-0000002", items=[ItemRow("Bone scan", "overturned", body_parts=["knee"])])

    def found(question):
        items = DisputedItem.objects.filter(pk__in=search_of(QueryDict(question)).selection.item_keys())
        return list(items.values_list("determination__case_number", "position"))

    assert found("q=bone+scan&outcome=overturned") == [("CM14-0000002", 1)]
    assert found("treatment=diagnostic-testing&outcome=overturned") == []
    assert found("q=therapy+scan") == []
    assert found("case_outcome=partially_overturned&q=scan") == [("CM14-0000001", 1)]


def test_a_facets_counts_leave_out_its_own_filter_and_no_other():
    add_determination("CM14-0000001", sex="F", items=[ItemRow("A", "upheld"), ItemRow("B", "overturned")])
    add_determination("CM14-0000002", sex="M", items=[ItemRow("C", "upheld")])
    counts = facet_counts("outcome=upheld&sex=F")
    assert counts["outcome"] == {"upheld": 1, "overturned": 1}
    assert counts["sex"] == {"F": 1, "M": 1}
    assert counts["year"] == {UNKNOWN: 1}


def test_a_chosen_value_stays_in_sight_at_zero():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("A", "upheld", treatments=["surgery/spine"], guidelines=["odg-pain"]),
            ItemRow("B", "overturned", treatments=["injection/facet"]),
        ],
    )
    counts = facet_counts("outcome=overturned&guideline=odg/odg-pain&treatment=surgery/spine")
    assert counts["guideline"] == {"odg": 0, "odg/odg-pain": 0}
    # No value of this facet has items, so the archive's most frequent ones are kept at zero, too.
    assert counts["treatment"] == {"surgery": 0, "surgery/spine": 0, "injection": 0}
    assert counts["outcome"] == {"upheld": 1, "overturned": 0}


def test_the_next_level_opens_under_its_chosen_parent_only():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("A", treatments=["pharmaceuticals/opioid/tramadol"]),
            ItemRow("B", treatments=["surgery/spine"]),
        ],
    )
    assert facet_counts("")["treatment"] == {"pharmaceuticals": 1, "surgery": 1}
    assert facet_counts("treatment=surgery")["treatment"] == {"pharmaceuticals": 1, "surgery": 1, "surgery/spine": 1}
    opened = facet("treatment", "treatment=pharmaceuticals/opioid/tramadol")
    parent = next(value for value in opened.values.shown if value.slug == "pharmaceuticals")
    child = parent.parts.shown[0]
    assert (parent.selected, parent.partly, child.selected, child.partly) == (False, True, False, True)
    assert child.parts.shown[0].selected
    assert child.toggle_url == "?treatment=pharmaceuticals/opioid"
    assert child.parts.shown[0].toggle_url == ""


def test_an_item_of_several_parts_of_one_treatment_counts_once_for_it():
    add_determination("CM14-0000001", items=[ItemRow("A", treatments=["surgery/spine", "surgery/arthroscopic"])])
    assert facet_counts("treatment=surgery")["treatment"] == {
        "surgery": 1,
        "surgery/arthroscopic": 1,
        "surgery/spine": 1,
    }


def test_a_long_facet_shows_ten_values_the_chosen_first_folds_ten_and_counts_the_rest():
    for number in range(70):
        add_determination(None, items=[ItemRow("A", body_parts=[f"part-{number:02d}"])])
    values = facet("body_part", "body_part=part-69").values
    assert values.shown[0].slug == "part-69"
    assert (len(values.shown), len(values.folded), values.left_out) == (10, 10, 50)


def test_a_single_value_more_is_not_folded_away():
    for number in range(11):
        add_determination(None, items=[ItemRow("A", body_parts=[f"part-{number:02d}"])])
    values = facet("body_part", "").values
    assert (len(values.shown), len(values.folded), values.left_out) == (11, 0, 0)


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda each: each.name)
@pytest.mark.parametrize("value", ["no-such-value", "a\x00b", "%", "'; --", "é", "x" * 5000, "9999999999", "a/b/c/d"])
def test_a_value_that_does_not_exist_is_a_sentence_and_finds_nothing(dimension, value):
    add_determination("CM14-0000001", items=[ItemRow("A")])
    query = QueryDict(mutable=True)
    query[dimension.name] = value
    search = search_of(query)
    assert search.selection.size() == 0
    assert len(search.unknown_values) == 1
    assert search.unknown_values[0].startswith(dimension.title)
    build_facets(search)


def test_a_value_that_does_not_exist_changes_nothing_beside_one_that_does():
    add_determination("CM14-0000001", items=[ItemRow("A", "upheld"), ItemRow("B", "overturned")])
    search = search_of(QueryDict("outcome=upheld&outcome=nonsense"))
    assert search.selection.size() == 1
    assert len(search.unknown_values) == 1


def test_a_search_that_asks_for_nothing_has_everything():
    add_determination("CM14-0000001", items=[ItemRow("A"), ItemRow("B")])
    keys = search_of(QueryDict("q=&treatment=")).selection.item_keys()
    assert sorted(keys) == sorted(DisputedItem.objects.values_list("pk", flat=True))


def facet(name, question):
    return next(each for each in build_facets(search_of(QueryDict(question))) if each.name == name)


def facet_counts(question):
    return {
        name: {value.slug: value.count for value in all_values(facet(name, question).values)} for name in FACET_VARS
    }


def test_values_are_found_by_their_names_at_any_level_with_their_counts():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("A", "upheld", treatments=["pharmaceuticals/opioid/tramadol"]),
            ItemRow("B", "overturned", treatments=["pharmaceuticals/opioid/tramadol", "surgery/spine"]),
        ],
    )
    search = search_of(QueryDict("outcome=upheld"))
    found = find_values(search, "treatment", "TRAM")
    (value,) = found.values.shown
    assert (value.slug, value.count) == ("pharmaceuticals/opioid/tramadol", 1)
    assert value.toggle_url == "?treatment=pharmaceuticals/opioid/tramadol&outcome=upheld"
    nothing = find_values(search, "treatment", "spine")
    assert nothing.values.shown == ()


def test_a_facet_can_be_searched_without_scripts_and_with_them(client):
    add_determination("CM14-0000001", items=[ItemRow("A", body_parts=["knee"]), ItemRow("B", body_parts=["neck"])])
    page = client.get("/facets/body_part/", {"within": "kn", "outcome": ""})
    assert page.status_code == 200
    assert 'href="/determinations/?body_part=knee"' in page.content.decode()
    assert "body_part=neck" not in page.content.decode()
    part = client.get("/facets/body_part/", {"within": "kn"}, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="found-body_part"')
    assert 'type="checkbox" name="body_part" value="knee"' in part
    assert "No value" in client.get("/facets/body_part/", {"within": "zzz"}).content.decode()
    assert client.get("/facets/nonsense/").status_code == 404


def test_values_are_found_by_their_other_names():
    items = [
        ItemRow("A", treatments=["pharmaceuticals/opioid/hydrocodone"], guidelines=["low-back-disorders"]),
        ItemRow("B", treatments=["injection/epidural-steroid-injection"], guidelines=["odg-low-back"]),
    ]
    add_determination("CM14-0000001", items=items)
    Guideline.objects.filter(slug="low-back-disorders").update(source=GuidelineSource.MTUS_ACOEM)

    def found(name, within):
        return [value.slug for value in find_values(search_of(QueryDict("")), name, within).values.shown]

    assert found("treatment", "norco") == ["pharmaceuticals/opioid/hydrocodone"]
    assert found("treatment", "LESI") == ["injection/epidural-steroid-injection"]
    assert sorted(found("guideline", "acoem")) == ["mtus-acoem", "mtus-acoem/low-back-disorders"]
    assert found("treatment", "acoem") == []


def test_values_are_sorted_by_count_name_or_rate():
    def add(number, part, outcomes):
        items = [ItemRow("A", outcome, body_parts=[part]) for outcome in outcomes]
        add_determination(f"CM14-{number:07d}", items=items)

    add(1, "wrist", ["upheld"] * 38 + ["overturned"] * 2)
    add(2, "knee", ["upheld"] * 20 + ["overturned"] * 10)
    add(3, "ankle", ["overturned"] * 3)

    def order(question):
        return [value.slug for value in facet("body_part", question).values.shown]

    assert order("") == ["wrist", "knee", "ankle"]
    assert order("values=name") == ["ankle", "knee", "wrist"]
    # Three items are too few for a rate.
    assert order("values=rate") == ["knee", "wrist", "ankle"]
    assert [value.rate for value in facet("body_part", "").values.shown] == [0.05, pytest.approx(1 / 3), None]


def test_years_stand_newest_first_none_folded_away_and_the_unknown_last():
    for number, year in enumerate(range(2004, 2026)):
        add_determination(f"CM14-{number:07d}", decided=date(year, 3, 1), items=[ItemRow("A")])
    add_determination("CM14-0000099", items=[ItemRow("A")])
    values = facet("year", "year=2010").values
    assert [value.slug for value in values.shown] == [*map(str, range(2025, 2003, -1)), UNKNOWN]
    assert not values.folded


def test_a_range_of_years_narrows_all_facets_but_that_of_years():
    for number, year in enumerate([2013, 2014, 2015, 2015, 2016]):
        add_determination(f"CM14-{number:07d}", sex="F", decided=date(year, 3, 1), items=[ItemRow("A")])
    add_determination("CM14-0000099", sex="F", items=[ItemRow("A")])
    assert search_of(QueryDict("year_from=2014&year_to=2015")).selection.size() == 3
    assert search_of(QueryDict("year_from=2015")).selection.size() == 3
    assert search_of(QueryDict("year_to=2012")).selection.size() == 0
    assert search_of(QueryDict("year_from=2014&year=2014&year=2013")).selection.size() == 1
    assert facet("sex", "year_to=2014").values.shown[0].count == 2
    assert len(facet("year", "year_to=2014").values.shown) == 5


def test_a_page_without_results_keeps_its_filters():
    add_determination("CM14-0000001", sex="F", items=[ItemRow("A", body_parts=["knee"])])
    assert facet_counts("q=absent")["body_part"] == {"knee": 0}
    assert facet_counts("q=absent")["sex"] == {"F": 0}
    assert facet_counts("q=absent")["outcome"] == {"upheld": 0}


def cited_archive():
    add_determination(
        "CM14-0000001",
        items=[
            ItemRow("A", guidelines=[Cited("odg-pain", "Opioids, page 78"), Cited("odg-knee", "MRI")]),
            ItemRow("B", guidelines=[Cited("odg-pain", "OPIOIDS")], ca_guidelines=[Cited("knee-complaints", "MRI")]),
            ItemRow("C", guidelines=[Cited("odg-pain", "Opioids"), Cited("odg-pain", "Weaning")]),
        ],
    )


@pytest.mark.parametrize("stored", [True, False])
def test_a_guideline_opens_from_its_source_to_its_sections_of_one_name_each(stored):
    cited_archive()
    if stored:
        rebuild()
    assert facet_counts("")["guideline"] == {"odg": 3}
    assert facet_counts("guideline=odg")["guideline"] == {"odg": 3, "odg/odg-pain": 3, "odg/odg-knee": 1}
    opened = facet("guideline", "guideline=odg/odg-pain/weaning")
    values = {value.slug: (value.label, value.count) for value in all_values(opened.values)}
    assert values == {
        "odg": ("ODG", 3),
        "odg/odg-pain": ("Odg pain", 3),
        "odg/odg-knee": ("Odg knee", 1),
        "odg/odg-pain/opioids": ("Opioids", 3),
        "odg/odg-pain/weaning": ("Weaning", 1),
    }
    assert facet_counts("")["ca_guideline"] == {"mtus-acoem": 1}


def test_a_section_stands_with_its_guideline_where_it_stands_alone(client):
    cited_archive()
    page = client.get("/determinations/?guideline=odg/odg-pain/opioids&guideline=odg/odg-knee").context["page"]
    assert [each.label for each in page.active_filters] == ["Odg knee", "Odg pain › Opioids"]


def test_the_bare_guideline_of_an_old_address_is_found_below_its_source(client):
    cited_archive()
    page = client.get("/determinations/?guideline=odg-pain&guideline=nonsense").context["page"]
    assert page.question.values("guideline") == ("nonsense", "odg/odg-pain")
    assert page.totals["items"] == 3
    assert page.problems == ["Reviewer relied on: there is no value “nonsense”."]
    assert client.get("/api/v1/items/?guideline=odg-knee").json()["found"]["items"] == 1


def test_sections_are_found_by_name_with_what_they_belong_to():
    cited_archive()
    found = find_values(search_of(QueryDict("")), "guideline", "pain opioids")
    assert [(value.slug, value.count) for value in found.values.shown] == [("odg/odg-pain/opioids", 3)]


def test_a_section_of_new_letters_keeps_the_name_of_the_stored_index():
    cited_archive()
    rebuild()
    for number in range(2, 6):
        add_determination(f"CM14-000000{number}", items=[ItemRow("A", guidelines=[Cited("odg-pain", "OPIOIDS")])])
    opened = facet("guideline", "guideline=odg/odg-pain/opioids")
    assert {value.label: value.count for value in all_values(opened.values)}["Opioids"] == 7
