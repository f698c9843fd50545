"""What a download says of itself: its file's name, and beside the data the question, the count and the codebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.selection import Unit
from imr_archive.spreadsheets import LONGEST_CELL
from imr_archive.web.question.active_filters import active_filters, arrival_in_words, question_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imr_archive.web.exports.columns import ExportColumn
    from imr_archive.web.question.search import Search

# So much of a question stands in a file's name.
_LONGEST_NAME = 60
CODEBOOK_HEADER = ("column", "what it says", "codes")


@dataclass(frozen=True, slots=True)
class About:
    """The facts of a download as pairs of a term and its text, and its codebook as rows."""

    facts: Sequence[tuple[str, str]]
    codebook: Sequence[tuple[str, str, str]]

    @property
    def text(self) -> str:
        """The facts as plain text."""
        return "".join(f"{term}: {words}\n" for term, words in self.facts)


def about_download(search: Search, unit: Unit, columns: Sequence[ExportColumn], address: Callable[[str], str]) -> About:
    """Describe a download; ``address`` makes a whole address out of a path."""
    question = search.question.on_page(1)
    words = question_in_words(active_filters(search)) or "everything"
    facts = [
        ("Question", words),
        ("Address", address(reverse("web:list") + question.query_string)),
        ("Rows", f"{search.selection.size(unit):,} {unit.label}"),
        ("Data version", search.snapshot.data_version),
        ("Made", f"{timezone.now():%Y-%m-%d %H:%M} UTC"),
        ("Codebook and sources", address(reverse("web:data"))),
        ("Outcomes", "Upheld: the denial stands. Overturned: the treatment is approved."),
        ("Absent values", "An empty cell means that the letter does not say, or that it could not be read."),
        ("Several values", "Several values of a cell are joined by semicolons."),
        ("Formulas", "A text that begins like a formula has an apostrophe before it."),
        ("Long texts", f"Excel holds {LONGEST_CELL:,} characters in a cell; a text that was cut says so at its end."),
    ]
    return About(facts, [*codebook_rows(columns)])


def codebook_rows(columns: Sequence[ExportColumn]) -> Iterator[tuple[str, str, str]]:
    """Yield each column's name, what it says, and its codes with their labels."""
    for each in columns:
        codes = each.codes.choices() if each.codes else []
        yield each.name, each.about, "; ".join(f"{code} = {label}" for code, label in codes)


def file_stem(search: Search, unit: Unit) -> str:
    """Return a file's name that tells the question, the count and the day: ``imr-mri-2016-61-items-2026-11-29``."""
    question = search.question
    parts = [question.words] if question.words else []
    for dimension in DIMENSIONS:
        names = search.snapshot.names[dimension.name]
        parts += [dimension.label(value, names) or value for value in question.values(dimension.name)]
    parts.append(question.year_range)
    parts.append(arrival_in_words(question) if question.has_arrival else "")
    told = slugify(" ".join(filter(None, parts)) or "all")
    if len(told) > _LONGEST_NAME:
        told = told[:_LONGEST_NAME].rpartition("-")[0] or told[:_LONGEST_NAME]
    count = search.selection.size(unit)
    noun = unit.value.removesuffix("s") if count == 1 else unit.value
    return "-".join(["imr", *filter(None, [told]), str(count), noun, f"{timezone.localdate():%Y-%m-%d}"])
