"""Compare a parsed letter with its expected data, field by field.

Texts count as equal if their letters and digits are equal; dashes, quotes and line wraps are ignored. Fields that the
annotators marked as unsure are skipped. Citations are matched one to one, both at the level of the guideline and at
the level of its section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Json = Mapping[str, Any]
SIDES = ("claims_administrator", "reviewer")


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: of ``found`` values the parser gave and ``wanted`` ones that are true, ``right`` agree."""

    field: str
    where: str
    right: int
    found: int
    wanted: int
    truth: Any
    parsed: Any


def compare(truth: Json, parsed: Json, where: str) -> Iterator[Check]:
    """Yield every comparison of a letter's truth with its parsed form, both as ``imr-parse/1``."""
    for field in ("case_number", "priority"):
        if field in truth:
            yield _same(field, where, truth[field], parsed.get(field))
    for name, day in truth.get("dates", {}).items():
        yield _same(f"dates.{name}", where, day, _inner(parsed, "dates").get(name))
    for name in ("age", "sex"):
        yield _same(f"worker.{name}", where, _inner(truth, "worker").get(name), _inner(parsed, "worker").get(name))
    for name in ("certifications", "subspecialties", "states"):
        wanted, found = (_inner(side, "reviewer").get(name, []) for side in (truth, parsed))
        yield _check(f"reviewer.{name}", where, [*map(_text, wanted)] == [*map(_text, found)], wanted, found)
    yield _same("outcome", where, truth["outcome"], parsed.get("outcome"))
    yield _long_text("summary", where, _ends(truth, "summary", "clinical_summary"), parsed.get("clinical_summary"))
    items = parsed.get("items", [])
    yield _same("item_count", where, len(truth["items"]), len(items))
    for number, item in enumerate(truth["items"]):
        found_item = items[number] if number < len(items) else {}
        yield from _compare_item(item, found_item, f"{where}#{number + 1}", whole="case_number" in truth)


def _compare_item(truth: Json, parsed: Json, where: str, *, whole: bool) -> Iterator[Check]:
    """Compare one item; ``whole``: what its truth does not mention is known to be absent."""
    unsure = set(truth.get("unsure", ()))
    yield _alike("item.description", where, truth["description"], parsed.get("description"))
    if "original_request" in truth or parsed.get("original_request"):
        for name in ("original_request", "authorized"):
            yield _alike(f"item.{name}", where, truth.get(name), parsed.get(name))
    yield _same("item.outcome", where, truth["outcome"], parsed.get("outcome"))
    if "treatments" not in unsure and truth["treatments"]:
        yield from _treatment(where, truth["treatments"], parsed.get("treatments") or [""])
    if "body_parts" not in unsure:
        wanted, found = truth["body_parts"], parsed.get("body_parts", [])
        yield _check("item.body_parts", where, set(wanted) == set(found), wanted, found)
    for name in ("laterality", "quantity"):
        stated = name in truth or (whole and parsed.get(name) is not None)
        if name not in unsure and stated:
            yield _same(f"item.{name}", where, truth.get(name), parsed.get(name))
    if "service_dates" in truth and "service_dates" not in unsure:
        yield _same("item.service_dates", where, truth["service_dates"], parsed.get("service_dates"))
    yield _long_text("item.rationale", where, _ends(truth, "rationale", "rationale"), parsed.get("rationale"))
    for side in SIDES:
        yield from _side(side, where, truth[side], _inner(parsed, side), unsure)


def _treatment(where: str, truth: Sequence[str], parsed: Sequence[str]) -> Iterator[Check]:
    """Compare the first treatments, by category and by subcategory."""
    wanted, found = truth[0].split("/"), parsed[0].split("/")
    yield _check("item.category", where, wanted[:1] == found[:1], truth, parsed)
    yield _check("item.subcategory", where, wanted[:2] == found[:2], truth, parsed)


def _side(side: str, where: str, truth: Json, parsed: Json, unsure: set[str]) -> Iterator[Check]:
    yield _same(f"{side}.basis", where, truth["basis"], parsed.get("basis"))
    wanted, found = truth["citations"], parsed.get("citations", [])
    if any(field.startswith(f"{side}.citations") for field in unsure) or any(cited.get("unsure") for cited in wanted):
        return
    for level, agree in (("guideline", _same_guideline), ("section", _same_section)):
        right = _matched(wanted, found, agree)
        yield Check(f"{side}.citations.{level}", where, right, len(found), len(wanted), wanted, found)


# --- citations --------------------------------------------------------------------------------------------------------

# "General Approaches, Section(s): Prevention" and the chapter "Prevention" are two readings of one citation.
_GENERAL = "generalapproaches"
_GENERAL_CHAPTERS = frozenset(
    ("initialapproachestotreatment", "cornerstonesofdisabilitypreventionandmanagement", "prevention",
     "generalapproachtoinitialassessmentanddocumentation")
)  # fmt: skip


def _matched(truth: Sequence[Json], parsed: Sequence[Json], agree: Callable[[Json, Json], bool]) -> int:
    """Count the true citations that find one of their own among the parsed ones."""
    free = [*parsed]
    right = 0
    for wanted in truth:
        partner = next((found for found in free if wanted["source"] == found["source"] and agree(wanted, found)), None)
        if partner is not None:
            free.remove(partner)
            right += 1
    return right


def _same_guideline(truth: Json, parsed: Json) -> bool:
    if truth.get("text_has"):
        printed = "".join(parsed.get(name) or "" for name in ("text", "guideline", "section"))
        return _key(truth["text_has"]) in _key(printed)
    return _named(truth)[0] == _named(parsed)[0]


def _same_section(truth: Json, parsed: Json) -> bool:
    if not _same_guideline(truth, parsed):
        return False
    if truth.get("text_has"):
        return True
    chapter, pages = truth.get("chapter_number"), _text(truth.get("pages"))
    return (
        _named(truth)[1] == _named(parsed)[1]
        and (truth.get("year") is None or truth["year"] == parsed.get("year"))
        and (not chapter or parsed.get("chapter_number") in (None, chapter))
        and pages in _text(parsed.get("pages"))
        and set(truth.get("tables", ())) <= set(parsed.get("tables", ()))
    )


def _named(cited: Json) -> tuple[str, str]:
    guideline, section = _key(cited.get("guideline")), _key(cited.get("section"))
    if cited["source"] == "mtus-acoem" and guideline in _GENERAL_CHAPTERS:
        return _GENERAL, guideline
    return guideline, section


# --- values -----------------------------------------------------------------------------------------------------------


def _inner(value: Json, name: str) -> Json:
    return value.get(name) or {}


def _check(field: str, where: str, right: bool, truth: Any, parsed: Any) -> Check:
    return Check(field, where, int(right), 1, 1, truth, parsed)


def _same(field: str, where: str, truth: Any, parsed: Any) -> Check:
    return _check(field, where, truth == parsed, truth, parsed)


def _alike(field: str, where: str, truth: str | None, parsed: str | None) -> Check:
    return _check(field, where, _key(truth) == _key(parsed), truth, parsed)


def _ends(truth: Json, name: str, whole: str) -> tuple[str, str]:
    """Return how a long text begins and ends, or the whole text twice where that is given."""
    text = truth.get(whole) or ""
    return truth.get(f"{name}_begins", text), truth.get(f"{name}_ends", text)


def _long_text(field: str, where: str, ends: tuple[str, str], parsed: str | None) -> Check:
    begins, closes, found = _key(ends[0]), _key(ends[1]), _key(parsed)
    right = found.startswith(begins) and found.endswith(closes) and bool(begins or not found)
    return _check(field, where, right, ends, parsed)


_NEITHER = re.compile(r"[^a-z0-9]+")
_AFTER_HYPHEN = re.compile(r"-\s+")
_DASHES = str.maketrans("’–—", "'--")


def _text(value: str | None) -> str:
    """Return a text as it is compared with its punctuation."""
    joined = _AFTER_HYPHEN.sub("-", (value or "").translate(_DASHES))
    return " ".join(joined.split()).rstrip(".,;:").lower()


def _key(value: str | None) -> str:
    """Return the letters and digits of a text."""
    return _NEITHER.sub("", _text(value))
