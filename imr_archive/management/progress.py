"""How far a run is: a bar on a terminal, a line every few seconds elsewhere, or events for machines."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from imr_archive.ingest.report import Tally, became

if TYPE_CHECKING:
    from collections.abc import Callable

    from imr_archive.ingest.report import FileResult

_SECONDS_BETWEEN_LINES = 5
_BAR = "{percentage:3.0f}% |{bar:24}| {postfix[0]} [{elapsed}, {remaining} left]"
_WITHOUT_END = "{postfix[0]} [{elapsed}]"


class Progress:
    """Shows how far a run is: of ``size`` bytes (None: nobody knows how many), ``done`` says how many are read.

    Without ``done``, ``size`` is a number of files.
    """

    def __init__(self, stream: TextIO, *, size: int | None, done: Callable[[], int] | None = None) -> None:
        self._stream = stream
        self._size = size
        self._tally = Tally()
        self._done = done or (lambda: self._tally.total)
        self._began = self._told = time.monotonic()
        self._bar: Any = None
        if stream.isatty():
            bar_format = _WITHOUT_END if size is None else _BAR
            self._bar = tqdm(total=size, file=stream, bar_format=bar_format, leave=False)
            self._bar.postfix = [""]

    def add(self, result: FileResult) -> None:
        """Take note of one more file."""
        self._tally.add(result)
        if self._bar is not None:
            self._bar.postfix[0] = self.line()
            self._bar.update(min(self._done(), self._size or self._done()) - self._bar.n)
        elif time.monotonic() > self._told + _SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            self._stream.write(f"{self.line()}{self._share()}\n")
            self._stream.flush()

    def close(self) -> None:
        """Clear the bar away."""
        if self._bar is not None:
            self._bar.close()

    def line(self) -> str:
        """Say how many files there were, how many a second, and what became of them."""
        seconds = time.monotonic() - self._began
        rate = self._tally.total / seconds if seconds else 0.0
        return ", ".join([f"{self._tally.total:,} files", f"{rate:,.0f}/s", *became(self._tally.counts)])

    def _share(self) -> str:
        """Say how much is read, and how long the rest will take at the pace so far."""
        if not self._size:
            return ""
        share = min(self._done() / self._size, 1.0)
        left = (time.monotonic() - self._began) * (1 - share) / share if share else 0.0
        return f"; {share:.0%} read, {left:,.0f} s left"


class Events:
    """Writes one JSON object a line for each file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def add(self, result: FileResult) -> None:
        """Write the event of one more file."""
        self._stream.write(json.dumps({"event": "file", **result.as_json()}) + "\n")

    def close(self) -> None:
        """Let nothing wait."""
        self._stream.flush()
