"""Parse the bytes of one letter into a ParsedLetter: plain data, without a database, settings or a log.

``parse_letter`` raises ``SourceUnreadable`` and ``NotADetermination``, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.checks import missing as diagnostics
from imr_archive.parsing.checks.case import service_date_doubts, worker_doubts
from imr_archive.parsing.items.reader import read_item, unresolved
from imr_archive.parsing.letter.header import read_header
from imr_archive.parsing.letter.layouts import FORMS, recognise_layout
from imr_archive.parsing.letter.reviewer import read_reviewer
from imr_archive.parsing.letter.sections import find_sections
from imr_archive.parsing.letter.summary import contradictions, read_summary
from imr_archive.parsing.parsed import parsed_letter
from imr_archive.parsing.results import LetterDates, StatedLetter
from imr_archive.parsing.source.extraction import read_source
from imr_archive.parsing.source.letters import split_letters
from imr_archive.parsing.source.normalise import normalise
from imr_archive.records import DATE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.items.blocks import Block
    from imr_archive.parsing.letter.header import Header
    from imr_archive.parsing.letter.reviewer import ParsedReviewer
    from imr_archive.parsing.letter.sections import LetterSection, Sections
    from imr_archive.parsing.letter.summary import ParsedSummary
    from imr_archive.parsing.parsed import ParsedLetter
    from imr_archive.parsing.results import Diagnostic, Item
    from imr_archive.parsing.source.letters import LetterPart
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range
    from imr_archive.vocabulary import Layout

PARSER_VERSION = "1.12"

# The sections whose whole text counts as read.
_WHOLE_SECTIONS = ("summary", "documents", "effect")


def parse_letter(data: bytes, name: str = "") -> ParsedLetter:
    """Parse a file that holds one letter; ``name`` is only used in the sentence of a ``SourceUnreadable``.

    A file that holds several raises ``SourceUnreadable``, so that no determination mixes the facts of two people.
    """
    source = read_source(data, name)
    parts = split_letters(source)
    held = max(part.letters_in_file for part in parts)
    if held > 1:
        raise SourceUnreadable(f"{name or 'The file'} holds {held} letters; only single letters can be stored.")
    return _parse_part(parts[0])


def parse_file(data: bytes, name: str = "") -> ParsedLetter | tuple[LetterPart, ...]:
    """Parse a file's one letter, or return the parts of one that holds several, each to be parsed on its own.

    A file whose letters can't be separated is parsed as one, with the diagnostic that says so.
    """
    parts = split_letters(read_source(data, name))
    return _parse_part(parts[0]) if len(parts) == 1 else parts


def parse_letters(data: bytes, name: str = "") -> tuple[ParsedLetter, ...]:
    """Parse each letter of a file; the spans of each point into its own part of the file's text."""
    return tuple(_parse_part(part) for part in split_letters(read_source(data, name)))


def _parse_part(part: LetterPart) -> ParsedLetter:
    return parse_text(part.text, part.diagnostics)


@dataclass(frozen=True, slots=True)
class Outline:
    """A letter cut into parts that are not yet read: its sections, and its items with their paragraphs."""

    letter: NormalText
    layout: Layout
    sections: Sections
    blocks: Sequence[Block]


def outline(text: str) -> Outline:
    """Cut the text of one letter into its parts; raise ``NotADetermination`` for any other text."""
    letter = normalise(text)
    layout = recognise_layout(letter.text)
    form = FORMS[layout]
    sections = find_sections(letter.text, form.headings, form.items)
    return Outline(letter, layout, sections, form.find_blocks(letter, sections))


def parse_text(text: str, source_remarks: Sequence[Diagnostic] = ()) -> ParsedLetter:
    """Parse the text of one letter; the spans of the result point into this text.

    ``source_remarks`` are the diagnostics from reading the file, which come first in the result.
    """
    return parsed_letter(read_text(text, source_remarks))


def read_text(text: str, source_remarks: Sequence[Diagnostic] = ()) -> StatedLetter:
    """Read the text of one letter into the parser's own values, each with its raw text and its span."""
    parts = outline(text)
    letter, sections, blocks = parts.letter, parts.sections, parts.blocks
    header = read_header(letter, sections.header, (place for block in blocks for place in block.claimed))
    reviewer = read_reviewer(letter, *_about_the_reviewer(sections))
    items = _items(letter, blocks)
    told = _without_items(sections.get("summary"), blocks)
    summary = read_summary(letter, told)
    dates = _dates(header, summary)
    unclaimed = diagnostics.unclaimed_spans(letter, _claimed(header, reviewer, sections, blocks))
    remarks = (
        *source_remarks,
        *diagnostics.unseen_form(parts.layout, dates.decision),
        *diagnostics.left_out_lines(letter.left_out),
        *diagnostics.repeated_sections(letter, sections.printed),
        *header.remarks,
        *diagnostics.missing_parts(
            header.case_number, reviewer.profile, summary.text, items, FORMS[parts.layout].sides
        ),
        *diagnostics.disordered_dates(dates),
        *summary.remarks,
        *contradictions(summary, header.dates),
        *(worker_doubts(letter, (told.body, told.end), summary.age, summary.sex, dates) if told else ()),
        *service_date_doubts(items, dates),
        *reviewer.remarks,
        *(doubt for item in items for doubt in item.doubts),
        *(remark for item in items for remark in unresolved(item)),
        *diagnostics.unclaimed_remarks(unclaimed),
    )
    return StatedLetter(
        parser_version=PARSER_VERSION,
        layout=parts.layout,
        source_text=text,
        normalised_text=letter.words,
        case_number=header.case_number,
        priority=header.priority,
        dates=dates,
        age=summary.age,
        sex=summary.sex,
        reviewer=reviewer.profile,
        clinical_summary=summary.text,
        items=items,
        diagnostics=remarks,
        unclaimed=unclaimed,
    )


def _about_the_reviewer(sections: Sections) -> Range:
    """Return the range that describes the reviewer; without any heading for it, the text before the first heading."""
    section = sections.get("qualifications") or sections.get("method") or sections.header
    return section.start, section.end


def _without_items(section: LetterSection | None, blocks: Sequence[Block]) -> LetterSection | None:
    """Return a section ended where the first item begins in it, which happens after a lost heading."""
    if section is None:
        return None
    starts = (start for block in blocks for start, _ in block.claimed if start > section.body)
    return section.until(min(starts, default=section.end))


def _items(letter: NormalText, blocks: Sequence[Block]) -> tuple[Item, ...]:
    items: list[Item] = []
    for block in blocks:
        item = read_item(letter, len(items) + 1, block)
        if item:
            items.append(item)
    return tuple(items)


def _dates(header: Header, summary: ParsedSummary) -> LetterDates:
    """Take each date from the box, else from the summary."""
    from_summary = {"injury": summary.injury, "ur_decision": summary.ur_decision}
    return LetterDates(**{name: header.dates.get(name) or from_summary.get(name) for name in DATE_NAMES})


def _claimed(header: Header, reviewer: ParsedReviewer, sections: Sections, blocks: Sequence[Block]) -> Iterator[Range]:
    """Yield the ranges of the normalised text that some rule has read."""
    yield from header.claimed
    yield from reviewer.claimed
    yield from ((marker.start, marker.end) for marker in (*sections.headings, *sections.introductions))
    yield from (place for block in blocks for place in block.claimed)
    for key in _WHOLE_SECTIONS:
        section = _without_items(sections.get(key), blocks)
        if section:
            yield section.start, section.end
