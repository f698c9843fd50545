"""The generator's tables as immutable data, read once from the TOML files in ``tables/``."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from devtools.synthetic.chance import Weighted

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body: what is felt, found and asked for there, and the chapters that speak of it."""

    slug: str
    names: tuple[str, ...]
    plural: str | None
    levels: tuple[str, ...]
    acoem: str
    acoem_number: int
    early_pages: tuple[str, ...]
    current: str
    odg: str
    complaints: tuple[str, ...]
    diagnoses: tuple[str, ...]
    exam: tuple[str, ...]
    studies: tuple[str, ...]


@dataclass(frozen=True)
class RequestWording:
    """One way to ask for a treatment; ``parts``, ``side`` and ``quantity`` are what the words themselves say."""

    text: str
    parts: tuple[str, ...] = ()
    side: str | None = None
    quantity: int | None = None

    @cached_property
    def names_region(self) -> bool:
        """Whether the case's part of the body is filled in."""
        return "{part}" in self.text.lower()

    @cached_property
    def spelt(self) -> bool:
        """Whether a count is filled in as a word."""
        return "{N}" in self.text

    @cached_property
    def counted(self) -> bool:
        """Whether a count is filled in."""
        return self.spelt or "{n}" in self.text

    @cached_property
    def scheduled(self) -> bool:
        """Whether so many times a week for so many weeks is filled in."""
        return "{a}" in self.text


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of treatment: how it is asked for, which guidelines speak of it, and what decides the request."""

    id: str
    treatment: str
    wordings: tuple[RequestWording, ...]
    regions: tuple[str, ...]
    products: tuple[str, ...]
    counts: tuple[int, ...]
    mtus: Mapping[str, tuple[str, ...]]
    odg: tuple[str, str] | None
    other: tuple[str, ...]
    criteria: tuple[str, ...]
    against: tuple[str, ...]
    support: tuple[str, ...]
    surgical: bool
    operation: bool
    opioid: bool
    formulary: bool

    @property
    def category(self) -> str:
        """The first level of the treatment's slug."""
        return self.treatment.partition("/")[0]

    def fits(self, region: str) -> bool:
        """Say whether the topic can come up in a case about ``region``."""
        return not self.regions or region in self.regions


@dataclass(frozen=True, slots=True)
class PhraseTables:
    """What is not tied to one topic: pieces of prose, shares by category, boards, states and guideline names."""

    words: Mapping[str, tuple[str, ...]]
    mix: Mapping[str, float]
    overturned: Mapping[str, float]
    boards: Mapping[str, Weighted[str]]
    prose_boards: Weighted[str]
    prose_subspecialties: Mapping[str, tuple[str, ...]]
    states: Weighted[str]
    editions: Mapping[str, tuple[int, ...]]
    odg_names: Mapping[str, tuple[str, ...]]


ERAS = ("early", "middle", "late")
TOPIC_FILES = (
    "topics_diagnostics.toml",
    "topics_drugs.toml",
    "topics_equipment.toml",
    "topics_injections.toml",
    "topics_surgery.toml",
    "topics_therapies.toml",
)


def _table(name: str) -> dict[str, Any]:
    text = (files("devtools.synthetic") / "tables" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def regions() -> Weighted[Region]:
    """Return the parts of the body, weighed by how often claims concern them."""
    found: dict[Region, float] = {}
    for row in _table("regions.toml")["region"]:
        weight = row.pop("weight")
        plural = row.pop("plural", None)
        levels = tuple(row.pop("levels", ()))
        rest: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        found[Region(plural=plural, levels=levels, **rest)] = weight
    return Weighted.of(found)


@cache
def region_named(slug: str) -> Region:
    """Return a part of the body by its slug."""
    return next(region for region in regions().values if region.slug == slug)


@cache
def topics() -> dict[str, tuple[Topic, float]]:
    """Return every topic with its weight, by its id."""
    rows = [row for name in TOPIC_FILES for row in _table(name)["topic"]]
    return {row["id"]: (_topic(row), row["weight"]) for row in rows}


@cache
def topics_for(region: str, group: str) -> Weighted[Topic]:
    """Return the topics of a group ("operation", "surgical" or "plain") that fit a region.

    In the plain group each category has its share of ``mix``, whatever its topics weigh among themselves.
    """
    found = {
        topic.id: (topic, weight)
        for topic, weight in topics().values()
        if topic.fits(region) and _group(topic) == group
    }
    if group == "plain":
        mix = phrases().mix
        sums: defaultdict[str, float] = defaultdict(float)
        for topic, weight in found.values():
            sums[topic.category] += weight
        found = {
            key: (topic, mix[topic.category] * weight / sums[topic.category]) for key, (topic, weight) in found.items()
        }
    return Weighted(
        tuple(topic for topic, _ in found.values()), tuple(accumulate(weight for _, weight in found.values()))
    )


def _group(topic: Topic) -> str:
    if topic.surgical:
        return "surgical"
    return "operation" if topic.operation else "plain"


@cache
def phrases() -> PhraseTables:
    """Return the phrases that are not tied to one topic."""
    table = _table("letters.toml")
    return PhraseTables(
        words={key: tuple(value) for key, value in table.items() if isinstance(value, list)},
        mix=table["mix"],
        overturned=table["overturned"],
        boards={key: Weighted.of(value) for key, value in table["boards"].items()},
        prose_boards=Weighted.of(table["prose_boards"]),
        prose_subspecialties={key: tuple(value) for key, value in table["prose_subspecialties"].items()},
        states=Weighted.of(table["states"]),
        editions={key: tuple(value) for key, value in table["editions"].items()},
        odg_names={key: tuple(value) for key, value in table["odg_names"].items()},
    )


def _topic(row: dict[str, Any]) -> Topic:
    fixed = tuple(row.get("fixed_parts", ()))
    odg = row.get("odg")
    return Topic(
        id=row["id"],
        treatment=row["treatment"],
        wordings=tuple(_wording(given, fixed, row.get("fixed_side")) for given in row["requests"]),
        regions=tuple(row.get("regions", ())),
        products=tuple(row.get("products", ())),
        counts=tuple(row.get("counts", ())),
        mtus={era: tuple(row[era]) for era in ERAS if era in row},
        odg=(odg[0], odg[1]) if odg else None,
        other=tuple(row.get("other", ())),
        criteria=tuple(row["criteria"]),
        against=tuple(row["against"]),
        support=tuple(row["support"]),
        surgical=row.get("theme") == "surgical",
        operation=row.get("operation", False),
        opioid=row.get("opioid", False),
        formulary=row.get("formulary", False),
    )


def _wording(given: str | dict[str, Any], fixed_parts: tuple[str, ...], fixed_side: str | None) -> RequestWording:
    if isinstance(given, str):
        return RequestWording(given, parts=fixed_parts, side=fixed_side)
    return RequestWording(
        given["text"],
        parts=tuple(given.get("parts", fixed_parts)),
        side=given.get("side", fixed_side),
        quantity=given.get("quantity"),
    )
