"""The search state: a question as a value, and its query string."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.web.question.state import FACET_VARS, SearchState, Sort


def asked(query_string):
    return SearchState.from_query(QueryDict(query_string))


def test_every_facet_of_the_address_is_a_dimension_of_the_page():
    assert {dimension.name for dimension in DIMENSIONS} == set(FACET_VARS)


def test_a_query_string_is_read_into_words_values_order_and_page():
    state = asked("q=+bone++scan+&treatment=injection/facet&sex=F&sex=M&sort=oldest&page=3&utm=x")
    assert state.words == "bone scan"
    assert state.values("treatment") == ("injection/facet",)
    assert state.values("sex") == ("F", "M")
    assert (state.order, state.page) == (Sort.OLDEST, 3)
    assert state.problems == ()
    assert state.query_string == "?q=bone+scan&treatment=injection/facet&sex=F&sex=M&sort=oldest&page=3"


def test_the_order_in_which_values_were_chosen_makes_no_difference():
    one, other = asked("sex=M&q=a&sex=F&outcome=upheld"), asked("outcome=upheld&sex=F&sex=M&sex=M&q=a")
    assert one == other
    assert one.query_string == other.query_string


@pytest.mark.parametrize("query_string", ["", "q=", "treatment=", "page=1", "unheard=of"])
def test_asking_for_nothing_has_no_query_string(query_string):
    assert asked(query_string).query_string == ""
    assert not asked(query_string).is_narrowed


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "٣", "9" * 30, "1e3"])
def test_a_page_that_cannot_be_is_the_first_with_a_sentence(page):
    state = asked(f"page={page}")
    assert state.page == 1
    assert "no page number" in state.problems[0]


def test_an_unknown_order_is_the_default_with_a_sentence():
    state = asked("sort=random")
    assert state.order is Sort.NEWEST
    assert "“random”" in state.problems[0]


@pytest.mark.parametrize(
    ("query_string", "order"),
    [
        ("", Sort.NEWEST),
        ("q=fusion", Sort.RELEVANCE),
        ("q=fusion&sort=newest", Sort.NEWEST),
        ("sort=relevance", Sort.NEWEST),
        ("q=-fusion", Sort.NEWEST),
        ("q=...&sort=relevance", Sort.NEWEST),
    ],
)
def test_relevance_is_the_order_only_where_there_are_words_to_rank_by(query_string, order):
    assert asked(query_string).order is order


def test_choosing_a_part_takes_the_place_of_the_whole_and_the_other_way_round():
    whole = asked("treatment=injection&treatment=surgery")
    part = whole.with_value("treatment", "injection/facet")
    assert part.values("treatment") == ("injection/facet", "surgery")
    assert part.with_value("treatment", "injection") == whole


def test_a_whole_and_its_part_together_are_the_whole():
    state = asked("treatment=injection/facet/block&treatment=injection&treatment=injection-other/facet")
    assert state.values("treatment") == ("injection", "injection-other/facet")


def test_any_change_of_the_question_goes_to_the_first_page():
    state = asked("q=a&sex=F&page=4")
    changed = [
        state.with_value("sex", "M"),
        state.without_value("sex", "F"),
        state.without_words(),
        state.cleared(),
        state.sorted_by(Sort.OLDEST),
    ]
    assert {each.page for each in changed} == {1}
    assert state.on_page(5).page == 5


def test_giving_up_the_words_gives_up_the_order_by_them():
    assert asked("q=a&sort=relevance").without_words().sort is None
    assert asked("q=a&sort=oldest").without_words().sort is Sort.OLDEST


def test_clearing_keeps_only_the_order():
    assert asked("q=a&sex=F&year=2014&sort=oldest").cleared().query_string == "?sort=oldest"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
states = st.builds(
    lambda words, chosen, sort, page: asked_of(words, chosen, sort, page),
    texts,
    st.dictionaries(st.sampled_from(FACET_VARS), st.lists(texts, max_size=4), max_size=4),
    st.sampled_from([None, *Sort]),
    st.integers(1, 10**8),
)


def asked_of(words, chosen, sort, page):
    query = QueryDict(mutable=True)
    query["q"] = words
    for name, values in chosen.items():
        query.setlist(name, values)
    if sort:
        query["sort"] = sort.value
    query["page"] = str(page)
    return SearchState.from_query(query)


@given(states)
def test_a_state_survives_its_round_trip_through_the_address(state):
    assert state.problems == ()
    again = asked(state.query_string.removeprefix("?"))
    assert again == state
    assert again.query_string == state.query_string


@given(states, st.sampled_from(FACET_VARS), texts.filter(str.strip))
def test_a_chosen_value_can_be_given_up_again(state, name, value):
    value = value.strip()
    chosen = state.with_value(name, value)
    assert value in chosen.values(name)
    assert value not in chosen.without_value(name, value).values(name)
    assert chosen.without_value(name, value).words == state.words


@pytest.mark.parametrize("name", ["treatment", "outcome", "age"])
@pytest.mark.parametrize("value", ["surgery", "surgery/spine", "surgery/spine/fusion", "upheld", "a b&c"])
@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "q=a+b&exact=1&page=3",
        "treatment=surgery/spine&outcome=upheld&sort=oldest&show=determinations",
        "age=upheld",
    ],
)
def test_toggling_a_value_is_choosing_it_or_giving_it_up(query_string, name, value):
    state = asked(query_string)
    chosen = value in state.values(name)
    toggled = state.without_value(name, value) if chosen else state.with_value(name, value)
    assert state.toggles(name)(value) == toggled.query_string
