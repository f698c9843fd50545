"""Inject each fault into a run, resume the run, and print a table: ``python -m devtools.benchmarks.faults``.

    python -m devtools.benchmarks.faults --database sqlite
    python -m devtools.benchmarks.faults --database postgresql --letters 20000

The faults are those of ``devtools/testing/faults/runs.py``, and they are real: processes are killed, a mounted disk is
filled, connections are ended, and the benchmark's own server is stopped. Mounting a small disk requires root; without
it, the row says so. The exit status is 1 if the rows after resuming differ from those of an undisturbed run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.synthetic.letters import Making, make_letters
from devtools.synthetic.page.files import write_folder
from devtools.testing.faults.archives import NoDisk, new_archives
from devtools.testing.faults.runs import LETTERS, STRUCK_AFTER, Story, faults_of, story_of, undisturbed

if TYPE_CHECKING:
    from typing import Any

SEED = 77
HEADINGS = (
    *("what was broken, in mid-run", "exit", "what the run said", "rows before"),
    *("what `--resume` did", "rows after", "as undisturbed"),
)


def main() -> int:
    """Meet every fault and print the table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--letters", type=int, default=LETTERS, help="letters of the run (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.letters < LETTERS:
        parser.error(f"--letters must be {LETTERS:,} or more, or the run would be at its end before the fault.")
    with tempfile.TemporaryDirectory(prefix="imr-faults-") as name:
        folder = Path(name)
        write_folder(folder / "letters", make_letters(arguments.letters, SEED, Making("plain", 0.0, None)))
        (folder / "archives").mkdir()
        with new_archives(arguments.database, folder / "archives") as archives:
            expected = undisturbed(archives, folder / "letters")
            _print_row(HEADINGS)
            _print_row(["---"] * len(HEADINGS))
            sound = True
            for fault in faults_of(arguments.database):
                try:
                    story = story_of(fault, archives, folder / "letters")
                except NoDisk:
                    _print_row([fault.name, "", "not tried: only root may mount a small disk", "", "", "", ""])
                    continue
                sound &= story.rows["sha256"] == expected["sha256"]
                _print_row(_cells(story, expected))
    sys.stdout.write(f"\n{arguments.letters:,} letters, struck once {STRUCK_AFTER} lines of events were read.\n")
    return 0 if sound else 1


def _cells(story: Story, expected: dict[str, Any]) -> list[str]:
    same = story.rows["sha256"] == expected["sha256"] and not story.rows["findings"]
    did = f"read the other {story.after['files'] - story.before['files']:,} files"
    return [
        story.fault.name,
        str(story.status) if story.status >= 0 else f"killed by {-story.status}",
        _sentence(story.said) or ("nothing, and went on to its end" if story.status == 0 else "nothing"),
        _rows(story.before),
        did if story.resumed_status == 0 else _sentence(story.resumed_said),
        _rows(story.after),
        "every row; `check_archive` finds nothing" if same else "**no**",
    ]


def _sentence(said: str) -> str:
    """Return what the command said last; Python has its own word about semaphores of a process that was killed."""
    sentences = [line for line in said.splitlines() if line.startswith("CommandError: ")]
    return sentences[-1].removeprefix("CommandError: ") if sentences else ""


def _rows(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {what}" for what, number in counts.items())


def _print_row(cells: tuple[str, ...] | list[str]) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
