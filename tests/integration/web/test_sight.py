"""What operators see: readiness, metrics, request ids and logs; and what logs never contain."""

import json
import logging

import pytest
from django.http import HttpResponse

from devtools.testing.handmade import PRINTED_LETTER, ingest, printed_letter
from imr_archive.logs import JsonFormatter, RequestIdFilter, request_id, without_private_parts
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.web import health
from imr_archive.web.metrics import MetricsMiddleware

pytestmark = pytest.mark.django_db

CASE = "CM15-0000001"


def test_readiness_tells_of_the_index_the_last_run_and_the_worker(settings):
    settings.TASK_WORKER = True
    ingest([("1.txt", printed_letter(CASE))])
    version = rebuild().pk
    told = "\n".join(health._told())
    assert f"index: version {version}, built 20" in told
    assert "0 changes since" in told
    assert "last run: " in told
    assert "worker: last sign never, 0 tasks wait" in told


def test_every_answer_and_record_has_the_id_of_its_request(client):
    assert len(client.get("/help/")["X-Request-ID"]) == 32
    assert client.get("/help/", headers={"X-Request-ID": "proxy-0001"})["X-Request-ID"] == "proxy-0001"
    assert client.get("/help/", headers={"X-Request-ID": "a b"})["X-Request-ID"] != "a b"
    record = logging.LogRecord("imr", logging.ERROR, __file__, 1, "Letter %s", (7,), None)
    token = request_id.set("proxy-0001")
    assert RequestIdFilter().filter(record)
    request_id.reset(token)
    told = json.loads(JsonFormatter().format(record))
    assert (told["message"], told["request_id"], told["level"]) == ("Letter 7", "proxy-0001", "ERROR")


def test_metrics_need_the_token_and_count_requests_and_letters(rf, settings):
    settings.METRICS_TOKEN = "a token of a test"
    ingest([("1.txt", printed_letter(CASE)), ("none.txt", b"A shopping list.")])
    metrics = MetricsMiddleware(lambda request: HttpResponse("ok"))
    request = rf.get("/determinations/")
    request.resolver_match = None
    metrics(request)
    assert metrics(rf.get("/metrics")).status_code == 401
    told = metrics(rf.get("/metrics", headers={"Authorization": "Bearer a token of a test"})).content.decode()
    assert 'imr_requests_total{method="GET",page="none",status="200"} 1.0' in told
    assert 'imr_letters{state="quarantined"} 1.0' in told
    assert "imr_determinations 1.0" in told


def test_without_a_token_there_are_no_metrics(client):
    assert client.get("/metrics").status_code == 404


def test_reports_of_errors_hold_nothing_of_readers_or_letters():
    event = {
        "request": {"url": "https://a/x", "method": "GET", "query_string": "q=pain", "cookies": "s", "data": "x"},
        "user": {"ip_address": "1.2.3.4"},
        "breadcrumbs": {},
        "level": "error",
    }
    kept = without_private_parts(event, {})
    assert kept == {"request": {"url": "https://a/x", "method": "GET"}, "level": "error"}


def test_logs_hold_no_clinical_text_and_no_search_words(client, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="django.db.backends")
    client.raise_request_exception = False
    ingest([("1.txt", printed_letter(CASE)), ("none.txt", b"A shopping list of a warehouse.")])
    for address in (
        "/",
        "/determinations/?q=warehouse+zebra",
        f"/determinations/{CASE}/?q=warehouse+zebra",
        f"/determinations/{CASE}/source.txt",
        "/determinations/nothing-here/?q=zebra",
        "/api/v1/items/?q=zebra&nothing=1",
        "/disputed-items.ndjson?q=warehouse",
    ):
        client.get(address).close()
    lines = [line.strip() for line in PRINTED_LETTER.splitlines() if len(line.split()) > 4 and "{" not in line]
    assert lines
    assert not [line for line in [*lines, "zebra", "shopping list"] if line in caplog.text]
