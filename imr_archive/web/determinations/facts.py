"""The facts of a determination's header, and sentences about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.vocabulary import Layout, Outcome, Priority, Sex
from imr_archive.web.determinations.provenance import Fact, LinkedValue, facet_url, single_fact
from imr_archive.web.formatting import day, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from imr_archive.models import Determination, DisputedItem
    from imr_archive.vocabulary import Vocabulary
    from imr_archive.web.determinations.provenance import Spans


def header_facts(determination: Determination, spans: Spans) -> Iterator[Fact]:
    """Yield the facts in the order of the page."""

    def dated(label: str, name: str, value: date | None) -> Fact:
        return single_fact(label, day(value), spans.provenance(label, f"dates.{name}"))

    yield dated("Decided", "decision", determination.decision_date)
    yield dated("Date of injury", "injury", determination.injury_date)
    yield dated("UR decision", "ur_decision", determination.ur_decision_date)
    yield dated("Application received", "received", determination.received_date)
    yield dated("Case assigned", "assigned", determination.assigned_date)
    yield Fact("Worker", tuple(_worker(determination, spans)))
    yield from _reviewer_facts(determination, spans)
    yield single_fact("Priority", _label(Priority, determination.priority), spans.provenance("priority", "priority"))
    if arrived := day_of(determination.arrived_at):
        yield single_fact("In the archive since", arrived, None)
    yield single_fact("Layout", _label(Layout, determination.layout), None)


def _worker(determination: Determination, spans: Spans) -> Iterator[LinkedValue]:
    if determination.worker_age is not None:
        yield LinkedValue(f"{determination.worker_age} years", spans.provenance("worker’s age", "worker.age"))
    if determination.worker_sex:
        sex = _label(Sex, determination.worker_sex).lower()
        yield LinkedValue(sex, spans.provenance("worker’s sex", "worker.sex"))


def _reviewer_facts(determination: Determination, spans: Spans) -> Iterator[Fact]:
    reviewer = determination.reviewer
    specialties = {row.name: row.slug for row in reviewer.specialties.all()} if reviewer else {}
    licences = {row.name: row.slug for row in reviewer.licences.all()} if reviewer else {}

    def linked(path: str, names: Sequence[str], facet: str, slugs: Mapping[str, str]) -> tuple[LinkedValue, ...]:
        return tuple(
            LinkedValue(
                name,
                spans.provenance(name, f"reviewer.{path}.{index}"),
                facet_url(facet, slugs[name]) if name in slugs else "",
            )
            for index, name in enumerate(names)
        )

    boards, states = (reviewer.certifications, reviewer.states) if reviewer else ([], [])
    yield Fact("Reviewer’s boards", linked("certifications", boards, "specialty", specialties))
    if reviewer and reviewer.subspecialties:
        subspecialties = linked("subspecialties", reviewer.subspecialties, "specialty", specialties)
        yield Fact("Subspecialties", subspecialties)
    yield Fact("Licensed in", linked("states", states, "state", licences))


def _label(vocabulary: type[Vocabulary], code: str) -> str:
    return vocabulary(code).label if code else ""


def outcome_sentence(items: Sequence[DisputedItem]) -> str:
    """Return a sentence that says what the outcomes of a determination's items mean."""
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
    return _mixed_sentence(total, overturned, upheld)


def _mixed_sentence(total: int, overturned: int, upheld: int) -> str:
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
