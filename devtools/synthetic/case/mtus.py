"""Generate citations of the MTUS, which changed in September 2016 and again in 2018.

The possible citations for a topic in a year are a short list, which is built once and cached.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from devtools.synthetic.case.citations import CANONICAL, MadeCitation
from devtools.synthetic.chance import Weighted
from devtools.synthetic.tables import phrases, region_named, topics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devtools.synthetic.case.cases import MadeCase
    from devtools.synthetic.case.citations import Cited
    from devtools.synthetic.chance import Dice
    from devtools.synthetic.tables import Region, Topic

Choice = tuple[str, tuple[MadeCitation, ...], float]  # what is printed, what it means, and its weight

# Document titles of the MTUS: as letters from September 2016 print them, since 2018, and the canonical entry.
DOCUMENTS = {
    "pain": ("Chronic Pain Medical Treatment", "Chronic Pain", "mtus-chronic-pain"),
    "opioids": ("Opioid Treatment", "Opioids", "mtus-opioids"),
}
UNCHANGED = {"acupuncture": ("Acupuncture", 2007), "postsurgical": ("Postsurgical", 2009)}
CURRENT_TITLES = {"initial": "Initial Approaches to Treatment", "stress": "Depressive Disorders"}
GENERAL_CHAPTERS = {
    "General Approach to Initial Assessment and Documentation": 2,
    "Cornerstones of Disability Prevention and Management": 5,
}
POSTSURGICAL_SECTIONS = {
    "shoulder": "Shoulder",
    "knee": "Knee",
    "hip": "Hip, Pelvis and Thigh",
    "ankle": "Ankle & Foot",
    "foot": "Ankle & Foot",
    "wrist": "Carpal Tunnel Syndrome",
    "hand": "Forearm, Wrist, & Hand",
    "elbow": "Elbow & Upper Arm",
    "cervical-spine": "Neck & Upper Back",
}
# Sections that the chapters of 2004 have in common.
COMMON_SECTIONS = ("Initial Care", "Physical Methods", "Special Studies", "Follow-up Visits", "Surgical Considerations")
FIRST_CHAPTER, FIRST_PAGES = "Initial Approaches to Treatment", ("44", "48-49", "40")

NEWEST_EDITION = 2021
TERSE_SHARE = 0.35  # of the claims administrators' citations, which name no section
FORMULARY_SHARE = 0.25  # of the citations for drugs that it lists, from 2018 on
SECOND_DOCUMENT_SHARE = 0.08
OUT_OF_127_SHARE = 0.15  # of the pages of the Chronic Pain Guidelines until 2016


def cite_mtus(dice: Dice, case: MadeCase, topic: Topic, *, terse: bool) -> Cited:
    """Cite what the MTUS says of a topic, in the words of the letter's year; ``terse`` sides often name no section."""
    year = min(case.decision.year, NEWEST_EDITION) if case.era == "late" else 0
    return _choices(topic.id, case.region.slug, case.era, year, terse).draw(dice)


@cache
def _choices(topic_id: str, region_slug: str, era: str, year: int, terse: bool) -> Weighted[Cited]:
    topic, region = topics()[topic_id][0], region_named(region_slug)
    family, *details = topic.mtus[era]
    if era == "early":
        choices = list(_early(region, family, details))
    else:
        sections = [_section(region, name) for name in details]
        documents = list(_documents(region, era, year, family))
        choices = [choice for document in documents for choice in _with_sections(document, sections, terse=terse)]
        if era == "middle" and sections and family in DOCUMENTS:
            choices += list(_with_second_document(choices, region))
        if topic.formulary and era == "late":
            weight = sum(weight for *_, weight in choices) * FORMULARY_SHARE / (1 - FORMULARY_SHARE)
            choices.append(("Drug Formulary", (MadeCitation("mtus-formulary", "MTUS Drug Formulary"),), weight))
    return Weighted.of({(printed, cited): weight for printed, cited, weight in choices})


def _section(region: Region, name: str) -> str:
    return POSTSURGICAL_SECTIONS.get(region.slug, "Low Back") if name == "region-name" else name


def _documents(region: Region, era: str, year: int, family: str) -> Iterator[tuple[str, MadeCitation]]:
    """Yield the editions of a document as printed, each with the citation of the whole document."""
    if family in UNCHANGED:
        name, edition = UNCHANGED[family]
        source = f"mtus-{family}"
        yield f"{name} Treatment {edition}", MadeCitation(source, CANONICAL[source], edition)
    elif family in DOCUMENTS:
        middle, late, source = DOCUMENTS[family]
        for edition in (2016,) if era == "middle" else _editions(family, year):
            yield f"{middle if era == 'middle' else late} {edition}", MadeCitation(source, CANONICAL[source], edition)
    elif era == "middle":
        title = "General Approaches" if family == "general" else region.acoem
        edition = 2007 if title == "Elbow Complaints" else 2004
        yield f"{title} {edition}", MadeCitation("mtus-acoem", title, edition)
    else:
        title = CURRENT_TITLES.get(family, region.current)
        for edition in _editions("acoem", year):
            yield f"{title} {edition}", MadeCitation("mtus-acoem", title, edition)


def _editions(family: str, year: int) -> tuple[int, ...]:
    return tuple(edition for edition in phrases().editions[family] if edition <= year)


def _with_sections(document: tuple[str, MadeCitation], sections: list[str], *, terse: bool) -> Iterator[Choice]:
    printed, whole = document
    bare = (TERSE_SHARE if terse else 0.0) if sections else 1.0
    if bare:
        yield printed, (whole,), bare
    if sections:
        cited = tuple(whole._replace(section=section) for section in sections)
        yield f"{printed}, Section(s): {', '.join(sections)}", cited, 1 - bare


def _with_second_document(choices: list[Choice], region: Region) -> Iterator[Choice]:
    """Add the region's chapter, with one section or another, to choices that name a section."""
    ((printed, chapter),) = _documents(region, "middle", 0, "acoem")
    for first, cited, weight in choices:
        if cited[0].section:
            for section in COMMON_SECTIONS:
                text = f"{first}, and {printed}, Section(s): {section}"
                also = chapter._replace(section=section)
                yield text, (*cited, also), weight * SECOND_DOCUMENT_SHARE / len(COMMON_SECTIONS)


# --- until 2016 -------------------------------------------------------------------------------------------------------


def _early(region: Region, family: str, details: list[str]) -> Iterator[Choice]:
    section, pages = (*details, "", "")[:2]
    if family == "acoem":
        for listed in (*region.early_pages, ""):
            yield (*_chapter(region.acoem_number, region.acoem, listed), 1)
        yield from _two_chapters(region)
    elif family == "general":
        yield (*_chapter(GENERAL_CHAPTERS[section], section, pages), 1)
    else:
        source, name = _treatment_guidelines(family)
        cited = (MadeCitation(source, CANONICAL[source], section=section or None, pages=pages or None),)
        printed = f"{name} Treatment Guidelines" + (f" {section}" if section else "")
        printed += f" Page(s): {pages}" if pages else ""
        yield printed, cited, 1 - OUT_OF_127_SHARE
        if pages and family == "pain":
            yield f"{printed} of 127", cited, OUT_OF_127_SHARE


def _treatment_guidelines(family: str) -> tuple[str, str]:
    """Return the source and the printed name of a guideline of the MTUS that is not of ACOEM."""
    name = {"pain": "Chronic Pain", "acupuncture": "Acupuncture", "postsurgical": "Postsurgical"}[family]
    return f"mtus-{name.lower().replace(' ', '-')}", name


def _chapter(number: int, title: str, pages: str) -> Cited:
    printed = f"ACOEM Chapter {number} {title}" + (f" Page(s): {pages}" if pages else "")
    return printed, (MadeCitation("mtus-acoem", title, chapter_number=number, pages=pages or None),)


def _two_chapters(region: Region) -> Iterator[Choice]:
    """Cite the chapter on the first approach with the region's, sharing a list of pages that nothing tells apart."""
    for first in FIRST_PAGES:
        pages = f"{first} and {region.early_pages[0]}"
        printed = f"ACOEM Chapter 3 {FIRST_CHAPTER}, Chapter {region.acoem_number} {region.acoem} Page(s): {pages}"
        cited = (
            MadeCitation("mtus-acoem", FIRST_CHAPTER, chapter_number=3, pages=pages),
            MadeCitation("mtus-acoem", region.acoem, chapter_number=region.acoem_number, pages=pages),
        )
        yield printed, cited, SECOND_DOCUMENT_SHARE


# --- in the sentences of 2013 -----------------------------------------------------------------------------------------


def cite_mtus_in_prose(dice: Dice, case: MadeCase, topic: Topic) -> Cited:
    """Cite what the MTUS says of a topic inside a sentence, as the letters before the boxed ones do."""
    family, *details = topic.mtus["early"]
    section, pages = (*details, "", "")[:2]
    if family in ("acoem", "general"):
        number = case.region.acoem_number if family == "acoem" else GENERAL_CHAPTERS[section]
        title = case.region.acoem if family == "acoem" else section
        pages = pages or dice.pick(case.region.early_pages)
        printed = f"the ACOEM Practice Guidelines, Chapter {number}, {title}, {_pages(pages)}"
        return printed, (MadeCitation("mtus-acoem", title, chapter_number=number, pages=pages),)
    source, _ = _treatment_guidelines(family)
    pieces = [f"the {CANONICAL[source]}", *([section] if section else []), *([_pages(pages)] if pages else [])]
    return ", ".join(pieces), (MadeCitation(source, CANONICAL[source], section=section or None, pages=pages or None),)


def _pages(pages: str) -> str:
    return f"pages {pages}" if "-" in pages or "," in pages else f"page {pages}"
