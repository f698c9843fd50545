"""Random archives and questions, with the expected answers counted in Python, item by item."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict

from devtools.testing.archive import Cited, ItemRow, add_determination, case_outcome
from imr_archive.models import Determination
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.tree import Scope
from imr_archive.web.question.parameters import FACET_VARS, YEAR_RANGE_VARS
from imr_archive.web.question.question import Question

TREATMENTS = [
    "diagnostic-testing",
    "diagnostic-testing/imaging",
    "diagnostic-testing/laboratory",
    "injection/facet",
    "pharmaceuticals/opioid/tramadol",
    "pharmaceuticals/opioid/oxycodone",
    "pharmaceuticals/nsaid",
]
GUIDELINES = ["odg-low-back", "odg-pain", "mtus-chronic-pain", "low-back-complaints"]
SOURCES = dict(zip(GUIDELINES, ["odg", "odg", "mtus-acoem", "mtus-acoem"], strict=True))
# Sections as printed, with their slugs.
SECTIONS = {
    "": "",
    "Opioids, criteria for use": "opioids-criteria-for-use",
    "OPIOIDS - Criteria for Use, page 78": "opioids-criteria-for-use",
    "The Opioids: criteria for use (pages 76-80)": "opioids-criteria-for-use",
    "Weaning of Medications": "weaning-of-medications",
    "—": "",
}
REASONS = ["no-indication", "missing-records", "first-line-failed", "other"]
BODY_PARTS = ["lumbar-spine", "knee", "shoulder"]
BOARDS = [None, [], ["Orthopedic Surgery"], ["Pain Management", "Orthopedic Surgery"], ["Neurology"]]
WORDS = ["fusion", "scan", "weakness", "numbness"]
ZONE = ZoneInfo(settings.TIME_ZONE)
BANDS = {"under-25": range(25), "25-34": range(25, 35), "35-44": range(35, 45), "65-and-over": range(65, 200)}


@dataclass(frozen=True)
class RandomCase:
    """What a determination is made of, kept to count by hand."""

    number: str
    items: list[ItemRow]
    decided: date | None
    age: int | None
    sex: str
    boards: list[str] | None
    states: list[str]
    summary: str
    arrived: datetime


def random_case(chance: random.Random, number: str) -> RandomCase:
    def some(values, most=2):
        return chance.sample(values, chance.randint(0, most))

    items = [
        ItemRow(
            description="A request",
            outcome=chance.choice(["upheld", "upheld", "overturned", ""]),
            treatments=some(TREATMENTS),
            body_parts=some(BODY_PARTS),
            guidelines=[Cited(slug, section) for slug in some(GUIDELINES) for section in some([*SECTIONS], 3)],
            ca_guidelines=[Cited(slug, section) for slug in some(GUIDELINES) for section in some([*SECTIONS], 3)],
            basis=chance.choice(["mtus", "both", "unstated"]),
            ca_basis=chance.choice(["mtus", "none_cited"]),
            rationale=" ".join(some(WORDS)),
            reasons=some(REASONS),
        )
        for _ in range(chance.randint(1, 3))
    ]
    return RandomCase(
        number=number,
        items=items,
        decided=chance.choice([None, date(2014, 1, 1), date(2014, 12, 31), date(2016, 5, 4)]),
        age=chance.choice([None, 24, 25, 34, 35, 70]),
        sex=chance.choice(["", "F", "M"]),
        boards=chance.choice(BOARDS),
        states=chance.choice([["California"], ["California", "Texas"], []]),
        summary=" ".join(some(WORDS, 1)),
        arrived=datetime(2026, 11, chance.choice([1, 2, 5]), chance.choice([0, 23]), 30, tzinfo=ZONE),
    )


def random_archive(seed: int, size: int, *, stored: str = "nothing") -> list[RandomCase]:
    """Write an archive; ``stored`` says how much of it the stored index covers, and how much is in its change log."""
    chance = random.Random(seed)
    cases = [random_case(chance, f"CM14-{number:07d}") for number in range(size)]
    for place, case in enumerate(cases):
        if stored == "half" and place == size // 2:
            rebuild()
        add_determination(
            case.number,
            items=case.items,
            decided=case.decided,
            age=case.age,
            sex=case.sex,
            boards=case.boards,
            states=case.states,
            summary=case.summary,
            arrived=case.arrived,
        )
    if stored.startswith("everything"):
        rebuild()
    if stored.endswith("changed"):
        # Saving them unchanged puts them into the change log, from which they are then counted.
        for determination in Determination.objects.filter(pk__in=chance.sample(all_keys(), size // 2)):
            determination.save()
        gone = cases.pop(3)
        Determination.objects.get(case_number=gone.number).delete()
    return cases


def all_keys() -> list[int]:
    return [*Determination.objects.values_list("pk", flat=True)]


def values_by_hand(case: RandomCase, item: ItemRow, name: str) -> set[str]:
    """The values of one facet that an item has."""
    match name:
        case "treatment":
            steps = [slug.split("/") for slug in item.treatments]
            return {"/".join(each[:level]) for each in steps for level in range(1, len(each) + 1)}
        case "guideline" | "ca_guideline":
            cited = item.guidelines if name == "guideline" else item.ca_guidelines
            paths = (guideline_by_hand(each) for each in cited)
            return {"/".join(path[:level]) for path in paths for level in range(1, len(path) + 1)}
        case "body_part":
            return set(item.body_parts) or {UNKNOWN}
        case "reason":
            return set(item.reasons) or {UNKNOWN}
        case "specialty":
            return {board.lower().replace(" ", "-") for board in case.boards or []} or {UNKNOWN}
        case "state":
            return {state.lower() for state in case.states if case.boards is not None} or {UNKNOWN}
        case "year":
            return {str(case.decided.year) if case.decided else UNKNOWN}
        case "age":
            return {next((band for band, ages in BANDS.items() if case.age in ages), UNKNOWN)}
        case "case_outcome":
            return {case_outcome([each.outcome for each in case.items]) or UNKNOWN}
        case "sex":
            return {case.sex or UNKNOWN}
        case _:
            return {getattr(item, name) or UNKNOWN}


def guideline_by_hand(cited: str | Cited) -> list[str]:
    """The source, the guideline and the section of a citation."""
    slug, section = (cited, "") if isinstance(cited, str) else (cited.slug, SECTIONS[cited.section])
    return [SOURCES[slug], slug, *section.split()]


def found_by_hand(
    cases: list[RandomCase], question: Question, *, leave_out: Collection[str] = ()
) -> list[tuple[RandomCase, ItemRow]]:
    """The items for which every facet but those left out, and every word, holds."""
    return [
        (case, item)
        for case in cases
        for item in case.items
        if all(
            values_by_hand(case, item, name).intersection(values)
            for name, values in question.chosen
            if name not in leave_out
        )
        and (question.since or date.min) <= case.arrived.date() <= (question.until or date.max)
        and ("year" in leave_out or is_in_years(case, question))
        and set(question.words.split()) <= set(searched_text(case, item, question).split())
    ]


def searched_text(case: RandomCase, item: ItemRow, question: Question) -> str:
    """The text of an item in which a question's words are looked for."""
    return f"{item.rationale} {case.summary}" if question.scope is Scope.LETTER else item.rationale


def is_in_years(case: RandomCase, question: Question) -> bool:
    """Whether a case was decided in the question's range of years."""
    if question.year_from is None and question.year_to is None:
        return True
    return case.decided is not None and (question.year_from or 0) <= case.decided.year <= (question.year_to or 9999)


def random_question(chance: random.Random) -> str:
    query = QueryDict(mutable=True)
    for name in chance.sample(FACET_VARS, chance.choice([0, 1, 1, 2, 3])):
        query.setlist(name, chance.sample(CHOICES[name], chance.randint(1, min(2, len(CHOICES[name])))))
    query["q"] = " ".join(chance.sample(WORDS, chance.choice([0, 0, 0, 1, 2])))
    years = sorted(chance.sample(["2013", "2014", "2015", "2016"], 2))
    for name, year in chance.sample([*zip(YEAR_RANGE_VARS, years, strict=True)], chance.choice([0, 0, 0, 1, 2])):
        query[name] = year
    if chance.random() < 0.25:
        query[chance.choice(["since", "until"])] = chance.choice(
            ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-06"]
        )
    query["scope"] = chance.choice([*Scope])
    query["show"] = chance.choice([*Unit])
    return query.urlencode()


GUIDELINE_CHOICES = [
    *("odg", "mtus-acoem", "odg/odg-pain", "odg/odg-low-back", "odg/odg-low-back/weaning-of-medications"),
    *("odg/odg-pain/opioids-criteria-for-use", "mtus-acoem/low-back-complaints", "mtus-acoem/mtus-chronic-pain"),
]
CHOICES = {
    "treatment": ["diagnostic-testing", "diagnostic-testing/imaging", "pharmaceuticals/opioid", TREATMENTS[4]],
    "outcome": ["upheld", "overturned", UNKNOWN],
    "guideline": GUIDELINE_CHOICES,
    "ca_guideline": GUIDELINE_CHOICES,
    "basis": ["mtus", "both", "unstated"],
    "ca_basis": ["mtus", "none_cited"],
    "reason": ["no-indication", "missing-records", "other", UNKNOWN],
    "body_part": [*BODY_PARTS, UNKNOWN],
    "specialty": ["orthopedic-surgery", "neurology", UNKNOWN],
    "state": ["california", "texas", UNKNOWN],
    "year": ["2014", "2016", UNKNOWN],
    "case_outcome": ["upheld", "partially_overturned", UNKNOWN],
    "sex": ["F", "M", UNKNOWN],
    "age": [*BANDS, UNKNOWN],
}


def all_values(values):
    for value in (*values.shown, *values.folded):
        yield value
        yield from all_values(value.parts)


def order_by_hand(case, position, order, keys):
    """Newest first, or oldest; unknown dates last; those of most items or of the latest arrival first, where asked."""
    key, day = keys[case.number], case.decided.toordinal() if case.decided else 0
    match order:
        case Order.NEWEST:
            return (-day, -key, -position)
        case Order.OLDEST:
            return (not day, day, key, position)
        case Order.MOST_ITEMS:
            return (-len(case.items), -day, -key, -position)
        case Order.ARRIVED:
            return (-case.arrived.date().toordinal(), -day, -key, -position)
