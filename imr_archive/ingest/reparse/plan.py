"""What reading stored letters again would change, counted field by field with examples; nothing is written."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from imr_archive.errors import LetterError
from imr_archive.history.corrections import CONFLICTS_HEADING, conflict_sentence
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.worker import parse_content, read_content
from imr_archive.ingest.reparse.comparison import Verdict, compared
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.sources.files import receive
from imr_archive.letters.difference import FIELDS_HEADING, field_line
from imr_archive.parsing.parser import PARSER_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from imr_archive.ingest.reparse.comparison import Comparison
    from imr_archive.ingest.sources.files import ReceivedFile, Source
    from imr_archive.letters.difference import FieldChange
    from imr_archive.letters.reading import Reading
    from imr_archive.models import SourceLetter
    from imr_archive.parsing.parsed import ParsedLetter

SCHEMA = "imr-reparse/1"
_BATCH = 200
_EXAMPLES = 3
_SHOWN = 60
_LED_IN = 20


def letters_compared(
    letters: QuerySet[SourceLetter],
    *,
    processes: int,
    parse: Callable[[bytes], ParsedLetter | LetterError] = parse_content,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Comparison]:
    """Parse stored letters and compare them with what is stored of them; few are in memory at a time.

    ``stopped`` ends it after the letters in hand.
    """
    with ParserPool(processes, _content, partial(read_content, parse=parse)) as pool:
        batch: list[tuple[ReceivedFile, Reading | LetterError]] = []
        sources = takewhile(lambda _: not stopped(), sources_of(letters))
        for ready in pool.parsed(_received(sources)):
            if ready is not None and ready[1] is not None:
                batch.append((ready[0], ready[1]))
            if len(batch) >= _BATCH:
                yield from compared(batch)
                batch = []
        yield from compared(batch)


def _content(file: ReceivedFile) -> bytes:
    return file.content


def _received(sources: Iterable[Source]) -> Iterator[ReceivedFile]:
    for source in sources:
        with suppress(LetterError):  # deleted since it was listed
            yield receive(source)


@dataclass(slots=True)
class FieldPlan:
    """How often a field would change, and the first changes as (letter, change)."""

    letters: int = 0
    values: int = 0
    examples: list[tuple[str, FieldChange]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What reading letters again comes to, so far."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    fields: dict[str, FieldPlan] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, comparison: Comparison) -> None:
        """Take in one more letter."""
        self.verdicts[comparison.verdict] += 1
        if comparison.verdict is Verdict.UNREADABLE and len(self.unreadable) < _EXAMPLES:
            self.unreadable.append((comparison.reference, str(comparison.error)))
        self.conflicts += ((comparison.reference, conflict) for conflict in comparison.conflicts)
        for name in dict.fromkeys(change.field for change in comparison.changes):
            self.fields.setdefault(name, FieldPlan()).letters += 1
        for change in comparison.changes:
            plan = self.fields[change.field]
            plan.values += 1
            if len(plan.examples) < _EXAMPLES:
                plan.examples.append((comparison.reference, change))

    @property
    def unread(self) -> int:
        """How many letters could not be read."""
        return self.verdicts[Verdict.UNREADABLE] + self.verdicts[Verdict.QUARANTINED]


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield the plan for a terminal."""
    yield f"Read by parser version {PARSER_VERSION}, of {plan.verdicts.total():,} letters"
    yield from (f"{plan.verdicts[verdict]:>12,}  {verdict.value}" for verdict in Verdict)
    yield from (f"    {reference}: {sentence}" for reference, sentence in plan.unreadable)
    if plan.fields:
        yield ""
        yield FIELDS_HEADING
    for name, each in sorted(plan.fields.items()):
        yield field_line(name, each.letters, each.values)
        yield from (f"    {_example(reference, change)}" for reference, change in each.examples)
    if plan.conflicts:
        yield ""
        yield f"{CONFLICTS_HEADING}:"
    yield from (f"{reference}, {conflict_sentence(conflict)}." for reference, conflict in plan.conflicts)


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the plan for machines."""
    return {
        "schema": SCHEMA,
        "parser_version": PARSER_VERSION,
        "letters": plan.verdicts.total(),
        "verdicts": {verdict.name.lower(): plan.verdicts[verdict] for verdict in Verdict},
        "fields": {
            name: {
                "letters": each.letters,
                "values": each.values,
                "examples": [{"letter": reference, **change._asdict()} for reference, change in each.examples],
            }
            for name, each in sorted(plan.fields.items())
        },
        "conflicts": [{"letter": reference, **conflict} for reference, conflict in plan.conflicts],
        "unreadable": [{"letter": reference, "reason": sentence} for reference, sentence in plan.unreadable],
    }


def _example(reference: str, change: FieldChange) -> str:
    item = "" if change.item is None else f", item {change.item}"
    before, after = clipped_pair(change.before, change.after)
    return f"{reference}{item}: {before} → {after}"


def clipped_pair(before: Any, after: Any) -> tuple[str, str]:
    """Return two values as short texts, each cut to where it begins to differ from the other."""
    one, other = _shown(before), _shown(after)
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    same = max(same - _LED_IN, 0)
    return _clipped(one, same), _clipped(other, same)


def _shown(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    return " ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split())


def _clipped(text: str, same: int) -> str:
    """Cut a text to where it begins to differ from another."""
    start = same if len(text) > _SHOWN else 0
    cut = text[start : start + _SHOWN]
    return f"{'…' if start else ''}{cut}{'…' if start + _SHOWN < len(text) else ''}"
