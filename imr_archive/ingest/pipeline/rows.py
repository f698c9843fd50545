"""Parsed letters become rows: collected by table, one letter or many, and inserted table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.utils import timezone
from django.utils.text import slugify

from imr_archive.ingest.pipeline.letter_rows import (
    CITATION_COLUMNS,
    DETERMINATION_COLUMNS,
    DETERMINATION_TEXT_COLUMNS,
    ITEM_COLUMNS,
    ITEM_TEXT_COLUMNS,
    MENTION_COLUMNS,
)
from imr_archive.ingest.pipeline.lookups import OneOf
from imr_archive.ingest.pipeline.tables import Table
from imr_archive.models import (
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemTreatment,
    Reviewer,
    ReviewerLicence,
    ReviewerSpecialty,
    SourceLetter,
)
from imr_archive.search.fulltext.tables import RowVectors
from imr_archive.vocabulary import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Field, Model

    from imr_archive.ingest.pipeline.canonical import Canonical
    from imr_archive.ingest.pipeline.letter_rows import ItemRows, LetterRows, Profile
    from imr_archive.ingest.pipeline.tables import Row
    from imr_archive.ingest.sources.files import ReceivedFile

T = TypeVar("T")

DETERMINATIONS = Table(Determination, ("id", *DETERMINATION_COLUMNS, "reviewer_id"))
DETERMINATION_TEXTS = Table(DeterminationText, ("determination_id", *DETERMINATION_TEXT_COLUMNS))
ITEMS = Table(DisputedItem, ("id", "determination_id", *ITEM_COLUMNS))
ITEM_TEXTS = Table(DisputedItemText, ("item_id", *ITEM_TEXT_COLUMNS))
TREATMENTS = Table(ItemTreatment, ("item_id", "treatment_id", "position", "raw"))
BODY_PARTS = Table(ItemBodyPart, ("item_id", "body_part_id", "raw"))
CITATIONS = Table(GuidelineCitation, ("item_id", "guideline_id", *CITATION_COLUMNS))
MENTIONS = Table(GuidelineMention, ("item_id", "guideline_id", *MENTION_COLUMNS))
LETTERS = Table(
    SourceLetter,
    (
        *("id", "name", "sha256", "size", "received_at", "content"),
        *("kind", "parser_version", "state", "reason_code", "reason"),
        *("determination_id", "diagnostics", "spans", "text"),
    ),
)
# What a reading says of the letter itself; its bytes, its name and when it came never change.
READ_COLUMNS = ("kind", "parser_version", "reason_code", "reason", "diagnostics", "spans", "text")
# Each after those it refers to.
TABLES = (
    DETERMINATIONS,
    DETERMINATION_TEXTS,
    ITEMS,
    ITEM_TEXTS,
    TREATMENTS,
    BODY_PARTS,
    CITATIONS,
    MENTIONS,
    LETTERS,
)


class RowSet:
    """The rows of one letter or of many, until they are inserted all at once."""

    def __init__(self) -> None:
        self._rows: dict[Table, list[Row]] = {table: [] for table in TABLES}
        # The words of the texts, for those who index them with the rows.
        self.item_words: list[RowVectors] = []
        self.summary_words: list[RowVectors] = []
        self._received_at = timezone.now()

    def insert(self) -> None:
        """Insert the rows."""
        for table, rows in self._rows.items():
            table.insert(rows)

    def add_determination(self, key: int, letter: LetterRows, reviewer: int | None) -> None:
        """Take the facts of a determination."""
        self._rows[DETERMINATIONS].append(determination_row(key, letter, reviewer))

    def add_contents(self, determination: int, letter: LetterRows, items: Iterable[int], canonical: Canonical) -> None:
        """Take the text and the items of a determination, under these keys, with all that hangs on them."""
        self._rows[DETERMINATION_TEXTS].append((determination, *letter.text))
        self.summary_words.append(RowVectors(determination, letter.vectors))
        self.add_items(determination, letter, items, canonical)

    def add_items(self, determination: int, letter: LetterRows, keys: Iterable[int], canonical: Canonical) -> None:
        """Take the items of a determination, under the first of these keys, with all that hangs on them."""
        for item, key in zip(letter.items, keys, strict=False):
            self._rows[ITEMS].append((key, determination, *item.facts))
            self._rows[ITEM_TEXTS].append((key, *item.text))
            self.item_words.append(RowVectors(key, item.vectors))
            self._add_to_item(key, item, canonical)

    def add_letter(self, key: int, source: ReceivedFile, letter: LetterRows, *, state: str, determination: int) -> None:
        """Take the letter itself, as it was received and as it was read."""
        received = (key, source.name[-255:], source.sha256, len(source.content), self._received_at, source.content)
        read = letter_values(source, letter, state=state, determination=determination)
        self._rows[LETTERS].append((*received, *read.values()))

    def _add_to_item(self, key: int, item: ItemRows, canonical: Canonical) -> None:
        treatments = firsts((canonical.treatment(slug), raw) for slug, raw in item.treatments)
        self._rows[TREATMENTS].extend(
            (key, treatment, position, raw) for position, (treatment, raw) in enumerate(treatments.items(), 1)
        )
        body_parts = firsts((canonical.body_parts[slug], raw) for slug, raw in item.body_parts)
        self._rows[BODY_PARTS].extend((key, body_part, raw) for body_part, raw in body_parts.items())
        guidelines = canonical.guidelines
        self._rows[CITATIONS].extend((key, guidelines[slug], *values) for slug, values in item.citations)
        self._rows[MENTIONS].extend((key, guidelines[slug], *values) for slug, values in item.mentions)


def letter_values(source: ReceivedFile, letter: LetterRows, *, state: str, determination: int) -> dict[str, Any]:
    """Return what a reading says of a letter, by column: all but what was received."""
    kind = SourceKind.PDF if kind_of(source.content) == SourceKind.PDF else SourceKind.TEXT
    return {
        "kind": kind.value,
        "parser_version": letter.parser_version,
        "state": str(state),
        "reason_code": "",
        "reason": "",
        "determination_id": determination,
        "diagnostics": letter.diagnostics,
        "spans": letter.spans,
        "text": letter.source_text,
    }


def determination_row(key: int, letter: LetterRows, reviewer: int | None) -> Row:
    """Return the row of a determination's facts."""
    return (key, *letter.facts, reviewer)


def kind_of(content: bytes) -> SourceKind:
    """Tell what kind of file some bytes are; None is told by its name."""
    if b"%PDF-" in content[:1024]:
        return SourceKind.PDF
    return SourceKind.UNKNOWN if b"\0" in content[:1024] else SourceKind.TEXT


def reviewer_keys(profiles: Iterable[Profile]) -> dict[str, int]:
    """Return the keys of reviewers' profiles by fingerprint; the row of a profile is made at its first letter."""
    wanted = {profile.fingerprint: profile for profile in profiles}
    keys = _stored_reviewers(wanted)
    missing = [profile for fingerprint, profile in wanted.items() if fingerprint not in keys]
    if not missing:
        return keys
    # Another run may make the same ones at the same time.
    rows = [Reviewer(fingerprint=profile.fingerprint, **profile.names) for profile in missing]
    Reviewer.objects.bulk_create(rows, ignore_conflicts=True)
    keys = _stored_reviewers(wanted)
    ReviewerSpecialty.objects.bulk_create(
        (
            ReviewerSpecialty(reviewer_id=keys[profile.fingerprint], slug=slug, name=name)
            for profile in missing
            for slug, name in _slugged(profile.boards, ReviewerSpecialty).items()
        ),
        ignore_conflicts=True,
    )
    ReviewerLicence.objects.bulk_create(
        (
            ReviewerLicence(reviewer_id=keys[profile.fingerprint], slug=slug, name=name)
            for profile in missing
            for slug, name in _slugged(profile.states, ReviewerLicence).items()
        ),
        ignore_conflicts=True,
    )
    return keys


def _stored_reviewers(wanted: Mapping[str, Profile]) -> dict[str, int]:
    return dict(Reviewer.objects.filter(OneOf("fingerprint", wanted)).order_by().values_list("fingerprint", "pk"))


def _slugged(credentials: Iterable[tuple[str | None, str]], model: type[Model]) -> dict[str, str]:
    """Return the names of credentials by their slugs; one that is not in our tables makes its own."""
    named = firsts((slug or slugify(name), name) for slug, name in credentials)
    return {_clipped(slug, model, "slug"): _clipped(name, model, "name") for slug, name in named.items() if slug}


def firsts(pairs: Iterable[tuple[T, str]]) -> dict[T, str]:
    """Keep the first wording of each value, in the order of the values."""
    kept: dict[T, str] = {}
    for value, wording in pairs:
        kept.setdefault(value, wording)
    return kept


def _clipped(text: str, model: type[Model], field: str) -> str:
    """Cut a text to what its column holds; the whole of it stands in the printed text beside."""
    column = cast("Field[Any, Any]", model._meta.get_field(field))
    return text[: column.max_length]
