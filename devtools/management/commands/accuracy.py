"""``manage.py accuracy``: measure the parser's accuracy on a gold folder, field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from devtools.accuracy.gold import GoldUnreadable, read_gold
from devtools.accuracy.report import ORIGINAL, ShapeScore, markdown_table, score_letters, shape_names, text_table

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Sequence

ALL_SHAPES = "all"


class Command(BaseCommand):
    """Score the parser; exit with 1 if a field of any shape is below ``--at-least``, 2 on bad usage."""

    help = "Parse the letters of a gold folder and print how much of their known data is read right, field by field."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the gold folder, and what to print."""
        parser.add_argument(
            "gold",
            metavar="GOLD",
            type=Path,
            help="folder with expected.json, or with *.expected.json beside its letters; or an expected.json itself",
        )
        parser.add_argument("--letters", metavar="FOLDER", type=Path, help="where the letters are (default: beside)")
        parser.add_argument(
            "--shape",
            default=ORIGINAL,
            choices=[*shape_names(), ALL_SHAPES],
            help="give the letters the shape that another extractor would (default: as they are)",
        )
        parser.add_argument("--at-least", metavar="PERCENT", type=float, help="fail if a field's share is below this")
        parser.add_argument("--misses", metavar="FIELD", help="print what was read wrong of this field")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--markdown", action="store_true", help="print the table in Markdown")
        form.add_argument("--json", action="store_true", help="print one JSON object a shape instead of the table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Score each shape asked for, and print the table."""
        shapes = shape_names() if options["shape"] == ALL_SHAPES else [options["shape"]]
        try:
            letters = read_gold(options["gold"], options["letters"])
        except GoldUnreadable as error:
            raise CommandError(str(error), returncode=2) from error
        scores = [score_letters(letters, shape) for shape in shapes]
        for score in scores if options["misses"] else ():
            self._print_misses(score, options["misses"])
        self.stdout.write("\n".join(self._lines(scores, options)))
        self._require(scores, options["at_least"])

    def _lines(self, scores: Sequence[ShapeScore], options: dict[str, Any]) -> Iterable[str]:
        if options["json"]:
            return [json.dumps(score.as_json()) for score in scores]
        return markdown_table(scores) if options["markdown"] else text_table(scores)

    def _print_misses(self, score: ShapeScore, field: str) -> None:
        for miss in score.misses:
            if miss.field == field:
                self.stdout.write(f"{score.shape}, {miss.where}: true {miss.truth!r}, read {miss.parsed!r}")

    def _require(self, scores: Sequence[ShapeScore], percent: float | None) -> None:
        below = [score.shape for score in scores if percent is not None and score.worst * 100 < percent]
        if below:
            raise CommandError(f"A field is read right in less than {percent:g} % of {', '.join(below)}.", returncode=1)
