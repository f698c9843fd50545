"""The canonical names that a reviewer chooses from, with their other names, and what a typed name means."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.models import BodyPart, Guideline, Treatment
from imr_archive.parsing.citations.resolver import guideline_names
from imr_archive.parsing.letter.reviewer import listed_names
from imr_archive.parsing.requests.treatment_table import treatment_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_ALIASES = 8


class NameChoice(NamedTuple):
    """One canonical entry: its slug, its name among all others, and what else is said of it."""

    slug: str
    name: str
    about: str = ""


@dataclass(frozen=True)
class NameList:
    """Canonical entries of one kind; ``aliases`` are slugs by names in small letters, each of one entry only."""

    identifier: str
    choices: tuple[NameChoice, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, slug: str) -> str:
        """Return the name of an entry."""
        return next((each.name for each in self.choices if each.slug == slug), slug)

    def slug_of(self, typed: str) -> str | None:
        """Return the entry that a name, another name or a slug means; None if it is none, or several."""
        wanted = _folded(typed)
        found = next((each.slug for each in self.choices if wanted in (_folded(each.name), each.slug)), None)
        return found or self.aliases.get(wanted)


@dataclass(frozen=True)
class Names:
    """Everything that the forms of a review offer."""

    treatments: NameList
    body_parts: NameList
    guidelines: NameList
    guideline_rows: Mapping[str, Guideline]
    specialties: NameList
    states: NameList

    @property
    def lists(self) -> tuple[NameList, ...]:
        """The lists that stand on the page."""
        return self.treatments, self.body_parts, self.guidelines, self.specialties, self.states


def names_offered() -> Names:
    """Read the canonical names, in three queries."""
    rows = {row.slug: row for row in Guideline.objects.order_by("source", "label", "pk")}
    specialties, states = listed_names()
    parts = tuple(NameChoice(*row) for row in BodyPart.objects.order_by("name", "pk").values_list("slug", "name"))
    return Names(
        treatments=_treatments(),
        body_parts=NameList("body-parts", parts),
        guidelines=_guidelines(rows.values()),
        guideline_rows=rows,
        specialties=NameList("specialties", tuple(NameChoice(each, each) for each in specialties)),
        states=NameList("states", tuple(NameChoice(each, each) for each in states)),
    )


def _treatments() -> NameList:
    rows = [*Treatment.objects.order_by("slug").values_list("slug", "name", "level")]
    names = {slug: name for slug, name, _ in rows}
    listed = [slug for slug, _, level in rows if level > 1]
    seen = [names[slug].casefold() for slug in listed]
    terms = _treatment_terms()
    choices = []
    for slug in listed:
        steps = slug.split("/")
        above = " › ".join(names.get("/".join(steps[:number]), "") for number in range(1, len(steps)))
        name = names[slug] if seen.count(names[slug].casefold()) == 1 else f"{names[slug]} ({above})"
        choices.append(NameChoice(slug, name, _about(above, terms.get(slug, ()))))
    return NameList("treatments", tuple(choices), _unique(terms, {*listed}))


def _guidelines(rows: Iterable[Guideline]) -> NameList:
    terms = guideline_names()
    choices = tuple(
        NameChoice(row.slug, row.label, _about(row.get_source_display(), [row.title, *terms.get(row.slug, ())]))
        for row in rows
    )
    titles = {each.slug: [each.title, *terms.get(each.slug, ())] for each in rows}
    return NameList("guidelines", choices, _unique(titles, {*titles}))


@cache
def _treatment_terms() -> Mapping[str, list[str]]:
    return treatment_terms()


def _about(above: str, aliases: Iterable[str]) -> str:
    others = ", ".join([*dict.fromkeys(aliases)][:_MOST_ALIASES])
    return "; ".join(filter(None, (above, others)))


def _unique(terms: Mapping[str, Iterable[str]], known: set[str]) -> dict[str, str]:
    """Return the slug of each name that only one entry has."""
    meanings: dict[str, set[str]] = {}
    for slug, names in terms.items():
        if slug in known:
            for name in names:
                meanings.setdefault(_folded(name), set()).add(slug)
    return {name: slugs.pop() for name, slugs in meanings.items() if len(slugs) == 1}


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
