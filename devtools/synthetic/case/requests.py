"""Generate requests: a topic's wording, and the body part, side, quantity and dates that it states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from devtools.synthetic.case.cases import short_slashes
from devtools.synthetic.chance import Dice
from devtools.synthetic.tables import region_named, topics

if TYPE_CHECKING:
    from datetime import date

    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.tables import Region, RequestWording, Topic

NUMBER_WORDS = {
    3: "Three",
    4: "Four",
    6: "Six",
    8: "Eight",
    10: "Ten",
    12: "Twelve",
    18: "Eighteen",
}
ASSOCIATED = "Associated surgical service: "
PROPER_NAMES = frozenset({"Synvisc", "Botox"})
SCHEDULES = ("1 time", "2 times", "3 times")
SMALLEST_FRAMED = 6  # smaller requests are not approved in part
VARIANTS = 24  # of each request
FRAME_SHARE = 0.28  # of the requests that name a count


@dataclass(frozen=True, slots=True)
class Request:
    """One disputed item as it is headed in the letter, and what that heading means.

    ``inline`` is the whole request as it reads inside a sentence.
    """

    topic: Topic
    heading: str
    description: str
    inline: str
    body_parts: tuple[str, ...]
    laterality: str | None
    quantity: int | None
    original_request: str | None = None
    authorized: str | None = None
    service_dates: tuple[date, date] | None = None


def make_request(dice: Dice, case: MadeCase, topic: Topic, *, associated: bool = False) -> Request:
    """Ask for a topic in the words of one of its wordings, now and then framed by what UR had approved."""
    request = dice.pick(_variants(topic.id, case.region.slug, case.side, case.labelled))
    if not case.labelled or request.authorized:
        return request
    if associated and dice.chance(0.6):
        described = ASSOCIATED + request.description
        return replace(request, description=described, heading=described)
    if not associated and dice.chance(0.035):
        return _served(dice, case, request)
    return request


@cache
def _variants(topic_id: str, region_slug: str, side: str | None, labelled: bool) -> tuple[Request, ...]:
    """Return ways to ask for a topic for a part of the body; as many as readers would tell apart."""
    dice = Dice(f"{topic_id}/{region_slug}/{side}/{labelled}")
    topic, region = topics()[topic_id][0], region_named(region_slug)
    return tuple(_variant(dice, topic, region, side, framed=labelled) for _ in range(VARIANTS))


def _variant(dice: Dice, topic: Topic, region: Region, side: str | None, *, framed: bool) -> Request:
    wording = dice.pick(topic.wordings)
    count = dice.pick(topic.counts) if topic.counts else None
    if count and wording.spelt and count not in NUMBER_WORDS:
        count = 6
    values = _values(dice, topic, region, side, wording)
    description = _words(wording, values, count)
    request = Request(
        topic,
        heading=description,
        description=description,
        inline=_inline(topic, description),
        body_parts=(region.slug,) if wording.names_region else wording.parts,
        laterality=side if wording.names_region else wording.side,
        quantity=_quantity(wording, values, count),
    )
    if framed and count and count >= SMALLEST_FRAMED and wording.counted and dice.chance(FRAME_SHARE):
        return _framed(dice, request, wording, values, count)
    return request


def _values(dice: Dice, topic: Topic, region: Region, side: str | None, wording: RequestWording) -> dict[str, str]:
    """Choose everything that fills a wording but the count."""
    values = {}
    if wording.names_region:
        name = region.plural if side == "bilateral" and region.plural else dice.pick(region.names)
        part = f"{side} {name}" if side else name
        values = {"part": part, "Part": part[0].upper() + part[1:]}
    if region.levels:
        values["level"] = dice.pick(region.levels)
    if topic.products:
        values["product"] = dice.pick(topic.products)
    if wording.scheduled:
        values["a"] = dice.pick(SCHEDULES)
        values["b"] = dice.pick("344668")
    return values


def _words(wording: RequestWording, values: dict[str, str], count: int | None) -> str:
    number = count or 0
    return wording.text.format(**values, n=number, N=NUMBER_WORDS.get(number, number))


def _quantity(wording: RequestWording, values: dict[str, str], count: int | None) -> int | None:
    if wording.scheduled:
        return int(values["a"][0]) * int(values["b"])
    return count if wording.counted else wording.quantity


def _framed(dice: Dice, request: Request, wording: RequestWording, values: dict[str, str], count: int) -> Request:
    """Frame a request of which the claims administrator had authorized a part."""
    part = dice.between(1, count // 2) if count < 15 else dice.pick((15, count // 2, count // 3))
    whole, authorized, rest = (_words(wording, values, number) for number in (count, part, count - part))
    framed = replace(request, original_request=whole, authorized=authorized)
    if dice.chance(0.72):
        heading = (
            f"{whole} was the original request. {authorized} was authorized by the Claims Administrator. "
            f"The remaining IMR eligible portion of the original request, {rest} is"
        )
        return replace(framed, heading=heading, description=rest, quantity=count - part)
    heading = (
        f"{whole} was the original request. The Claims Administrator authorized {authorized}, leaving the original "
        f"request IMR eligible. The original request, {whole} is"
    )
    return replace(framed, heading=heading)


def _served(dice: Dice, case: MadeCase, request: Request) -> Request:
    """Make it a request for something that was done already, on the day of the visit."""
    served = f"{dice.pick(('DOS: ', 'date of service '))}{short_slashes(case.visit)}"
    described = f"Retrospective {request.description} ({served})"
    return replace(
        request,
        description=described,
        heading=described,
        inline=_inline(request.topic, described),
        service_dates=(case.visit, case.visit),
    )


def _inline(topic: Topic, text: str) -> str:
    first = text.partition(" ")[0]
    if topic.products or first in PROPER_NAMES or not (first[1:].islower() and first.isalpha()):
        return text
    return text[0].lower() + text[1:]
