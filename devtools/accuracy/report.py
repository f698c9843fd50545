"""Tables of the parser's accuracy on a gold folder, by field and by the shape of the letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devtools.accuracy.score import compare
from devtools.synthetic.page.shapes import shapes
from imr_archive.errors import LetterError
from imr_archive.parsing.parser import parse_letter
from imr_archive.parsing.source.extraction import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from devtools.accuracy.gold import GoldLetter
    from devtools.accuracy.score import Check

ORIGINAL = "original"


@dataclass(slots=True)
class FieldTally:
    """The comparisons of one field, added up; the share is the F1 of values found and wanted."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, check: Check) -> None:
        """Count one more comparison."""
        self.right += check.right
        self.found += check.found
        self.wanted += check.wanted

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else float(not self.wanted)

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return self.right / self.wanted if self.wanted else float(not self.found)

    @property
    def share(self) -> float:
        """The F1, which is the plain share of a field that always has one value."""
        asked = self.found + self.wanted
        return 2 * self.right / asked if asked else 1.0


@dataclass(slots=True)
class ShapeScore:
    """What the parser reads right of the letters in one shape."""

    shape: str
    letters: int = 0
    tallies: dict[str, FieldTally] = field(default_factory=dict)
    misses: list[Check] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, check: Check) -> None:
        """Count one comparison, and keep it if it is a miss."""
        self.tallies.setdefault(check.field, FieldTally()).add(check)
        if not check.right == check.found == check.wanted:
            self.misses.append(check)

    @property
    def mean(self) -> float:
        """The mean share over the fields."""
        return sum(tally.share for tally in self.tallies.values()) / len(self.tallies) if self.tallies else 0.0

    @property
    def worst(self) -> float:
        """The share of the worst field."""
        return min((tally.share for tally in self.tallies.values()), default=0.0)

    def as_json(self) -> dict[str, Any]:
        """Return the score for machines."""
        fields = {
            name: {"right": tally.right, "found": tally.found, "wanted": tally.wanted, "share": tally.share}
            for name, tally in self.tallies.items()
        }
        counts = {"shape": self.shape, "letters": self.letters, "not_parsed": self.failures}
        return counts | {"mean": self.mean, "worst": self.worst, "fields": fields}


def shape_names() -> tuple[str, ...]:
    """Return the names of the shapes, the letters as they are first."""
    return (ORIGINAL, *shapes())


def score_letters(letters: Iterable[GoldLetter], shape: str = ORIGINAL) -> ShapeScore:
    """Parse every gold letter in a shape and compare; a letter that cannot be parsed has every field wrong."""
    score = ShapeScore(shape)
    for letter in letters:
        score.letters += 1
        name = letter.path.name
        try:
            parsed = parse_letter(_in_shape(letter.path.read_bytes(), shape), name).as_json(file=name, sha256="")
        except LetterError as error:
            score.failures.append(f"{name}: {error}")
            parsed = {}
        for check in compare(letter.truth, parsed, name):
            score.add(check)
    return score


def _in_shape(data: bytes, shape: str) -> bytes:
    return data if shape == ORIGINAL else shapes()[shape](read_source(data).text)


def text_table(scores: Sequence[ShapeScore]) -> Iterator[str]:
    """Yield the lines of a table for a terminal: one shape in full, several by their shares."""
    if len(scores) == 1:
        yield from _columns([_HEAD, *_rows(scores[0])])
    else:
        yield from _columns([*_shares(scores)])
    for score in scores:
        worst, mean = _percent(score.worst), _percent(score.mean)
        yield f"{score.shape}: {score.letters} letters, mean {mean}, worst field {worst}"
        yield from (f"  not parsed: {failure}" for failure in score.failures)


def markdown_table(scores: Sequence[ShapeScore]) -> Iterator[str]:
    """Yield the lines of the same table in Markdown; with several shapes there is a column for each."""
    rows = [_HEAD, *_rows(scores[0])] if len(scores) == 1 else [*_shares(scores)]
    head, *body = rows
    yield _markdown(head)
    yield _markdown(["---", *("---:" for _ in head[1:])])
    yield from map(_markdown, body)


_HEAD = ["field", "right", "found", "true", "share"]


def _rows(score: ShapeScore) -> Iterator[list[str]]:
    for name, tally in score.tallies.items():
        yield [name, str(tally.right), str(tally.found), str(tally.wanted), _percent(tally.share)]
    yield ["mean of the fields", "", "", "", _percent(score.mean)]


def _shares(scores: Sequence[ShapeScore]) -> Iterator[list[str]]:
    yield ["field", *(score.shape for score in scores)]
    for name in scores[0].tallies:
        yield [name, *(_percent(score.tallies[name].share) if name in score.tallies else "" for score in scores)]
    yield ["mean of the fields", *(_percent(score.mean) for score in scores)]


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        yield "  ".join([first.ljust(widths[0]), *map(str.rjust, others, widths[1:])])


def _markdown(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    return f"{share:.1%}"
