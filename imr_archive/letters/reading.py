"""What a worker hands to the writer: a letter's record as the tables hold it, and what its source letter keeps.

Nothing here imports Django: workers never meet the database.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from imr_archive.letters import paths
from imr_archive.parsing.citations.resolver import guidelines
from imr_archive.parsing.letter.reviewer import licence_state, specialty
from imr_archive.parsing.requests.treatment_table import UNCLASSIFIED, treatments
from imr_archive.records import CitationRecord, ItemRecord, LetterRecord, ReviewerRecord, SideRecord
from imr_archive.search.fulltext.columns import ITEM_COLUMNS
from imr_archive.search.fulltext.vectors import vectors_of
from imr_archive.vocabulary import HoldCode

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from imr_archive.parsing.letter.reviewer import Entry
    from imr_archive.parsing.parsed import ParsedLetter

# What these columns hold; the whole of a longer text stands in the printed text beside.
LONGEST_TREATMENT_RAW = 600
LONGEST_BODY_PART_RAW = 200
LONGEST_PAGES = 200


class LetterVectors(msgspec.Struct, frozen=True):
    """The vectors of a letter's searchable texts: of its clinical summary, and of each of its items.

    None where the database has to make them.
    """

    summary: tuple[bytes, ...] | None
    items: tuple[tuple[bytes, ...] | None, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Why a letter is held: a code, a sentence, and the place in the text that it speaks of (None: the letter)."""

    code: HoldCode
    message: str
    start: int | None = None
    end: int | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One letter as a parser version reads it; ``spans`` and ``diagnostics`` are JSON text.

    ``findings`` speak against publishing it before somebody has looked at it.

    It travels between processes as MessagePack, which costs a third of what pickling its parts costs.
    """

    parser_version: str
    record: LetterRecord
    source_text: str
    spans: str
    diagnostics: str
    vectors: LetterVectors | None = None
    findings: tuple[Finding, ...] = ()

    def __reduce__(self) -> tuple[Callable[[bytes], Reading], tuple[bytes]]:
        return _unpacked, (_ENCODER.encode(self),)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Reading)


def _unpacked(packed: bytes) -> Reading:
    return _DECODER.decode(packed)


def reading_of(letter: ParsedLetter, *, vectors: bool = False) -> Reading:
    """Return a parsed letter as the writer takes it; ``vectors`` computes those of its texts as PostgreSQL reads them.

    Computed by workers, they cost the one process of the database that serves the writer nothing.
    """
    record = as_stored(letter.record)
    return Reading(
        parser_version=letter.parser_version,
        record=record,
        source_text=letter.source_text,
        spans=json.dumps(letter.spans),
        diagnostics=json.dumps([diagnostic.as_json() for diagnostic in letter.diagnostics]),
        vectors=_vectors(record) if vectors else None,
    )


def as_stored(record: LetterRecord) -> LetterRecord:
    """Return a record with the names and slugs that the tables hold, as the reader will give it back.

    Boards and states go by their canonical names, guidelines by the chapter of their entry, services outside the
    treatment table by their subcategory; what an item names twice stands once.
    """
    return msgspec.structs.replace(
        record, reviewer=_with_names(record.reviewer), items=tuple(map(_item_as_stored, record.items))
    )


def stored_treatment(slug: str, stored: Container[str]) -> str:
    """Return the slug that a treatment is stored by: its subcategory's, where the tables do not have the service."""
    if slug in stored:
        return slug
    return next(each for each in ("/".join(slug.split("/")[:2]), UNCLASSIFIED) if each in stored)


def _with_names(reviewer: ReviewerRecord) -> ReviewerRecord:
    return ReviewerRecord(
        certifications=_named(reviewer.certifications, specialty),
        subspecialties=_named(reviewer.subspecialties, specialty),
        states=_named(reviewer.states, licence_state),
    )


def _named(printed: Iterable[str], look_up: Callable[[str], Entry | None]) -> tuple[str, ...]:
    return tuple(entry.name if (entry := look_up(each)) else each for each in printed)


def _item_as_stored(item: ItemRecord) -> ItemRecord:
    listed = _listed_treatments()
    slugs = [stored_treatment(slug, listed) for slug in item.treatments]
    treatment_raws = _first_raws(item, "treatments", slugs, LONGEST_TREATMENT_RAW)
    body_part_raws = _first_raws(item, "body_parts", item.body_parts, LONGEST_BODY_PART_RAW)
    raw = {path: words for path, words in item.raw.items() if "." not in path}
    raw |= {f"treatments.{number}": words for number, words in enumerate(treatment_raws.values())}
    raw |= {f"body_parts.{number}": words for number, words in enumerate(body_part_raws.values())}
    return msgspec.structs.replace(
        item,
        treatments=tuple(treatment_raws),
        body_parts=tuple(body_part_raws),
        claims_administrator=_side_as_stored(item.claims_administrator),
        reviewer=_side_as_stored(item.reviewer),
        raw=raw,
    )


def _first_raws(item: ItemRecord, name: str, slugs: Iterable[str], longest: int) -> dict[str, str]:
    """Return the first raw text of each slug, cut to what its column holds."""
    kept: dict[str, str] = {}
    for number, slug in enumerate(slugs):
        kept.setdefault(slug, item.raw[f"{name}.{number}"][:longest])
    return kept


def _side_as_stored(side: SideRecord) -> SideRecord:
    return msgspec.structs.replace(side, citations=tuple(map(_citation_as_stored, side.citations)))


def _citation_as_stored(citation: CitationRecord) -> CitationRecord:
    chapter = _chapters().get(citation.slug)
    if chapter == citation.chapter_number and len(citation.pages or "") <= LONGEST_PAGES:
        return citation
    pages = citation.pages and citation.pages[:LONGEST_PAGES]
    return msgspec.structs.replace(citation, chapter_number=chapter, pages=pages)


@cache
def _chapters() -> dict[str, int | None]:
    return {entry.slug: entry.chapter_number for entry in guidelines()}


@cache
def _listed_treatments() -> frozenset[str]:
    return frozenset(entry.slug for entry in treatments())


def _vectors(record: LetterRecord) -> LetterVectors:
    return LetterVectors(
        summary=vectors_of([record.clinical_summary or ""]),
        items=tuple(vectors_of([get(item) or "" for get in _item_texts()]) for item in record.items),
    )


@cache
def _item_texts() -> list[Callable[[ItemRecord], str | None]]:
    """Return what gets the searchable texts of an item, in the order of their index."""
    return [paths.getter(paths.ITEM.get(column.name, column.name)) for column in ITEM_COLUMNS]
