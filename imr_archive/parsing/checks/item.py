"""The doubts about one disputed item: what in it speaks against its outcome, its body part, its side, its guidelines.

A doubt is a possible contradiction for a reader to judge. Each rule speaks only where the letter is plain on both
sides; what is merely unusual passes. Regions, chapters and wordings stand in ``tables/doubts.toml``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imr_archive.parsing.citations.resolver import guideline
from imr_archive.parsing.requests.body_parts import body_parts, find_body_parts_and_side
from imr_archive.parsing.results import Diagnostic
from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.terms import Words
from imr_archive.vocabulary import DiagnosticCode as Code
from imr_archive.vocabulary import Laterality, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.results import Citation, Item, SideReliance
    from imr_archive.parsing.spans import TracedText
    from imr_archive.parsing.tables.terms import Found


def find_doubts(item: Item, rationale: TracedText | None) -> tuple[Diagnostic, ...]:
    """Return the doubts about an item; ``rationale`` is its rationale with the trace to the source."""
    return tuple(_doubts(item, rationale))


def _doubts(item: Item, rationale: TracedText | None) -> Iterator[Diagnostic]:
    if rationale:
        yield from _outcome_contradicted(item, rationale)
    if not item.body_parts:
        return
    mismatches = [*_other_chapter(item, "claims administrator", item.claims_administrator)]
    mismatches += _other_chapter(item, "reviewer", item.reviewer)
    if rationale:
        mismatches += _other_body_part(item, rationale)
        mismatches += _other_side(item, rationale)
    if mismatches and not _pattern("requests", "beside_another").search(item.description.value):
        yield from mismatches


# --------------------------------------------------------------------------------------------------------- the outcome

_LAST_SENTENCES = 3
_LONGEST_SENTENCE = 500
_SENTENCE_MARKS = (". ", ".\n")
_LAST_WORDS = 120
_LONG_WORD = re.compile(r"[a-z]{4,}")
_SAID_ALWAYS = frozenset(
    ("medically", "necessary", "request", "requested", "times", "week", "weeks", "with", "without")
)

_ANCHORS = ("edically", "edical nec", "certified", "Decision is", "decision is")

# how nearly every rationale ends, which makes a closer look needless
_AGREEMENT = {Outcome.UPHELD: " not medically necessary", Outcome.OVERTURNED: " is medically necessary"}

# every verdict, whatever it is, in small letters as those below
_VERDICT = re.compile(
    r"medically\s+(?:un)?necessary | medical\s+necessity | \b(?:non-?\s?)?certified\b | \b(?:upheld|overturned)\b",
    re.VERBOSE,
)

# "is deemed not medically necessary", "cannot be considered medically necessary", "is not a medical necessity",
# "remains non-certified", "Utilization Review Decision is upheld"
_DENIAL = re.compile(
    r"""
    (?:\bnot|\bcannot|n['’]t) \s+ (?:[\w-]+\s+){0,5}? (?:medically\s+necessary | a\s+medical\s+necessity)\b
    | \b(?:is|are|remains?) \s+ (?:therefore\s+)? (?:non-?\s?certified | not\s+certified | medically\s+unnecessary)\b
    | \bdecision\s+is\s+(?:therefore\s+)?upheld\b
    """,
    re.VERBOSE,
)

# "is medically necessary", "is determined to be medically necessary", "deem the request … to be medically necessary",
# "Utilization Review Decision is overturned"
_APPROVAL = re.compile(
    r"""
    \b(?:is|are|was|were) \s+
        (?: (?: therefore | thus | hereby | also | both | clearly | considered | deemed | determined | found | felt
              | seen | established | certified | as | to\s+be ) \s+ ){0,3}
        medically\s+necessary\b
    | \b(?:deem|find|consider)\b [^.;]{0,300}? \bto\s+be\s+medically\s+necessary\b
    | \bdecision\s+is\s+(?:therefore\s+)?(?:overturned|reversed)\b
    """,
    re.VERBOSE,
)


def _outcome_contradicted(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Compare the heading's outcome to the last verdict on the item, if no other verdict near it agrees."""
    if item.outcome is None or _AGREEMENT[item.outcome.value] in rationale.text[-_LAST_WORDS:]:
        return
    contrary = None
    for outcome, start, end in _verdicts(rationale.text):
        if outcome is item.outcome.value:
            return
        contrary = contrary or (outcome, start, end)
    if contrary is None:
        return
    outcome, start, end = contrary
    if not _speaks_of(item, rationale.text[start:end].lower()):
        return
    said = "medically necessary" if outcome is Outcome.OVERTURNED else "not medically necessary"
    message = (
        f"Possible contradiction: item {item.position} is headed “{item.outcome.value.label}”, "
        f"but its rationale concludes that it is {said}."
    )
    yield Diagnostic(Code.OUTCOME_CONTRADICTED, message, rationale.span(start, end))


def _verdicts(text: str) -> Iterator[tuple[Outcome, int, int]]:
    """Yield the plain verdicts among a rationale's last sentences that hold one, the last one first."""
    before = len(text)
    for _ in range(_LAST_SENTENCES):
        at = max(text.rfind(anchor, 0, before) for anchor in _ANCHORS)
        if at < 0:
            return
        start, end = _sentence(text, at)
        outcome = _verdict(text[start:end].lower())
        if outcome:
            yield outcome, start, end
        before = start


def _sentence(text: str, at: int) -> tuple[int, int]:
    """Return the sentence that a place of a text stands in."""
    least, most = max(0, at - _LONGEST_SENTENCE), min(len(text), at + _LONGEST_SENTENCE)
    starts = [found + len(mark) for mark in _SENTENCE_MARKS if (found := text.rfind(mark, least, at)) >= 0]
    ends = [found + 1 for mark in _SENTENCE_MARKS if (found := text.find(mark, at, most)) >= 0]
    start = max(starts, default=least)
    return start, start + len(text[start : min(ends, default=most)].rstrip())


def _verdict(sentence: str) -> Outcome | None:
    """Read a sentence in small letters as a plain verdict, or as none."""
    if _DENIAL.search(sentence):
        is_plain = len(_DENIAL.findall(sentence)) == len(_VERDICT.findall(sentence))
        return Outcome.UPHELD if is_plain and not _pattern("conclusion", "clouding_denial").search(sentence) else None
    if _APPROVAL.search(sentence) and not _pattern("conclusion", "clouding_approval").search(sentence):
        return Outcome.OVERTURNED
    return None


def _speaks_of(item: Item, sentence: str) -> bool:
    """Say whether a verdict is plainly on the item: it shares a word with the request, or names nothing at all."""
    asked = {*_LONG_WORD.findall(item.description.value.lower())} - _SAID_ALWAYS
    if not asked.isdisjoint(_LONG_WORD.findall(sentence)):
        return True
    return " for " not in sentence and _pattern("conclusion", "pointing").search(sentence) is not None


# ------------------------------------------------------------------------------------------- the body part and the side


def _other_body_part(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Doubt a rationale that names parts of the body, and none that has to do with the parts of the request."""
    asked = _parts(item)
    if not asked <= _related().keys() or item.body_parts[0].raw.lower() in rationale.text.lower():
        return
    if not _may_name_others_only(_words_of(rationale.text), asked):
        return
    named = [part for part in _named_parts(rationale.text) if part.value in _related()]
    related = frozenset().union(*(_related()[part] for part in asked))
    if not named or any(part.value in related for part in named):
        return
    message = (
        f"Possible mismatch: the request of item {item.position} names the {_list(asked)}, "
        f"but its rationale names only the {_list({part.value for part in named})}."
    )
    yield Diagnostic(Code.BODY_PART_MISMATCH, message, rationale.span(named[0].start, named[0].end))


@lru_cache(maxsize=1)
def _named_parts(text: str) -> tuple[Found[str], ...]:
    """Return the body parts that a rationale names, each at its first place, but for those of a reflex."""
    found = find_body_parts_and_side(Words.of(text))[0]
    return tuple(part for part in found if not _REFLEX.match(text, part.end))


_WORD = re.compile(r"[a-z]{2,}")

# "patellar tendon reflexes", "knee jerk": signs of the nerves in the back
_REFLEX = re.compile(r"[\s-](?:(?:deep\s)?tendon\s|deep\s)?(?:reflex|jerk)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _may_name_others_only(words: frozenset[str], asked: frozenset[str]) -> bool:
    """Say whether a rationale may name parts of the body, and none that goes with a part asked for.

    This goes by words alone, to spare most rationales the reading of their phrases.
    """
    for part in asked:
        single, phrases = _words_around(part)
        if not single.isdisjoint(words) or any(phrase <= words for phrase in phrases):
            return False
    return not _words_for_parts().isdisjoint(words)


# "left", "bilaterally", "r knee", but not "right-handed": the worker's better hand says nothing of the injury
_SIDE = re.compile(
    r"""
    (?<![a-z]) (?: left | right | bilateral(?:ly)? | both | l(?=\s\w) | r(?=\s\w) )
    (?! [a-z] | [\s-]hand(?:ed|\sdom) )
    """,
    re.VERBOSE,
)
_CLAUSE_END = re.compile(r"[.,;:]")
_OPPOSITE = {Laterality.LEFT: "right", Laterality.RIGHT: "left"}
_AFTER_SIDE = 24


def _other_side(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Doubt a rationale that names the requested part on the other side, and nothing on the requested side."""
    side = item.laterality
    if side is None or side.value not in _OPPOSITE:
        return
    opposite = _OPPOSITE[side.value]
    text = rationale.text.lower()
    if opposite not in text or side.value.value in text:
        return
    places = list(_SIDE.finditer(text))
    if len(text) != len(rationale.text) or any(found[0] != opposite for found in places):
        return
    asked = _parts(item)
    for found in places:
        words = Words.of(_CLAUSE_END.split(text[found.start() : found.end() + _AFTER_SIDE], maxsplit=1)[0])
        part = next((part for part in find_body_parts_and_side(words)[0] if part.value in asked), None)
        if part:
            start, end = found.start(), found.start() + part.end
            message = (
                f"Possible mismatch: the request of item {item.position} names the {side.value.value} side, "
                f"but its rationale speaks of the {opposite} side only."
            )
            yield Diagnostic(Code.SIDE_MISMATCH, message, rationale.span(start, end))
            return


# ----------------------------------------------------------------------------------------------------- the guidelines


def _other_chapter(item: Item, voice: str, side: SideReliance) -> Iterator[Diagnostic]:
    """Doubt a side that cites chapters of regions, and none of a region that the request names."""
    asked = _parts(item)
    if not asked <= _related().keys():
        return
    cited = [citation for citation in side.citations if citation.slug in _chapters()]
    if any(_fits(citation, asked) for citation in cited):
        return
    for citation in cited[:1]:
        message = (
            f"Possible mismatch: the request of item {item.position} names the {_list(asked)}, "
            f"but the {voice} cited the chapter “{guideline(citation.slug or '').title}”."
        )
        yield Diagnostic(Code.GUIDELINE_MISMATCH, message, citation.span)


def _fits(citation: Citation, asked: frozenset[str]) -> bool:
    """Say whether a chapter is of a region that is asked for, or is cited for a topic of any region."""
    if not asked.isdisjoint(_chapters()[citation.slug or ""]):
        return True
    return citation.section is not None and _pattern("topics", "of_any_region").search(citation.section) is not None


# ------------------------------------------------------------------------------------------------------------- tables


def _parts(item: Item) -> frozenset[str]:
    return frozenset(part.value for part in item.body_parts)


def _list(slugs: frozenset[str] | set[str]) -> str:
    names = [part.name.lower() for part in body_parts() if part.slug in slugs]
    return " and ".join(([", ".join(names[:-1])] if names[1:] else []) + names[-1:])


@cache
def _related() -> dict[str, frozenset[str]]:
    """Return the body parts that go with each one, itself among them."""
    groups: list[list[str]] = load("doubts")["regions"]["related"]
    known = {part for group in groups for part in group}
    return {part: frozenset(other for group in groups if part in group for other in group) for part in known}


@cache
def _chapters() -> dict[str, frozenset[str]]:
    """Return the body parts that each chapter of a region is for, by the guideline's slug."""
    rows = load("doubts")["chapter"]
    return {slug: frozenset(row["body_parts"]) for row in rows for slug in row["guidelines"]}


@cache
def _words_around(part: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """Return the single words, and the phrases as sets of words, for a part of the body and what goes with it."""
    rows = [row for row in load("bodyparts")["body_part"] if row["slug"] in _related()[part]]
    terms = [frozenset(_WORD.findall(term)) for row in rows for term in row["terms"]]
    single = frozenset(word for term in terms if len(term) == 1 for word in term)
    return single, tuple(term for term in terms if len(term) > 1 and term.isdisjoint(single))


@cache
def _words_for_parts() -> frozenset[str]:
    """Return every word that is in some wording for a part of the body that goes with others."""
    rows = [row for row in load("bodyparts")["body_part"] if row["slug"] in _related()]
    return frozenset(word for row in rows for term in row["terms"] for word in _WORD.findall(term))


@cache
def _pattern(group: str, name: str) -> re.Pattern[str]:
    """Return a pattern of any of the table's wordings, as whole words."""
    wordings = sorted(load("doubts")[group][name], key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(wording) for wording in wordings)})(?!\w)", re.IGNORECASE)
