"""The browsing pages. Each parses its address once, asks, and renders; none writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from imr_archive.models import Determination
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.query.parser import parse_query
from imr_archive.search.query.tree import printed
from imr_archive.vocabulary import Outcome, SourceState
from imr_archive.web.determinations.item_rows import with_rows
from imr_archive.web.determinations.page import AT_VAR, letter_view
from imr_archive.web.determinations.versions import versions_of
from imr_archive.web.question.active_filters import chips, in_words
from imr_archive.web.question.filters import ItemFilterSet
from imr_archive.web.question.state import FACET_VARS, SearchState, Sort
from imr_archive.web.results.explanation import leaf_counts, ways_out
from imr_archive.web.results.facets import build_facets, facet_search
from imr_archive.web.results.pager import page_links
from imr_archive.web.results.rate_summary import overturn_rate, rate_strip
from imr_archive.web.results.results import result_page
from imr_archive.web.templatetags.archive import Hits

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django_htmx.middleware import HtmxDetails

    class HtmxRequest(HttpRequest):
        """A request that went through django-htmx's middleware."""

        htmx: HtmxDetails


# What a reader types to find a value of a facet.
WITHIN_VAR = "within"
MAX_WITHIN = 100
_REFERENCE = re.compile(r"[A-Z0-9-]{1,20}", re.ASCII | re.IGNORECASE)
_CASE_NUMBER = re.compile(r"[A-Z]{2}\d{2}-\d{7}", re.ASCII | re.IGNORECASE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Welcome a newcomer: what is here, and the first ways in."""
    state, filterset = SearchState(), ItemFilterSet(QueryDict())
    facets = build_facets(filterset, state, names=("treatment", "body_part", "year"))
    context = {
        "state": state,
        "list_url": reverse("web:list"),
        "ways_in": facets,
        "totals": _totals(filterset),
        "everything": overturn_rate(Selection.of_everything(filterset.qs.snapshot)),
    }
    return render(request, "web/home.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the search language and the words of the archive."""
    return render(request, "web/help.html", {"state": SearchState(), "outcomes": list(Outcome)})


@require_safe
@vary_on_headers("HX-Request")
def determination_list(request: HtmxRequest) -> HttpResponse:
    """Show the disputed items that the query string asks for, by determination, with facets."""
    state, filterset = SearchState.from_query(request.GET), ItemFilterSet(request.GET)
    context = _list_context(state, filterset)
    if not _wants_part(request):
        return render(request, "web/list.html", context)
    # A form writes its values in its own way; the address in the browser is the state's one.
    return push_url(render(request, "web/_list_swap.html", context), context["list_url"] + state.query_string)


@require_safe
@vary_on_headers("HX-Request")
def facet_values(request: HtmxRequest, name: str) -> HttpResponse:
    """Show the values of one facet that are named by some words, with their counts under the question."""
    if name not in FACET_VARS:
        raise Http404(f"There is no facet “{name[:40]}”.")
    state, filterset = SearchState.from_query(request.GET), ItemFilterSet(request.GET)
    within = request.GET.get(WITHIN_VAR, "")[:MAX_WITHIN]
    context = {
        "state": state,
        "list_url": reverse("web:list"),
        "facet": facet_search(filterset, state, name, within),
        "within": within,
        "question": in_words(chips(filterset, state)),
    }
    return render(request, "web/_facet_found.html" if _wants_part(request) else "web/facet.html", context)


@require_safe
@vary_on_headers("HX-Request")
def determination_detail(request: HtmxRequest, reference: str) -> HttpResponse:
    """Show one determination; other ways to write its case number, or its id, lead to its one address."""
    determination = determination_or_404(reference)
    if reference != determination.reference:
        query = request.META.get("QUERY_STRING", "")
        address = determination.get_absolute_url()
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    state = SearchState.from_query(request.GET)
    items = with_rows(determination.items.all()).order_by("position")
    letter = determination.letters.filter(state=SourceState.CURRENT).defer("content").first()
    view = letter_view(determination, list(items), letter, state=state, at=request.GET.get(AT_VAR, ""))
    context = {
        "state": state,
        "list_url": reverse("web:list"),
        "letter": view,
        "question": in_words(chips(ItemFilterSet(request.GET), state)),
        "hits": Hits(),
        "versions": versions_of(determination),
    }
    template = "web/_source.html" if _wants_part(request) else "web/detail.html"
    return render(request, template, context)


def _wants_part(request: HtmxRequest) -> bool:
    """Whether the browser will swap a region; when it goes back to a page it has lost, it needs the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _list_context(state: SearchState, filterset: ItemFilterSet) -> dict[str, Any]:
    totals = _totals(filterset)
    page = result_page(filterset.qs, state)
    facets = build_facets(filterset, state)
    everything = overturn_rate(Selection.of_everything(filterset.qs.snapshot))
    found = chips(filterset, state)
    return {
        "state": state,
        "list_url": reverse("web:list"),
        "totals": totals,
        "page": page,
        "pages": page_links(state, page),
        "problems": [*state.problems, *state.query.notices, *filterset.problems, *filter(None, [page.problem])],
        "read_as": printed(parse_query(state.words).root, joint=" AND "),
        "leaf_counts": leaf_counts(filterset, state),
        "ways_out": ways_out(filterset, state) if state.is_narrowed and not totals["items"] else [],
        "also_searched": [(leaf.printed, leaf.also_printed) for leaf in state.query.leaves if leaf.also_printed],
        "exact_url": state.searched_exactly(not state.exact).query_string,
        "named_case": _named_case(state.words),
        "facets": facets,
        "chips": found,
        "filters_active": len(found),
        "question": in_words(found),
        "clear_url": state.cleared().query_string,
        "whole_url": state.on_page(1).query_string,
        "strip": rate_strip(filterset, everything, is_narrowed=state.is_narrowed),
        "leaves": state.query.positive_leaves,
        "units": [(unit, state.showing(unit).query_string) for unit in Unit],
        "sorts": [
            (sort, state.sorted_by(sort).query_string)
            for sort in Sort
            if sort is not Sort.RELEVANCE or state.query.positive_leaves
        ],
        "archive_is_empty": not totals["items"] and not everything.whole,
    }


def _totals(filterset: ItemFilterSet) -> dict[str, int]:
    return {unit.value: filterset.qs.size(unit) for unit in Unit}


def _named_case(words: str) -> Determination | None:
    """Return the case whose number is what was typed: letters seldom print it where words are searched."""
    return Determination.objects.by_reference(words).first() if _CASE_NUMBER.fullmatch(words) else None


def determination_or_404(reference: str) -> Determination:
    """Return the determination that an address names, with what its page shows of it and its reviewer."""
    determination = None
    if _REFERENCE.fullmatch(reference):
        determinations = Determination.objects.select_related("reviewer", "text").prefetch_related(
            "reviewer__specialties", "reviewer__licences"
        )
        determination = determinations.by_reference(reference).first()
    if determination is None:
        raise Http404(f"The archive has no determination “{reference[:40]}”.")
    return determination
