"""``manage.py make_letters``: write synthetic determination letters to a folder, or as NDJSON."""

from __future__ import annotations

import errno
import os
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from devtools.synthetic.letters import MOST_LETTERS, VOCABULARIES, Making, make_letters
from devtools.synthetic.page.files import ReportlabMissing, write_folder, write_ndjson
from devtools.synthetic.page.layouts import LAYOUTS

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from devtools.synthetic.letters import SyntheticLetter

STDOUT = "-"


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        message = f"{text!r} is not a whole number above zero"
        raise ArgumentTypeError(message)
    return int(text)


def _count(text: str) -> int:
    count = _positive(text)
    if count > MOST_LETTERS:
        message = f"{count:,} letters are more than there are made case numbers ({MOST_LETTERS:,})"
        raise ArgumentTypeError(message)
    return count


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        message = f"{text!r} is not a number from 0 to 1"
        raise ArgumentTypeError(message)
    return share


class Command(BaseCommand):
    """Write made letters, for a demo, a test of accuracy or a benchmark."""

    help = (
        "Write made determination letters: plausible letters about nobody, the same for the same seed, in the layouts, "
        "wordings and proportions of the real ones. Their case numbers lie from CMyy-5000000 up, which real letters do "
        "not reach. With --to, a file a letter; with --ndjson, a line a letter: "
        '{"name": "CM16-9000000.txt", "text": "..."}. The database is not touched.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("count", metavar="N", type=_count, help="how many letters to make")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same letters (default: 1)")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--to", metavar="FOLDER", type=Path, help="write files into this folder; made if missing")
        where.add_argument(
            "--ndjson",
            metavar="FILE",
            nargs="?",
            const=STDOUT,
            help="write NDJSON to this file, or to standard output where none or - is given",
        )
        parser.add_argument(
            "--pdf",
            metavar="EVERY",
            type=_positive,
            nargs="?",
            const=1,
            default=0,
            help="with --to: write PDFs instead of text files; with a number, only every so many-th letter is a PDF",
        )
        parser.add_argument(
            "--truth",
            action="store_true",
            help="also write the data of each letter: to expected.json in the folder, or as a key of each NDJSON line",
        )
        parser.add_argument(
            "--vocabulary",
            choices=VOCABULARIES,
            help="plain: readable prose (default with --to); zipf: with invented rare words, so that a large archive "
            "has as long a vocabulary as a real one (default with --ndjson)",
        )
        parser.add_argument(
            "--layout", choices=sorted(LAYOUTS), help="letters of one layout (default: each in its years)"
        )
        parser.add_argument(
            "--damage",
            metavar="LEVEL",
            type=_share,
            default=0.0,
            help="spoil the text as copying does, from 0 (not at all, the default) to 1; text only, never PDFs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the letters and say how many there are."""
        if options["pdf"] and not options["to"]:
            message = "NDJSON holds text: --pdf goes with --to."
            raise CommandError(message, returncode=2)
        try:
            if options["to"]:
                self._to_folder(options)
            else:
                self._to_ndjson(options)
        except ReportlabMissing as missing:
            raise CommandError(str(missing)) from missing
        except BrokenPipeError:
            # The reader closed the pipe. Python flushes stdout at exit, so it must go to the null device.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as failure:
            reason = failure.strerror or errno.errorcode.get(failure.errno or 0, "unknown")
            message = f"Cannot write to {options['to'] or options['ndjson']}: {reason}."
            raise CommandError(message) from failure

    def _to_folder(self, options: dict[str, Any]) -> None:
        folder: Path = options["to"]
        letters = _letters(options, "plain")
        written = write_folder(folder, letters, pdf_every=options["pdf"], truth=options["truth"])
        self.stdout.write(f"Wrote {written.texts} text files and {written.pdfs} PDFs to {folder}.")

    def _to_ndjson(self, options: dict[str, Any]) -> None:
        target: str = options["ndjson"]
        letters = _letters(options, "zipf")
        if target == STDOUT:
            self.stdout.ending = ""
            write_ndjson(self.stdout, letters, truth=options["truth"])  # type: ignore[arg-type]  # it has the write of a file
            return
        with Path(target).open("w", encoding="utf-8") as out:
            written = write_ndjson(out, letters, truth=options["truth"])
        self.stdout.write(f"Wrote {written} letters to {target}.")


def _letters(options: dict[str, Any], vocabulary: str) -> Iterator[SyntheticLetter]:
    making = Making(options["vocabulary"] or vocabulary, options["damage"], options["layout"])
    return make_letters(options["count"], options["seed"], making)
