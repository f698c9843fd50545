"""Progress of a run: a bar on a terminal, a line every few seconds elsewhere, or JSON events for programs."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, TextIO

from tqdm import tqdm

from imr_archive.ingest.runs.report import Tally, became, files_told

if TYPE_CHECKING:
    from collections.abc import Callable

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.models import IngestRun

_SECONDS_BETWEEN_LINES = 5
_SECONDS_BETWEEN_BARS = 0.1
_BAR = "{percentage:3.0f}% |{bar}| {desc} [{elapsed}, {remaining} left]"
_WITHOUT_END = "{desc} [{elapsed}]"
# The width of the bar on a terminal that does not report its own.
_WIDTH = 80


class Progress:
    """Shows the progress of a run: ``done`` returns how many of ``size`` bytes are read (None: size unknown).

    Without ``done``, ``size`` is a number of files.
    """

    is_heard = True

    def __init__(self, stream: TextIO, *, size: int | None, done: Callable[[], int] | None = None) -> None:
        self._stream = stream
        self._size = size
        self._tally = Tally()
        self._done = done or (lambda: self._tally.total)
        self._began = self._told = time.monotonic()
        self._bar: Any = None
        if stream.isatty():
            self._bar = self._new_bar()

    def begin(self, run: IngestRun) -> None:
        """Do nothing; ``Events`` writes its first line here."""

    def add(self, result: FileResult) -> None:
        """Count one more file, and update the display if it is due."""
        self._tally.add(result)
        if time.monotonic() < self._told + (_SECONDS_BETWEEN_LINES if self._bar is None else _SECONDS_BETWEEN_BARS):
            return
        self._told = time.monotonic()
        if self._bar is not None:
            self._bar.n = self._done() if self._size is None else min(self._done(), self._size)
            self._bar.set_description_str(self.line())
        else:
            self._stream.write(f"{self.line()}{self._share()}\n")
            self._stream.flush()

    def end(self, run: IngestRun) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()

    def line(self) -> str:
        """Return the number of files, the files per second, and the counts by status."""
        seconds = time.monotonic() - self._began
        rate = self._tally.total / seconds if seconds else 0.0
        return ", ".join([files_told(self._tally.total), f"{rate:,.0f}/s", *became(self._tally.counts)])

    def _new_bar(self) -> Any:
        is_width_known = os.get_terminal_size(self._stream.fileno()).columns > 0
        return tqdm(
            total=self._size,
            file=self._stream,
            bar_format=_WITHOUT_END if self._size is None else _BAR,
            leave=False,
            desc=self.line(),
            dynamic_ncols=is_width_known,
            ncols=None if is_width_known else _WIDTH,
        )

    def _share(self) -> str:
        """Return the share that is read, and the estimated seconds for the rest."""
        if not self._size:
            return ""
        share = min(self._done() / self._size, 1.0)
        left = (time.monotonic() - self._began) * (1 - share) / share if share else 0.0
        return f"; {share:.0%} read, {left:,.0f} s left"


class Events:
    """Writes one JSON object per line: when a run starts, for each file, and when the run ends in any way.

    ``is_heard`` becomes False when the reader closes its end of the pipe; nothing more is written then.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_heard = True

    def begin(self, run: IngestRun) -> None:
        """Write the number of the run."""
        self._write({"event": "started", "run": run.pk})

    def add(self, result: FileResult) -> None:
        """Write the event of one more file."""
        self._write({"event": "file", **result.as_json()})

    def end(self, run: IngestRun) -> None:
        """Write how the run ended: finished, cancelled or failed."""
        self._write({"event": run.status, "run": run.pk, "counts": run.counts, "failure": run.failure or None})

    def _write(self, event: dict[str, Any]) -> None:
        if not self.is_heard:
            return
        try:
            self._stream.write(json.dumps(event) + "\n")
            # Flush each line, so that the reader receives it at once.
            self._stream.flush()
        except BrokenPipeError:
            self.is_heard = False
            _silence(self._stream)


def _silence(stream: TextIO) -> None:
    """Redirect a stream to the null device: Python flushes it at exit, and would report the broken pipe again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
