"""The OpenAPI document: its parameters are those of ``QuestionFilterSet``, its schemas those of ``shapes``."""

from __future__ import annotations

from typing import Any

import msgspec

from imr_archive.analytics.axes import AXES
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, CodeDimension
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.tree import Scope
from imr_archive.web.api import shapes
from imr_archive.web.api.comparables import ITEM_PARAMETER
from imr_archive.web.api.parts import CURSOR_VAR, LIMIT_VAR, MOST, USUAL_LIMIT
from imr_archive.web.outcomes.parameters import ROWS_VAR, SPLIT_VAR
from imr_archive.web.question.filterset import DAY, SLUG, QuestionFilterSet
from imr_archive.web.question.parameters import (
    ARRIVAL_VARS,
    COLUMNS_VAR,
    FACET_VARS,
    PAGE_VAR,
    SCOPE_VAR,
    SHOW_VAR,
    SORT_VAR,
    VALUES_VAR,
    VIEW_VAR,
    YEAR_RANGE_VARS,
    Sort,
    TableColumn,
    ValueSort,
    View,
)

_REFS = "#/components/schemas/{name}"
_CHOICES = {
    SCOPE_VAR: Scope,
    SHOW_VAR: Unit,
    SORT_VAR: Sort,
    VALUES_VAR: ValueSort,
    VIEW_VAR: View,
}
# What ``str.strip`` takes away. The \s of JSON Schema's regular expressions has U+FEFF, but neither U+001C nor U+0085.
_BLANK = r"^[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$"
_YEAR = {"type": "integer", "minimum": 1000, "maximum": 9999}
_ADDRESSES: dict[str, tuple[str, str, type[msgspec.Struct], bool]] = {
    "items/": ("items", "Disputed items of a question", shapes.ItemsJson, True),
    "determinations/": ("determinations", "Determinations of a question", shapes.DeterminationsJson, True),
    "facets/": ("facets", "Counts of every facet’s values under a question", shapes.FacetsJson, False),
    "outcomes/": ("outcomes", "Overturn rates of a question by one or two facets", shapes.OutcomesJson, False),
    "suggestions/": ("suggestions", "What the words of a question may mean", shapes.SuggestionsJson, False),
}


def openapi_document(server: str) -> dict[str, Any]:
    """Return the document of the API at an address."""
    answers = [shape for _, _, shape, _ in _ADDRESSES.values()]
    _, components = msgspec.json.schema_components(
        [*answers, shapes.ComparablesJson, shapes.VersionsJson, shapes.ErrorsJson], ref_template=_REFS
    )
    paths = {
        f"/{address}": _path(name, summary, shape, _parameters(address, is_listed=is_listed))
        for address, (name, summary, shape, is_listed) in _ADDRESSES.items()
    }
    item = _parameter(ITEM_PARAMETER, "Case number and number of the item: CM16-0224814-1", {"type": "string"})
    named = {**item, "required": True}
    paths["/comparables/"] = _path(
        "comparables", "Decisions nearest to an item", shapes.ComparablesJson, [named], also=("404", "410")
    )
    paths["/versions/"] = _path("versions", "Versions of the data and of the parser", shapes.VersionsJson, [])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "IMR Archive",
            "version": "1",
            "description": "Independent Medical Review determinations of California: the questions of the pages, for "
            "programs. Facet values are those that /facets/ lists; another one is an error. Answers carry an entity "
            "tag that changes with the data.",
        },
        "servers": [{"url": server.removesuffix("/")}],
        "paths": paths,
        "components": {"schemas": components},
    }


def _path(
    name: str,
    summary: str,
    shape: type[msgspec.Struct],
    parameters: list[dict[str, Any]],
    also: tuple[str, ...] = (),
) -> dict[str, Any]:
    errors = {"description": "What is wrong.", "content": _json(shapes.ErrorsJson.__name__)}
    answers: dict[str, Any] = {
        "200": {
            "description": (shape.__doc__ or "").strip(),
            "headers": {"ETag": {"schema": {"type": "string"}, "required": True}},
            "content": _json(shape.__name__),
        },
        "304": {"description": "Nothing has changed since the entity tag of If-None-Match."},
        "400": errors,
        "503": errors,
        **dict.fromkeys(also, errors),
    }
    if any(each["name"] == CURSOR_VAR for each in parameters):
        answers["404"] = errors
    operation = {"operationId": name, "summary": summary, "parameters": parameters, "responses": answers}
    return {"get": operation}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REFS.format(name=name)}}}


def _question_parameters() -> list[dict[str, Any]]:
    return [
        _parameter(name, str(declared.label), _schema(name))
        for name, declared in QuestionFilterSet.base_filters.items()
    ]


def _parameters(address: str, *, is_listed: bool) -> list[dict[str, Any]]:
    parameters = _question_parameters()
    if is_listed:
        parameters += _part_parameters()
    if address == "outcomes/":
        names = {"enum": [*(axis.name for axis in AXES), "treatment", "guideline", "ca_guideline", ""]}
        parameters += [_parameter(ROWS_VAR, "By what the rates are broken down; by year where nothing is given", names)]
        parameters += [_parameter(SPLIT_VAR, "By what they are broken down, too; another facet", names)]
    return parameters


def _part_parameters() -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL_LIMIT}
    return [
        _parameter(LIMIT_VAR, "How many are answered at once", limit),
        _parameter(CURSOR_VAR, "Where the part begins: as the answer before gave it in “next”", {"type": "string"}),
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _schema(name: str) -> dict[str, Any]:
    if name in FACET_VARS:
        return {"type": "array", "items": _or_blank(_value_schema(name))}
    if name == COLUMNS_VAR:
        return {"type": "array", "items": _or_blank({"enum": [each.value for each in TableColumn]})}
    if name in _CHOICES:
        return {"enum": [*(each.value for each in _CHOICES[name]), ""]}
    if name in YEAR_RANGE_VARS:
        return _or_blank(_YEAR)
    if name in ARRIVAL_VARS:
        return _or_blank({"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"})
    if name == PAGE_VAR:
        return _or_blank({"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": 1})
    return {"type": "string"}


def _or_blank(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be sent without a value, as forms do; that is the same as none."""
    return {"anyOf": [schema, {"type": "string", "pattern": _BLANK}]}


def _value_schema(name: str) -> dict[str, Any]:
    dimension = DIMENSION_BY_NAME[name]
    if isinstance(dimension, CodeDimension):
        return {"enum": [*(each.value for each in dimension.vocabulary), UNKNOWN]}
    return {"type": "string", "pattern": rf"^\s*{SLUG.pattern}\s*$"}
