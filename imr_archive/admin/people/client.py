"""The network address of a client, behind as many proxies as the configuration trusts."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address from which a request came.

    Each trusted proxy appends the address of its client to ``X-Forwarded-For``. What stands further left was sent by
    the client itself and is not believed.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        address = forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))] if forwarded else address
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None
