"""The question as a value, and its query string."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.web.question.filter_form import read_filter_form
from imr_archive.web.question.filterset import QuestionFilterSet, QuestionReader
from imr_archive.web.question.parameters import FACET_VARS, VARS, Sort


def asked(query_string):
    return QuestionReader(QueryDict(query_string), {}).question


def problems(query_string):
    return QuestionReader(QueryDict(query_string), {}).problems


def test_the_declared_parameters_are_those_of_the_address():
    assert tuple(QuestionFilterSet.base_filters) == VARS


def test_every_facet_of_the_address_is_a_dimension_of_the_page():
    assert {dimension.name for dimension in DIMENSIONS} == set(FACET_VARS)


def test_a_query_string_is_read_into_words_values_order_and_page():
    query_string = "q=+bone++scan+&treatment=injection/facet&sex=F&sex=M&sort=oldest&page=3&utm=x"
    question = asked(query_string)
    assert question.words == "bone scan"
    assert question.values("treatment") == ("injection/facet",)
    assert question.values("sex") == ("F", "M")
    assert (question.order, question.page) == (Sort.OLDEST, 3)
    assert problems(query_string) == ()
    assert question.query_string == "?q=bone+scan&treatment=injection/facet&sex=F&sex=M&sort=oldest&page=3"


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
    question = asked(f"page={page}")
    assert question.page == 1
    assert "no page number" in problems(f"page={page}")[0]


def test_an_unknown_order_is_the_default_with_a_sentence():
    question = asked("sort=random")
    assert question.order is Sort.NEWEST
    assert "“random”" in problems("sort=random")[0]


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
    question = asked("treatment=injection/facet/block&treatment=injection&treatment=injection-other/facet")
    assert question.values("treatment") == ("injection", "injection-other/facet")


def test_any_change_of_the_question_goes_to_the_first_page():
    question = asked("q=a&sex=F&page=4")
    changed = [
        question.with_value("sex", "M"),
        question.without_value("sex", "F"),
        question.without_words(),
        question.cleared(),
        question.sorted_by(Sort.OLDEST),
    ]
    assert {each.page for each in changed} == {1}
    assert question.on_page(5).page == 5


def test_giving_up_the_words_gives_up_the_order_by_them():
    assert asked("q=a&sort=relevance").without_words().sort is None
    assert asked("q=a&sort=oldest").without_words().sort is Sort.OLDEST


def test_clearing_keeps_only_the_order():
    assert asked("q=a&sex=F&year=2014&sort=oldest").cleared().query_string == "?sort=oldest"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
questions = st.builds(
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
    return asked(query.urlencode())


@given(questions)
def test_a_state_survives_its_round_trip_through_the_address(question):
    assert problems(question.query_string.removeprefix("?")) == ()
    again = asked(question.query_string.removeprefix("?"))
    assert again == question
    assert again.query_string == question.query_string


@given(questions, st.sampled_from(FACET_VARS), texts.filter(str.strip))
def test_a_chosen_value_can_be_given_up_again(question, name, value):
    value = value.strip()
    chosen = question.with_value(name, value)
    assert value in chosen.values(name)
    assert value not in chosen.without_value(name, value).values(name)
    assert chosen.without_value(name, value).words == question.words


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
    question = asked(query_string)
    chosen = value in question.values(name)
    toggled = question.without_value(name, value) if chosen else question.with_value(name, value)
    assert question.toggles(name)(value) == toggled.query_string


def test_a_range_of_years_is_part_of_the_question():
    question = asked("year_to=2016&year_from=2014")
    assert (question.year_from, question.year_to) == (2014, 2016)
    assert question.is_narrowed
    assert question.query_string == "?year_from=2014&year_to=2016"
    assert question.without_year_range().query_string == ""
    assert question.cleared().query_string == ""
    labels = [asked(each).year_range for each in ("year_from=2014", "year_to=2014", "year_from=2014&year_to=2014", "")]
    assert labels == ["since 2014", "until 2014", "2014", ""]


@pytest.mark.parametrize("year", ["x", "14", "20144", "-201", "٢٠١٤", "0999"])
def test_a_year_that_cannot_be_is_left_out_with_a_sentence(year):
    assert not asked(f"year_from={year}").has_year_range
    assert "no year of four digits" in problems(f"year_from={year}")[0]


def test_years_the_wrong_way_round_are_exchanged_with_a_sentence():
    assert asked("year_from=2016&year_to=2014").year_range == "2014–2016"
    assert problems("year_from=2016&year_to=2014") == ("The first year is after the last one; they were exchanged.",)


def test_the_order_of_values_is_kept_by_every_link_but_a_new_order_is_no_new_condition():
    question = asked("values=rate&sex=F")
    assert question.without_value("sex", "F").query_string == "?values=rate"
    assert question.query_string == "?sex=F&values=rate"
    assert not asked("values=rate").is_narrowed
    assert "sorted by “size”" in problems("values=size")[0]


def form(query_string):
    return QuestionReader(read_filter_form(QueryDict(query_string)), {}).question.query_string


def test_in_the_form_a_value_ticked_below_a_ticked_one_narrows_it():
    assert form("filters=1&treatment=injection&treatment=injection/facet") == "?treatment=injection/facet"
    assert form("filters=1&treatment=a&treatment=a/b&treatment=a/b/c&treatment=d") == "?treatment=a/b/c&treatment=d"
    assert form("filters=1&q=scan&treatment=&year_from=&year_to=2014") == "?q=scan&year_to=2014"


def test_in_the_form_the_whole_replaces_its_chosen_parts():
    sent = "filters=1&treatment=injection/facet&treatment=surgery/spine&whole=treatment:injection&sex=F"
    assert form(sent) == "?treatment=injection&treatment=surgery/spine&sex=F"
    assert form("filters=1&whole=nonsense&whole=sex:") == ""
