"""The one function that writes login events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from imr_archive.admin.people.client import client_address
from imr_archive.models import LoginEvent

if TYPE_CHECKING:
    from django.http import HttpRequest

    from imr_archive.vocabulary import LoginEventKind

logger = logging.getLogger(__name__)


def login_event_record(request: HttpRequest, kind: LoginEventKind, *, account: str, by: str = "") -> LoginEvent:
    """Write a login event to the database and to the log.

    A name that is no account is left out of both: people type passwords into the wrong field.
    """
    known = get_user_model()._default_manager.filter(username=account[:150]).exists()
    event = LoginEvent.objects.create(
        kind=kind,
        account=account if known else "",
        by="" if by == account else by,
        address=client_address(request),
        browser=request.headers.get("User-Agent", "")[:255],
    )
    logger.warning("%s (from %s)", event, event.address)
    return event
