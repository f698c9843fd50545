"""Metrics for Prometheus at ``/metrics``, if METRICS_TOKEN is set and the extra "operations" is installed."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from imr_archive.models import Determination, FacetIndex, IngestRunFile, SourceLetter
from imr_archive.search.facets.snapshot import read_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

_PATH = "/metrics"
_MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"


class MetricsMiddleware:
    """Count requests and their times by the name of their page, and answer ``/metrics`` to who has the token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        import prometheus_client  # an extra of the package

        self.get_response = get_response
        self.library: Any = prometheus_client
        registry = prometheus_client.CollectorRegistry()
        self.registry = registry
        self.requests = prometheus_client.Counter(
            "imr_requests_total", "Requests answered.", ("page", "method", "status"), registry=registry
        )
        self.seconds = prometheus_client.Histogram(
            "imr_request_seconds", "Time to answer, by page.", ("page",), registry=registry
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a scrape, or a request and count it."""
        if request.path_info == _PATH:
            return self._scrape(request)
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        page = match.view_name if match else "none"
        self.requests.labels(page, request.method or "", str(response.status_code)).inc()
        self.seconds.labels(page).observe(time.perf_counter() - began)
        return response

    def _scrape(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
            return HttpResponse(
                "Metrics need the bearer token of METRICS_TOKEN.\n", status=401, content_type="text/plain"
            )
        registry = self.registry
        if os.environ.get(_MULTIPROCESS):
            from prometheus_client import multiprocess  # an extra of the package

            registry = self.library.CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        counted = self.library.generate_latest(registry)
        return HttpResponse(counted + self.library.generate_latest(self._archive()), content_type="text/plain")

    def _archive(self) -> Any:
        """Return the gauges of the archive as it is now; they are the same in every process."""
        registry = self.library.CollectorRegistry()

        def gauge(name: str, what: str, labels: tuple[str, ...] = ()) -> Any:
            return self.library.Gauge(name, what, labels, registry=registry)

        state, newest = read_state("default"), FacetIndex.objects.first()
        gauge("imr_index_version", "Version of the stored facet index.").set(state.version or 0)
        gauge("imr_index_changes", "Determinations changed since it was built.").set(state.changed)
        age = (timezone.now() - newest.built_at).total_seconds() if newest else 0
        gauge("imr_index_age_seconds", "Age of the stored facet index.").set(age)
        gauge("imr_determinations", "Public determinations.").set(Determination.objects.count())
        letters = gauge("imr_letters", "Source letters by state: current, held, quarantined and so on.", ("state",))
        for name, number in SourceLetter.objects.order_by().values_list("state").annotate(Count("pk")):
            letters.labels(name).set(number)
        files = gauge("imr_ingested_files", "Files of all runs by what became of them.", ("status",))
        for name, number in IngestRunFile.objects.order_by().values_list("status").annotate(Count("pk")):
            files.labels(name).set(number)
        tasks = gauge("imr_tasks", "Tasks of the worker by state; those that are READY wait.", ("status",))
        for name, number in DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")):
            tasks.labels(name).set(number)
        return registry
