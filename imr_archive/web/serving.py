"""gunicorn's worker of threads, which cuts off clients that send or take slowly, so that others are served."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# A client has so long to send the head of a request, from its first byte to its last, and so long to send its body.
HEAD_SECONDS = 10.0
BODY_SECONDS = 300.0
# Each piece of a body must arrive within this time, and each piece of an answer (up to some 64 KB) must be taken in it.
PIECE_SECONDS = 20.0


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Bounds how long a thread waits for one client.

    gunicorn's own limits hold for a connection that sends nothing; one that sends a byte a second keeps its thread.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # When the client of each connection must have sent its request.
        self.sending_until: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, in one of the threads."""
        self.sending_until[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self.sending_until.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head has been read."""
        if req.method in ("GET", "HEAD"):
            self.sending_until.pop(conn, None)
        else:
            self.sending_until[conn] = time.monotonic() + BODY_SECONDS
        conn.sock.settimeout(PIECE_SECONDS)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Cut off those who are late; gunicorn calls this at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, end in list(self.sending_until.items()):
            if now > end and self.sending_until.pop(conn, 0.0):
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
