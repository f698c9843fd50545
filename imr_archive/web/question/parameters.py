"""The names of a question's parameters in the query string, in their canonical order."""

from __future__ import annotations

from imr_archive.vocabulary import Vocabulary

WORDS_VAR = "q"
EXACT_VAR = "exact"
SCOPE_VAR = "scope"
SHOW_VAR = "show"
SORT_VAR = "sort"
VALUES_VAR = "values"
VIEW_VAR = "view"
COLUMNS_VAR = "columns"
PAGE_VAR = "page"
# Facets of a disputed item, which must hold for one and the same item, then facets of its determination.
FACET_VARS = (
    "treatment",
    "outcome",
    "guideline",
    "ca_guideline",
    "basis",
    "ca_basis",
    "body_part",
    "reason",
    "specialty",
    "state",
    "year",
    "case_outcome",
    "sex",
    "age",
)
# The first and the last year of the decision.
YEAR_FROM_VAR = "year_from"
YEAR_TO_VAR = "year_to"
YEAR_RANGE_VARS = (YEAR_FROM_VAR, YEAR_TO_VAR)
# The first and the last day of arrival.
SINCE_VAR = "since"
UNTIL_VAR = "until"
ARRIVAL_VARS = (SINCE_VAR, UNTIL_VAR)
BEFORE_FACETS = (WORDS_VAR, EXACT_VAR, SCOPE_VAR)
# Every parameter, in the order of a query string.
VARS = (
    *(*BEFORE_FACETS, *FACET_VARS, *YEAR_RANGE_VARS, *ARRIVAL_VARS),
    *(SHOW_VAR, SORT_VAR, VALUES_VAR, VIEW_VAR, COLUMNS_VAR, PAGE_VAR),
)


class Sort(Vocabulary):
    """The orders of the result list."""

    RELEVANCE = "relevance", "Best match"
    NEWEST = "newest", "Newest"
    OLDEST = "oldest", "Oldest"
    MOST_ITEMS = "items", "Most items"
    ARRIVED = "arrived", "Latest arrivals"


class View(Vocabulary):
    """The forms of the result list."""

    CARDS = "cards", "Cards"
    TABLE = "table", "Table"


class TableColumn(Vocabulary):
    """The columns of the table, in their order."""

    OUTCOME = "outcome", "Outcome"
    REQUEST = "request", "Request"
    TREATMENT = "treatment", "Treatment"
    BODY_PART = "body_part", "Body part"
    GUIDELINE = "guideline", "Reviewer’s guideline"
    BASIS = "basis", "Reviewer’s basis"
    CA_GUIDELINE = "ca_guideline", "Administrator’s guideline"
    CA_BASIS = "ca_basis", "Administrator’s basis"
    SPECIALTY = "specialty", "Specialty"
    STATE = "state", "Licensed in"
    DECIDED = "decided", "Decided"
    ARRIVED = "arrived", "Arrived"
    CASE = "case", "Case"


# The columns of a table for which none are chosen.
USUAL_COLUMNS = (
    *(TableColumn.OUTCOME, TableColumn.REQUEST, TableColumn.TREATMENT, TableColumn.GUIDELINE),
    *(TableColumn.BASIS, TableColumn.SPECIALTY, TableColumn.DECIDED, TableColumn.CASE),
)


class ValueSort(Vocabulary):
    """The orders of a facet's values, unless the facet has an order of its own."""

    COUNT = "count", "number of items"
    NAME = "name", "name"
    RATE = "rate", "overturn rate"
