"""Generate the prose of a letter: the case summary and the rationale of each item."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING

from devtools.synthetic.case import lexicon
from devtools.synthetic.chance import Dice
from devtools.synthetic.tables import phrases, topics

if TYPE_CHECKING:
    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.case.reliance import MadeReliance
    from devtools.synthetic.case.requests import Request

TAPERING = (
    "This decision concerns the need for the drug as it was prescribed and is no advice to stop it at once. A lower "
    "dose in steps, agreed between the physician and the injured worker, is described in the "
    "guidelines on tapering opioids."
)
DENIED = (
    "Therefore, the request for {request} is not medically necessary.",
    "As such, the request is not medically necessary.",
    "For these reasons, the request for {request} is not medically necessary or appropriate.",
    "Given the above, medical necessity has not been established, and the request is not medically necessary.",
    "The request is not medically necessary.",
)
GRANTED = (
    "Therefore, the request for {request} is medically necessary.",
    "As such, the request is medically necessary.",
    "The criteria are met, and the request for {request} is medically necessary and appropriate.",
    "The request is medically necessary.",
)
# Openings that state age, sex and injury date; then those that leave one or all of them out.
OPENINGS = (
    "The {who} is a {age} {years} {sex}, who sustained an industrial injury on {injured} after {how}.",
    "The {who} is a {age} {years} {sex} with an industrial injury date of {injured}. The injury was caused by {how}.",
    "This case involves a now {age}-year-old {sex} {occupation} with an occupational claim from {injured}.",
    "This {age}-year-old {sex} sustained an industrial injury on {injured} due to {how}.",
    "This is a {age} {years} {sex} with a date of injury on {injured}, attributed to {how}.",
    "According to the records, the {who} is a(n) {age} {years} {sex} who was hurt on {injured}.",
)
AGELESS = "The {who} is a {sex} {occupation} who reported an injury on {injured} after {how}."
REDACTED = "The {who} is a  employee who has filed a claim after {how} on {injured}."
UNDATED = "The {who} is a {age} {years} {sex} whose claim followed {how}."
SEEN = (
    "On {visit}, the {who} complained of {complaint}, rated {score} out of 10.",
    "In a progress note dated {visit}, the {who} reported {complaint}.",
    "At the visit of {visit} there was {complaint}, with pain of {score}/10.",
)
PLANNED = ("The plan of care included {asked}.", "The provider requested {asked}.")
REVIEWED = (
    "The utilization review determination dated {day} denied the request {reason}.",
    "In a Utilization Review Report of {day}, the claims administrator denied the request {reason}.",
    "The {day} utilization review denied the request {reason}.",
    "The utilization review dated {day} did not certify the request {reason}.",
)
OPENERS = (
    "{authority} {criterion}.",
    "{authority} {criterion}.",
    "With respect to the request for {request}, {authority} {criterion}.",
    "On the matter in dispute, {authority} {criterion}.",
)
RECORDS = (
    "In this case, the note of {visit} describes {complaint} and {exam}.",
    "The {who} was seen on {visit} with {complaint}.",
    "The request for authorization of {visit} gives the diagnosis of {diagnosis}.",
    "On examination there was {exam}.",
    "The records show treatment for {diagnoses}, and {study}.",
)
VARIANTS = 40  # of each argument; made once, since drawing sentences one by one takes most of a letter's time
RARE_SENTENCES = (1, 1, 1, 2, 2)  # of a summary, where the vocabulary is long-tailed
RARE_SHARE = 0.5  # of the rationales


@dataclass(slots=True)
class MadeSummary:
    """A case summary and what it states: None where it leaves a fact out."""

    text: str
    age: int | None
    sex: str | None
    states_injury_date: bool
    states_ur_date: bool


def join(words: list[str]) -> str:
    """Enumerate in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- summaries --------------------------------------------------------------------------------------------------------


def summarise(dice: Dice, case: MadeCase, requests: list[Request], *, rare: bool) -> MadeSummary:
    """Write the clinical case summary, with some sentences of ``rare`` words if asked."""
    template, age, sex, dated = _opening(dice, case)
    templates = [template]
    if dice.chance(0.8):
        templates.append("The {who} is being treated for {diagnoses}.")
    templates.append(dice.pick(_histories()))
    templates.append(dice.pick(SEEN))
    templates.append("Examination showed {exam}.")
    if rare:
        templates += [lexicon.sentence(dice, case.region.slug) for _ in range(dice.pick(RARE_SENTENCES))]
    if dice.chance(0.5):
        templates.append("On an earlier date, {study}.")
    if dice.chance(0.7):
        templates.append("The {who} is {work}.")
    templates.append(dice.pick(PLANNED))
    states_ur_date = dice.chance(0.75)
    if states_ur_date:
        templates.append(dice.pick(REVIEWED))
    case.facts["asked"] = join([request.inline for request in requests[:3]])
    text = " ".join(templates).format_map(case.facts)
    return MadeSummary(text, age, sex, dated, states_ur_date)


@cache
def _histories() -> tuple[str, ...]:
    """Return sentences on earlier treatment and present medication."""
    words, dice = phrases().words, Dice("histories")
    found: list[str] = []
    for _ in range(10 * VARIANTS):
        text = f"Treatment to date has included {join(dice.some(words['treatments_to_date'], dice.between(2, 4)))}."
        if dice.chance(0.45):
            text += f" Current medication consists of {join(dice.some(words['medications'], dice.between(1, 3)))}."
        found.append(text)
    return tuple(found)


def _opening(dice: Dice, case: MadeCase) -> tuple[str, int | None, str | None, bool]:
    """Return the first sentence to be filled, with the age and sex it states, and whether it states the injury date."""
    draw = dice.random()
    if draw < 0.92:
        return dice.pick(OPENINGS), case.age, case.sex, True
    if draw < 0.96:
        return AGELESS, None, case.sex, True
    if draw < 0.98:
        return REDACTED, None, None, True
    return UNDATED, case.age, case.sex, False


# --- rationales -------------------------------------------------------------------------------------------------------


def reason(dice: Dice, case: MadeCase, request: Request, reliance: MadeReliance, *, granted: bool, rare: bool) -> str:
    """Write the rationale of one item: what the guideline asks, what the records show, and what follows."""
    topic = request.topic
    authority = reliance.authority
    sentences = [dice.pick(_criteria(topic.id)).format(authority=authority, request=request.inline)]
    if dice.chance(0.85):
        sentences.append(dice.pick(RECORDS).format_map(case.facts))
    if rare and dice.chance(RARE_SHARE):
        sentences.append(lexicon.sentence(dice, topic.id))
    sentences.append(dice.pick(_arguments(topic.id, granted)).replace("{request}", request.inline))
    text = " ".join(sentences)
    text = text[0].upper() + text[1:]
    return text if case.person == "injured worker" else text.replace("injured worker", case.person)


@cache
def _criteria(topic_id: str) -> tuple[str, ...]:
    """Return the ways to say what the guideline asks, of one criterion or of two."""
    criteria = topics()[topic_id][0].criteria
    one = [(opener, first, "") for opener, first in product(OPENERS, criteria)]
    two = [(opener, *pair) for opener, pair in product(OPENERS, permutations(criteria, 2))]
    return tuple(
        opener.replace("{criterion}", first) + (f" The same guidelines {second}." if second else "")
        for opener, first, second in one + two
    )


@cache
def _arguments(topic_id: str, granted: bool) -> tuple[str, ...]:
    """Return ways to argue for or against a request, down to the conclusion; as many as readers would tell apart."""
    topic = topics()[topic_id][0]
    general = phrases().words["general_support" if granted else "general_against"]
    dice = Dice(f"{topic_id}/{granted}")
    found: list[str] = []
    for _ in range(VARIANTS):
        sentences = [dice.pick(topic.support)] if granted else dice.some(topic.against, dice.between(1, 2))
        if dice.chance(0.5):
            sentences.append(dice.pick(general))
        sentences.append(dice.pick(GRANTED if granted else DENIED))
        if topic.opioid and not granted:
            sentences.append(TAPERING)
        found.append(" ".join(sentences))
    return tuple(found)


def reason_by_operation(dice: Dice, request: Request, *, granted: bool) -> str:
    """Write the rationale of a service that stands or falls with the operation it belongs to."""
    if granted:
        return (
            "The operation was found necessary, and the service is a usual part of it. "
            f"{dice.pick(request.topic.support)} The request is medically necessary."
        )
    return (
        "The operation that this service belongs to was not found necessary. No service associated with it is needed "
        f"then, and none of the criteria is met by {request.inline}. The request is not medically necessary."
    )
