"""Read which treatments a request asks for: what is named, less what is only said about it.

A request names its treatment first and then says why, where and with what: "Consultation with a spine surgeon for
possible fusion" asks for the consultation. Treatments in such asides are dropped, weak wordings give way to strong
ones in their phrase, and several drugs in one cream are one compound.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.requests.treatment_table import (
    TOPICAL_ANALGESIC,
    TOPICAL_COMPOUND,
    WordingKind,
    spelling,
    wordings,
)
from imr_archive.parsing.tables.misspellings import without_figures_in_words
from imr_archive.parsing.tables.terms import FoundTerm, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.requests.treatment_table import Wording

_PHRASE_END = re.compile(r"[,;+&\n\r]|\.\s")
# fmt: off
_CREAMS = frozenset((
    "cream", "creams", "gel", "gels", "ointment", "ointments", "lotion", "topical", "topically", "transdermal", "balm",
    "salve", "compound", "compounded", "base", "rub", "spray",
))
# fmt: on
_PATCHES = frozenset(("patch", "patches", "pad", "pads"))
_JOINED = re.compile(r"[\s\d.%]*[/+–-][\s/+–-]*|\s*")
_LISTED = re.compile(r"[\s:(]*(?:of|with|containing|consisting of|to include)?[\s:(]*")
_LIST_GOES_ON = re.compile(r"[\s\d,.%/&+()-]*(?:and\s)?")
_ENDS_COMPOUND = re.compile(r"[#;]")
_TABLET = re.compile(r"\d\s?mg\b")


class _Mention(NamedTuple):
    wording: Wording
    treatment: str
    first: int
    last: int
    start: int
    end: int
    phrase: int
    aside: int | None
    tie: int = 0  # how many words such as "with" stand before it

    def is_in(self, slugs: tuple[str, ...]) -> bool:
        return any(self.treatment == slug or self.treatment.startswith(slug + "/") for slug in slugs)


def find_treatments(words: Words) -> tuple[FoundTerm[str], ...]:
    """Return the treatments asked for, first named first, each once; empty if none is named.

    A request that names nothing as it is spelt is read again with its misspellings put right.
    """
    mentions = _read(words) or _read(spelling().corrected(Words.of(without_figures_in_words(words.text))))
    found: dict[str, FoundTerm[str]] = {}
    for mention in mentions:
        found.setdefault(mention.treatment, FoundTerm(mention.treatment, mention.start, mention.end))
    return tuple(one for one in found.values() if not _is_detailed(one.value, found))


def _read(words: Words) -> list[_Mention]:
    return _by_precedence(_requested(_with_compounds(words, list(_mentions(words)))))


def _is_detailed(slug: str, found: dict[str, FoundTerm[str]]) -> bool:
    """Return whether a subcategory only repeats a service of its own that is named too."""
    return slug.count("/") == 1 and any(other.startswith(slug + "/") for other in found)


def _mentions(words: Words) -> Iterator[_Mention]:
    """Yield every treatment named, with its phrase and the aside it stands in, known by where that begins."""
    phrase, tie, read, named_goods = 0, 0, 0, 0
    aside: int | None = None
    for term in wordings().scan(words):
        if any(gap != " " and _PHRASE_END.search(gap) for gap in words.gaps[max(read - 1, 0) : term.first]):
            phrase, aside = phrase + 1, None
        read = term.last
        match term.value.kind:
            case WordingKind.TREATMENT:
                if term.first < named_goods:
                    continue  # "wrap" after "heat therapy" only says what goods these are
                named_goods = term.last + term.value.names_goods(words, term.last)
                meaning = term.value.meaning(words, term.first, term.last)
                yield _Mention(term.value, meaning, term.first, term.last, term.start, term.end, phrase, aside, tie)
            case WordingKind.ASIDE:
                aside = term.first
            case WordingKind.RESUME:
                tie, aside = tie + 1, None
            case WordingKind.BREAK:
                phrase, aside = phrase + 1, None


def _requested(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Drop what stands in an aside, unless what stands before only opens it ("referral to physical therapy")."""
    named = [mention.first for mention in mentions if not mention.wording.opens]
    return [mention for mention in mentions if mention.aside is None or not named or named[0] > mention.aside]


def _by_precedence(mentions: Sequence[_Mention]) -> list[_Mention]:
    """Let mentions give way to others in their phrase, as their wordings say."""
    phrases: dict[int, dict[tuple[int, str], _Mention]] = {}
    for mention in mentions:  # a wording that is only repeated in its phrase has nothing to add
        phrases.setdefault(mention.phrase, {}).setdefault((id(mention.wording), mention.treatment), mention)
    kept: list[_Mention] = []
    named = False
    for phrase in phrases.values():
        near = list(phrase.values())
        for mention in near:
            if not (mention.wording.weak and named) and not any(_gives_way(mention, other) for other in near):
                kept.append(mention)
            named = named or not mention.wording.weak
    return kept


def _gives_way(mention: _Mention, other: _Mention) -> bool:
    """Return whether a mention gives way to another one in its phrase.

    What is tied on by "with" is asked for beside what stands before ("injection with follow-up"), not in its place.
    """
    if mention is other:
        return False
    wording = mention.wording
    if other.wording.weak:
        return wording.opens and other.first > mention.first
    outranked, tied_on = mention.is_in(other.wording.over), mention.tie < other.tie
    if outranked and tied_on:
        return False
    if wording.weak or _is_adjective(mention, other):
        return True
    if _is_adjective(other, mention):
        return False
    under = other.first < mention.first and other.is_in(wording.under) and mention.tie == other.tie
    return outranked or (under and not other.is_in(wording.over))


def _is_adjective(mention: _Mention, other: _Mention) -> bool:
    """Return whether a mention only says how the next one is given ("follow-up MRI", "telehealth psychotherapy")."""
    return mention.first < other.first and mention.tie == other.tie and other.is_in(mention.wording.ahead_of)


# ------------------------------------------------------------------------------------------------- creams and compounds


def _with_compounds(words: Words, mentions: list[_Mention]) -> list[_Mention]:
    """Read drugs in a cream as topicals, and several of them in one cream as one compound."""
    if not any(mention.wording.drug_class for mention in mentions):
        return mentions
    topical = _topical(words, mentions)
    result: list[_Mention] = []
    batch: list[_Mention] = []
    for mention, is_topical in zip(mentions, topical, strict=True):
        if batch and (not is_topical or _parted(words.text[batch[-1].end : mention.start])):
            result += _batch(batch)
            batch = []
        if not is_topical:
            result.append(mention)
            continue
        batch.append(mention)
        if not _CREAMS.isdisjoint(words.words[mention.first : mention.last]) and mention.wording.drug_class:
            result += _batch(batch)
            batch = []
    return result + _batch(batch)


def _parted(between: str) -> bool:
    """Return whether the text between two drugs ends one request and begins another."""
    return bool(_ENDS_COMPOUND.search(between)) or (" and " in between and bool(_TABLET.search(between)))


def _batch(batch: list[_Mention]) -> list[_Mention]:
    """Make of one cream's ingredients a compound, or topicals of their own."""
    drugs = {mention.treatment for mention in batch if mention.wording.drug_class}
    compounded = any(mention.wording.drug_class and mention.wording.drug_class.compounded for mention in batch)
    named = any(mention.treatment == TOPICAL_COMPOUND for mention in batch)
    if named or (compounded and len(drugs) > 1):
        last = batch[-1]
        return [batch[0]._replace(treatment=TOPICAL_COMPOUND, last=last.last, end=last.end)]
    return [_as_topical(mention) for mention in batch if mention.wording.drug_class or not drugs]


def _as_topical(mention: _Mention) -> _Mention:
    drug_class = mention.wording.drug_class
    if drug_class is None or drug_class.topical is None:
        return mention
    if drug_class.topical == TOPICAL_ANALGESIC:
        return mention._replace(treatment=f"{TOPICAL_ANALGESIC}/{mention.treatment.rpartition('/')[2]}")
    return mention._replace(treatment=drug_class.topical)


def _topical(words: Words, mentions: Sequence[_Mention]) -> list[bool]:
    """Return for each mention whether it is an ingredient of a cream, or names one."""
    marks = [_has_form(words, mentions, place) for place in range(len(mentions))]
    for place in range(len(mentions) - 2, -1, -1):
        between = words.text[mentions[place].end : mentions[place + 1].start]
        if mentions[place].wording.drug_class and marks[place + 1] and _JOINED.fullmatch(between):
            marks[place] = True
    listing = False
    for place in range(1, len(mentions)):
        before, between = mentions[place - 1], words.text[mentions[place - 1].end : mentions[place].start]
        named = before.treatment == TOPICAL_COMPOUND and not before.wording.drug_class
        listing = (named and bool(_LISTED.fullmatch(between))) or (listing and bool(_LIST_GOES_ON.fullmatch(between)))
        if mentions[place].wording.drug_class and (listing or (marks[place - 1] and _JOINED.fullmatch(between))):
            marks[place] = True
    return marks


def _has_form(words: Words, mentions: Sequence[_Mention], place: int) -> bool:
    mention = mentions[place]
    if mention.treatment == TOPICAL_COMPOUND and not mention.wording.drug_class:
        return True
    drug_class = mention.wording.drug_class
    if drug_class is None:
        return mention.wording.weak and mention.treatment == TOPICAL_ANALGESIC
    if drug_class.topical is None and not drug_class.compounded:
        return False
    following = mentions[place + 1] if place + 1 < len(mentions) else None
    until = following.first if following else len(words.words)
    if following and following.treatment in (TOPICAL_ANALGESIC, TOPICAL_COMPOUND):
        until = following.last
    span = (*words.words[max(mention.first - 1, 0) : mention.first], *words.words[mention.last : until])
    if not (drug_class.patch or drug_class.compounded or _PATCHES.isdisjoint(span)):
        return False  # "fentanyl 25 mcg transdermal patch" is how that drug is taken
    if "nasal" in words.words[max(mention.first - 2, 0) : until]:
        span = tuple(word for word in span if word != "spray")  # a spray for the nose is no cream
    if not _CREAMS.isdisjoint(span):
        return True
    if drug_class.patch and not _PATCHES.isdisjoint(span):
        return True
    return "%" in words.text[mention.end : following.start if following else len(words.text)]
