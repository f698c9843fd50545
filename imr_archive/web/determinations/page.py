"""One determination as its page shows it: facts that say where they stand, items, and the source text beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from imr_archive.vocabulary import Basis, CitedBy, Layout, Outcome, Priority, Sex
from imr_archive.web.determinations.item_rows import citations_of, doubts_of, treatment_line
from imr_archive.web.determinations.source_text import SourceText, source_text
from imr_archive.web.question.state import SearchState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from imr_archive.models import (
        Determination,
        DisputedItem,
        GuidelineCitation,
        GuidelineMention,
        ItemBodyPart,
        ItemTreatment,
        SourceLetter,
    )
    from imr_archive.search.query.tree import Leaf
    from imr_archive.vocabulary import Vocabulary

AT_VAR = "at"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the letter says something: the span's path, what it says, and the link that lights it."""

    path: str
    name: str
    url: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its place in the letter, and the facet that holds its like."""

    text: str
    place: Place | None = None
    facet_url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled fact of the header; without values it is not printed."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two voices relied on for an item."""

    name: str
    basis: Basis
    place: Place | None
    citations: tuple[tuple[GuidelineCitation, Value], ...]
    text: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A disputed item with both sides and the place of each part."""

    item: DisputedItem
    meaning: str
    description: Value
    outcome_place: Place | None
    treatments: tuple[tuple[Value, ...], ...]
    body_parts: tuple[Value, ...]
    details: tuple[Fact, ...]
    sides: tuple[Side, Side]
    rationale: Value
    mentions: tuple[Value, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A parser's remark with its place."""

    message: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class LetterView:
    """Everything on the page of one determination."""

    determination: Determination
    place: Place | None
    sentence: str
    facts: tuple[Fact, ...]
    summary: Value
    items: tuple[ItemView, ...]
    remarks: tuple[Remark, ...]
    source: SourceText | None
    leaves: tuple[Leaf, ...]
    cited_leaves: tuple[Leaf, ...]


@dataclass
class _Places:
    """Makes links into the source text, and remembers what each place is called."""

    address: str
    state: SearchState
    spans: dict[str, Sequence[int]]
    at: str
    names: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, path: str) -> Place | None:
        """Return the place of a path, if the letter's spans know it."""
        if path not in self.spans:
            return None
        self.names[path] = name
        query = urlencode([*self.state.pairs, (AT_VAR, path)], safe="/")
        return Place(path, name, f"{self.address}?{query}", lit=path == self.at)


def letter_view(
    determination: Determination,
    items: Sequence[DisputedItem],
    letter: SourceLetter | None,
    *,
    state: SearchState,
    at: str,
) -> LetterView:
    """Build the page from rows that were fetched with their facts. ``at`` is the path to light in the source text."""
    spans: dict[str, Sequence[int]] = dict(letter.spans) if letter else {}
    diagnostics: list[dict[str, Any]] = letter.diagnostics if letter else []
    for index, diagnostic in enumerate(diagnostics):
        if diagnostic.get("start") is not None:
            spans[f"warnings.{index}"] = (diagnostic["start"], diagnostic["end"])
    places = _Places(determination.get_absolute_url(), state, spans, at)
    leaves, cited = state.query.positive_leaves, state.query.cited_leaves
    case_number = places.of("case number", "case_number")
    facts = tuple(_facts(determination, places))
    summary = Value(determination.text.clinical_summary, places.of("clinical summary", "clinical_summary"))
    item_views = tuple(_item_view(item, places) for item in items)
    remarks = tuple(
        Remark(diagnostic["message"], places.of("parser’s remark", f"warnings.{index}"))
        for index, diagnostic in enumerate(diagnostics)
    )
    source = None
    if letter:
        source = source_text(
            letter, span=spans.get(at), name=places.names.get(at, ""), diagnostics=diagnostics, leaves=leaves
        )
    return LetterView(
        determination, case_number, outcome_sentence(items), facts, summary, item_views, remarks, source, leaves, cited
    )


def outcome_sentence(items: Iterable[DisputedItem]) -> str:
    """Say in plain words what became of a determination's items."""
    outcomes = [item.outcome for item in items]
    total, overturned, upheld = len(outcomes), outcomes.count(Outcome.OVERTURNED), outcomes.count(Outcome.UPHELD)
    if not total:
        return "No disputed item was found in this letter."
    if total == 1:
        return {
            Outcome.OVERTURNED.value: "The one disputed item was overturned: the treatment was approved.",
            Outcome.UPHELD.value: "The one disputed item was upheld: the denial stands.",
        }.get(outcomes[0], "For the one disputed item the letter states no outcome.")
    if overturned == total:
        return f"All {total} disputed items were overturned: the treatments were approved."
    if upheld == total:
        return f"All {total} disputed items were upheld: the denials stand."
    sentences = []
    whole = f" of {total} disputed items"
    if overturned:
        were, treatments = ("was", "treatment was") if overturned == 1 else ("were", "treatments were")
        sentences.append(f"{overturned}{whole} {were} overturned: the {treatments} approved.")
    if upheld:
        rest = f"the other {upheld if upheld > 1 else 'one'}" if overturned + upheld == total else f"{upheld}"
        sentences.append(f"For {rest}{'' if overturned else whole} the denial stands.")
    if unstated := total - overturned - upheld:
        sentences.append(f"For {unstated}{'' if sentences else whole} the letter states no outcome.")
    return " ".join(sentences)


def facet_url(name: str, value: str) -> str:
    """Return the query string of everything that has one facet value."""
    return SearchState().with_value(name, value).query_string


def _facts(determination: Determination, places: _Places) -> Iterable[Fact]:
    def dated(label: str, name: str, value: date | None) -> Fact:
        return _fact(label, _day(value), places.of(label, f"dates.{name}"))

    yield dated("Decided", "decision", determination.decision_date)
    yield dated("Date of injury", "injury", determination.injury_date)
    yield dated("UR decision", "ur_decision", determination.ur_decision_date)
    yield dated("Application received", "received", determination.received_date)
    yield dated("Case assigned", "assigned", determination.assigned_date)
    yield Fact("Worker", tuple(_worker(determination, places)))
    reviewer = determination.reviewer
    specialties = {row.name: row.slug for row in reviewer.specialties.all()} if reviewer else {}
    licences = {row.name: row.slug for row in reviewer.licences.all()} if reviewer else {}
    boards, subspecialties, states = (
        (reviewer.certifications, reviewer.subspecialties, reviewer.states) if reviewer else ([], [], [])
    )
    yield Fact("Reviewer’s boards", _linked(boards, "specialty", specialties, places, "certifications"))
    if subspecialties:
        yield Fact("Subspecialties", _linked(subspecialties, "specialty", specialties, places, "subspecialties"))
    yield Fact("Licensed in", _linked(states, "state", licences, places, "states"))
    yield _fact("Priority", _label(Priority, determination.priority), places.of("priority", "priority"))
    yield _fact("Layout", _label(Layout, determination.layout), None)


def _worker(determination: Determination, places: _Places) -> Iterable[Value]:
    if determination.worker_age is not None:
        yield Value(f"{determination.worker_age} years", places.of("worker’s age", "worker.age"))
    if determination.worker_sex:
        yield Value(_label(Sex, determination.worker_sex).lower(), places.of("worker’s sex", "worker.sex"))


def _linked(names: Sequence[str], facet: str, slugs: dict[str, str], places: _Places, path: str) -> tuple[Value, ...]:
    return tuple(
        Value(
            name,
            places.of(name, f"reviewer.{path}.{index}"),
            facet_url(facet, slugs[name]) if name in slugs else "",
        )
        for index, name in enumerate(names)
    )


def _item_view(item: DisputedItem, places: _Places) -> ItemView:
    path, name = f"items.{item.position - 1}", f"item {item.position}"
    text = item.text
    return ItemView(
        item=item,
        meaning=Outcome(item.outcome).meaning if item.outcome else "No outcome is stated",
        description=Value(text.description, places.of(f"{name}, description", f"{path}.description")),
        outcome_place=places.of(f"{name}, outcome", f"{path}.outcome"),
        treatments=tuple(_treatments(item.treatment_rows, places, path)),
        body_parts=tuple(_body_parts(item.body_part_rows, places, path)),
        details=tuple(_details(item, places, path)),
        sides=(
            _side(item, CitedBy.CLAIMS_ADMINISTRATOR, places, path),
            _side(item, CitedBy.REVIEWER, places, path),
        ),
        rationale=Value(text.rationale, places.of(f"{name}, rationale", f"{path}.rationale")),
        mentions=tuple(_mentions(item.mention_rows, places, path)),
        doubts=doubts_of(item),
    )


def _treatments(rows: Iterable[ItemTreatment], places: _Places, path: str) -> Iterable[tuple[Value, ...]]:
    """Yield each treatment as its line of levels; the last level has the place."""
    for index, row in enumerate(rows):
        place = places.of(row.treatment.name, f"{path}.treatments.{index}")
        *above, own = treatment_line(row.treatment)
        yield (
            *(Value(each.name, None, facet_url("treatment", each.slug)) for each in above),
            Value(own.name, place, facet_url("treatment", own.slug)),
        )


def _body_parts(rows: Iterable[ItemBodyPart], places: _Places, path: str) -> Iterable[Value]:
    for index, row in enumerate(rows):
        place = places.of(row.body_part.name, f"{path}.body_parts.{index}")
        yield Value(row.body_part.name, place, facet_url("body_part", row.body_part.slug))


def _mentions(rows: Iterable[GuidelineMention], places: _Places, path: str) -> Iterable[Value]:
    """Yield each guideline that the rationale mentions once, at its first place."""
    shown: set[int] = set()
    for index, row in enumerate(rows):
        if row.guideline_id not in shown:
            shown.add(row.guideline_id)
            yield Value(row.guideline.label, places.of(f"mention of {row.text}", f"{path}.mentions.{index}"))


def _details(item: DisputedItem, places: _Places, path: str) -> Iterable[Fact]:
    """Yield what only some items print."""
    text = item.text
    if text.original_request:
        yield _fact(
            "Original request", text.original_request, places.of("original request", f"{path}.original_request")
        )
    if text.authorized:
        yield _fact("Authorized before", text.authorized, places.of("authorized part", f"{path}.authorized"))
    if item.quantity is not None:
        yield _fact("Quantity", f"{item.quantity:,}", places.of("quantity", f"{path}.quantity"))
    if item.laterality:
        yield _fact("Side", item.get_laterality_display(), places.of("side", f"{path}.laterality"))
    if item.service_from:
        days = dict.fromkeys((item.service_from, item.service_to))
        yield _fact(
            "Date of service", " – ".join(map(_day, days)), places.of("date of service", f"{path}.service_dates")
        )


def _side(item: DisputedItem, side: CitedBy, places: _Places, path: str) -> Side:
    is_reviewer = side is CitedBy.REVIEWER
    where = f"{path}.{side.value}"
    citations = []
    for index, citation in enumerate(citations_of(item, side)):
        place = places.of(f"{side.label.lower()}’s citation", f"{where}.citations.{index}")
        url = facet_url("guideline" if is_reviewer else "ca_guideline", citation.guideline.slug)
        citations.append((citation, Value(citation.title, place, url)))
    return Side(
        name=f"{side.label} relied on",
        basis=Basis(item.reviewer_basis if is_reviewer else item.ca_basis),
        place=places.of(f"{side.label.lower()}’s guideline paragraph", f"{where}.text"),
        citations=tuple(citations),
        text=item.text.reviewer_guideline if is_reviewer else item.text.ca_guideline,
    )


def _fact(label: str, text: str, place: Place | None) -> Fact:
    return Fact(label, (Value(text, place),) if text else ())


def _label(vocabulary: type[Vocabulary], code: str) -> str:
    return vocabulary(code).label if code else ""


def _day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""
