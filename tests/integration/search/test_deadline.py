"""A question that takes too long is stopped, and the page says so."""

import pytest
from django.db import OperationalError, connection
from django.db.models import Count
from django.test import RequestFactory

from imr_archive.models import Treatment
from imr_archive.search.fulltext.backend import backend
from imr_archive.search.fulltext.deadline import OutOfTime, check_deadline
from imr_archive.web.middleware import DeadlineMiddleware

pytestmark = pytest.mark.django_db

ENDLESS = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000000000)
    SELECT count(*) FROM numbers
"""


def ask(sql="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_a_statement_without_end_is_stopped_and_told_from_a_failing_database():
    with pytest.raises(OperationalError) as stopped, backend(connection).deadline(0.2):
        ask(ENDLESS)
    assert backend(connection).is_out_of_time(stopped.value)
    assert not backend(connection).is_out_of_time(OperationalError("the connection is lost"))


@pytest.mark.django_db(transaction=True)
def test_what_comes_after_is_not_limited_by_the_question_before():
    with backend(connection).deadline(0.2):
        ask()
    with backend(connection).deadline(0):
        assert ask("SELECT count(*) FROM (" + ENDLESS.replace("2000000000", "600000") + ") AS counted") == (1,)


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_question_that_took_too_long_says_so(client, settings):
    settings.STATEMENT_TIMEOUT_SECONDS = 0.2
    request = RequestFactory().get("/determinations/?q=pain")
    middleware = DeadlineMiddleware(lambda request: ask(ENDLESS))
    with pytest.raises(OperationalError) as stopped:
        middleware(request)
    response = middleware.process_exception(request, stopped.value)
    assert response.status_code == 503
    assert "stopped after 0.2 seconds" in response.content.decode()


def test_other_failures_stay_what_they_are():
    request = RequestFactory().get("/determinations/")
    assert DeadlineMiddleware(ask).process_exception(request, ValueError("a fault")) is None
    assert DeadlineMiddleware(ask).process_exception(request, OperationalError("a fault")) is None


def test_what_changes_the_archive_has_no_limit(settings):
    settings.STATEMENT_TIMEOUT_SECONDS = 0.000_001
    request = RequestFactory().post("/admin/")
    assert DeadlineMiddleware(lambda request: Treatment.objects.aggregate(n=Count("pk")))(request) == {"n": 0}


def test_a_page_that_asks_nothing_of_the_database_is_answered_without_one(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_many_short_queries_are_stopped_together():
    def many():
        while True:
            ask()

    with pytest.raises((OperationalError, OutOfTime)), backend(connection).deadline(0.3):
        many()


def test_work_in_python_is_under_the_deadline_of_its_question(client, settings, monkeypatch):
    settings.STATEMENT_TIMEOUT_SECONDS = 0.001

    def endless(*arguments):
        while True:
            check_deadline()

    monkeypatch.setattr("imr_archive.web.results.views.list_page", endless)
    response = client.get("/determinations/?q=pain")
    assert response.status_code == 503
    assert "stopped after" in response.content.decode()


def test_a_refused_search_is_a_sentence_on_pages_and_an_error_of_the_api(client):
    words = '"re* in*"~50'
    page = client.get("/determinations/", {"q": words})
    assert page.status_code == 200
    assert "would compare too many words" in page.content.decode()
    answer = client.get("/api/v1/items/", {"q": words})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "q"
