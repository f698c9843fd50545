"""A lost label or heading costs its own field at most: every other field of the letter stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from devtools.synthetic.page.shapes import shapes
from devtools.testing.letters import ISSUES, LIST_REVIEWER, METHOD, SUMMARY, boxed_letter, item
from imr_archive.parsing.parser import parse_text
from imr_archive.parsing.source.extraction import read_source

SHAPES = {"as-printed": str.encode, **shapes()}

PROSE_REVIEWER = (
    "The physician reviewer is Board Certified in Internal Medicine, has a subspecialty in Rheumatology, and is "
    "licensed to practice in California and Oregon.",
)
CASE_SUMMARY = (
    "The injured worker is a 47 year old male who sustained an industrial injury on 05-14-2015. He fell from a ladder "
    "and has been treated for a painful left knee and a strained lower back, with rest, exercises and medication.",
    "On 06-20-2016 he still reported pain on stairs. The treating physician asked for what follows, which on "
    "07-22-2016 utilization review did not certify in full.",
)
ITEMS = (
    item(
        "MRI of the left knee without contrast",
        outcome="Overturned",
        claims_administrator="Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies.",
        reviewer="Decision based on MTUS Knee Complaints 2004, Section(s): Summary. Decision based on Non-MTUS "
        "Citation Official Disability Guidelines (ODG) Knee & Leg, MRI's (magnetic resonance imaging).",
        rationale="The guideline supports imaging after six weeks of care that has failed. The records describe "
        "locking and an effusion. The requested MRI of the left knee is medically necessary and appropriate.",
    ),
    item(
        "",
        heading="Physical therapy for the low back, 12 sessions was the original request. Physical therapy for the "
        "low back, 6 sessions was authorized by the Claims Administrator. The remaining IMR eligible portion of the "
        "original request, Physical therapy for the low back, 6 sessions is: Upheld",
        claims_administrator="Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Physical "
        "Medicine.",
        reviewer="The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. "
        "Decision based on Non-MTUS Citation Official Disability Guidelines (ODG) Low Back - Lumbar & Thoracic, "
        "Physical therapy (PT).",
        rationale="Six sessions were approved, and the records tell of no gain from them as yet. A home program can "
        "follow. The remaining six sessions of physical therapy are not medically necessary.",
    ),
    item(
        "Ibuprofen 800mg #60",
        claims_administrator="The Claims Administrator did not cite any medical evidence for its decision.",
        reviewer="Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): NSAIDs, GI symptoms & "
        "cardiovascular risk.",
        rationale="The worker has an ulcer, for which the guideline advises against this class of drugs. The request "
        "for Ibuprofen 800mg #60 is not medically necessary.",
    ),
)

SECTIONS = (METHOD, SUMMARY, ISSUES)
BOX = {
    "Case Number:": "case_number",
    "Date Assigned:": "dates.assigned",
    "Date of Injury:": "dates.injury",
    "Decision Date:": "dates.decision",
    "UR Denial Date:": "dates.ur_decision",
    "Priority:": "priority",
    "Application Received:": "dates.received",
}
PARAGRAPHS = {
    "Claims Administrator guideline:": "claims_administrator",
    "MAXIMUS guideline:": "reviewer",
    "Decision rationale:": "rationale",
}


@dataclass(frozen=True)
class Loss:
    """A wording that is dropped from the letter, which of its places, and the path of the field that it labels."""

    wording: str
    place: int = 0
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.wording} {self.place + 1}"

    def within(self, text: str) -> str:
        """Return the letter without the wording, however its words are broken over lines or parted by another cell."""
        pattern = r"(\s+(?:\S+/\S+\s+)?)".join(map(re.escape, self.wording.split()))
        found = [*re.finditer(pattern, text)][self.place]
        return text[: found.start()] + "".join(found.groups()).strip() + text[found.end() :].lstrip(" ")


INTRODUCTIONS = (
    "The expert reviewer developed the following clinical case summary based on a review of the case file, including "
    "all medical records:",
    "The Final Determination was based on decisions for the disputed items/services set forth below:",
)
OF_EVERY_LETTER = (
    *(Loss(heading) for heading in SECTIONS),
    *(Loss(sentence) for sentence in INTRODUCTIONS),
    *(Loss(label, field=field) for label, field in BOX.items()),
    *(
        Loss(label, place, f"items.{place}.{field}")
        for label, field in PARAGRAPHS.items()
        for place in range(len(ITEMS))
    ),
)
OF_THE_LIST = (
    Loss("The Expert Reviewer has the following credentials:"),
    Loss("State(s) of Licensure:", field="reviewer.states"),
    Loss("Certification(s)/Specialty:", field="reviewer.certifications"),
)
CASES = [
    *((LIST_REVIEWER, loss) for loss in (*OF_EVERY_LETTER, *OF_THE_LIST)),
    *((PROSE_REVIEWER, loss) for loss in OF_EVERY_LETTER),
]


@pytest.mark.parametrize(
    ("reviewer", "loss"), CASES, ids=lambda part: part[0][:22] if isinstance(part, tuple) else str(part)
)
def test_a_dropped_marker_costs_no_other_field_in_any_shape(reviewer: tuple[str, ...], loss: Loss) -> None:
    letter = boxed_letter(reviewer=reviewer, summary=CASE_SUMMARY, items=ITEMS)
    changed = {}
    for name, shape in SHAPES.items():
        whole = read_source(shape(letter)).text
        before, after = fields(whole), fields(loss.within(whole))
        changed[name] = {
            path: (before.get(path), after.get(path))
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path) and not is_of(path, loss)
        }
    assert {name: paths for name, paths in changed.items() if paths} == {}


def test_the_whole_letter_states_every_field() -> None:
    found = fields(boxed_letter(reviewer=PROSE_REVIEWER, summary=CASE_SUMMARY, items=ITEMS))
    empty = {path for path, value in found.items() if value in (None, [])}
    assert {path.partition(".")[0] for path in found} - {"items"} & empty == set()
    assert {"items.1.original_request", "items.1.authorized", "items.0.laterality", "items.2.quantity"} & empty == set()


def is_of(path: str, loss: Loss) -> bool:
    """Whether a path is that of the dropped label's own field, or lies below it."""
    return loss.field is not None and f"{path}.".startswith(f"{loss.field}.")


def fields(text: str) -> dict[str, object]:
    """Return every value of the parsed letter by its path; where a paragraph ends is no part of a value."""
    found = parse_text(text).as_json(file="", sha256="")
    for name in ("spans", "warnings"):
        del found[name]
    return dict(leaves("", found))


def leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for name, part in value.items():
                yield from leaves(f"{path}.{name}" if path else name, part)
        case [dict(), *_]:
            yield f"{path}.count", len(value)
            for number, part in enumerate(value):
                yield from leaves(f"{path}.{number}", part)
        case str():
            yield path, " ".join(value.split())
        case _:
            yield path, value
