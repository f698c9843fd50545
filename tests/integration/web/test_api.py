"""The API: parts and cursors, entity tags, errors of one form, reading from other sites, and its OpenAPI document."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.web.api.document import openapi_document
from imr_archive.web.question.parameters import VARS
from imr_archive.wsgi import application

pytestmark = pytest.mark.django_db

LISTED = ("items", "determinations", "facets", "outcomes", "suggestions")
ADDRESSES = [
    f"/api/v1/{name}"
    for name in (*(f"{each}/" for each in LISTED), "versions/", "openapi.json", "comparables/?item=CM14-0000001-1")
]


@pytest.fixture
def archive():
    for number in range(1, 8):
        add_determination(
            f"CM14-000000{number}",
            decided=date(2014, 5, number),
            age=44,
            sex="F",
            boards=["Neurology"],
            states=["California"],
            summary="The knee hurts.",
            items=[
                ItemRow("MRI", "overturned", treatments=["diagnostic-testing/imaging"], body_parts=["knee"]),
                ItemRow("Cane", "upheld", guidelines=[Cited("odg-knee", "Canes", year=2014)], basis="non_mtus"),
            ],
        )


def test_cursors_lead_through_the_whole_list_without_gaps_or_repeats(client, archive):
    parts, address = [], "/api/v1/items/?limit=4&sort=oldest"
    while address:
        parts.append(client.get(address).json())
        address = parts[-1]["next"]
    assert [len(part["items"]) for part in parts] == [4, 4, 4, 2]
    found = [(each["determination"]["case_number"], each["position"]) for part in parts for each in part["items"]]
    assert found == [(f"CM14-000000{number}", position) for number in range(1, 8) for position in (1, 2)]
    assert all(one["next"] != other["next"] for one, other in pairwise(parts))


def test_determinations_come_with_their_selected_items(client, archive):
    answer = client.get("/api/v1/determinations/?outcome=upheld&limit=1").json()
    (record,) = answer["determinations"]
    assert (record["case_number"], [each["description"] for each in record["items"]]) == ("CM14-0000007", ["Cane"])
    assert answer["rate"]["counted"] == "determinations"


def test_an_answer_is_unchanged_until_the_data_changes(client, archive):
    for address in ADDRESSES:
        first = client.get(address)
        assert first.status_code == 200
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
    tag, version = first["ETag"], client.get("/api/v1/versions/").json()["data_version"]
    add_determination("CM15-0000009", items=[ItemRow("Cane")])
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200
    answer = client.get("/api/v1/versions/").json()
    assert answer["data_version"] != version
    assert answer["totals"] == {"items": 15, "determinations": 8}


@pytest.mark.parametrize(
    ("address", "status", "code", "parameter"),
    [
        ("items/?outcom=upheld", 400, "unknown-parameter", "outcom"),
        ("items/?outcome=nonsense", 400, "invalid-value", "outcome"),
        ("facets/?page=zero", 400, "invalid-value", "page"),
        ("items/?year_from=2016&year_to=2014", 400, "invalid-value", "year_from"),
        ("items/?limit=101", 400, "invalid-value", "limit"),
        ("items/?cursor=nonsense", 400, "invalid-cursor", "cursor"),
        ("items/?cursor=djE6LTE", 400, "invalid-cursor", "cursor"),
        ("items/?cursor=djE6MTAwMA", 404, "past-the-end", "cursor"),
        ("items/?page=9", 404, "past-the-end", "page"),
        ("facets/?limit=3", 400, "unknown-parameter", "limit"),
        ("versions/?q=MRI", 400, "unknown-parameter", "q"),
        ("nothing/", 404, "not-found", None),
        ("", 404, "not-found", None),
        ("../v2/items/", 404, "not-found", None),
    ],
)
def test_errors_have_one_form(client, archive, address, status, code, parameter):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert (error["code"], error["parameter"]) == (code, parameter)
    assert error["message"].endswith((".", "; see openapi.json."))
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [*ADDRESSES, "/api/v1/nothing/"])
def test_other_methods_are_refused_in_the_same_form(client, method, address):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["errors"][0]["code"] == "method-not-allowed"


def test_other_sites_may_read_the_api_and_nothing_else(client, archive):
    for address in ADDRESSES:
        for answer in (client.get(address), client.head(address), client.options(address)):
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for address in ("/", "/determinations/", "/disputed-items.csv", "/data/"):
        assert not client.head(address).has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("/api/items/?outcome=upheld", "/api/v1/items/?outcome=upheld"),
        ("/api/facets/", "/api/v1/facets/"),
        ("/api/v1/items?q=MRI", "/api/v1/items/?q=MRI"),
    ],
)
def test_former_addresses_lead_to_those_of_the_version(client, archive, former, now):
    answer = client.get(former)
    assert (answer.status_code, answer["Location"]) == (308, now)


def test_the_document_has_every_parameter_of_a_question_and_the_page_of_data_calls_the_api(client, archive):
    document = client.get("/api/v1/openapi.json").json()
    declared = {each["name"] for each in document["paths"]["/items/"]["get"]["parameters"]}
    assert declared == {*VARS, "limit", "cursor"}
    assert "rationale" in document["components"]["schemas"]["Item"]["properties"]
    page = client.get("/data/?outcome=upheld").content.decode()
    for address in ("items", "determinations", "facets"):
        assert f'href="/api/v1/{address}/?outcome=upheld"' in page
        assert client.get(f"/api/v1/{address}/?outcome=upheld").status_code == 200


@pytest.fixture
def kept_connection():
    """Keep the test's connection, which the end of a request would close."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_generated_question_finds_a_fault(archive, kept_connection, mode):
    checks.load_all_checks()
    # A value of a facet that has the right form may still not exist, which is an error on purpose.
    asked = [each for each in checks.CHECKS.get_all() if each is not checks.positive_data_acceptance]
    assert checks.response_schema_conformance in asked
    schema = schemathesis.openapi.from_dict(openapi_document("http://localhost/api/v1/"))
    schema.app = application
    statuses = set()
    for name in (*LISTED, "comparables"):
        statuses |= statuses_of_generated_calls(schema[f"/{name}/"]["GET"], mode, asked)
    assert 400 in statuses
    assert mode is GenerationMode.NEGATIVE or 200 in statuses


def statuses_of_generated_calls(operation, mode, asked):
    """Call an operation with generated parameters, check each answer, and return the statuses."""
    statuses = set()

    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        answer = case.call(headers={"Accept-Encoding": "identity"})
        statuses.add(answer.status_code)
        # A wrong value of null or of no list elements is sent as nothing, which is allowed.
        sent = parse_qsl(urlsplit(answer.request.url).query, keep_blank_values=True)
        is_blank = any(not value.strip() for _, value in sent)
        case.validate_response(
            answer, checks=[each for each in asked if not (is_blank and each is checks.negative_data_rejection)]
        )

    call()
    return statuses
