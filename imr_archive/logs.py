"""Log records with the id of their request, as lines or as JSON; and reports of errors to Sentry.

Records say case numbers, hashes and counts, never clinical text; query strings are left out, because they are what a
reader searches for.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that is being answered, "-" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; keep every record."""
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception is told with its traceback."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def without_private_parts(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Take from an event of Sentry what may name a reader or quote a letter: queries, bodies, cookies, variables."""
    request = event.get("request", {})
    event["request"] = {name: request[name] for name in ("url", "method") if name in request}
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    return event


def start_error_reports(dsn: str) -> None:
    """Send unexpected errors to Sentry, if its address is set and its library (the extra "operations") is installed."""
    if not dsn:
        return
    import sentry_sdk  # an extra of the package

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0.0,
        before_send=without_private_parts,  # type: ignore[arg-type]  # its events are plain dictionaries
    )
