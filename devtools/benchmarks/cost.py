"""Measure the cost of work over all its processes: seconds, processor seconds, and memory over time."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 0.25
POINTS = 20
# What is shared between processes is counted once over all of them; plain RSS would count it in each.
_SHARE, _WHOLE = "Pss:", "VmRSS:"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What was done to so many letters, and what it cost; ``processor`` adds the seconds of all cores."""

    letters: int
    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        """Letters a second."""
        return self.letters / self.seconds


def cost_of(work: Callable[[], int], server: int | None = None) -> Cost:
    """Do work that returns its number of letters; the processes it starts count, and a database server's, by its id."""
    before, began = _processor_seconds(server), time.monotonic()
    letters = work()
    seconds = time.monotonic() - began
    return Cost(letters, seconds, _processor_seconds(server) - before)


def _processor_seconds(server: int | None) -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    served = sum(map(_ticks, _family(server))) / _TICKS if server else 0.0
    return sum(each.ru_utime + each.ru_stime for each in used) + served


def _ticks(number: int) -> int:
    """Return what a process has used, with those of its children that have ended."""
    try:
        return sum(map(int, Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return 0  # it has ended


@dataclass
class Memory:
    """The memory of a program and its processes together, in MB, after so many seconds."""

    curve: list[tuple[float, int]] = field(default_factory=list)

    @property
    def peak(self) -> int:
        """The most memory that was seen."""
        return max((megabytes for _, megabytes in self.curve), default=0)

    def points(self) -> list[tuple[float, int]]:
        """Return the curve in some twenty points: of each stretch the highest."""
        stretch = max(1, -(-len(self.curve) // POINTS))
        parts = (self.curve[at : at + stretch] for at in range(0, len(self.curve), stretch))
        return [max(part, key=lambda point: point[1]) for part in parts]


def memory_of(command: Sequence[str], **popen: object) -> Memory:
    """Run a program to its end and watch its memory; raise ``CalledProcessError`` if it fails."""
    memory, ended = Memory(), threading.Event()
    began = time.monotonic()
    with subprocess.Popen(command, **popen) as program:  # type: ignore[call-overload]  # whatever Popen takes

        def watch() -> None:
            while not ended.wait(SECONDS):
                memory.curve.append((time.monotonic() - began, sum(map(_kilobytes, _family(program.pid))) >> 10))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            failed = program.wait()
        finally:
            ended.set()
            watcher.join()
    if failed:
        raise subprocess.CalledProcessError(failed, command)
    return memory


def _family(number: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [number]
    for each in found:
        try:
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended
    return found


def _kilobytes(number: int) -> int:
    for name, entry in (("smaps_rollup", _SHARE), ("status", _WHOLE)):
        try:
            lines = Path(f"/proc/{number}/{name}").read_text().splitlines()
        except OSError:
            continue  # it has ended, or this kernel has no such file
        return next((int(line.split()[1]) for line in lines if line.startswith(entry)), 0)
    return 0
